"""The ADBUDG curve: a Hill curve on a floor."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from allocopt.arrays import FloatArray, IntArray
from allocopt.curves.base import Curve
from allocopt.curves.hill import Hill
from allocopt.curves.parameters import Order, Parameter
from allocopt.text import Bilingual


@dataclass(frozen=True, init=False, eq=False)
class Adbudg(Curve):
    """f(x) = floor + (top - floor) * x**slope / (ec50**slope + x**slope); f(0) = floor.

    From Little (1970), whose constant is ec50**slope here.

    Attributes
    ----------
    floor : FloatArray of shape ``dims``
        Volume without effort.
    top : FloatArray of shape ``dims``
        Volume at saturation, at least ``floor``.
    ec50 : FloatArray of shape ``dims``
        Effort half way between the two.
    slope : FloatArray of shape ``dims``
        Steepness; an S above 1.
    """

    family: ClassVar[str] = "adbudg"
    title: ClassVar[Bilingual] = Bilingual("ADBUDG 曲线", "ADBUDG")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("floor", "volume", Bilingual("无投入时的量", "Volume without effort")),
        Parameter("top", "volume", Bilingual("饱和时的量", "Volume at saturation")),
        Parameter(
            "ec50",
            "effort",
            Bilingual("达到上下限中点所需的投入", "Effort half way between floor and top"),
            lower_open=True,
        ),
        Parameter(
            "slope",
            "1",
            Bilingual("陡度，大于 1 为 S 形", "Steepness; S-shaped above 1"),
            lower_open=True,
            upper=100.0,
        ),
    )
    orders: ClassVar[tuple[Order, ...]] = (Order("floor", "top"),)

    floor: FloatArray
    top: FloatArray
    ec50: FloatArray
    slope: FloatArray

    def __init__(self, floor: ArrayLike, top: ArrayLike, ec50: ArrayLike, slope: ArrayLike) -> None:
        super().__init__(floor, top, ec50, slope)
        object.__setattr__(self, "_rise", Hill(self.top - self.floor, self.ec50, self.slope))

    @property
    def rise(self) -> Hill:
        """The curve over its floor."""
        rise: Hill = vars(self)["_rise"]
        return rise

    def shape(self) -> IntArray:
        """Return S_SHAPED where the slope is above 1, else CONCAVE."""
        return self.rise.shape()

    def inflection(self) -> FloatArray:
        """Return that of the Hill curve."""
        return self.rise.inflection()

    def supremum(self) -> FloatArray:
        """Return ``top``."""
        return self.top

    def _value(self, x: FloatArray) -> FloatArray:
        return np.asarray(self.floor + self.rise.value(x))

    def _marginal(self, x: FloatArray) -> FloatArray:
        return self.rise.marginal(x)

    def _inverse(self, y: FloatArray) -> FloatArray:
        return self.rise.inverse(y - self.floor)

    def _best_response(self, p: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
        return self.rise.best_response(p, low, high)

    def _envelope_tangent(self, low: FloatArray, high: FloatArray) -> FloatArray:
        return self.rise.envelope_tangent(low, high)
