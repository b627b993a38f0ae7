"""Metalog: a distribution through three quantiles, in closed form."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import logit

from allocopt.arrays import FloatArray
from allocopt.curves.parameters import Parameter
from allocopt.sampling.marginals.base import Marginal, check_between, check_order
from allocopt.text import Bilingual

_STEEPEST = 1.66711
"""Ratio of skew to scale from which on quantiles fall somewhere (Keelin)."""


@dataclass(frozen=True)
class Metalog(Marginal):
    """p50 + scale logit(u) + skew (u - 1/2) logit(u), unbounded; Keelin (2016), three terms.

    Attributes
    ----------
    p10, p50, p90 : float
        Quantiles; what is not exceeded with 10 %, 50 % and 90 %.
    """

    title: ClassVar[Bilingual] = Bilingual("元对数分布", "Metalog")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("p10", "value", Bilingual("10 % 分位数", "10 % quantile"), -np.inf),
        Parameter("p50", "value", Bilingual("中位数", "Median"), -np.inf),
        Parameter("p90", "value", Bilingual("90 % 分位数", "90 % quantile"), -np.inf),
    )

    p10: float
    p50: float
    p90: float

    def _check(self) -> None:
        check_order("p10", "p50", (self.p10, self.p50))
        check_order("p50", "p90", (self.p50, self.p90))
        middle, width = (self.p10 + self.p90) / 2.0, self.p90 - self.p10
        # skew / scale = 5 (middle - p50) / width
        reach = _STEEPEST / 5.0 * width
        check_between("p50", self.p50, middle - reach, middle + reach)

    @property
    def _scale(self) -> float:
        return (self.p90 - self.p10) / (2.0 * float(np.log(9.0)))

    @property
    def _skew(self) -> float:
        return (self.p10 + self.p90 - 2.0 * self.p50) / (0.8 * float(np.log(9.0)))

    @property
    def mean(self) -> float:
        """Return the expected value."""
        return self.p50 + self._skew / 2.0

    @property
    def sd(self) -> float:
        """Return the standard deviation."""
        variance = (np.pi * self._scale) ** 2 / 3.0 + self._skew**2 * (np.pi**2 / 36.0 + 1.0 / 12.0)
        return float(np.sqrt(variance))

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the values that are not exceeded with probabilities ``u``."""
        return np.asarray(self.p50 + (self._scale + self._skew * (u - 0.5)) * logit(u))
