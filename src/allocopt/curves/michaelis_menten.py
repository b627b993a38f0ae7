"""Hyperbolic approach to saturation."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from allocopt.arrays import FloatArray
from allocopt.curves.concave import ConcaveCurve
from allocopt.curves.parameters import Parameter
from allocopt.text import Bilingual


@dataclass(frozen=True, init=False, eq=False)
class MichaelisMenten(ConcaveCurve):
    """f(x) = top * x / (halfway + x).

    From Michaelis and Menten (1913); a Hill curve with slope 1.

    Attributes
    ----------
    top : FloatArray of shape ``dims``
        Volume at saturation.
    halfway : FloatArray of shape ``dims``
        Effort that brings half of ``top``.
    """

    family: ClassVar[str] = "michaelis_menten"
    title: ClassVar[Bilingual] = Bilingual("米氏曲线", "Michaelis-Menten")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("top", "volume", Bilingual("饱和时的量", "Volume at saturation")),
        Parameter(
            "halfway",
            "effort",
            Bilingual("达到饱和量一半所需的投入", "Effort that brings half of the saturation"),
            lower_open=True,
        ),
    )

    top: FloatArray
    halfway: FloatArray

    def __init__(self, top: ArrayLike, halfway: ArrayLike) -> None:
        super().__init__(top, halfway)

    def supremum(self) -> FloatArray:
        """Return ``top``."""
        return self.top

    def _value(self, x: FloatArray) -> FloatArray:
        return self.top * (x / (self.halfway + x))

    def _marginal(self, x: FloatArray) -> FloatArray:
        whole = self.halfway + x
        return self.top / whole * (self.halfway / whole)

    def _inverse(self, y: FloatArray) -> FloatArray:
        return self.halfway * (y / (self.top - y))

    def _stationary(self, price: FloatArray) -> FloatArray:
        return np.sqrt(self.top * self.halfway / price) - self.halfway
