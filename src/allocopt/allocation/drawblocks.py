"""Draws of curves, some at a time: sums over draws that stay in a cache, on several threads."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.curves.base import Curve, CurveShape

_BLOCK = 2**15
"""So many numbers at once stay in a cache."""
_THREADS = 2


class DrawBlocks:
    """Draws of curves, some draws at a time; numpy works on several at once.

    Sums are taken in the order of draws, whatever ends first.

    Parameters
    ----------
    draws : Curve of shape (draws, n)
    weights : FloatArray (draws,), optional
        Of the draws in every mean, at least 0, in sum 1; equal ones unless given.
    """

    def __init__(self, draws: Curve, weights: FloatArray | None = None) -> None:
        count, n = draws.dims
        rows = max(1, _BLOCK // max(n, 1))
        equal = np.full(count, 1.0 / count)
        self.draws, self.weights = draws, equal if weights is None else weights
        starts = range(0, count, rows)
        self._blocks = [_Block.of(draws[k : k + rows]) for k in starts]
        self._weights = [self.weights[k : k + rows] for k in starts]

    def weighted(self, weights: FloatArray) -> "DrawBlocks":
        """Return the same draws with other weights."""
        other = object.__new__(DrawBlocks)
        other.draws, other.weights, other._blocks = self.draws, weights, self._blocks
        rows = self._blocks[0].curve.dims[0]
        other._weights = [weights[k : k + rows] for k in range(0, weights.size, rows)]
        return other

    def value(self, effort: FloatArray) -> FloatArray:
        """Return the mean response at one effort per placement, (n,)."""
        return self._sum(lambda block, weights: weights @ block.curve.value(effort))

    def totals(self, effort: FloatArray) -> FloatArray:
        """Return the response of all placements together in each draw, (draws,)."""
        work = self._each(lambda block, _: block.curve.value(effort).sum(axis=1))
        return np.concatenate(work)

    def measured(self, grid: FloatArray) -> FloatArray:
        """Return means and slopes along a grid, (n, k): five tables one after another, (5, n, k).

        Mean response and slope at each point, then of the segment to its right: steepest and
        flattest slope, and what lines of no finite slope add at its left end.
        """
        return self._sum(lambda block, weights: block.measured(grid, weights))

    def _sum(self, work: "Callable[[_Block, FloatArray], FloatArray]") -> FloatArray:
        return np.asarray(sum(self._each(work)))

    def _each(self, work: "Callable[[_Block, FloatArray], FloatArray]") -> list[FloatArray]:
        with ThreadPoolExecutor(_THREADS) as pool:
            return list(pool.map(work, self._blocks, self._weights))


@dataclass(frozen=True, eq=False)
class _Block:
    """Some of the draws.

    Attributes
    ----------
    curve : Curve of shape (d, n)
    bend, steepest : FloatArray (d, n)
        Where each is concave from, and its slope there; infinite where it may leap before.
    """

    curve: Curve
    bend: FloatArray
    steepest: FloatArray

    @classmethod
    def of(cls, curve: Curve) -> "_Block":
        bend = curve.inflection()
        known = np.isin(curve.shape(), (CurveShape.GENERAL, CurveShape.STEPPED), invert=True)
        slope = curve.marginal(np.where(np.isfinite(bend), bend, 0.0))
        return cls(curve, bend, np.where(known, slope, np.inf))

    def measured(self, grid: FloatArray, weights: FloatArray) -> FloatArray:
        """Return the weighted sums that `DrawBlocks.measured` names."""
        found = np.zeros((5, *grid.shape))
        before: _Point | None = None
        for number, at in enumerate(self._along(grid)):
            found[0, :, number] = weights @ at.value
            found[1, :, number] = weights @ np.where(np.isfinite(at.slope), at.slope, 0.0)
            if before is not None:
                found[2:, :, number - 1] = self._segment(before, at, weights)
            before = at
        return found

    def _along(self, grid: FloatArray) -> "Iterator[_Point]":
        for column in grid.T:
            yield _Point(column, *self.curve.value_and_marginal(column))

    def _segment(self, left: "_Point", right: "_Point", weights: FloatArray) -> FloatArray:
        width = right.effort - left.effort
        per_width = np.divide(1.0, width, out=np.zeros_like(width), where=width > 0.0)
        chord = (right.value - left.value) * per_width
        down, up = self.bend <= left.effort, self.bend >= right.effort
        up &= np.isfinite(self.steepest)
        steep = np.where(down, left.slope, np.where(up, chord, self.steepest))
        flat = np.where(up, chord, np.minimum(left.slope, right.slope))
        leaps = ~np.isfinite(steep)
        if not leaps.any():
            return np.stack([weights @ steep, weights @ flat, np.zeros_like(width)])
        # Nothing is known of what is neither concave nor convex but that it never falls.
        # A segment of no width may have no finite slope at either end.
        flat = np.where((leaps & ~down) | ~np.isfinite(flat), 0.0, flat)
        steep = np.where(leaps, flat, steep)
        leap = np.where(leaps, right.value - left.value - flat * width, 0.0)
        return np.stack([weights @ steep, weights @ flat, weights @ np.maximum(leap, 0.0)])


@dataclass(frozen=True, eq=False)
class _Point:
    """Draws at one effort per placement, (n,); values and slopes are (d, n)."""

    effort: FloatArray
    value: FloatArray
    slope: FloatArray
