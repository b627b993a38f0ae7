"""Lognormal: multipliers and prices."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from allocopt.arrays import FloatArray
from allocopt.curves.parameters import Parameter
from allocopt.sampling.marginals.base import Marginal, check_between
from allocopt.text import Bilingual


@dataclass(frozen=True)
class Lognormal(Marginal):
    """exp(mu + sigma Z) for a standard normal Z.

    Attributes
    ----------
    mu, sigma : float
        Mean and standard deviation of the logarithm.
    """

    title: ClassVar[Bilingual] = Bilingual("对数正态分布", "Lognormal")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("mu", "1", Bilingual("对数的均值", "Mean of the logarithm"), -200.0, 200.0),
        Parameter("sigma", "1", Bilingual("对数的标准差", "Deviation of the logarithm"), 0.0, 10.0),
    )

    mu: float
    sigma: float

    @classmethod
    def from_moments(cls, mean: float, sd: float) -> "Lognormal":
        """Return the distribution with this mean and standard deviation.

        Raises
        ------
        SamplingError
            If the mean is not above 0.
        """
        check_between("mean", mean, 0.0, np.inf)
        variance = float(np.log1p((sd / mean) ** 2))
        return cls(float(np.log(mean)) - variance / 2.0, float(np.sqrt(variance)))

    @classmethod
    def from_spread(cls, spread: float) -> "Lognormal":
        """Return the multiplier with mean 1 that is in [1 - spread, 1 + spread] nine times in ten.

        Raises
        ------
        SamplingError
            If the spread is not between 0 and 1.
        """
        check_between("spread", spread, 0.0, 1.0)

        def excess(sigma: float) -> float:
            ends = (np.log(np.array([1.0 - spread, 1.0 + spread])) + sigma**2 / 2.0) / sigma
            return float(ndtr(ends[1]) - ndtr(ends[0])) - 0.9

        sigma = brentq(excess, spread / 100.0, 4.0, xtol=1e-15)
        return cls(-(sigma**2) / 2.0, sigma)

    @property
    def mean(self) -> float:
        """Return the expected value."""
        return float(np.exp(self.mu + self.sigma**2 / 2.0))

    @property
    def sd(self) -> float:
        """Return the standard deviation."""
        return self.mean * float(np.sqrt(np.expm1(self.sigma**2)))

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the values that are not exceeded with probabilities ``u``."""
        return self.from_normal(np.asarray(ndtri(u)))

    def from_normal(self, z: FloatArray) -> FloatArray:
        """Return exp(mu + sigma z)."""
        return np.asarray(np.exp(self.mu + self.sigma * z))
