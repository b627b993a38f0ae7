"""A piecewise linear curve through given points."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from allocopt.arrays import BoolArray, FloatArray, IntArray
from allocopt.curves.base import CurveShape
from allocopt.curves.parameters import Parameter
from allocopt.curves.points import PointCurve
from allocopt.text import Bilingual

_NOISE = 1e-12


@dataclass(frozen=True, init=False, eq=False)
class Table(PointCurve):
    """Straight lines between the points, flat after the last.

    The first point is at effort 0 and gives f(0), of any sign. Slopes that differ by less than
    1e-12 of themselves count as equal when the shape is told.

    Attributes
    ----------
    efforts, values, sizes
        See `PointCurve`.
    """

    family: ClassVar[str] = "table"
    title: ClassVar[Bilingual] = Bilingual("折线（给定各点）", "Table of points")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "efforts",
            "effort",
            Bilingual("各点的投入，从 0 开始递增", "Efforts of the points, rising from 0"),
            many=True,
        ),
        Parameter(
            "values",
            "volume",
            Bilingual("各点的量，不得下降", "Volumes at the points, never falling"),
            lower=-np.inf,
            many=True,
        ),
    )

    from_zero: ClassVar[bool] = True

    def shape(self) -> IntArray:
        """Return CONCAVE, S_SHAPED or GENERAL per element, from the order of the slopes."""
        rises, falls = self._turns()
        numbers = np.arange(rises.shape[-1])
        last_rise = np.max(np.where(rises, numbers, -1), axis=-1, initial=-1)
        first_fall = np.min(np.where(falls, numbers, numbers.size), axis=-1, initial=numbers.size)
        bent = np.where(first_fall > last_rise, CurveShape.S_SHAPED, CurveShape.GENERAL)
        return np.where(last_rise < 0, CurveShape.CONCAVE, bent).astype(np.int64)

    def inflection(self) -> FloatArray:
        """Return the last point after which the curve is steeper than before, or 0."""
        rises, _ = self._turns()
        inner = self.efforts[..., 1:]
        return np.asarray(np.max(np.where(rises, inner, 0.0), axis=-1, initial=0.0))

    def _slopes(self) -> FloatArray:
        """Return the slope after each point, shape (*dims, points)."""
        flat = np.zeros((*self.dims, 1))
        with np.errstate(invalid="ignore"):
            rise = np.diff(self.values) / np.diff(self.efforts)
        rise = np.where(np.isfinite(self.efforts[..., 1:]), rise, 0.0)
        return np.concatenate([rise, flat], axis=-1)

    def _turns(self) -> tuple[BoolArray, BoolArray]:
        """Return where the slope rises, and where it falls, at each point after the first."""
        slopes = self._slopes()
        before, after = slopes[..., :-1], slopes[..., 1:]
        return after > before * (1.0 + _NOISE), before > after * (1.0 + _NOISE)

    def _value(self, x: FloatArray) -> FloatArray:
        number = self._reached(self.efforts, x, strictly=False) - 1
        next_number = np.minimum(number + 1, self.values.shape[-1] - 1)
        along = self._pick(self._slopes(), number) * (x - self._pick(self.efforts, number))
        # Rounding must not lift a point over the one that follows.
        return np.minimum(
            self._pick(self.values, number) + along, self._pick(self.values, next_number)
        )

    def _marginal(self, x: FloatArray) -> FloatArray:
        return self._pick(self._slopes(), self._reached(self.efforts, x, strictly=False) - 1)

    def _inverse(self, y: FloatArray) -> FloatArray:
        number = np.clip(
            self._reached(self.values, y, strictly=True), 1, max(self.values.shape[-1] - 1, 1)
        )
        number = np.minimum(number, self.values.shape[-1] - 1)
        before = np.maximum(number - 1, 0)
        along = (y - self._pick(self.values, before)) / self._pick(self._slopes(), before)
        return np.minimum(
            self._pick(self.efforts, before) + along, self._pick(self.efforts, number)
        )
