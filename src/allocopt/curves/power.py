"""Volume as a power of effort: each doubling brings the same percentage."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from allocopt.arrays import FloatArray
from allocopt.curves.concave import ConcaveCurve
from allocopt.curves.parameters import Parameter
from allocopt.text import Bilingual


@dataclass(frozen=True, init=False, eq=False)
class Power(ConcaveCurve):
    """f(x) = scale * x**exponent, 0 < exponent <= 1.

    Attributes
    ----------
    scale : FloatArray of shape ``dims``
        Volume at one unit of effort.
    exponent : FloatArray of shape ``dims``
        Elasticity: percent of volume per percent of effort.
    """

    family: ClassVar[str] = "power"
    title: ClassVar[Bilingual] = Bilingual("幂函数", "Power")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("scale", "volume", Bilingual("投入为 1 时的量", "Volume at an effort of 1")),
        Parameter(
            "exponent",
            "1",
            Bilingual(
                "弹性：投入增加 1% 时量增加的百分比", "Percent of volume per percent of effort"
            ),
            lower_open=True,
            upper=1.0,
        ),
    )

    scale: FloatArray
    exponent: FloatArray

    def __init__(self, scale: ArrayLike, exponent: ArrayLike) -> None:
        super().__init__(scale, exponent)

    def supremum(self) -> FloatArray:
        """Return ``inf``, or 0 where the scale is 0."""
        return np.where(self.scale > 0.0, np.inf, 0.0)

    def _value(self, x: FloatArray) -> FloatArray:
        return self.scale * x**self.exponent

    def _marginal(self, x: FloatArray) -> FloatArray:
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            result = self.scale * self.exponent * x ** (self.exponent - 1.0)
        # A scale of 0 times an infinite slope.
        return np.where(self.scale > 0.0, result, 0.0)

    def _inverse(self, y: FloatArray) -> FloatArray:
        return (y / self.scale) ** (1.0 / self.exponent)

    def _stationary(self, price: FloatArray) -> FloatArray:
        rate = self.scale * self.exponent
        curved = (rate / price) ** (1.0 / (1.0 - self.exponent))
        return np.where(self.exponent < 1.0, curved, np.where(rate > price, np.inf, 0.0))
