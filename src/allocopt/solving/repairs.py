"""Different smallest sets of changes that make an infeasible model possible.

The first is the cheapest where every value's move is priced against its size. For the second
what the first moved is dear, or is forbidden where it is still the same; for the third all that
moved before. A fourth may use half of what the first moved, and finds the rest elsewhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.declare.outputs import exposed_decisions
from allocopt.declare.pieces import Pieces
from allocopt.declare.rows import PyomoObject
from allocopt.declare.staffing import build_staffing
from allocopt.measures.decisions import Decisions, nonnegative
from allocopt.measures.numbers import evaluate
from allocopt.problem.problem import Problem
from allocopt.solving.catalog import Formulation
from allocopt.solving.loosened import LooseModel, Moves
from allocopt.solving.loosening import Loosening
from allocopt.solving.loosenings import LINES, loosenings, wider_bounds
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Watch
from allocopt.solving.run import Run

DEAR = 1e3
"""Price of moving a value that should rather stay."""
_ROOM = 2.0
"""Upper bounds of spend may be raised to so many times what they are."""
_FEW_COLUMNS = 4_000
"""Up to it whole numbers stay whole while the amounts are computed."""
_ENOUGH = 2
"""With so many ways the upper bounds of spend stay as they are."""
_SECONDS_FOR_PEOPLE = 10.0


@dataclass(frozen=True)
class Proposal:
    """Values that move together, not verified yet.

    Attributes
    ----------
    moves : tuple of (Loosening, amount)
        In the value's own unit, above zero.
    relaxed : Decisions
        The point that they were found with.
    pieces : Pieces
        The stand-ins of curves that they were found with.
    lines : tuple of Loosening
        Bounds of all hard lines; a plan in whole numbers may take a little of others, too.
    large : bool
        Whether whole numbers were relaxed for it, in a model of spend.
    """

    moves: tuple[tuple[Loosening, float], ...]
    relaxed: Decisions
    pieces: Pieces
    lines: tuple[Loosening, ...]
    large: bool

    @property
    def values(self) -> frozenset[tuple[str, bool]]:
        """Which values move: path, whether it is raised."""
        return frozenset((one.path, one.raised) for one, _ in self.moves)


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

    Raises
    ------
    KeyboardInterrupt
    """
    run = Run(problem, formulation, options, watch)
    known: set[frozenset[tuple[str, bool]]] = set()
    for wide in (False, True) if run.spends else (False,):
        bench = None if len(known) >= _ENOUGH else _Bench.of(run, wide=wide)
        if bench is None:
            return
        for moves in _different(bench):
            proposal = bench.proposal(moves)
            if proposal.values not in known:
                known.add(proposal.values)
                yield proposal


def _different(bench: "_Bench") -> Iterator[Moves]:
    """Yield up to four smallest moves, of different values."""
    found: list[Moves] = []
    for following in (_first, _other, _other, _mixed):
        moves = following(bench, found)
        if moves is not None:
            found.append(moves)
            yield moves
        elif len(found) < _ENOUGH:
            return


def _first(bench: "_Bench", _: Sequence[Moves]) -> Moves | None:
    found = bench.solved(bench.prices, bench.most)
    return None if found is None or not found.amounts.any() else found


def _other(bench: "_Bench", known: Sequence[Moves]) -> Moves | None:
    """Return moves of other values than all before, or at least of some other ones."""
    used = np.any([moves.amounts > 0 for moves in known], axis=0)
    dear = bench.solved(np.where(used, DEAR, bench.prices), bench.most)
    if dear is not None and _differs(dear, known):
        return dear
    for number in np.flatnonzero(used):
        barred = bench.most.copy()
        barred[number] = 0.0
        found = bench.solved(bench.prices, barred)
        if found is not None and _differs(found, known):
            return found
    return None


