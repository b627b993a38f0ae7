"""Correlation matrices: whether one is possible, and the nearest that is."""

from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.errors import SamplingError
from allocopt.text import T

_TOLERANCE = 1e-10
"""An eigenvalue above minus this counts as zero: rounding of the decomposition."""


def pearson_of_spearman(rank: FloatArray) -> FloatArray:
    """Return the correlation of normal variables whose rank correlation is ``rank``.

    r_P = 2 sin(pi r_S / 6), Pearson (1907).

    Parameters
    ----------
    rank : FloatArray of any shape
    """
    found = 2.0 * np.sin(np.pi / 6.0 * np.asarray(rank, dtype=np.float64))
    # The sine of pi/6 is off by one rounding, and a diagonal must be exact.
    return np.asarray(np.where(np.abs(rank) == 1.0, rank, found), dtype=np.float64)


def spearman_of_pearson(pearson: FloatArray) -> FloatArray:
    """Return the rank correlation of normal variables whose correlation is ``pearson``."""
    return np.asarray(6.0 / np.pi * np.arcsin(np.asarray(pearson, dtype=np.float64) / 2.0))


def smallest_eigenvalue(matrix: FloatArray) -> float:
    """Return the smallest eigenvalue of a symmetric matrix (k, k); below 0 if it is impossible."""
    return float(np.linalg.eigvalsh(matrix)[0]) if matrix.size else 1.0


def is_possible(matrix: FloatArray) -> bool:
    """Return whether variables with this correlation matrix (k, k) exist."""
    return smallest_eigenvalue(matrix) >= -_TOLERANCE


def check_shape(matrix: FloatArray) -> None:
    """Check everything about a correlation matrix but its eigenvalues.

    Raises
    ------
    SamplingError
        If it is not square, not symmetric, off 1 on the diagonal, or outside [-1, 1].
    """
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        shape = " x ".join(map(str, matrix.shape))
        raise SamplingError(
            T("a square matrix of correlations was expected, not {shape}", shape=shape)
        )
    bad = ~(np.abs(matrix) <= 1.0)
    if bad.any():
        raise SamplingError(
            T("a correlation is {found}; it lies from -1 to 1", found=float(matrix[bad][0]))
        )
    if (matrix != matrix.T).any():
        row, column = (int(k[0]) + 1 for k in np.nonzero(matrix != matrix.T))
        raise SamplingError(
            T(
                "correlations differ across the diagonal, at row {row} and column {column}",
                row=row,
                column=column,
            )
        )
    if (np.diag(matrix) != 1.0).any():
        found = float(np.diag(matrix)[np.diag(matrix) != 1.0][0])
        raise SamplingError(T("a correlation with itself is {found}, not 1", found=found))


@dataclass(frozen=True)
class CorrelationChange:
    """One correlation that the nearest possible matrix has otherwise.

    Attributes
    ----------
    first, second : int
        Positions in the matrix, from 0.
    before, after : float
    """

    first: int
    second: int
    before: float
    after: float


@dataclass(frozen=True, eq=False)
class NearestCorrelation:
    """The possible correlation matrix that is nearest to a given one: an offer, never applied.

    Attributes
    ----------
    matrix : FloatArray (k, k)
    smallest : float
        Smallest eigenvalue of the given one.
    changes : tuple of CorrelationChange
        Largest first; what moved by less than 0.0005 is left out.
    """

    matrix: FloatArray
    smallest: float
    changes: tuple[CorrelationChange, ...]


def nearest_correlation(matrix: FloatArray, *, rounds: int = 10_000) -> NearestCorrelation:
    """Return the nearest correlation matrix in the Frobenius norm.

    Alternating projections with Dykstra's correction: Higham, Computing the nearest correlation
    matrix (2002).

    Parameters
    ----------
    matrix : FloatArray (k, k)
        Symmetric, with a diagonal of 1.
    rounds : int
        At most so many projections.
    """
    check_shape(matrix)
    smallest = smallest_eigenvalue(matrix)
    found, correction = matrix.copy(), np.zeros_like(matrix)
    for _ in range(0 if smallest >= -_TOLERANCE else rounds):
        shifted = found - correction
        projected = _without_negative(shifted)
        correction = projected - shifted
        found = projected.copy()
        np.fill_diagonal(found, 1.0)
        if np.abs(found - projected).max() < 1e-12:
            break
    offer = _settled(found)
    return NearestCorrelation(offer, smallest, _changes(matrix, offer))


def _without_negative(matrix: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(matrix)
    kept = (vectors * np.maximum(values, 0.0)) @ vectors.T
    return np.asarray((kept + kept.T) / 2.0)


def _settled(matrix: FloatArray) -> FloatArray:
    """Return the matrix with what the last projection left negative taken off."""
    kept = _without_negative(matrix)
    size = np.sqrt(np.diag(kept))
    found = np.clip(kept / np.outer(size, size), -1.0, 1.0)
    np.fill_diagonal(found, 1.0)
    return np.asarray((found + found.T) / 2.0)


def _changes(before: FloatArray, after: FloatArray) -> tuple[CorrelationChange, ...]:
    rows, columns = np.triu_indices(before.shape[0], 1)
    moved = [
        CorrelationChange(int(i), int(j), float(before[i, j]), float(after[i, j]))
        for i, j in zip(rows, columns, strict=True)
        if abs(before[i, j] - after[i, j]) >= 5e-4
    ]
    return tuple(sorted(moved, key=lambda change: -abs(change.after - change.before)))
