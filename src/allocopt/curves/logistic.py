"""The logistic curve, moved so that no effort brings no volume."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from allocopt.arrays import FloatArray, IntArray
from allocopt.curves.base import CurveShape
from allocopt.curves.closed_form import ClosedFormCurve
from allocopt.curves.parameters import Parameter
from allocopt.text import Bilingual


@dataclass(frozen=True, init=False, eq=False)
class Logistic(ClosedFormCurve):
    """f(x) = top * (1 - exp(-rate * x)) / (1 + exp(-rate * (x - midpoint))).

    This is L(x) = 1 / (1 + exp(-rate * (x - midpoint))), of Verhulst (1838), as
    top * (L(x) - L(0)) / (1 - L(0)): 0 at 0, and ``top`` in the limit. With midpoint 0 it is
    top * tanh(rate * x / 2), the logistic saturation of marketing-mix models.

    Attributes
    ----------
    top : FloatArray of shape ``dims``
        Volume at saturation.
    rate : FloatArray of shape ``dims``
        Steepness.
    midpoint : FloatArray of shape ``dims``
        Effort with the largest marginal return, the inflection.
    """

    family: ClassVar[str] = "logistic"
    title: ClassVar[Bilingual] = Bilingual("逻辑斯蒂", "Logistic")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("top", "volume", Bilingual("饱和时的量", "Volume at saturation")),
        Parameter("rate", "1/effort", Bilingual("陡度", "Steepness"), lower_open=True),
        Parameter(
            "midpoint",
            "effort",
            Bilingual("边际回报最大处的投入", "Effort with the largest marginal return"),
        ),
    )

    top: FloatArray
    rate: FloatArray
    midpoint: FloatArray

    def __init__(self, top: ArrayLike, rate: ArrayLike, midpoint: ArrayLike) -> None:
        super().__init__(top, rate, midpoint)

    def shape(self) -> IntArray:
        """Return S_SHAPED where the midpoint is above 0, else CONCAVE."""
        s_shaped = self.midpoint > 0.0
        return np.where(s_shaped, CurveShape.S_SHAPED, CurveShape.CONCAVE).astype(np.int64)

    def inflection(self) -> FloatArray:
        """Return ``midpoint``."""
        return self.midpoint

    def supremum(self) -> FloatArray:
        """Return ``top``."""
        return self.top

    def _value(self, x: FloatArray) -> FloatArray:
        with np.errstate(over="ignore"):
            away = 1.0 + np.exp(self.rate * (self.midpoint - x))
        return self.top * (-np.expm1(-self.rate * x) / away)

    def _marginal(self, x: FloatArray) -> FloatArray:
        tail = np.exp(-np.abs(self.rate * (x - self.midpoint)))
        lift = 1.0 + np.exp(-self.rate * self.midpoint)
        return self.top * self.rate * (lift * tail / (1.0 + tail) ** 2)

    def _inverse(self, y: FloatArray) -> FloatArray:
        odds = np.log(y / (self.top - y))
        start = np.logaddexp(0.0, self.rate * self.midpoint)
        return np.asarray(np.logaddexp(0.0, odds + start) / self.rate)

    def _stationary(self, price: FloatArray) -> FloatArray:
        """Solve s (1 - s) = q for the logistic function s on its right half."""
        lift = 1.0 + np.exp(-self.rate * self.midpoint)
        q = np.minimum(price / (self.top * self.rate * lift), 0.25)
        root = np.sqrt(1.0 - 4.0 * q)
        # The smaller root of s (1 - s) = q, without the difference of near equals.
        small = 2.0 * q / (1.0 + root)
        return np.asarray(self.midpoint + (np.log1p(-small) - np.log(small)) / self.rate)
