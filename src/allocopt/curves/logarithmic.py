"""Volume as a logarithm of effort: each doubling brings about the same amount."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from allocopt.arrays import FloatArray
from allocopt.curves.concave import ConcaveCurve
from allocopt.curves.parameters import Parameter
from allocopt.text import Bilingual


@dataclass(frozen=True, init=False, eq=False)
class Logarithmic(ConcaveCurve):
    """f(x) = scale * log(1 + x / halfway).

    Attributes
    ----------
    scale : FloatArray of shape ``dims``
        Volume that each multiplication of a large effort by e adds.
    halfway : FloatArray of shape ``dims``
        Effort at which the marginal return is half of that at 0.
    """

    family: ClassVar[str] = "logarithmic"
    title: ClassVar[Bilingual] = Bilingual("对数", "Logarithmic")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "scale",
            "volume",
            Bilingual("大投入每增至 e 倍所增加的量", "Volume added by e times a large effort"),
        ),
        Parameter(
            "halfway",
            "effort",
            Bilingual("边际回报降到一半时的投入", "Effort at which the marginal return is halved"),
            lower_open=True,
        ),
    )

    scale: FloatArray
    halfway: FloatArray

    def __init__(self, scale: ArrayLike, halfway: ArrayLike) -> None:
        super().__init__(scale, halfway)

    def supremum(self) -> FloatArray:
        """Return ``inf``, or 0 where the scale is 0."""
        return np.where(self.scale > 0.0, np.inf, 0.0)

    def _value(self, x: FloatArray) -> FloatArray:
        return self.scale * np.log1p(x / self.halfway)

    def _marginal(self, x: FloatArray) -> FloatArray:
        return self.scale / (self.halfway + x)

    def _inverse(self, y: FloatArray) -> FloatArray:
        return self.halfway * np.expm1(y / self.scale)

    def _stationary(self, price: FloatArray) -> FloatArray:
        return self.scale / price - self.halfway
