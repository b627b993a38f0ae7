"""Breakpoints for a piecewise linear stand-in, with a proven bound on its error."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from allocopt.arrays import BoolArray, FloatArray, IntArray
from allocopt.curves.balance import balanced
from allocopt.curves.bank import CurveBank
from allocopt.curves.base import CurveShape
from allocopt.curves.numeric import interval, known
from allocopt.errors import CurveError
from allocopt.text import T

_NEAR = 1e-6
_CLOSEST = 1e-3
_ROUNDING = 64 * np.finfo(np.float64).eps


@dataclass(frozen=True, eq=False)
class Breakpoints:
    """Points of every placement's stand-in, ascending.

    Attributes
    ----------
    x, y : FloatArray of shape (n, k)
        Efforts and volumes f(x). Where a placement has fewer points than the longest row, the
        last point is repeated.
    sizes : IntArray of shape (n,)
        The number of different points; 1 where lower = upper.
    error : FloatArray of shape (n,)
        Proven bound on max |f(x) - stand-in(x)| over [lower, upper], in volume.
    """

    x: FloatArray
    y: FloatArray
    sizes: IntArray
    error: FloatArray


@dataclass(eq=False)
class _Work:
    """Segments in the order in which they were cut; ``used`` per row are real."""

    left: FloatArray
    right: FloatArray
    error: FloatArray
    used: IntArray


def breakpoints(
    bank: CurveBank,
    lower: ArrayLike,
    upper: ArrayLike,
    *,
    count: int = 24,
    tolerance: ArrayLike = 0.0,
    must_include: ArrayLike | None = None,
) -> Breakpoints:
    """Return breakpoints of each curve on [lower, upper].

    They always hold lower, upper, ``must_include``, the kinks, and the inflection and the
    envelope's tangent point unless those lie within a millionth of the interval of one of its
    ends. Then the segment with the largest error bound is cut where the tangents at its ends
    meet, until ``count`` points are set or the bound falls to the tolerance, and the points
    between those that must be there are moved until all segments err alike. The error of this
    sandwich rule falls with the square of the number of points (Rote, 1992).

    Parameters
    ----------
    bank : CurveBank of n placements
    lower, upper : array_like of shape () or (n,)
        Finite, ``0 <= lower <= upper``.
    count : int
        Points per placement; more only where the points that must be there are more.
    tolerance : array_like of shape () or (n,)
        A placement whose bound is at most this, in volume, gets no more points.
    must_include : array_like of shape (n,) or (n, m), optional
        Efforts within [lower, upper], such as the current spend.

    Raises
    ------
    CurveError
        If bounds are not finite, negative or crossed, ``must_include`` leaves them, the
        tolerance is NaN, or shapes do not fit.
    """
    n = len(bank)
    low, high = (np.broadcast_to(end, n) for end in interval(lower, upper))
    goal = np.broadcast_to(known("tolerance", tolerance), n)
    fixed = _fixed(bank, low, high, _wanted(must_include, low, high))
    work = _start(bank, fixed, max(count, fixed.shape[1]))
    # Below this there is nothing but rounding; above it, steps err by jumps that are all points.
    goal = np.maximum(goal, _ROUNDING * np.abs(bank.value(fixed)).max(axis=1, initial=0.0))
    active = bank.shape() != CurveShape.STEPPED
    while True:
        active &= (work.error.max(axis=1) > goal) & (work.used < count - 1)
        if not active.any():
            break
        active = _cut(bank, work, active)
    x = np.sort(np.concatenate([low[:, None], work.right], axis=1), axis=1)
    x, error = balanced(bank, x, (x[:, :, None] == fixed[:, None, :]).any(axis=2))
    return _finished(bank, x, error)


def _wanted(given: ArrayLike | None, low: FloatArray, high: FloatArray) -> FloatArray:
    if given is None:
        return np.empty((low.size, 0))
    wanted = known("must_include", given)
    wanted = wanted[:, None] if wanted.ndim == 1 else wanted
    if wanted.ndim != 2 or wanted.shape[0] != low.size:
        raise CurveError(
            T(
                "must_include: {n} rows were expected, found shape {shape}",
                n=low.size,
                shape=str(wanted.shape),
            )
        )
    outside = (wanted < low[:, None]) | (wanted > high[:, None])
    if outside.any():
        row, column = (int(i) for i in np.argwhere(outside)[0])
        raise CurveError(
            T(
                "must_include: {count} efforts lie outside their bounds, the first is {value} "
                "at placement {row}",
                count=int(np.count_nonzero(outside)),
                value=float(wanted[row, column]),
                row=row,
            )
        )
    return wanted


def _fixed(bank: CurveBank, low: FloatArray, high: FloatArray, wanted: FloatArray) -> FloatArray:
    """Return the points that must be there, shape (n, m), ascending, ``high`` at the end."""
    bends = np.stack([bank.inflection(), bank.envelope_tangent(low, high)], axis=1)
    margin = _NEAR * (high - low)[:, None]
    ends = low[:, None], high[:, None]
    # A segment of almost no width has a slope of nothing but rounding.
    inside = (bends > ends[0] + margin) & (bends < ends[1] - margin)
    inside[:, 1] &= np.abs(bends[:, 1] - bends[:, 0]) > margin[:, 0]
    bends = np.where(inside, bends, ends[1])
    kinks = np.clip(bank.kinks(), *ends)
    points = np.sort(np.concatenate([*ends, bends, kinks, wanted], axis=1), axis=1)
    repeated = np.zeros(points.shape, dtype=bool)
    repeated[:, 1:] = points[:, 1:] == points[:, :-1]
    points = np.sort(np.where(repeated, ends[1], points), axis=1)
    return points[:, : int((points < ends[1]).sum(axis=1).max(initial=0)) + 1]


def _start(bank: CurveBank, fixed: FloatArray, width: int) -> _Work:
    # A spare segment is [upper, upper], whose error is nothing.
    end = np.repeat(fixed[:, -1:], max(width - 1, 1), axis=1)
    left, right = end.copy(), end.copy()
    given = fixed.shape[1] - 1
    left[:, :given], right[:, :given] = fixed[:, :-1], fixed[:, 1:]
    return _Work(left, right, bank.segment_error(left, right), (left < right).sum(axis=1))


def _cut(bank: CurveBank, work: _Work, active: BoolArray) -> BoolArray:
    """Cut the worst segment of each active row; return which rows can be cut further."""
    rows = np.arange(len(bank))
    column = work.error.argmax(axis=1)
    left, right = work.left[rows, column], work.right[rows, column]
    middle = _meeting(bank, left, right)
    halves = np.stack([left, middle], axis=1), np.stack([middle, right], axis=1)
    error = bank.segment_error(*halves)
    possible = active & (middle > left) & (middle < right)
    for half, place in enumerate((column, work.used)):
        cell = rows[possible], place[possible]
        work.left[cell] = halves[0][possible, half]
        work.right[cell] = halves[1][possible, half]
        work.error[cell] = error[possible, half]
    work.used[possible] += 1
    return np.asarray(possible)


def _meeting(bank: CurveBank, left: FloatArray, right: FloatArray) -> FloatArray:
    """Return where the tangents at both ends of a segment meet, kept off its ends."""
    ends = np.stack([left, right], axis=1)
    value, marginal = bank.value(ends), bank.marginal(ends)
    width = right - left
    with np.errstate(all="ignore"):
        chord = (value[:, 1] - value[:, 0]) / width
        rise, fall = np.abs(marginal[:, 0] - chord), np.abs(chord - marginal[:, 1])
        share = fall / (rise + fall)
    # A vertical tangent: for a square root the ninth part makes both errors equal.
    share = np.where(np.isinf(rise), 1.0 / 9.0, np.where(np.isfinite(share), share, 0.5))
    return np.asarray(left + width * np.clip(share, _CLOSEST, 1.0 - _CLOSEST))


def _finished(bank: CurveBank, x: FloatArray, error: FloatArray) -> Breakpoints:
    sizes = 1 + (np.diff(x, axis=1) > 0.0).sum(axis=1)
    x = x[:, : int(sizes.max(initial=1))]
    return Breakpoints(x, bank.value(x), sizes, error)
