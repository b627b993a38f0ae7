"""Normal."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import ndtri

from allocopt.arrays import FloatArray
from allocopt.curves.parameters import Parameter
from allocopt.sampling.marginals.base import Marginal
from allocopt.text import Bilingual


@dataclass(frozen=True)
class Normal(Marginal):
    """The normal distribution.

    Attributes
    ----------
    mu, sigma : float
        Mean and standard deviation.
    """

    title: ClassVar[Bilingual] = Bilingual("正态分布", "Normal")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("mean", "value", Bilingual("均值", "Mean"), -np.inf),
        Parameter("sd", "value", Bilingual("标准差", "Standard deviation")),
    )

    mu: float
    sigma: float

    @property
    def mean(self) -> float:
        """Return the expected value."""
        return self.mu

    @property
    def sd(self) -> float:
        """Return the standard deviation."""
        return self.sigma

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the values that are not exceeded with probabilities ``u``."""
        return self.from_normal(np.asarray(ndtri(u)))

    def from_normal(self, z: FloatArray) -> FloatArray:
        """Return mu + sigma z."""
        return np.asarray(self.mu + self.sigma * z)
