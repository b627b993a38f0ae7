"""What a key figure can be while others keep their bounds: a fraction over a linear program.

A key figure is top @ x / bottom @ x over the points x of a program (`Fraction`). Its least value
is that of a linear-fractional program, found by Dinkelbach's steps: with the value v of a point,
minimize (top - v bottom) @ x; where that is zero, v is the least, else the minimizer has a lesser
one (Dinkelbach, On Nonlinear Fractional Programming, Management Science 13 (1967), 492-498).
Every step gives a bound too: with m <= min (top - v bottom) @ x, m <= 0, and bottom @ x >= d > 0
at every point, no point is below v + m / d. It is this bound that is returned, with m and d from
`allocopt.solving.safe`: they hold whatever the solver's tolerances.
"""

import math
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import highspy
import numpy as np
from scipy.sparse import csr_array, vstack

from allocopt.arrays import FloatArray, IntArray
from allocopt.declare.rows import PyomoObject
from allocopt.measures.lines import Sense
from allocopt.solving.program import Program, as_lp, give_up_threads
from allocopt.solving.safe import implied_box, safe_minimum

_MANY_COLUMNS = 20_000
"""Above it each solve is a cold interior point one without crossover: on 47 000 columns 3 to 6 s,
where simplex from the last basis takes 15 to over 40 s."""
_STEPS = 30
_CLOSE = 1e-9
_CLOSE_OF_MANY = 1e-4
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

    @property
    def fixed(self) -> bool:
        """Whether no column moves the figure."""
        return not (self.top.any() or self.bottom.any())

    def value(self, point: FloatArray) -> float:
        """Return the figure at a point."""
        below = float(self.bottom @ point) + self.constants[1]
        return (float(self.top @ point) + self.constants[0]) / below

    def negated(self) -> "Fraction":
        """Return minus the figure."""
        return replace(self, top=-self.top, constants=(-self.constants[0], self.constants[1]))


