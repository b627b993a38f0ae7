"""What a key figure can be while others keep their bounds: a fraction over a linear program.

A key figure is top @ x / bottom @ x over the points x of a program (`Fraction`). Its least value
is that of a linear-fractional program, found by Dinkelbach's steps: with the value v of a point,
minimize (top - v bottom) @ x; where that is zero, v is the least, else the minimizer has a lesser
one (Dinkelbach, On Nonlinear Fractional Programming, Management Science 13 (1967), 492-498).
Every step gives a bound too: with m = min (top - v bottom) @ x <= 0 and bottom @ x >= d > 0 at
every point, no point is below v + m / d. It is this bound that is returned.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import highspy
import numpy as np

from allocopt.arrays import FloatArray
from allocopt.measures.lines import Sense
from allocopt.solving.program import Program, program_as_lp

_MANY_COLUMNS = 20_000
_SECONDS = 60.0
"""For one solve; a figure whose solves take longer has no known range."""
_STEPS = 30
_CLOSE = 1e-9
"""Steps end when the bound is this near to a point's value, relative."""
_NEAR = 1e-6
"""Ends of a range this near to a bound are on it: rounding of the solver, relative."""


@dataclass(frozen=True)
class Fraction:
    """A key figure over the columns of a program, and what is asked of it.

    Attributes
    ----------
    name : str
    top, bottom : FloatArray (columns,)
    constants : (float, float)
        Added to top @ x and to bottom @ x; a plain sum has bottom zero and constant 1.
    sense : Sense
    bound : float
    """

    name: str
    top: FloatArray
    bottom: FloatArray
    constants: tuple[float, float]
    sense: Sense
    bound: float


class Standing(StrEnum):
    """How the bound of a key figure stands to what the figure can be."""

    IMPLIED = "implied"
    OPEN = "open"
    CONFLICT = "conflict"
    IMPOSSIBLE = "impossible"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Interval:
    """Where a key figure lies, in its own unit.

    Attributes
    ----------
    low, high : float
        Infinite where nothing is known; NaN where the other lines cannot be kept together.
    """

    low: float
    high: float

    @property
    def empty(self) -> bool:
        """Whether no point keeps the other lines."""
        return math.isnan(self.low)

    def off(self, sense: Sense, bound: float) -> float:
        """Return by how much ``bound`` is out of reach, 0 where it can be met."""
        below = 0.0 if sense is Sense.AT_MOST else max(bound - self.high, 0.0)
        above = 0.0 if sense is Sense.AT_LEAST else max(self.low - bound, 0.0)
        return max(below, above) if max(below, above) > _room(bound) else 0.0

    def standing(self, sense: Sense, bound: float) -> Standing:
        """Return how ``bound`` stands to the range."""
        if self.empty:
            return Standing.IMPOSSIBLE
        if self.off(sense, bound):
            return Standing.CONFLICT
        if not (math.isfinite(self.low) or math.isfinite(self.high)):
            return Standing.UNKNOWN
        least = sense is Sense.AT_MOST or self.low >= bound - _room(bound)
        most = sense is Sense.AT_LEAST or self.high <= bound + _room(bound)
        return Standing.IMPLIED if least and most else Standing.OPEN


def _room(bound: float) -> float:
    return _NEAR * max(abs(bound), _NEAR)


