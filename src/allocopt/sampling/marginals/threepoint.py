"""Judged three-point distributions: triangular and PERT."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from scipy.optimize import brentq
from scipy.special import betaln

from allocopt.arrays import FloatArray
from allocopt.curves.parameters import Parameter
from allocopt.sampling.marginals.base import Marginal, TabulatedMarginal, check_between, check_order
from allocopt.sampling.marginals.beta import beta_quantile
from allocopt.text import Bilingual


@dataclass(frozen=True)
class ThreePoint(Marginal):
    """A distribution by its least, its most likely and its largest value.

    Attributes
    ----------
    low, mode, high : float
    """

    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("low", "value", Bilingual("最小值", "Least value"), -np.inf),
        Parameter("mode", "value", Bilingual("最可能值", "Most likely value"), -np.inf),
        Parameter("high", "value", Bilingual("最大值", "Largest value"), -np.inf),
    )

    low: float
    mode: float
    high: float

    def _check(self) -> None:
        check_order("low", "mode", (self.low, self.mode), strict=False)
        check_order("mode", "high", (self.mode, self.high), strict=False)
        check_order("low", "high", (self.low, self.high))

    @classmethod
    @abstractmethod
    def standard_quantile(cls, u: FloatArray, peak: float) -> FloatArray:
        """Return quantiles of the distribution on [0, 1] with its mode at ``peak``."""

    @classmethod
    def from_quantiles(cls, p10: float, p50: float, p90: float) -> Self:
        """Return the distribution with these quantiles; its ends lie farther out.

        Raises
        ------
        SamplingError
            If they are out of order, or more lopsided than the family can be.
        """
        check_order("p10", "p50", (p10, p50))
        check_order("p50", "p90", (p50, p90))
        at = np.array([0.1, 0.5, 0.9])

        def share(peak: float) -> float:
            low, middle, high = cls.standard_quantile(at, peak)
            return float((middle - low) / (high - low))

        found, least, most = (p50 - p10) / (p90 - p10), share(0.0), share(1.0)
        width = p90 - p10
        check_between("p50", p50, p10 + least * width, p10 + most * width, strict=False)
        if not least < found < most:
            found = least if found <= least else most
        peak = brentq(lambda peak: share(peak) - found, 0.0, 1.0, xtol=1e-15)
        ends = cls.standard_quantile(at, peak)
        width = (p90 - p10) / float(ends[2] - ends[0])
        low = p10 - width * float(ends[0])
        return cls(low, low + width * peak, low + width)

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the values that are not exceeded with probabilities ``u``."""
        width = self.high - self.low
        peak = (self.mode - self.low) / width
        return np.asarray(self.low + width * self.standard_quantile(u, peak))


@dataclass(frozen=True)
class Triangular(ThreePoint):
    """Density rising evenly from low to mode, and falling evenly to high."""

    title: ClassVar[Bilingual] = Bilingual("三角分布", "Triangular")

    @property
    def mean(self) -> float:
        """Return the expected value."""
        return (self.low + self.mode + self.high) / 3.0

    @property
    def sd(self) -> float:
        """Return the standard deviation."""
        left, right = self.mode - self.low, self.high - self.mode
        return float(np.sqrt((left**2 + right**2 + left * right) / 18.0))

    @classmethod
    def standard_quantile(cls, u: FloatArray, peak: float) -> FloatArray:
        """Return quantiles of the triangle on [0, 1] with its tip at ``peak``."""
        rising = np.sqrt(u * peak)
        falling = 1.0 - np.sqrt((1.0 - u) * (1.0 - peak))
        return np.asarray(np.where(u < peak, rising, falling))


@dataclass(frozen=True)
class Pert(TabulatedMarginal, ThreePoint):
    """A Beta stretched over [low, high], with mean (low + 4 mode + high) / 6.

    From Malcolm, Roseboom, Clark and Fazar (1959). Less weight at the ends than the triangle.
    """

    title: ClassVar[Bilingual] = Bilingual("PERT 分布", "PERT")

    @property
    def mean(self) -> float:
        """Return the expected value."""
        return (self.low + 4.0 * self.mode + self.high) / 6.0

    @property
    def sd(self) -> float:
        """Return the standard deviation."""
        return float(np.sqrt((self.mean - self.low) * (self.high - self.mean) / 7.0))

    @classmethod
    def standard_quantile(cls, u: FloatArray, peak: float) -> FloatArray:
        """Return quantiles of the Beta on [0, 1] with its mode at ``peak``."""
        return beta_quantile(1.0 + 4.0 * peak, 5.0 - 4.0 * peak, u, 1.0 - u)

    def _of_tails(self, below: FloatArray, above: FloatArray) -> FloatArray:
        width = self.high - self.low
        peak = (self.mode - self.low) / width
        found = beta_quantile(1.0 + 4.0 * peak, 5.0 - 4.0 * peak, below, above)
        return np.asarray(self.low + width * found)

    def _density(self, x: FloatArray) -> FloatArray:
        width = self.high - self.low
        a = 1.0 + 4.0 * (self.mode - self.low) / width
        b = 6.0 - a
        share = (x - self.low) / width
        return np.asarray(
            share ** (a - 1.0) * (1.0 - share) ** (b - 1.0) / (width * np.exp(betaln(a, b)))
        )
