"""The point of a program that is farthest from given points, and still nearly the best.

Distance is the sum of absolute differences of some sums of columns (`sums @ x`). To be as
far as possible from the nearest of several points is no convex program; with the signs of
the differences held it is a linear one:

    maximize t   with   t <= sign_k @ (sums @ x - point_k)   for every point k
                        goal(x) >= floor,   x in the program

`t` never exceeds the true distance, and at the point that gave the signs it is equal to it:
taking the signs of each answer anew, the distance only rises (a linearization of a convex
function from below; Horst and Tuy, Global Optimization, 1996, section I.2). It ends at a
point that no change of signs improves, which need not be the farthest of all; several
starts are tried.
"""

from dataclasses import dataclass, replace

import highspy
import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from allocopt.arrays import FloatArray
from allocopt.declare.rows import PyomoObject
from allocopt.solving.options import SolveOptions
from allocopt.solving.program import Program, as_lp, give_up_threads

_MANY_COLUMNS = 20_000
"""Above it the interior point method answers, without corners unless it needs them; a start from
the last corner took longer than none (18 s and 7 s at 60 000 columns)."""
_ASCENTS, _FEW_ASCENTS = 6, 2
_WORTHWHILE = 1e-3
_LOOSE = 0.02
"""Whole numbers make it a search: a distance within this share of the largest will do."""


@dataclass(frozen=True)
class FarPoint:
    """A point of the program.

    Attributes
    ----------
    values : FloatArray (columns,)
    place : FloatArray (things,)
        ``sums @ values``.
    distance : float
        To the nearest of the points it was to be far from.
    """

    values: FloatArray
    place: FloatArray
    distance: float


def nearest_distance(place: FloatArray, others: FloatArray) -> float:
    """Return the smallest sum of absolute differences to any of ``others``, (points, things)."""
    return float(np.abs(place - others).sum(axis=1).min())


class NearBest:
    """The points of a program whose goal reaches a floor; it stays in HiGHS between solves.

    Parameters
    ----------
    program : Program
    sums : csr_array (things, columns)
        What a distance is measured in.
    offset : FloatArray (things,)
        Added to the sums.
    options : SolveOptions
    """

    def __init__(
        self, program: Program, sums: csr_array, offset: FloatArray, options: SolveOptions
    ) -> None:
        self._program, self._sums, self._offset = program, sums, offset
        self._rows = program.matrix.shape[0] + 1
        self._highs = _loaded(program, options)
        self._known: FloatArray | None = None

    @property
    def large(self) -> bool:
        """Whether a solve takes seconds."""
        return self._program.cost.size > _MANY_COLUMNS

    def remember(self, point: FloatArray) -> None:
        """Start searches for whole numbers from ``point``, (columns,), which keeps every row."""
        self._known = point

    def require(self, floor: float) -> None:
        """Ask the goal, in the program's own scale and with its offset, to reach ``floor``."""
        least = floor - self._program.offset
        self._highs.changeRowBounds(self._rows - 1, least, highspy.kHighsInf)

    def farthest(
        self, others: FloatArray, start: FloatArray, *, time_limit: float
    ) -> FarPoint | None:
        """Return the best point found from ``start`` by taking signs anew; None without any.

        Parameters
        ----------
        others : FloatArray (points, things)
        start : FloatArray (things,)
            Differences to it give the first signs.
        time_limit : float
            Seconds.
        """
        best: FarPoint | None = None
        until = self._highs.getRunTime() + time_limit
        place = start
        for _ in range(_FEW_ASCENTS if self.large else _ASCENTS):
            left = until - self._highs.getRunTime()
            values = self._solved(others, np.where(place >= others, 1.0, -1.0), left)
            if values is None:
                break
            place = self._sums @ values + self._offset
            found = FarPoint(values, place, nearest_distance(place, others))
            if best is not None and found.distance <= best.distance * (1.0 + _WORTHWHILE):
                break
            best = found
        return best

    def _solved(self, others: FloatArray, signs: FloatArray, seconds: float) -> FloatArray | None:
        """Return the answer with these signs of the differences, (points, things)."""
        if seconds <= 0:
            return None
        highs, first = self._highs, self._rows
        if highs.getNumRow() > first:
            gone = np.arange(first, highs.getNumRow(), dtype=np.int32)
            highs.deleteRows(gone.size, gone)
        for sign, other in zip(signs, others, strict=True):
            row = csr_array((sign @ self._sums)[None, :])
            columns = np.append(row.indices, self._program.cost.size).astype(np.int32)
            least = float(sign @ (other - self._offset))
            weights = np.append(row.data, -1.0)
            highs.addRow(least, highspy.kHighsInf, columns.size, columns, weights)
        highs.setOptionValue("time_limit", highs.getRunTime() + seconds)
        if self._known is not None:
            highs.setSolution(self._started(others, signs, self._known))
        # one pool of threads per process: another number of them needs another pool
        give_up_threads()
        highs.run()
        solved = highs.getInfo().primal_solution_status == highspy.kSolutionStatusFeasible
        return np.array(highs.getSolution().col_value)[:-1] if solved else None

    def _started(self, others: FloatArray, signs: FloatArray, point: FloatArray) -> PyomoObject:
        """Return a known point with its distance under these signs."""
        place = self._sums @ point + self._offset
        solution = highspy.HighsSolution()
        least = float((signs * (place - others)).sum(axis=1).min())
        solution.col_value = [*point.tolist(), least]
        return solution


def _loaded(program: Program, options: SolveOptions) -> PyomoObject:
    """Return HiGHS with the program, the row of its goal, and a last column for the distance."""
    goal = csr_array(program.cost[None, :])
    matrix = vstack([program.matrix, goal], format="csr")
    infinite = highspy.kHighsInf
    wider = replace(
        program,
        cost=np.append(np.zeros(program.cost.size), 1.0),
        lower=np.append(program.lower, -infinite),
        upper=np.append(program.upper, infinite),
        whole=np.append(program.whole, False),
        matrix=csr_array(hstack([matrix, csr_array((matrix.shape[0], 1))], format="csr")),
        row_lower=np.append(program.row_lower, -infinite),
        row_upper=np.append(program.row_upper, infinite),
    )
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", options.threads)
    highs.setOptionValue("random_seed", options.seed)
    highs.setOptionValue("mip_rel_gap", _LOOSE)
    if not program.whole.any():
        large = program.cost.size > _MANY_COLUMNS
        highs.setOptionValue("solver", "ipm" if large else "simplex")
        highs.setOptionValue("run_crossover", "choose" if large else "on")
    highs.passModel(as_lp(wider))
    return highs
