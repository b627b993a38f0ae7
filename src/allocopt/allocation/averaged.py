"""Curves with draws of their parameters: the mean response, under a piecewise linear cover.

The mean of S-shaped curves need not be S-shaped. On a segment [a, b] between two efforts every
draw lies under two lines: one from its left end, as steep as the draw is anywhere on the segment,
and one to its right end, as flat as it is anywhere. Concave draws have these slopes at the ends,
convex ones lie under their chord, one with its inflection inside is steepest there. The least of
two sums is no less than the sum of the least, so that lines of mean slopes cover the mean. The
cover meets the mean at both ends, and is off by a share of the squared width between them.
"""

from dataclasses import dataclass

import numpy as np

from allocopt.allocation.drawblocks import DrawBlocks
from allocopt.arrays import FloatArray, IntArray
from allocopt.curves.table import Table

_FIRST, _SPREAD = 9, 2.0
"""First points, denser at low efforts, where curves bend."""
_AROUND = (0.9, 0.97, 1.0, 1.03, 1.1)
"""Where first points are too: around what a few draws say, shares of it."""
_FINER = 8.0
"""New points are closer to each other than old ones by this factor."""


@dataclass(frozen=True, eq=False)
class AveragedCurves:
    """The mean of draws of curves, known at some efforts of each placement.

    Attributes
    ----------
    draws : DrawBlocks
    points : FloatArray (n, k)
        Efforts of each placement, ascending; some may be equal.
    known : FloatArray (5, n, k)
        See `DrawBlocks.measured`.
    """

    draws: DrawBlocks
    points: FloatArray
    known: FloatArray

    @classmethod
    def over(
        cls,
        draws: DrawBlocks,
        low: FloatArray,
        high: FloatArray,
        around: FloatArray | None = None,
    ) -> "AveragedCurves":
        """Return the mean at first points over [low, high], each (n,), more of them ``around``."""
        share = np.linspace(0.0, 1.0, _FIRST) ** _SPREAD
        grid = low[:, None] + (high - low)[:, None] * share
        grid[:, -1] = high
        if around is not None:
            near = np.clip(around[:, None] * np.array(_AROUND), low[:, None], high[:, None])
            grid = np.sort(np.concatenate([grid, near], axis=1), axis=1)
        return cls(draws, grid, draws.measured(grid))

    def value(self, effort: FloatArray) -> FloatArray:
        """Return the true mean response at one effort per placement, (n,)."""
        return self.draws.value(effort)

    def above(self) -> Table:
        """Return piecewise linear curves that lie nowhere below the mean."""
        x, (y, _, steep, flat, leap) = self.points, self.known
        width, start = np.diff(x, axis=1), (y + leap)[:, :-1]
        steep, flat = steep[:, :-1], flat[:, :-1]
        opening = steep - flat
        # Where the line from the left end meets the line to the right end.
        along = np.divide(y[:, 1:] - start - flat * width, opening,
                          out=np.zeros_like(width), where=opening > 0.0)  # fmt: skip
        along = np.clip(along, 0.0, width)
        efforts, values = np.empty((2, x.shape[0], 2 * x.shape[1] - 1))
        efforts[:, ::2], values[:, ::2] = x, y + leap
        efforts[:, 1::2] = np.minimum(x[:, :-1] + along, x[:, 1:])
        values[:, 1::2] = start + steep * along
        return _table(efforts, values)

    def finer(self, effort: FloatArray, price: FloatArray) -> "AveragedCurves":
        """Return the same with more points around one effort per placement.

        They lie where the mean is as steep as ``price``, (n,), in the segments around the effort;
        by the slopes at their ends.
        """
        rows = np.arange(effort.size)
        first, last = self._window(effort)
        ends = self.points[rows, first], self.points[rows, last]
        at = self._as_steep(first, last, price)
        step = (ends[1] - ends[0]) / _FINER
        new = np.clip(at[:, None] + step[:, None] * np.array([-1.0, 0.0, 1.0]),
                      ends[0][:, None], ends[1][:, None])  # fmt: skip
        inner = np.minimum(first + 1, last)
        grid = np.stack([ends[0], self.points[rows, inner], ends[1], *new.T], axis=1)
        grid.sort(axis=1)
        return self._with(grid, self.draws.measured(grid), (first, last))

    def _window(self, effort: FloatArray) -> tuple[IntArray, IntArray]:
        """Return the numbers of the ends of the segments that an effort is in or ends, (n,)."""
        x, last = self.points, self.points.shape[1] - 1
        left = (x < effort[:, None] * (1.0 - 1e-12)).sum(axis=1)
        right = (x <= effort[:, None] * (1.0 + 1e-12)).sum(axis=1)
        return np.maximum(left - 1, 0), np.minimum(right, last)

    def _as_steep(self, first: IntArray, last: IntArray, price: FloatArray) -> FloatArray:
        """Return where slopes at ends of segments say that the mean is as steep as a price."""
        rows, inner = np.arange(first.size), np.minimum(first + 1, last)
        slopes = self.known[1]
        right = slopes[rows, inner] > price
        left, end = np.where(right, inner, first), np.where(right, last, inner)
        a, b = self.points[rows, left], self.points[rows, end]
        from_slope, to_slope = slopes[rows, left], slopes[rows, end]
        falls = (from_slope >= price) & (price >= to_slope) & (from_slope > to_slope)
        share = np.divide(from_slope - price, from_slope - to_slope,
                          out=np.full_like(a, 0.5), where=falls)  # fmt: skip
        return np.asarray(a + share * (b - a))

    def _with(
        self, grid: FloatArray, known: FloatArray, window: tuple[IntArray, IntArray]
    ) -> "AveragedCurves":
        """Return the same with a grid in place of what is in a window.

        What was there shrinks to its left end, so that every placement has as many points.
        """
        first, last = (end[:, None] for end in window)
        count, new = self.points.shape[1], grid.shape[1] - 1
        column = np.arange(count)
        gone = (column >= first) & (column < last)
        points = np.where(gone, grid[:, :1], self.points)
        old = np.where(gone, known[:, :, :1], self.known)
        old[2:, gone] = 0.0
        column = np.arange(count + new)
        inside = (column >= last) & (column < last + new)
        source = np.where(
            inside, count + column - last, np.where(column < last, column, column - new)
        )
        both = np.concatenate([points, grid[:, :-1]], axis=1)
        facts = np.concatenate([old, known[:, :, :-1]], axis=2)
        points = np.take_along_axis(both, source, axis=1)
        return AveragedCurves(self.draws, points, np.take_along_axis(facts, source[None], axis=2))


def _table(efforts: FloatArray, values: FloatArray) -> Table:
    """Return tables through points, (n, k), the highest of those that fell together."""
    # A table starts at no effort, below what is allowed here.
    ahead = np.where(efforts[:, :1] > 0.0, 0.0, -np.inf)
    efforts = np.concatenate([np.zeros_like(ahead), efforts], axis=1)
    values = np.concatenate([ahead, values], axis=1)
    fresh = np.diff(efforts, axis=1, prepend=-1.0) > 0.0
    number = np.cumsum(fresh, axis=1) - 1
    sizes = number[:, -1] + 1
    row = np.arange(sizes.size)[:, None]
    xs = np.full((sizes.size, int(sizes.max())), np.inf)
    ys = np.full_like(xs, -np.inf)
    xs[row, number] = efforts
    np.maximum.at(ys, (row, number), values)
    return Table.padded(xs, np.maximum.accumulate(ys, axis=1), sizes)
