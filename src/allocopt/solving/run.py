"""A running search: what it works on, what it knows so far, and how long it took."""

import math
import time
from dataclasses import dataclass, field

import numpy as np
import pyomo.environ as pyo

from allocopt.arrays import BoolArray, FloatArray
from allocopt.declare.lines import change_lines
from allocopt.declare.pieces import Pieces, exact_pieces, outer_pieces
from allocopt.declare.response import replace_pieces
from allocopt.declare.rows import Place
from allocopt.measures.decisions import Decisions
from allocopt.measures.lines import compile_lines
from allocopt.problem.problem import Problem
from allocopt.solving.candidate import Candidate, better, judge_decisions
from allocopt.solving.catalog import Formulation
from allocopt.solving.cents import lost_share, to_the_cent, with_cents_back
from allocopt.solving.highs import LiveModel
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Outcome, Progress, Stop, Watch

_REMEMBERED = 2
_AROUND = (0.7, 0.85, 1.15, 1.3)
"""Whole numbers move efforts by so much: stand-ins are to be close there, too."""
_SHARE_FOR_PEOPLE = 0.2
_SECONDS_FOR_PEOPLE = 10.0
"""Kept for the people of a first plan, even when time is up."""
_PEOPLE_OF_GAP = 0.02
_CENTS_OF_GAP = 0.1
"""Of the wanted gap, what cutting to cents may cost before cents are given back."""


def relative_gap(bound: float, best: Candidate | None) -> float:
    """Return the distance of ``best`` from ``bound``, share of its value; inf without a plan."""
    if best is None:
        return math.inf
    return max(bound - best.objective, 0.0) / max(abs(best.objective), 1e-9)


@dataclass(frozen=True)
class Branched:
    """A model with binaries where curves are not concave, and the pieces it was built with."""

    live: LiveModel
    pieces: Pieces


