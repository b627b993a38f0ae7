"""What every measure lies between, whatever is decided within its bounds: interval arithmetic.

The engine (`allocopt.measures.engine`) runs over intervals as it runs over numbers. Each step
holds every value that the step can take for values of its parts (Moore, Interval Analysis, 1966),
and curves never fall: what comes out holds every plan. It may hold more than plans do, since it
does not know that two measures rest on the same decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from allocopt.arrays import BoolArray, FloatArray
from allocopt.measures.decisions import Decisions
from allocopt.measures.engine import measure
from allocopt.measures.world import expected_world
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem, Staff

Index = Any
"""Whatever indexes a numpy array."""


@dataclass(frozen=True)
class Range:
    """Arrays of the least and the largest value, of one shape.

    Attributes
    ----------
    low, high : FloatArray
    """

    low: FloatArray
    high: FloatArray

    __array_ufunc__ = None

    @staticmethod
    def at(values: FloatArray) -> "Range":
        """Return the range of a number alone."""
        return Range(values, values)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of either end."""
        return self.low.shape

    def __add__(self, other: "Range | FloatArray | float") -> "Range":
        """Return the range of sums."""
        right = _range(other)
        return Range(self.low + right.low, self.high + right.high)

    __radd__ = __add__

    def __neg__(self) -> "Range":
        """Return the range of negatives."""
        return Range(-self.high, -self.low)

    def __sub__(self, other: "Range | FloatArray | float") -> "Range":
        """Return the range of differences."""
        right = _range(other)
        return Range(self.low - right.high, self.high - right.low)

    def __rsub__(self, other: FloatArray | float) -> "Range":
        """Return ``other - self``."""
        return -self + other

    def __mul__(self, factor: FloatArray | float) -> "Range":
        """Return the range of products with numbers."""
        one, other = _times(self.low, factor), _times(self.high, factor)
        return Range(np.minimum(one, other), np.maximum(one, other))

    __rmul__ = __mul__

    def __matmul__(self, right: FloatArray) -> "Range":
        """Return the range of the product along the last axis with a matrix of numbers."""
        up, down = np.maximum(right, 0.0), np.minimum(right, 0.0)
        return Range(
            _product(self.low, up) + _product(self.high, down),
            _product(self.high, up) + _product(self.low, down),
        )

    def __getitem__(self, index: Index) -> "Range":
        """Return a part, indexed as numpy does."""
        return Range(self.low[index], self.high[index])


def _range(value: "Range | FloatArray | float") -> Range:
    return value if isinstance(value, Range) else Range.at(np.asarray(value, dtype=np.float64))


def _times(values: FloatArray, factor: FloatArray | float) -> FloatArray:
    """Return products where nothing of what may be endless is nothing."""
    with np.errstate(invalid="ignore"):
        return np.where(np.asarray(factor) == 0, 0.0, values * factor)


def _product(values: FloatArray, matrix: FloatArray) -> FloatArray:
    return np.asarray(
        np.where(np.isinf(values), 0.0, values) @ matrix
        + _endless(np.isposinf(values), matrix, np.inf)
        + _endless(np.isneginf(values), matrix, -np.inf)
    )


def _endless(where: BoolArray, matrix: FloatArray, value: float) -> FloatArray:
    """Return what endless values add to a product: endless where a factor is not zero."""
    reached = where.astype(np.float64) @ matrix
    return np.where(reached != 0, value * np.sign(np.where(reached == 0, 1.0, reached)), 0.0)


