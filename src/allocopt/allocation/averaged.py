"""Curves with draws of their parameters: the mean response, between two piecewise linear curves.

The mean of S-shaped curves need not be S-shaped. On a segment between two efforts each draw is
concave, convex, or has its inflection inside. What a draw lies above its chord is bounded by the
triangle of its end tangents, by nothing, or by its rise; as the least of two sums is no less than
the sum of the least, the triangle of the mean tangents bounds the mean over concave draws. The
mean curve with these errors added at the ends of segments lies nowhere below the true mean.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.curves.base import Curve
from allocopt.curves.table import Table

_FIRST, _FINER = 9, 9
_SPREAD = 2.0
"""First points are denser at low efforts, where curves bend."""
_AROUND = (0.8, 1.25)
"""Where first points are denser too: around what a few draws say, shares of it."""


@dataclass(frozen=True, eq=False)
class AveragedCurves:
    """The mean of draws of curves, known at some efforts of each placement.

    Attributes
    ----------
    draws : Curve of shape (draws, n)
    points : tuple of FloatArray
        Efforts of each placement, ascending.
    means : tuple of FloatArray
        Mean response there.
    errors : tuple of FloatArray
        What the mean lies above the chord at most, by segment.
    """

    draws: Curve
    points: tuple[FloatArray, ...]
    means: tuple[FloatArray, ...]
    errors: tuple[FloatArray, ...]

    @classmethod
    def over(
        cls, draws: Curve, low: FloatArray, high: FloatArray, around: FloatArray | None = None
    ) -> "AveragedCurves":
        """Return the mean at first points over [low, high], each (n,), more of them ``around``."""
        share = np.linspace(0.0, 1.0, _FIRST) ** _SPREAD
        grid = low[:, None] + (high - low)[:, None] * share
        grid[:, -1] = high
        if around is not None:
            near = around[:, None] * np.geomspace(*_AROUND, _FINER)
            near = np.clip(near, low[:, None], high[:, None])
            grid = np.sort(np.concatenate([grid, near], axis=1), axis=1)
        means, errors = _measured(draws, grid)
        return cls(draws, tuple(grid), tuple(means), tuple(errors))

    def value(self, effort: FloatArray) -> FloatArray:
        """Return the true mean response at one effort per placement, (n,)."""
        return np.asarray(self.draws.value(effort).mean(axis=0))

    def above(self) -> Table:
        """Return piecewise linear curves that lie nowhere below the mean."""
        efforts, values = [], []
        for x, y, error in zip(self.points, self.means, self.errors, strict=True):
            raised = y + np.maximum(np.append(error, 0.0), np.insert(error, 0, 0.0))
            apart = np.append(True, np.diff(x) > 0.0)
            # Of points that fell together the last knows the segment to its right.
            raised = np.maximum.reduceat(raised, np.flatnonzero(apart))
            # A table starts at no effort, below what is allowed here.
            ahead = np.zeros(int(x[0] > 0.0))
            efforts.append(np.concatenate([ahead, x[apart]]))
            values.append(np.concatenate([ahead, np.maximum.accumulate(raised)]))
        return Table(efforts, values)

    def finer(self, effort: FloatArray) -> "AveragedCurves":
        """Return the same with more points in the segments around one effort per placement."""
        windows = [_around(x, at) for x, at in zip(self.points, effort, strict=True)]
        low = np.array([x[a] for x, (a, _) in zip(self.points, windows, strict=True)])
        high = np.array([x[b] for x, (_, b) in zip(self.points, windows, strict=True)])
        grid = np.linspace(low, high, _FINER, axis=1)
        grid[:, -1] = high
        means, errors = _measured(self.draws, grid)
        parts = zip(
            windows, zip(self.points, grid, strict=True), zip(self.means, means, strict=True),
            zip(self.errors, errors, strict=True), strict=True,
        )  # fmt: skip
        points, values, bounds = [], [], []
        for (a, b), (x, x_new), (y, y_new), (e, e_new) in parts:
            points.append(np.concatenate([x[:a], x_new, x[b + 1 :]]))
            values.append(np.concatenate([y[:a], y_new, y[b + 1 :]]))
            bounds.append(np.concatenate([e[:a], e_new, e[b:]]))
        return AveragedCurves(self.draws, tuple(points), tuple(values), tuple(bounds))


def _around(points: FloatArray, at: float) -> tuple[int, int]:
    """Return the first and the last point of the segments that ``at`` is in or ends."""
    right = int(np.searchsorted(points, at * (1.0 + 1e-12), side="right"))
    left = int(np.searchsorted(points, at * (1.0 - 1e-12), side="left"))
    return max(left - 1, 0), min(right, points.size - 1)


def _measured(draws: Curve, grid: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return means (n, k) at a grid and errors (n, k - 1) of its segments."""
    means = np.empty(grid.shape)
    errors = np.empty((grid.shape[0], grid.shape[1] - 1))
    bend = draws.inflection()
    before: tuple[FloatArray, FloatArray] | None = None
    for number, (value, slope) in enumerate(_along(draws, grid)):
        means[:, number] = value.mean(axis=0)
        if before is not None:
            ends = grid[:, number - 1], grid[:, number]
            errors[:, number - 1] = _error(ends, before, (value, slope), bend)
        before = value, slope
    return means, errors


def _along(draws: Curve, grid: FloatArray) -> Iterator[tuple[FloatArray, FloatArray]]:
    for column in grid.T:
        yield draws.value_and_marginal(column)


_Ends = tuple[FloatArray, FloatArray]


def _error(ends: _Ends, left: _Ends, right: _Ends, bend: FloatArray) -> FloatArray:
    """Return what the mean lies above its chord at most, (n,)."""
    (a, b), count = ends, left[0].shape[0]
    concave = bend <= a
    inside = ~concave & (bend < b)
    rise = right[0] - left[0]
    steep = concave & ~np.isfinite(left[1])
    tame = concave & ~steep
    width = b - a
    start, stop = (np.where(tame, slope, 0.0).sum(axis=0) / count for slope in (left[1], right[1]))
    chord = np.divide(np.where(tame, rise, 0.0).sum(axis=0) / count, width,
                      out=np.zeros_like(width), where=width > 0.0)  # fmt: skip
    opening = start - stop
    height = np.divide((start - chord) * (chord - stop) * width, opening,
                       out=np.zeros_like(width), where=opening > 0.0)  # fmt: skip
    rest = np.where(inside | steep, rise, 0.0).sum(axis=0) / count
    return np.asarray(np.maximum(height, 0.0) + rest)
