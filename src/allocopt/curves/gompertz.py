"""The Gompertz curve, moved so that no effort brings no volume."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from allocopt.arrays import FloatArray, IntArray
from allocopt.curves.base import CurveShape
from allocopt.curves.closed_form import ClosedFormCurve
from allocopt.curves.parameters import Parameter
from allocopt.text import Bilingual

# exp(-exp(700)) is 0 as exp(-exp(1000)) is, and exp(700) does not overflow.
_LARGEST_EXPONENT = 700.0
_EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, init=False, eq=False)
class Gompertz(ClosedFormCurve):
    """f(x) = top * (G(x) - G(0)) / (1 - G(0)), G(x) = exp(-exp(-rate * (x - midpoint))).

    An S that rises early and saturates late (Gompertz, 1825); 0 at 0, and ``top`` in the limit.

    Attributes
    ----------
    top : FloatArray of shape ``dims``
        Volume at saturation.
    rate : FloatArray of shape ``dims``
        Steepness.
    midpoint : FloatArray of shape ``dims``
        Effort with the largest marginal return, the inflection.
    """

    family: ClassVar[str] = "gompertz"
    title: ClassVar[Bilingual] = Bilingual("龚珀兹", "Gompertz")
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

    def _u(self, x: FloatArray) -> FloatArray:
        """Return exp(-rate * (x - midpoint)), so that G = exp(-u)."""
        return np.exp(np.minimum(self.rate * (self.midpoint - x), _LARGEST_EXPONENT))

    def _value(self, x: FloatArray) -> FloatArray:
        start = self._u(np.zeros(()))
        fallen = -start * np.expm1(-self.rate * x)
        # G(x) - G(0) = G(x) (1 - exp(u(x) - u(0))), which has digits for a small x too.
        return self.top * (np.exp(-self._u(x)) * np.expm1(-fallen) / np.expm1(-start))

    def _marginal(self, x: FloatArray) -> FloatArray:
        u = self._u(x)
        return self.top * self.rate * (u * np.exp(-u) / -np.expm1(-self._u(np.zeros(()))))

    def _inverse(self, y: FloatArray) -> FloatArray:
        start = self._u(np.zeros(()))
        share = y / self.top
        # 1 - G has digits near the top, G near the bottom.
        upper = -np.log1p(np.expm1(-start) * (1.0 - share))
        lower = np.minimum(-np.log(np.exp(-start) - share * np.expm1(-start)), start)
        far = (np.log(start) - np.log(np.where(share > 0.5, upper, lower))) / self.rate
        near = -np.log1p(-np.log1p(share * np.expm1(start)) / start) / self.rate
        return np.where((share < 0.5) & (start < 30.0), near, far)

    def _stationary(self, price: FloatArray) -> FloatArray:
        """Newton's method for t - exp(t) = log q in t = log u <= 0, right of the inflection.

        The left side is concave in t and rises up to t = 0. It is too small at t = log q, from
        where the steps go right; for a concave function none of them passes the root.
        """
        goal = np.log(price * -np.expm1(-self._u(np.zeros(()))) / (self.top * self.rate))
        t = np.minimum(goal, 0.0)
        for _ in range(60):
            step = (goal - t + np.exp(t)) / -np.expm1(t)
            t = np.minimum(t + np.where(step > 0.0, step, 0.0), 0.0)
            # A NaN (no volume at all, or a price above every slope) counts as settled.
            if not np.any((step > 4.0 * _EPS * (1.0 + np.abs(t))) & (t < 0.0)):
                break
        return self.midpoint - t / self.rate
