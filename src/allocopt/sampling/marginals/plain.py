"""Uniform values, and values that are known."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.curves.parameters import Parameter
from allocopt.sampling.marginals.base import Marginal, check_order
from allocopt.text import Bilingual


@dataclass(frozen=True)
class Uniform(Marginal):
    """Every value from low to high alike.

    Attributes
    ----------
    low, high : float
    """

    title: ClassVar[Bilingual] = Bilingual("均匀分布", "Uniform")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("low", "value", Bilingual("最小值", "Least value"), -np.inf),
        Parameter("high", "value", Bilingual("最大值", "Largest value"), -np.inf),
    )

    low: float
    high: float

    def _check(self) -> None:
        check_order("low", "high", (self.low, self.high))

    @property
    def mean(self) -> float:
        """Return the expected value."""
        return (self.low + self.high) / 2.0

    @property
    def sd(self) -> float:
        """Return the standard deviation."""
        return (self.high - self.low) / float(np.sqrt(12.0))

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the values that are not exceeded with probabilities ``u``."""
        return np.asarray(self.low + (self.high - self.low) * u)


@dataclass(frozen=True)
class Constant(Marginal):
    """A value without uncertainty.

    Attributes
    ----------
    value : float
    """

    title: ClassVar[Bilingual] = Bilingual("常数", "Constant")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("value", "value", Bilingual("取值", "Value"), -np.inf),
    )

    value: float

    @property
    def mean(self) -> float:
        """Return the value."""
        return self.value

    @property
    def sd(self) -> float:
        """Return 0."""
        return 0.0

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the value for every ``u``."""
        return np.full(np.shape(u), self.value)

    def from_normal(self, z: FloatArray) -> FloatArray:
        """Return the value for every ``z``."""
        return self.quantile(z)
