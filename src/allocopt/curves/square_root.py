"""Square root of effort on top of an effort that is there anyway."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from allocopt.arrays import FloatArray
from allocopt.curves.concave import ConcaveCurve
from allocopt.curves.parameters import Parameter
from allocopt.text import Bilingual


@dataclass(frozen=True, init=False, eq=False)
class SquareRoot(ConcaveCurve):
    """f(x) = scale * sqrt(x + offset); f(0) = scale * sqrt(offset).

    Attributes
    ----------
    scale : FloatArray of shape ``dims``
        Volume per root of effort.
    offset : FloatArray of shape ``dims``
        Effort that works without being paid for.
    """

    family: ClassVar[str] = "square_root"
    title: ClassVar[Bilingual] = Bilingual("平方根", "Square root")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "scale",
            "volume/effort^0.5",
            Bilingual("每单位投入平方根带来的量", "Volume per root of effort"),
        ),
        Parameter(
            "offset",
            "effort",
            Bilingual("无需花钱已有的投入", "Effort that works without being paid for"),
        ),
    )

    scale: FloatArray
    offset: FloatArray

    def __init__(self, scale: ArrayLike, offset: ArrayLike) -> None:
        super().__init__(scale, offset)

    def supremum(self) -> FloatArray:
        """Return ``inf``, or 0 where the scale is 0."""
        return np.where(self.scale > 0.0, np.inf, 0.0)

    def _value(self, x: FloatArray) -> FloatArray:
        return self.scale * np.sqrt(x + self.offset)

    def _marginal(self, x: FloatArray) -> FloatArray:
        with np.errstate(divide="ignore", invalid="ignore"):
            result = 0.5 * self.scale / np.sqrt(x + self.offset)
        return np.where(self.scale > 0.0, result, 0.0)

    def _inverse(self, y: FloatArray) -> FloatArray:
        return (y / self.scale) ** 2 - self.offset

    def _stationary(self, price: FloatArray) -> FloatArray:
        return (0.5 * self.scale / price) ** 2 - self.offset