def _mixed(bench: "_Bench", known: Sequence[Moves]) -> Moves | None:
    """Return moves that share what is needed between values of the first and others."""
    first = known[0].amounts
    half = np.where(first > 0, first / 2, bench.most)
    found = bench.solved(bench.prices, np.minimum(half, bench.most))
    return None if found is None or not _differs(found, known) else found


def _differs(moves: Moves, known: Sequence[Moves]) -> bool:
    """Return whether no one before moved the same values."""
    return all(((moves.amounts > 0) != (other.amounts > 0)).any() for other in known)


@dataclass
class _Bench:
    """The loosened model of a scenario, and what it was made of."""

    run: Run
    model: PyomoObject
    pieces: Pieces
    loosenings: tuple[Loosening, ...]
    loose: LooseModel
    small: bool

    @staticmethod
    def of(run: Run, *, wide: bool) -> "_Bench | None":
        """Return the model with its limits, and with ``wide`` upper bounds that may be raised."""
        run.tell("ways out")
        problem = run.problem
        roomy = replace(run, problem=_widened(problem)) if wide else run
        pieces = roomy.outer()
        model = run.build(roomy.problem, pieces)
        found = loosenings(problem, model)
        if wide:
            found = (*found, wider_bounds(problem))
        if not found:
            return None
        live = run.live(model)
        small = len(live.arrays()[1]) <= _FEW_COLUMNS
        loose = LooseModel(live, found, whole=small, options=run.options)
        return _Bench(run, model, pieces, found, loose, small)

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
        return self.loose.solve(prices, most, time_limit=left)

    def proposal(self, moves: Moves) -> Proposal:
        """Return moves with those of ratios at the denominators that the point has."""
        self.loose.load(moves)
        relaxed = nonnegative(exposed_decisions(self.model))
        found = loosenings(self.run.problem, self.model, relaxed)
        there = {(one.path, one.raised): one for one in found}
        moved = []
        for one, amount in zip(self.loosenings, moves.amounts, strict=True):
            if amount > 0:
                farther = float(amount) * _stretch(one, there.get((one.path, one.raised)))
                moved.append((one, min(farther, one.most)))
        if not self.small and self.run.staffs:
            moved = _in_whole_people(self.run, relaxed, moved)
        lines = tuple(
            one for one in self.loosenings if one.path.startswith(LINES) and not one.exact
        )
        return Proposal(
            tuple(moved), relaxed, self.pieces, lines, large=self.run.spends and not self.small
        )


def _in_whole_people(
    run: Run, relaxed: Decisions, moved: list[tuple[Loosening, float]]
) -> list[tuple[Loosening, float]]:
    """Return moves with those about people large enough for whole people.

    They are found with the model of people alone, for the demand of the relaxed point.
    """
    model = build_staffing(run.problem, evaluate(run.problem, relaxed)["demand"])
    paths = {(one.path, one.raised) for one, _ in moved}
    found = loosenings(run.problem, model, relaxed)
    own = [one for one in found if (one.path, one.raised) in paths]
    if not own:
        return moved
    loose = LooseModel(run.live(model), own, whole=True, options=run.options)
    most = np.array([one.most for one in own])
    seconds = min(run.left(), _SECONDS_FOR_PEOPLE)
    moves = loose.solve(np.ones(len(own)), most, time_limit=seconds)
    if moves is None:
        return moved
    pairs = zip(own, moves.amounts.tolist(), strict=True)
    whole = {(one.path, one.raised): amount for one, amount in pairs}
    return [(one, max(whole.get((one.path, one.raised), 0.0), amount)) for one, amount in moved]


def _stretch(one: Loosening, there: Loosening | None) -> float:
    """Return how much farther a bound must move at other denominators."""
    if there is None:
        return 1.0
    pairs = zip(one.bites, there.bites, strict=True)
    return max((abs(a.by) / abs(b.by) for a, b in pairs if b.by and not a.on_bound), default=1.0)


def _widened(problem: Problem) -> Problem:
    placements = problem.placements
    return replace(problem, placements=replace(placements, upper=placements.upper * _ROOM))
