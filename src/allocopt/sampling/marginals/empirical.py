"""Values as they were observed."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.curves.parameters import Parameter
from allocopt.sampling.marginals.base import Marginal
from allocopt.text import Bilingual


@dataclass(frozen=True)
class Empirical(Marginal):
    """One of the observed values, each as often as the others.

    Attributes
    ----------
    values : tuple of float
        At least one; a value that is there twice comes twice as often.
    """

    title: ClassVar[Bilingual] = Bilingual("经验分布", "Empirical")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("values", "value", Bilingual("观测值", "Observed values"), -np.inf, many=True),
    )

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Return the mean of the values."""
        return float(np.mean(self.values))

    @property
    def sd(self) -> float:
        """Return the standard deviation of the values, not that of a population behind them."""
        return float(np.std(self.values))

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the least values that are not exceeded with probabilities ``u``."""
        count = len(self.values)
        rank = np.clip(np.ceil(u * count) - 1.0, 0.0, count - 1.0).astype(np.int64)
        return np.asarray(np.sort(np.array(self.values))[rank])
