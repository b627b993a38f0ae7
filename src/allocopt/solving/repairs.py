"""Different smallest sets of changes that make an infeasible model possible.

The first is the cheapest where every value's move is priced against its size. For the second
what the first moved is dear, or is forbidden where it is still the same; the third may use half
of what the first moved, and finds the rest elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.declare.outputs import exposed_decisions
from allocopt.declare.rows import PyomoObject
from allocopt.measures.decisions import nonnegative
from allocopt.problem.problem import Problem
from allocopt.solving.catalog import Formulation
from allocopt.solving.elastic import ElasticProgram, Moves
from allocopt.solving.loosening import Loosening, loosenings, wider_bounds
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Watch
from allocopt.solving.run import Run

_DEAR = 1e3
_ROOM = 2.0
"""Upper bounds of spend may be raised to so many times what they are."""
_FEW_COLUMNS = 4_000
"""Up to it whole numbers stay whole while the amounts are computed."""


@dataclass(frozen=True)
class Proposal:
    """Values that move together, not verified yet.

    Attributes
    ----------
    moves : tuple of (Loosening, amount)
        In the value's own unit, above zero.
    exact : bool
        Whether nothing smaller will do, in the sum of shares, for the program they were
        computed with.
    """

    moves: tuple[tuple[Loosening, float], ...]
    exact: bool

    @property
    def paths(self) -> frozenset[str]:
        """Which values move."""
        return frozenset(one.path for one, _ in self.moves)


def proposals(
    problem: Problem, formulation: Formulation, options: SolveOptions, watch: Watch
) -> Iterator[Proposal]:
    """Yield different smallest sets of changes, cheapest first.

    Parameters
    ----------
    problem : Problem
        Without a plan.
    formulation : Formulation
    options : SolveOptions
        Its time limit is for all of them.
    watch : callable
    """
    bench = _Bench.of(problem, formulation, options, watch)
    if bench is None:
        return
    first = bench.solved(bench.prices, bench.most)
    if first is None or not first.amounts.any():
        return
    yield bench.proposal(first)
    second = _other(bench, first)
    if second is not None:
        yield bench.proposal(second)
        third = _mixed(bench, first, second)
        if third is not None:
            yield bench.proposal(third)


def _other(bench: "_Bench", first: Moves) -> Moves | None:
    """Return moves of other values, or at least of some other ones."""
    used = first.amounts > 0
    dear = bench.solved(np.where(used, _DEAR, bench.prices), bench.most)
    if dear is not None and _differ(dear, first):
        return dear
    for number in np.flatnonzero(used):
        barred = bench.most.copy()
        barred[number] = 0.0
        found = bench.solved(bench.prices, barred)
        if found is not None and _differ(found, first):
            return found
    return None


def _mixed(bench: "_Bench", first: Moves, second: Moves) -> Moves | None:
    """Return moves that share what is needed between values of the first and others."""
    half = np.where(first.amounts > 0, first.amounts / 2, bench.most)
    found = bench.solved(bench.prices, np.minimum(half, bench.most))
    both = found is not None and _differ(found, first) and _differ(found, second)
    return found if both else None


def _differ(one: Moves, other: Moves) -> bool:
    return bool(((one.amounts > 0) != (other.amounts > 0)).any())


@dataclass
class _Bench:
    """The elastic program of a scenario, and what it was made of."""

    problem: Problem
    run: Run
    model: PyomoObject
    loosenings: tuple[Loosening, ...]
    elastic: ElasticProgram

    @staticmethod
    def of(
        problem: Problem, formulation: Formulation, options: SolveOptions, watch: Watch
    ) -> "_Bench | None":
        spends = "spend" in formulation.decides
        wide = _widened(problem) if spends else problem
        run = Run(wide, formulation, options, watch)
        run.tell("ways out")
        model = run.build(wide, run.outer())
        found = loosenings(problem, model)
        if spends:
            found = (*found, wider_bounds(problem))
        if not found:
            return None
        live = run.live(model)
        small = len(live.arrays()[1]) <= _FEW_COLUMNS
        elastic = ElasticProgram(
            live, found, whole=small, threads=options.threads, seed=options.seed
        )
        return _Bench(problem, run, model, found, elastic)

    @property
    def prices(self) -> FloatArray:
        return np.ones(len(self.loosenings))

    @property
    def most(self) -> FloatArray:
        return np.array([one.most for one in self.loosenings])

    def solved(self, prices: FloatArray, most: FloatArray) -> Moves | None:
        left = self.run.left()
        if left <= 0:
            return None
        self.run.tell("ways out")
        return self.elastic.solve(prices, most, time_limit=left)

    def proposal(self, moves: Moves) -> Proposal:
        """Return moves with those of ratios at the denominators that the point has."""
        self.elastic.load(moves)
        decisions = nonnegative(exposed_decisions(self.model))
        found = loosenings(self.problem, self.model, decisions)
        there = {(one.path, one.raised): one for one in found}
        moved = []
        for one, amount in zip(self.loosenings, moves.amounts, strict=True):
            if amount > 0:
                farther = float(amount) * _stretch(one, there.get((one.path, one.raised)))
                moved.append((one, min(farther, one.most)))
        return Proposal(moves=tuple(moved), exact=moves.exact)


def _stretch(one: Loosening, there: Loosening | None) -> float:
    """Return how much farther a bound must move at other denominators."""
    if there is None:
        return 1.0
    pairs = zip(one.bites, there.bites, strict=True)
    return max((abs(a.by) / abs(b.by) for a, b in pairs if b.by and not a.on_bound), default=1.0)


def _widened(problem: Problem) -> Problem:
    placements = problem.placements
    return replace(problem, placements=replace(placements, upper=placements.upper * _ROOM))