@dataclass(frozen=True)
class Ranges:
    """The engine's algebra over ranges; see `allocopt.measures.algebra.Algebra`.

    Attributes
    ----------
    problem : Problem
    heads : Range (groups, periods)
        What heads lie between by rules that the flows do not know.
    """

    problem: Problem
    heads: Range

    def keep(self, name: str, axis: AxisName, values: Range, period: int | None = None) -> Range:
        """Return ``values``, cut to what heads may be."""
        del axis
        if name != "heads" or period is None:
            return values
        known = self.heads[:, period]
        return Range(np.maximum(values.low, known.low), np.minimum(values.high, known.high))

    def lesser(
        self, name: str, axis: AxisName, *, wanted: Range, limit: Range, period: int
    ) -> Range:
        """Return the range of the elementwise minimum."""
        del name, axis, period
        return Range(np.minimum(wanted.low, limit.low), np.minimum(wanted.high, limit.high))

    def respond(self, effort: Range) -> Range:
        """Return the curves' values at both ends: curves never fall."""
        curves = self.problem.placements.curves
        return Range(curves.value(effort.low), curves.value(effort.high))

    def serve(self, demand: Range, capacity: Range) -> Range:
        """Return what may be served: nothing at least where people are limited."""
        staff = self.problem.staff
        limited = np.isfinite(staff.productivity)
        low, high = demand.low.copy(), demand.high.copy()
        room = np.maximum(capacity.high, 0.0)
        for group in np.flatnonzero(limited):
            cells = staff.serves[[group]].indices
            low[cells] = np.minimum(low[cells], 0.0)
            high[cells] = np.minimum(high[cells], room[group])
        return Range(low, high)

    def total(self, matrix: csr_array, values: Range) -> Range:
        """Return the range of ``matrix @ values`` along the row axis."""
        up, down = matrix.maximum(0), matrix.minimum(0)
        return Range(
            _sparse(up, values.low) + _sparse(down, values.high),
            _sparse(up, values.high) + _sparse(down, values.low),
        )

    def total_now(self, matrix: csr_array, column: Range) -> Range:
        """Return the range of ``matrix @ column`` of one period."""
        return self.total(matrix, column)

    def over_periods(self, columns: list[Range]) -> Range:
        """Return the columns side by side."""
        return Range(
            np.stack([one.low for one in columns], axis=-1),
            np.stack([one.high for one in columns], axis=-1),
        )

    def constant(self, values: FloatArray) -> Range:
        """Return fixed numbers."""
        return Range.at(values)


def _sparse(matrix: csr_array, values: FloatArray) -> FloatArray:
    flat = csr_array(matrix)
    flat.eliminate_zeros()
    return np.asarray(flat @ values)


def measure_ranges(problem: Problem) -> Mapping[str, Range]:
    """Return what every measure lies between in any plan of any model.

    A model may leave spend or people as they are today: today's are within the ranges, too.

    Returns
    -------
    mapping measure name -> Range (rows, periods)
    """
    algebra = Ranges(problem, _heads(problem.staff))
    with np.errstate(all="ignore"):
        ranges: dict[str, Range] = measure(
            algebra, problem, expected_world(problem), _decisions(problem)
        )
    return ranges


def _decisions(problem: Problem) -> Decisions:
    staff, periods = problem.staff, len(problem.calendar)
    most = np.repeat(staff.most[:, None], periods, axis=1)
    nobody = np.zeros_like(most)
    moves = np.where(staff.can_move[:, None], most, 0.0)
    targets = np.zeros((len(problem.target_cells.quotas), periods))
    anything = Range(targets, np.full_like(targets, np.inf))
    return Decisions(
        spend=_spend(problem),
        unserved=Range.at(np.zeros_like(problem.cells.season)),
        arrivals=Range(nobody, largest_arrivals(staff)),
        releases=Range(nobody, np.where(staff.can_release[:, None], most, 0.0)),
        departures=Range(nobody, most),
        moves_in=Range(nobody, moves),
        moves_out=Range(nobody, moves),
        target=anything,
        stretch_target=anything,
    )


def _spend(problem: Problem) -> Range:
    placements = problem.placements
    room = np.nan_to_num(placements.largest_move[:, None], nan=np.inf)
    with np.errstate(invalid="ignore"):
        move = np.where(np.isinf(room), np.inf, placements.current * room)
    low = np.maximum(placements.lower, placements.current - move)
    high = np.minimum(placements.upper, placements.current + move)
    return Range(np.minimum(low, placements.current), np.maximum(high, placements.current))


def largest_arrivals(staff: Staff) -> FloatArray:
    """Return the most people who may arrive per group and period, (groups, periods)."""
    periods = np.arange(staff.wage.shape[1])
    hires = np.array([staff.max_hires.get(role, np.inf) for role in staff.roles])
    most = np.minimum(hires, staff.most)[:, None]
    return np.where(periods >= staff.lead_time[:, None], most, 0.0)


def _heads(staff: Staff) -> Range:
    """Return what heads lie between: the establishment, and who is there today."""
    shape = staff.wage.shape
    low = np.minimum(staff.least, staff.opening)[:, None]
    reached = staff.opening[:, None] + np.cumsum(largest_arrivals(staff), axis=1)
    free = np.where(staff.can_move[:, None], np.inf, reached)
    most = np.maximum(np.minimum(staff.most[:, None], free), staff.opening[:, None])
    return Range(np.broadcast_to(low, shape), np.broadcast_to(most, shape))
