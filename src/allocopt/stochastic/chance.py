"""A line that must hold with a probability: it may be missed in futures of small weight.

    matrix[s] @ x >= row_lower - big * missed[s],   sum_s weight[s] * missed[s] <= 1 - p

with ``missed`` 0 or 1 and ``big`` the most by which the row can fall short within the bounds of
its columns (Birge and Louveaux, Introduction to Stochastic Programming, 2nd edition 2011,
section 3.2).
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from allocopt.arrays import FloatArray, IntArray
from allocopt.solving.program import Program


@dataclass(frozen=True)
class Chance:
    """Rows that hold together with a probability.

    Attributes
    ----------
    rows : IntArray (rows,)
        Numbers of rows in every future's program.
    probability : float
        At least; from 0 to 1.
    """

    rows: IntArray
    probability: float

    def __post_init__(self) -> None:
        """Refuse what is no probability.

        Raises
        ------
        ValueError
        """
        if not 0.0 <= self.probability <= 1.0:
            message = f"a probability from 0 to 1 was expected, found {self.probability}"
            raise ValueError(message)


def largest_misses(program: Program, rows: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return the most by which rows can fall short of, and exceed, their bounds; (rows,) each.

    Zero where a row has no bound on that side.

    Raises
    ------
    ValueError
        If a row's columns have no bounds, so that it may be missed by any amount.
    """
    part = program.matrix[rows]
    up, down = part.maximum(0.0), part.minimum(0.0)
    with np.errstate(invalid="ignore"):
        least = _product(up, program.lower) + _product(down, program.upper)
        most = _product(up, program.upper) + _product(down, program.lower)
    low, high = program.row_lower[rows], program.row_upper[rows]
    short = np.where(np.isfinite(low), np.maximum(low - least, 0.0), 0.0)
    above = np.where(np.isfinite(high), np.maximum(most - high, 0.0), 0.0)
    if not np.isfinite(short + above).all():
        message = "a row that may be missed needs bounds on all of its columns"
        raise ValueError(message)
    return short, above


def _product(matrix: csr_array, bounds: FloatArray) -> FloatArray:
    part = csr_array(matrix)
    part.eliminate_zeros()
    terms = part.data * bounds[part.indices]
    owner = np.repeat(np.arange(part.shape[0]), np.diff(part.indptr))
    return np.asarray(np.bincount(owner, weights=terms, minlength=part.shape[0]), dtype=np.float64)
