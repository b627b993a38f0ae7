"""Exponential approach to saturation."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from allocopt.arrays import FloatArray
from allocopt.curves.concave import ConcaveCurve
from allocopt.curves.parameters import Parameter
from allocopt.text import Bilingual


@dataclass(frozen=True, init=False, eq=False)
class ModifiedExponential(ConcaveCurve):
    """f(x) = top * (1 - exp(-rate * x)).

    The response to advertising of Buzzell (1964): each unit of effort wins the same share of
    what is left.

    Attributes
    ----------
    top : FloatArray of shape ``dims``
        Volume at saturation.
    rate : FloatArray of shape ``dims``
        Share of the untapped volume that a small unit of effort wins.
    """

    family: ClassVar[str] = "modified_exponential"
    title: ClassVar[Bilingual] = Bilingual("修正指数", "Modified exponential")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("top", "volume", Bilingual("饱和时的量", "Volume at saturation")),
        Parameter(
            "rate",
            "1/effort",
            Bilingual("每单位投入赢得剩余空间的份额", "Share of what is left won per effort"),
            lower_open=True,
        ),
    )

    top: FloatArray
    rate: FloatArray

    def __init__(self, top: ArrayLike, rate: ArrayLike) -> None:
        super().__init__(top, rate)

    def supremum(self) -> FloatArray:
        """Return ``top``."""
        return self.top

    def _value(self, x: FloatArray) -> FloatArray:
        return self.top * -np.expm1(-self.rate * x)

    def _marginal(self, x: FloatArray) -> FloatArray:
        return self.top * self.rate * np.exp(-self.rate * x)

    def _inverse(self, y: FloatArray) -> FloatArray:
        return -np.log1p(-y / self.top) / self.rate

    def _stationary(self, price: FloatArray) -> FloatArray:
        return np.log(self.top * self.rate / price) / self.rate