@dataclass
class Run:
    """State of one search.

    Attributes
    ----------
    outside : tuple of str
        Lines that no decision of the model moves.
    bound : float
        What no plan can exceed, as far as proven.
    best : Candidate or None
    efforts : list of FloatArray (placements, periods), 元
        Where answers sat; curves' stand-ins are to be close there.
    columns : int
        Of the relaxed model.
    whole : mapping place of a variable -> whole number in the last model solved with them
    ordered : BoolArray (placements, periods) or None
        Where curves have been followed by binaries.
    points : int
        Points per curve of the last pieces with them.
    branched : Branched or None
        The last model with them.
    cascade : LiveModel or None
        That of the targets, around some plan.
    """

    problem: Problem
    formulation: Formulation
    options: SolveOptions
    watch: Watch
    outside: tuple[str, ...] = ()
    started: float = field(default_factory=time.monotonic)
    outcomes: list[Outcome] = field(default_factory=list)
    seconds: dict[str, float] = field(
        default_factory=lambda: {"build": 0.0, "solver": 0.0, "judge": 0.0}
    )
    bound: float = math.inf
    best: Candidate | None = None
    efforts: list[FloatArray] = field(default_factory=list)
    columns: int = 0
    whole: dict[Place, float] = field(default_factory=dict)
    conflict: tuple[str, ...] = ()
    interrupted: bool = False
    ordered: BoolArray | None = None
    points: int = 0
    branched: Branched | None = None
    cascade: LiveModel | None = None

    def __post_init__(self) -> None:
        self.points = self.points or self.options.points

    @property
    def spends(self) -> bool:
        """Whether spend is decided."""
        return "spend" in self.formulation.decides

    @property
    def staffs(self) -> bool:
        """Whether people are decided."""
        return "people" in self.formulation.decides

    def left(self) -> float:
        """Return the seconds left, none after an interrupt."""
        if self.interrupted:
            return 0.0
        return self.options.time_limit - (time.monotonic() - self.started)

    def done(self) -> bool:
        """Return whether the best plan keeps the hard lines and is within the wanted gap."""
        if self.best is None or self.best.broken(self.outside):
            return False
        return relative_gap(self.bound, self.best) <= self.options.gap

    def outer(self, ordered: BoolArray | None = None, points: int | None = None) -> Pieces:
        """Return stand-ins that lie nowhere below the curves, close to them at known efforts."""
        placements = self.problem.placements
        if not self.spends:
            return exact_pieces(placements, placements.current)
        at = None
        if self.efforts:
            around = [self.efforts[-1] * factor for factor in _AROUND]
            at = np.stack(self.efforts[-_REMEMBERED:] + around, axis=2)
        return outer_pieces(
            placements, points=points or self.options.points, ordered=ordered, at=at
        )

    def order(self, over: BoolArray, *, finer: bool) -> None:
        """Follow more curves by binaries, or all of them with ``finer`` pieces if these are all."""
        before = self.ordered
        self.ordered = over if before is None else over | before
        if finer and before is not None and (self.ordered == before).all():
            self.points *= 2

    def build(self, problem: Problem, pieces: Pieces) -> pyo.ConcreteModel:
        """Return the formulation's model."""
        since = time.monotonic()
        model = self.formulation.build(problem, pieces)
        self.seconds["build"] += time.monotonic() - since
        return model

    def live(self, model: pyo.ConcreteModel) -> LiveModel:
        """Return ``model`` ready to be solved more than once."""
        since = time.monotonic()
        live = LiveModel(model, self.options)
        live.loaded()
        self.seconds["build"] += time.monotonic() - since
        return live

    def renewed(self, live: LiveModel, pieces: Pieces) -> bool:
        """Give a live model other pieces; False where it has no room for them."""
        since = time.monotonic()
        changed = replace_pieces(live.model, pieces)
        if changed is not None:
            live.follow(changed)
        self.seconds["build"] += time.monotonic() - since
        return changed is not None

    def relined(self, live: LiveModel, problem: Problem) -> bool:
        """Give a live model other bounds of its lines; False where more would change."""
        since = time.monotonic()
        changed = change_lines(live.model, problem, compile_lines(problem))
        if changed is not None:
            live.follow(changed)
        self.seconds["build"] += time.monotonic() - since
        return changed is not None

    def solve_live(
        self,
        live: LiveModel,
        stage: str,
        *,
        relaxed: bool = False,
        share: float = 1.0,
        least: float = 0.0,
        allowance: float = 0.0,
    ) -> Outcome:
        """Solve within a share of the time left, and at least ``least`` seconds."""
        self.tell(stage)
        since = time.monotonic()
        outcome = live.solve(
            time_limit=max(self.left() * share, least),
            watch=self.watch,
            stage=stage,
            relaxed=relaxed,
            allowance=allowance,
        )
        self.seconds["solver"] += outcome.seconds
        self.seconds["build"] += time.monotonic() - since - outcome.seconds
        self.outcomes.append(outcome)
        self.interrupted |= outcome.stop is Stop.INTERRUPTED
        return outcome

    def solve(self, model: pyo.ConcreteModel, stage: str, *, least: float = 0.0) -> Outcome:
        """Solve a model once."""
        return self.solve_live(self.live(model), stage, least=least)

    def solve_people(self, model: pyo.ConcreteModel) -> Outcome:
        """Solve a model of people alone, well within what the whole plan may leave open."""
        value = self.bound if math.isfinite(self.bound) else 0.0
        return self.solve_live(
            self.live(model),
            "people",
            share=_SHARE_FOR_PEOPLE,
            least=_SECONDS_FOR_PEOPLE if self.best is None else 0.0,
            allowance=_PEOPLE_OF_GAP * self.options.gap * abs(value),
        )

    def solve_relaxed(self, model: pyo.ConcreteModel, stage: str) -> Outcome:
        """Solve a model once with its whole numbers relaxed."""
        return self.solve_live(self.live(model), stage, relaxed=True)

    def tell(self, stage: str) -> None:
        """Report what is known to whoever watches."""
        self.watch(
            Progress(
                stage=stage,
                seconds=time.monotonic() - self.started,
                objective=math.nan if self.best is None else self.best.objective,
                bound=self.bound if math.isfinite(self.bound) else math.nan,
            )
        )

    def judge(self, decisions: Decisions) -> Candidate:
        """Return decisions to the cent, with what follows from them on the true curves.

        Where budgets are so small that cents count, the better of two roundings.
        """
        since = time.monotonic()
        exact = to_the_cent(self.problem, decisions)
        decides = self.formulation.decides
        candidate = judge_decisions(self.problem, exact, decides=decides)
        if lost_share(decisions, exact) > _CENTS_OF_GAP * self.options.gap:
            exact = with_cents_back(self.problem, decisions, exact)
            other = judge_decisions(self.problem, exact, decides=decides)
            candidate = better(candidate, other, self.outside) or candidate
        self.seconds["judge"] += time.monotonic() - since
        return candidate

    def offer(self, candidate: Candidate) -> None:
        """Keep the better of the best plan and ``candidate``."""
        self.best = better(self.best, candidate, self.outside)

    def lower_bound_to(self, bound: float) -> None:
        """Keep the lower of the bounds."""
        if not math.isnan(bound):
            self.bound = min(self.bound, bound)
