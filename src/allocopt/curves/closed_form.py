"""Curves whose marginal return can be solved for the effort."""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.curves.base import Curve


@dataclass(frozen=True, init=False, eq=False)
class ClosedFormCurve(Curve):
    """A family with a formula, or a fast iteration, for the effort that meets a price."""

    @abstractmethod
    def _stationary(self, price: FloatArray) -> FloatArray:
        """Return the effort at and after the inflection where f' falls to a positive price.

        Need not be inside any bounds; infinite, or anything below the inflection, where there
        is no such effort. Never NaN.
        """

    def _concave_best(self, p: FloatArray, start: FloatArray, high: FloatArray) -> FloatArray:
        return np.clip(self._stationary(p), start, high)
