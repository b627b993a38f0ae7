"""A menu of discrete levels."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from allocopt.arrays import FloatArray, IntArray
from allocopt.curves.base import CurveShape
from allocopt.curves.parameters import Parameter
from allocopt.curves.points import PointCurve
from allocopt.text import Bilingual


@dataclass(frozen=True, init=False, eq=False)
class Menu(PointCurve):
    """Levels of effort, each with its volume; what is spent must be one of the levels.

    Between levels the volume is that of the highest level that the effort pays for, and 0 below
    the first; so f steps up at each level and includes the step. An optimizer offers the levels
    alone (``kinks``), and 0 only where that is a level.

    Attributes
    ----------
    efforts, values, sizes
        See `PointCurve`; efforts and values are not negative.
    """

    family: ClassVar[str] = "menu"
    title: ClassVar[Bilingual] = Bilingual("档位", "Menu of levels")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "efforts",
            "effort",
            Bilingual("各档的投入，递增", "Effort of each level, rising"),
            many=True,
        ),
        Parameter(
            "values",
            "volume",
            Bilingual("各档的量，不得下降", "Volume of each level, never falling"),
            many=True,
        ),
    )

    def shape(self) -> IntArray:
        """Return STEPPED everywhere."""
        return np.full(self.dims, CurveShape.STEPPED, dtype=np.int64)

    def inflection(self) -> FloatArray:
        """Return the last level, above which nothing changes."""
        last = np.where(np.isfinite(self.efforts), self.efforts, 0.0)
        return np.asarray(last.max(axis=-1))

    def _value(self, x: FloatArray) -> FloatArray:
        return self._level(self._reached(self.efforts, x, strictly=False))

    def _before(self, x: FloatArray) -> FloatArray:
        return self._level(self._reached(self.efforts, x, strictly=True))

    def _level(self, reached: IntArray) -> FloatArray:
        value = self._pick(self.values, np.maximum(reached - 1, 0))
        return np.where(reached > 0, value, 0.0)

    def _marginal(self, x: FloatArray) -> FloatArray:
        return np.zeros(np.broadcast_shapes(self.dims, x.shape))

    def _inverse(self, y: FloatArray) -> FloatArray:
        number = self._reached(self.values, y, strictly=True)
        return self._pick(self.efforts, np.minimum(number, self.values.shape[-1] - 1))
