"""What all families have in common that are concave for every parameter."""

from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray, IntArray
from allocopt.curves.base import CurveShape
from allocopt.curves.closed_form import ClosedFormCurve


@dataclass(frozen=True, init=False, eq=False)
class ConcaveCurve(ClosedFormCurve):
    """A family that is concave on all efforts of zero and more."""

    def shape(self) -> IntArray:
        """Return CONCAVE everywhere."""
        return np.full(self.dims, CurveShape.CONCAVE, dtype=np.int64)

    def inflection(self) -> FloatArray:
        """Return zeros."""
        return np.zeros(self.dims)

    def _envelope_tangent(self, low: FloatArray, high: FloatArray) -> FloatArray:
        return np.array(np.broadcast_to(low, np.broadcast_shapes(self.dims, high.shape)))
