"""Nothing up to a threshold, then in proportion, then nothing more."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from allocopt.arrays import FloatArray, IntArray
from allocopt.curves.base import CurveShape
from allocopt.curves.kinked import KinkedCurve
from allocopt.curves.parameters import Order, Parameter
from allocopt.text import Bilingual


@dataclass(frozen=True, init=False, eq=False)
class ThresholdSaturation(KinkedCurve):
    """f(x) = top * clip((x - threshold) / (saturation - threshold), 0, 1).

    Attributes
    ----------
    top : FloatArray of shape ``dims``
        Volume at saturation.
    threshold : FloatArray of shape ``dims``
        Effort below which nothing happens.
    saturation : FloatArray of shape ``dims``
        Effort above which nothing is added; greater than ``threshold``.
    """

    family: ClassVar[str] = "threshold_saturation"
    title: ClassVar[Bilingual] = Bilingual("门槛与饱和", "Threshold and saturation")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("top", "volume", Bilingual("饱和时的量", "Volume at saturation")),
        Parameter(
            "threshold",
            "effort",
            Bilingual("开始见效的投入", "Effort below which nothing happens"),
        ),
        Parameter(
            "saturation",
            "effort",
            Bilingual("不再增加的投入", "Effort above which nothing is added"),
            lower_open=True,
        ),
    )
    orders: ClassVar[tuple[Order, ...]] = (Order("threshold", "saturation", strict=True),)

    top: FloatArray
    threshold: FloatArray
    saturation: FloatArray

    def __init__(self, top: ArrayLike, threshold: ArrayLike, saturation: ArrayLike) -> None:
        super().__init__(top, threshold, saturation)

    def shape(self) -> IntArray:
        """Return S_SHAPED where the threshold is above 0, else CONCAVE."""
        s_shaped = self.threshold > 0.0
        return np.where(s_shaped, CurveShape.S_SHAPED, CurveShape.CONCAVE).astype(np.int64)

    def inflection(self) -> FloatArray:
        """Return ``threshold``."""
        return self.threshold

    def supremum(self) -> FloatArray:
        """Return ``top``."""
        return self.top

    def kinks(self) -> FloatArray:
        """Return threshold and saturation, shape (*dims, 2)."""
        return np.stack([self.threshold, self.saturation], axis=-1)

    def _value(self, x: FloatArray) -> FloatArray:
        share = (x - self.threshold) / (self.saturation - self.threshold)
        return self.top * np.clip(share, 0.0, 1.0)

    def _marginal(self, x: FloatArray) -> FloatArray:
        inside = (x >= self.threshold) & (x < self.saturation)
        return np.where(inside, self.top / (self.saturation - self.threshold), 0.0)

    def _inverse(self, y: FloatArray) -> FloatArray:
        along = self.threshold + y / self.top * (self.saturation - self.threshold)
        return np.minimum(along, self.saturation)