class Standing(StrEnum):
    """How the bound of a key figure stands to what the figure can be.

    Fixed: no decision moves the figure, and it breaks its bound.
    """

    IMPLIED = "implied"
    OPEN = "open"
    CONFLICT = "conflict"
    FIXED = "fixed"
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
    """A linear program with key figures, kept in HiGHS between solves.

    Parameters
    ----------
    program : Program
        Without the rows of the key figures' bounds. Whole numbers may be fractions here. Its own
        cost is what is aimed at to find whether bounds can hold together.
    fractions : sequence of Fraction
    threads, seed : int
    time_limit : float
        Seconds from now on for all solves; what is asked later is not known.
    """

    def __init__(
        self,
        program: Program,
        fractions: Sequence[Fraction],
        *,
        threads: int = 2,
        seed: int = 0,
        time_limit: float = math.inf,
    ) -> None:
        self._until = time.monotonic() + time_limit
        self._first = program.matrix.shape[0]
        self._box = implied_box(program)
        self._program, self._scales = _with_rows(program, fractions)
        self.fractions = tuple(fractions)
        self._many = program.cost.size > _MANY_COLUMNS
        give_up_threads()
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        self._highs.setOptionValue("output_flag", False)
        self._highs.setOptionValue("threads", threads)
        self._highs.setOptionValue("random_seed", seed)
        self._highs.passModel(as_lp(self._program))
        self._enforced = [False] * len(fractions)
        self._basis: PyomoObject = None
        self._point: FloatArray | None = None
        # a point and the bounds it keeps: it keeps any fewer too
        self._witness: FloatArray | None = None
        self._kept = [False] * len(fractions)
        self._refuted: bool | None = None

    def enforce(self, names: Collection[str]) -> None:
        """Let the bounds of these key figures hold, and of no others.

        Figures that no column moves never count: nothing can be chosen so that they hold.
        """
        infinite, before = highspy.kHighsInf, list(self._enforced)
        for number, one in enumerate(self.fractions):
            wanted = one.name in names and self._scales[number] > 0
            if wanted == self._enforced[number]:
                continue
            side = (one.bound * one.constants[1] - one.constants[0]) * self._scales[number]
            low = side if wanted and one.sense is not Sense.AT_MOST else -infinite
            high = side if wanted and one.sense is not Sense.AT_LEAST else infinite
            row = self._first + number
            self._highs.changeRowBounds(row, low, high)
            self._program.row_lower[row], self._program.row_upper[row] = low, high
            self._enforced[number] = wanted
        if before != self._enforced:
            fewer = all(old or not new for old, new in zip(self._kept, self._enforced, strict=True))
            self._point, self._refuted = (self._witness if fewer else None), None

    def interval(self, one: Fraction) -> Interval:
        """Return what ``one`` lies between where the enforced bounds hold."""
        if one.fixed and one.constants[1]:
            value = one.constants[0] / one.constants[1]
            return Interval(value, value)
        if not self.feasible():
            return Interval(math.nan, math.nan)
        floor = self._floor(one)
        if floor <= 0 or self._point is None:
            return ANYTHING
        return Interval(self._least(one, floor), -self._least(one.negated(), floor))

    def feasible(self) -> bool:
        """Return whether the enforced bounds may hold together: False where that is refuted."""
        if self._point is None and self._refuted is None:
            self._settle()
        return not self._refuted

    def _settle(self) -> None:
        """Find a point that keeps the enforced bounds, or that there is none."""
        highs = self._highs
        highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        highs.changeColsCost(self._columns.size, self._columns, self._program.cost)
        if self._basis is not None:
            highs.setBasis(self._basis)
        cold = self._many and self._basis is None
        highs.setOptionValue("run_crossover", "on")
        self._run("ipm" if cold else "simplex")
        status = highs.getModelStatus()
        self._refuted = bool(status == highspy.HighsModelStatus.kInfeasible)
        if status == highspy.HighsModelStatus.kOptimal:
            self._basis, self._point = highs.getBasis(), self._solution()
            self._witness, self._kept = self._point, list(self._enforced)

    def _floor(self, one: Fraction) -> float:
        """Return what the denominator is at least; 0 where it may vanish or is not known."""
        if not one.bottom.any():
            return one.constants[1]
        value = self._minimum(one.bottom)
        return max(value + one.constants[1], 0.0) if math.isfinite(value) else 0.0

    def _least(self, one: Fraction, floor: float) -> float:
        best, close = -math.inf, _CLOSE_OF_MANY if self._many else _CLOSE
        for _ in range(_STEPS):
            if self._point is None:
                return best
            value = one.value(self._point)
            if value - best <= close * max(abs(value), close):
                return best
            least = self._minimum(one.top - value * one.bottom)
            gain = least + one.constants[0] - value * one.constants[1]
            best = max(best, value + min(gain, 0.0) / floor)
            if not (math.isfinite(best) and one.bottom.any()):
                return value + gain / floor if math.isfinite(gain) else best
        return best

    def _minimum(self, cost: FloatArray) -> float:
        """Return what ``cost`` @ x is not below; minus infinity where nothing was found."""
        highs, columns = self._highs, self._columns
        scaled = cost / (float(np.abs(cost).max(initial=0.0)) or 1.0)
        highs.changeObjectiveSense(highspy.ObjSense.kMinimize)
        highs.changeColsCost(columns.size, columns, scaled)
        highs.setOptionValue("run_crossover", "off" if self._many else "on")
        if self._many:
            highs.clearSolver()
        self._run("ipm" if self._many else "simplex")
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return -math.inf
        self._point = self._solution()
        prices = np.array(highs.getSolution().row_dual) * float(np.abs(cost).max(initial=0.0))
        return safe_minimum(self._program, self._box, cost, prices)

    @property
    def _columns(self) -> IntArray:
        return np.arange(self._program.cost.size, dtype=np.int32)

    def _solution(self) -> FloatArray:
        return np.array(self._highs.getSolution().col_value)

    def _run(self, solver: str) -> None:
        left = self._until - time.monotonic()
        if left <= 0.0:
            # HiGHS may solve what is small before it looks at the clock.
            self._highs.clearSolver()
            return
        self._highs.setOptionValue("solver", solver)
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + left)
        self._highs.run()


ANYTHING = Interval(-math.inf, math.inf)


def _with_rows(program: Program, fractions: Sequence[Fraction]) -> tuple[Program, list[float]]:
    """Return the program with a free row for each figure, and what each row is multiplied by.

    The row is (top - bound bottom) @ x; its factor is zero where no column moves it.
    """
    rows = [one.top - one.bound * one.bottom for one in fractions]
    sizes = [float(np.abs(row).max(initial=0.0)) for row in rows]
    scales = [1.0 / size if size else 0.0 for size in sizes]
    added = [csr_array((row * scale)[None, :]) for row, scale in zip(rows, scales, strict=True)]
    free = np.full(len(rows), highspy.kHighsInf)
    extended = replace(
        program,
        whole=np.zeros_like(program.whole),
        matrix=csr_array(vstack([program.matrix, *added])),
        row_lower=np.concatenate([program.row_lower, -free]),
        row_upper=np.concatenate([program.row_upper, free]),
    )
    return extended, scales
