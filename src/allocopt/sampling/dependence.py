"""Joint draws: normal numbers of independent columns, made dependent.

Everything maps standard normal numbers (..., k) to standard normal numbers of the same shape, so
that marginals and dependence are chosen apart. A variable depends on its own column and on those
before it: one that is added at the end changes none of the others.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv, ndtri, stdtr

from allocopt.arrays import FloatArray, frozen
from allocopt.errors import SamplingError
from allocopt.sampling.correlation import (
    check_shape,
    is_possible,
    pearson_of_spearman,
    smallest_eigenvalue,
)
from allocopt.text import T


@dataclass(frozen=True, eq=False)
class GaussianCopula:
    """Dependence by rank correlations; extremes far out are nearly independent.

    Attributes
    ----------
    root : FloatArray (k, k)
        Lower triangular, with ``root @ root.T`` the correlation of the normal numbers.
    """

    root: FloatArray

    @classmethod
    def of_ranks(cls, spearman: FloatArray) -> "GaussianCopula":
        """Return the copula with these rank correlations.

        Parameters
        ----------
        spearman : FloatArray (k, k)

        Raises
        ------
        SamplingError
            If no variables have these correlations; `nearest_correlation` says which do.
        """
        check_shape(spearman)
        matrix = pearson_of_spearman(spearman)
        if not is_possible(matrix):
            raise SamplingError(
                T(
                    "the correlations contradict each other: their matrix has the eigenvalue "
                    "{smallest}, and none may be negative",
                    smallest=f"{smallest_eigenvalue(matrix):.4g}",
                ),
                hint=T("weaken those that too many others tie"),
            )
        return cls(frozen(_triangular_root(matrix)))

    def join(self, normal: FloatArray) -> FloatArray:
        """Return dependent standard normal numbers from independent ones, both (..., k)."""
        return np.asarray(normal @ self.root.T)


def _triangular_root(matrix: FloatArray) -> FloatArray:
    """Return a lower triangular root, also of a matrix with eigenvalues of zero."""
    size = matrix.shape[0]
    root = np.zeros_like(matrix)
    for column in range(size):
        own = root[column, :column]
        left = matrix[column, column] - own @ own
        # What others settle wholly has no randomness of its own.
        if left <= 1e-9:
            continue
        root[column, column] = np.sqrt(left)
        below = slice(column + 1, size)
        rest = matrix[below, column] - root[below, :column] @ own
        root[below, column] = rest / root[column, column]
    return root


@dataclass(frozen=True, eq=False)
class StudentCopula:
    """Dependence whose extremes come together: the Gaussian copula under a common shock of size.

    A stress on the choice of copula: with 4 degrees of freedom and a correlation of 0.6, two
    variables are both in their worst 5 % about half as often again.

    Attributes
    ----------
    gaussian : GaussianCopula
        Of the correlations; rank correlations come out slightly weaker than for the Gaussian one.
    freedom : float
        Degrees of freedom, above 0; the smaller, the closer the extremes.
    """

    gaussian: GaussianCopula
    freedom: float = 4.0

    def __post_init__(self) -> None:
        """Refuse degrees of freedom of zero or less.

        Raises
        ------
        SamplingError
        """
        if not self.freedom > 0.0:
            raise SamplingError(
                T("{found} degrees of freedom; more than 0 were expected", found=self.freedom),
                "freedom",
            )

    def join(self, normal: FloatArray, size: FloatArray) -> FloatArray:
        """Return dependent standard normal numbers.

        Parameters
        ----------
        normal : FloatArray (..., k)
            Independent standard normal numbers.
        size : FloatArray (...)
            One more uniform number per draw.
        """
        half = self.freedom / 2.0
        shock = np.sqrt(half / gammaincinv(half, size))
        heavy = self.gaussian.join(normal) * shock[..., None]
        # The lower tail is the accurate one.
        return np.asarray(-np.sign(heavy) * ndtri(stdtr(self.freedom, -np.abs(heavy))))


@dataclass(frozen=True, eq=False)
class CommonFactors:
    """Dependence by a few factors that several variables share: always possible, and explained.

    z = loadings @ f + sqrt(1 - sum of squared loadings) e, so that variables are standard normal
    and the correlation of two of them is the product of their loadings.

    Attributes
    ----------
    loadings : FloatArray (k, f)
        Correlation of each variable with each common factor; squares of a row sum to at most 1.
    """

    loadings: FloatArray

    def __post_init__(self) -> None:
        """Refuse loadings that leave a variable more than its whole variance.

        Raises
        ------
        SamplingError
        """
        shared = (self.loadings**2).sum(axis=-1)
        bad = ~(shared <= 1.0 + 1e-12)
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise SamplingError(
                T(
                    "the squared loadings of variable {number} on common factors sum to {found}; "
                    "at most 1 was expected",
                    number=row + 1,
                    found=float(shared[row]),
                ),
                "loadings",
            )

    @property
    def own(self) -> FloatArray:
        """The loading of each variable on its own column, (k,)."""
        return np.asarray(np.sqrt(np.maximum(1.0 - (self.loadings**2).sum(axis=-1), 0.0)))

    @property
    def correlation(self) -> FloatArray:
        """The correlation of the normal numbers, (k, k)."""
        return np.asarray(self.loadings @ self.loadings.T + np.diag(self.own**2))

    def join(self, common: FloatArray, normal: FloatArray) -> FloatArray:
        """Return dependent standard normal numbers, (..., k).

        Parameters
        ----------
        common : FloatArray (..., f)
            Independent standard normal numbers, those of the factors.
        normal : FloatArray (..., k)
            Independent standard normal numbers, each variable's own.
        """
        return np.asarray(common @ self.loadings.T + normal * self.own)


def iman_conover(sample: FloatArray, spearman: FloatArray) -> FloatArray:
    """Return the columns of a sample, each in another order, with rank correlations near a target.

    Iman and Conover (1982), with the target mapped by 2 sin(pi r / 6), which halves the error.
    Each column keeps its values, so that the strata of a Latin hypercube stay.

    Parameters
    ----------
    sample : FloatArray (n, k)
        Columns without ties.
    spearman : FloatArray (k, k)

    Raises
    ------
    SamplingError
        If the target is impossible, or there are not more draws than variables.
    """
    count, variables = sample.shape
    if count <= variables:
        raise SamplingError(
            T(
                "{count} draws of {variables} variables; more draws are needed",
                count=count,
                variables=variables,
            )
        )
    target = GaussianCopula.of_ranks(spearman).root
    ranks = sample.argsort(axis=0).argsort(axis=0)
    scores = ndtri((ranks + 1.0) / (count + 1.0))
    found = np.corrcoef(scores, rowvar=False).reshape(variables, variables)
    if not smallest_eigenvalue(found) > 0.0:
        raise SamplingError(T("two columns of the sample are in the same or the opposite order"))
    present = np.linalg.cholesky(found)
    joined = scores @ np.linalg.solve(present.T, target.T)
    order = joined.argsort(axis=0).argsort(axis=0)
    return np.take_along_axis(np.sort(sample, axis=0), order, axis=0)
