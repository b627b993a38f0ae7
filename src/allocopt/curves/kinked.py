"""Curves made of straight lines and jumps: everything is decided at the kinks."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.curves.base import Curve


@dataclass(frozen=True, init=False, eq=False)
class KinkedCurve(Curve):
    """A family that is linear between its kinks and flat after the last; jumps go up.

    Answers are exact whatever the order of the slopes, so no shape is presumed.
    """

    @abstractmethod
    def kinks(self) -> FloatArray:
        """Return the efforts where slope or value change, shape (*dims, k), padded with inf."""

    def _before(self, x: FloatArray) -> FloatArray:
        """Return the limit of f from the left at kinks x > 0."""
        return self._value(x)

    def _between(self, low: FloatArray, high: FloatArray) -> Iterator[FloatArray]:
        """Yield each kink in turn, moved into [low, high], then ``high``."""
        kinks = self.kinks()
        for number in range(kinks.shape[-1]):
            yield np.clip(kinks[..., number], low, high)
        yield high

    def _best_response(self, p: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
        base = self._value(low)
        best, most = low, np.zeros_like(base)
        for point in self._between(low, high):
            # An infinite price of no effort is NaN, which compares as no gain.
            with np.errstate(invalid="ignore"):
                gain = self._value(point) - base - p * (point - low)
            best, most = np.where(gain > most, point, best), np.fmax(gain, most)
        return np.where(p < 0.0, high, best)

    def _envelope_tangent(self, low: FloatArray, high: FloatArray) -> FloatArray:
        base = self._value(low)
        best, most = high, np.zeros_like(base)
        for point in self._between(low, high):
            width = point - low
            rise = self._value(point) - base
            steepness = np.divide(rise, width, out=np.zeros_like(base), where=width > 0.0)
            best, most = np.where(steepness >= most, point, best), np.maximum(steepness, most)
        return np.where(self.inflection() <= low, low, best)

    def _segment_error(self, left: FloatArray, right: FloatArray) -> FloatArray:
        start, width = self._value(left), right - left
        rise = self._value(right) - start
        worst = np.zeros_like(rise)
        for point in self._between(left, right):
            share = np.divide(point - left, width, out=np.zeros_like(rise), where=width > 0.0)
            chord = start + share * rise
            worst = np.maximum(worst, np.abs(self._value(point) - chord))
            # Left of a segment's own left end is outside of it.
            jump = np.where(point > left, np.abs(self._before(point) - chord), 0.0)
            worst = np.maximum(worst, jump)
        return worst