class KpiProgram:
    """A linear program with key figures, kept in HiGHS; each solve starts where the last ended.

    Parameters
    ----------
    program : Program
        Without the rows of the key figures' bounds. Whole numbers may be fractions here.
    fractions : sequence of Fraction
    threads, seed : int
    """

    def __init__(
        self, program: Program, fractions: Sequence[Fraction], *, threads: int = 2, seed: int = 0
    ) -> None:
        relaxed = replace(program, whole=np.zeros_like(program.whole))
        relaxed = replace(relaxed, cost=np.zeros_like(program.cost))
        self._first = program.matrix.shape[0]
        self.fractions = tuple(fractions)
        highspy.Highs.resetGlobalScheduler(True)
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        cold = "ipm" if program.cost.size > _MANY_COLUMNS else "simplex"
        self._highs.setOptionValue("output_flag", False)
        self._highs.setOptionValue("threads", threads)
        self._highs.setOptionValue("random_seed", seed)
        self._highs.setOptionValue("solver", cold)
        self._highs.passModel(program_as_lp(relaxed))
        self._columns = np.arange(program.cost.size, dtype=np.int32)
        self._scales = [self._declare(one) for one in fractions]
        self._enforced = [False] * len(fractions)
        self._point: FloatArray | None = None

    def _declare(self, one: Fraction) -> float:
        """Add the row (top - bound bottom) @ x, free for now; return what it is multiplied by.

        Zero where no column moves it.
        """
        row = one.top - one.bound * one.bottom
        used = np.flatnonzero(row).astype(np.int32)
        scale = 1.0 / float(np.abs(row).max()) if used.size else 0.0
        infinite = highspy.kHighsInf
        self._highs.addRow(-infinite, infinite, used.size, used, row[used] * scale)
        return scale

    def enforce(self, names: Sequence[str]) -> None:
        """Let the bounds of these key figures hold, and of no others.

        Figures that no column moves never count: nothing can be chosen so that they hold.
        """
        infinite = highspy.kHighsInf
        for number, one in enumerate(self.fractions):
            wanted = one.name in names and self._scales[number] > 0
            if wanted == self._enforced[number]:
                continue
            side = (one.bound * one.constants[1] - one.constants[0]) * self._scales[number]
            low = side if wanted and one.sense is not Sense.AT_MOST else -infinite
            high = side if wanted and one.sense is not Sense.AT_LEAST else infinite
            self._highs.changeRowBounds(self._first + number, low, high)
            self._enforced[number] = wanted
            self._point = None

    def interval(self, one: Fraction) -> Interval:
        """Return what ``one`` lies between where the enforced bounds hold."""
        if self._somewhere() is None:
            return Interval(math.nan, math.nan) if self._infeasible else _ANYTHING
        floor = self._floor(one)
        if floor <= 0:
            return _ANYTHING
        low = self._least(one, floor)
        high = -self._least(replace(one, top=-one.top, constants=_negated(one)), floor)
        return Interval(low, high)

    def feasible(self) -> bool:
        """Return whether the enforced bounds may hold together: False where that is refuted."""
        return self._somewhere() is not None or not self._infeasible

    def _floor(self, one: Fraction) -> float:
        """Return what the denominator is at least; 0 where it may vanish or is not known."""
        if not one.bottom.any():
            return one.constants[1]
        value = self._minimum(one.bottom)
        return max(value + one.constants[1], 0.0) if math.isfinite(value) else 0.0

    def _least(self, one: Fraction, floor: float) -> float:
        best = -math.inf
        for _ in range(_STEPS):
            point = self._somewhere()
            if point is None:
                return best
            below = float(one.bottom @ point) + one.constants[1]
            value = (float(one.top @ point) + one.constants[0]) / below
            least = self._minimum(one.top - value * one.bottom)
            gain = least + one.constants[0] - value * one.constants[1]
            best = max(best, value + min(gain, 0.0) / floor)
            if not math.isfinite(best) or value - best <= _CLOSE * max(abs(value), _CLOSE):
                return best
            if not one.bottom.any():
                return best
        return best

    def _somewhere(self) -> FloatArray | None:
        """Return a point that keeps the enforced bounds; None where there is none, or not found."""
        if self._point is None:
            self._minimum(np.zeros(self._columns.size))
        return self._point

    @property
    def _infeasible(self) -> bool:
        return bool(self._highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible)

    def _minimum(self, cost: FloatArray) -> float:
        """Minimize ``cost`` @ x; minus infinity where there is no minimum or none was found."""
        highs = self._highs
        size = float(np.abs(cost).max(initial=0.0)) or 1.0
        highs.changeObjectiveSense(highspy.ObjSense.kMinimize)
        highs.changeColsCost(cost.size, self._columns, cost / size)
        highs.setOptionValue("time_limit", highs.getRunTime() + _SECONDS)
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return -math.inf
        highs.setOptionValue("solver", "simplex")
        self._point = np.array(highs.getSolution().col_value)
        return float(highs.getInfo().objective_function_value) * size


_ANYTHING = Interval(-math.inf, math.inf)


def _negated(one: Fraction) -> tuple[float, float]:
    return -one.constants[0], one.constants[1]
