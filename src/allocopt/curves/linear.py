"""Volume in proportion to effort."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from allocopt.arrays import FloatArray
from allocopt.curves.concave import ConcaveCurve
from allocopt.curves.parameters import Parameter
from allocopt.text import Bilingual


@dataclass(frozen=True, init=False, eq=False)
class Linear(ConcaveCurve):
    """f(x) = rate * x.

    Attributes
    ----------
    rate : FloatArray of shape ``dims``
        Volume per effort.
    """

    family: ClassVar[str] = "linear"
    title: ClassVar[Bilingual] = Bilingual("线性", "Linear")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("rate", "volume/effort", Bilingual("每单位投入带来的量", "Volume per effort")),
    )

    rate: FloatArray

    def __init__(self, rate: ArrayLike) -> None:
        super().__init__(rate)

    def supremum(self) -> FloatArray:
        """Return ``inf``, or 0 where the rate is 0."""
        return np.where(self.rate > 0.0, np.inf, 0.0)

    def _value(self, x: FloatArray) -> FloatArray:
        return self.rate * x

    def _marginal(self, x: FloatArray) -> FloatArray:
        return np.broadcast_to(self.rate, np.broadcast_shapes(self.dims, x.shape))

    def _inverse(self, y: FloatArray) -> FloatArray:
        return y / self.rate

    def _stationary(self, price: FloatArray) -> FloatArray:
        return np.where(self.rate > price, np.inf, 0.0)

    def _segment_error(self, left: FloatArray, right: FloatArray) -> FloatArray:
        return np.zeros(np.broadcast_shapes(self.dims, left.shape, right.shape))
