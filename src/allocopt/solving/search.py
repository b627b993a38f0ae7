"""The search for a plan with a proof: bound from above, plan from below, refine.

1. *Bound*: solve the model with its whole numbers relaxed and curves that lie nowhere
   below the true ones, with finer pieces where the answer sits: no plan can exceed it.
2. *Plan*: make the whole choices near that answer, staff it with whole people, then
   settle the rest on pieces that lie nowhere above the true curves and touch them at the
   plan, until what the model says is what the curves say.
3. *Refine* where value and bound are still apart: solve with whole numbers, binaries for
   the placements whose stand-in promised too much and finer pieces, and settle again.
"""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pyomo.environ as pyo

from allocopt.arrays import FloatArray
from allocopt.declare.outputs import exposed_decisions
from allocopt.declare.pieces import Pieces, exact_pieces, inner_pieces, outer_pieces
from allocopt.declare.staffing import build_staffing
from allocopt.measures.decisions import Decisions
from allocopt.measures.numbers import evaluate
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem
from allocopt.solving.candidate import Candidate, better, judge_decisions
from allocopt.solving.cascade import place_targets, whole_targets
from allocopt.solving.catalog import Formulation
from allocopt.solving.cents import to_the_cent
from allocopt.solving.commit import firm_choices, off_the_stretch, tightened, too_good
from allocopt.solving.conflict import conflicting_lines
from allocopt.solving.highs import solve_model
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Outcome, Stop, Watch
from allocopt.solving.staffing import people_values, whole_people

_RADII = (0.05, 0.01, 1e-3, 1e-4, 1e-5)
_SETTLED = 0.02
"""The plan is settled when a round changes its value by less than this share of the gap."""
_BOUND_ROUNDS = 2
_SHARE_FOR_PEOPLE = 0.1
_SECONDS_FOR_TARGETS = 20.0
"""Kept for each step of placing targets, small models all, even when time is up."""
_WORTHWHILE = 0.1
"""A round of bounding is repeated while it closes this share of the wanted gap."""


@dataclass(frozen=True)
class Search:
    """What a search ended with.

    Attributes
    ----------
    stop : Stop
    best : Candidate or None
    bound : float
        What no plan can exceed, NaN where not known.
    rounds : int
    outside : tuple of str
        Lines that the model's decisions cannot influence.
    outcomes : tuple of Outcome
        Every run of the solver.
    seconds : mapping stage -> seconds
    conflict : tuple of str
        Names of hard lines that clash, where no plan keeps them all.
    """

    stop: Stop
    best: Candidate | None
    bound: float
    rounds: int
    outside: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    seconds: Mapping[str, float]
    conflict: tuple[str, ...] = ()

    @property
    def gap(self) -> float:
        """Distance of the plan from the bound, share of the plan's value; NaN if unknown."""
        if self.best is None:
            return math.nan
        return relative_gap(self.bound, self.best)


def relative_gap(bound: float, best: Candidate | None) -> float:
    """Return the distance of ``best`` from ``bound``, share of its value; inf without a plan."""
    if best is None:
        return math.inf
    return max(bound - best.objective, 0.0) / max(abs(best.objective), 1e-9)


@dataclass
class _Run:
    """State of one search."""

    problem: Problem
    formulation: Formulation
    options: SolveOptions
    watch: Watch
    started: float = field(default_factory=time.monotonic)
    outcomes: list[Outcome] = field(default_factory=list)
    seconds: dict[str, float] = field(
        default_factory=lambda: {"build": 0.0, "solver": 0.0, "judge": 0.0}
    )
    outside: tuple[str, ...] = ()
    bound: float = math.inf
    best: Candidate | None = None
    whole: dict[str, float] = field(default_factory=dict)
    conflict: tuple[str, ...] = ()

    def left(self) -> float:
        if self.outcomes and self.outcomes[-1].stop is Stop.INTERRUPTED:
            return 0.0
        return self.options.time_limit - (time.monotonic() - self.started)

    def done(self) -> bool:
        if self.best is None or self.best.broken(self.outside):
            return False
        return relative_gap(self.bound, self.best) <= self.options.gap

    def build(self, problem: Problem, pieces: Pieces) -> pyo.ConcreteModel:
        since = time.monotonic()
        model = self.formulation.build(problem, pieces)
        self.outside = tuple(getattr(model, "allocopt_outside", ()))
        self.seconds["build"] += time.monotonic() - since
        return model

    def solve(
        self,
        model: pyo.ConcreteModel,
        stage: str,
        *,
        relaxed: bool = False,
        share: float = 1.0,
        least: float = 0.0,
    ) -> Outcome:
        since = time.monotonic()
        outcome = solve_model(
            model,
            self.options,
            time_limit=max(self.left() * share, least),
            watch=self.watch,
            stage=stage,
            relaxed=relaxed,
        )
        self.seconds["solver"] += outcome.seconds
        self.seconds["build"] += time.monotonic() - since - outcome.seconds
        self.outcomes.append(outcome)
        return outcome

    def solve_targets(self, model: pyo.ConcreteModel, stage: str) -> Outcome:
        return self.solve(model, stage, least=_SECONDS_FOR_TARGETS)

    def solve_relaxed(self, model: pyo.ConcreteModel, stage: str) -> Outcome:
        return self.solve(model, stage, relaxed=True)

    def judge(self, decisions: Decisions) -> Candidate:
        since = time.monotonic()
        exact = to_the_cent(self.problem, decisions)
        candidate = judge_decisions(self.problem, exact, decides=self.formulation.decides)
        self.seconds["judge"] += time.monotonic() - since
        return candidate

    def offer(self, candidate: Candidate) -> None:
        self.best = better(self.best, candidate, self.outside)

    def lower_bound_to(self, bound: float) -> None:
        if not math.isnan(bound):
            self.bound = min(self.bound, bound)


def search_plan(
    problem: Problem, formulation: Formulation, options: SolveOptions, watch: Watch
) -> Search:
    """Search for a plan within ``options``.

    Raises
    ------
    InfeasibleError
        If a row without variables does not hold.
    """
    run = _Run(problem, formulation, options, watch)
    stop, rounds = Stop.OTHER_LIMIT, 0
    relaxed, pieces = _bound(run)
    if relaxed is not None and "spend" in formulation.decides:
        _plan_near(run, relaxed, pieces)
    if relaxed is None and run.outcomes[-1].stop is Stop.INFEASIBLE:
        stop = Stop.INFEASIBLE
        run.conflict = conflicting_lines(problem, pieces, run.build, run.solve_relaxed)
    elif not run.done():
        stop, rounds = _refine(run, relaxed, pieces)
    done = run.done()
    _place(run)
    return Search(
        stop=Stop.GAP_REACHED if done else stop,
        best=run.best,
        bound=run.bound if math.isfinite(run.bound) else math.nan,
        rounds=rounds,
        outside=run.outside,
        outcomes=tuple(run.outcomes),
        seconds=run.seconds,
        conflict=run.conflict,
    )


def _place(run: _Run) -> None:
    """Cascade the best plan's targets around what it attains, in whole steps."""
    if run.best is None or "targets" not in run.formulation.decides or not run.problem.targets:
        return
    if run.formulation.decides == ("targets",):
        decisions = whole_targets(run.problem, run.best.decisions, run.solve_targets)
    else:
        decisions = place_targets(run.problem, run.best, run.solve_targets)
    run.best = run.judge(decisions)


def _bound(run: _Run) -> tuple[Decisions | None, Pieces]:
    """Step 1: return the best relaxed decisions and the pieces they were found with."""
    placements = run.problem.placements
    pieces = _first_pieces(run)
    relaxed: Decisions | None = None
    for number in range(_BOUND_ROUNDS):
        model = run.build(run.problem, pieces)
        outcome = run.solve(model, "bound", relaxed=True)
        if not outcome.has_plan:
            break
        before = run.bound
        run.lower_bound_to(outcome.bound)
        relaxed = exposed_decisions(model)
        gained = (before - run.bound) / max(abs(run.bound), 1e-9)
        if gained <= _WORTHWHILE * run.options.gap or "spend" not in run.formulation.decides:
            break
        if number + 1 < _BOUND_ROUNDS:
            effort = evaluate(run.problem, _nonnegative(relaxed))["effort"]
            pieces = outer_pieces(placements, points=run.options.points, at=effort)
    return relaxed, pieces


def _first_pieces(run: _Run) -> Pieces:
    placements = run.problem.placements
    if "spend" not in run.formulation.decides:
        return exact_pieces(placements, placements.current)
    return outer_pieces(placements, points=run.options.points)


def _nonnegative(decisions: Decisions) -> Decisions:
    """Return ``decisions`` without the solver's rounding below zero."""
    return Decisions(**{name: values.clip(min=0.0) for name, values in vars(decisions).items()})


def _plan_near(run: _Run, relaxed: Decisions, pieces: Pieces) -> None:
    """Step 2: whole choices near the relaxed plan, whole people, then settle."""
    firm = firm_choices(run.problem, relaxed.spend)
    placements = firm.placements
    spend = relaxed.spend.clip(placements.lower, placements.upper)
    measures = evaluate(firm, replace(_nonnegative(relaxed), spend=spend))
    whole = _staff(run, firm, measures["demand"] if "people" in run.formulation.decides else None)
    if whole is not None:
        _settle(run, firm, whole, off_the_stretch(placements, pieces, measures["effort"]))


def _staff(run: _Run, problem: Problem, demand: FloatArray | None) -> dict[str, float] | None:
    """Return whole people for ``demand`` by name; None if no staff keeps the rules."""
    if demand is None:
        return {}
    since = time.monotonic()
    model = build_staffing(problem, demand)
    run.seconds["build"] += time.monotonic() - since
    outcome = run.solve(model, "people", share=_SHARE_FOR_PEOPLE)
    if not outcome.has_plan:
        return None
    decisions = _nonnegative(exposed_decisions(model))
    return _people(run, decisions, evaluate(problem, decisions)["heads"])


def _people(run: _Run, decisions: Decisions, heads: FloatArray) -> dict[str, float]:
    """Return the values of the people variables for whole flows behind ``heads``."""
    if "people" not in run.formulation.decides:
        return {}
    staffed = whole_people(run.problem, decisions, heads)
    reached = evaluate(run.problem, staffed)["heads"]
    labels, months = run.problem.axes[AxisName.GROUPS].labels, run.problem.calendar.labels
    posts = {
        f"posts[{label},{month}]": float(reached[g, t])
        for g, label in enumerate(labels)
        for t, month in enumerate(months)
    }
    return posts | people_values(run.problem, staffed)


def _settle(run: _Run, problem: Problem, whole: Mapping[str, float], effort: FloatArray) -> None:
    """Put the plan on the true curves with the whole numbers ``whole`` kept."""
    before, wanted = math.inf, problem
    for radius in _RADII:
        pieces = inner_pieces(problem.placements, effort, points=run.options.points, radius=radius)
        model = run.build(wanted, pieces)
        _fix(model, whole)
        outcome = run.solve(model, "settling")
        if not outcome.has_plan:
            return
        candidate = run.judge(exposed_decisions(model))
        run.offer(candidate)
        gained = abs(candidate.objective - before)
        before = candidate.objective
        settled = gained <= _SETTLED * run.options.gap * max(abs(before), 1.0)
        if (settled and not candidate.broken(run.outside)) or run.left() <= 0:
            return
        effort = candidate.measures["effort"]
        if candidate.broken(run.outside):
            wanted = tightened(wanted, candidate.lines)


def _refine(run: _Run, relaxed: Decisions | None, pieces: Pieces) -> tuple[Stop, int]:
    """Step 3: whole numbers, binaries where stand-ins are too good, finer pieces."""
    if "spend" not in run.formulation.decides:
        return _solve_whole(run, pieces, 1)[0], 1
    points, ordered, stop = run.options.points, None, Stop.OTHER_LIMIT
    for number in range(1, run.options.rounds + 1):
        if relaxed is not None:
            effort = evaluate(run.problem, _nonnegative(relaxed))["effort"]
            over = too_good(pieces, effort, run.problem.placements.curves.value(effort))
            fresh = over if ordered is None else over | ordered
            points = points * 2 if ordered is not None and (fresh == ordered).all() else points
            ordered = fresh
            pieces = outer_pieces(run.problem.placements, points=points, ordered=ordered, at=effort)
        stop, relaxed = _solve_whole(run, pieces, number)
        if relaxed is None:
            return stop, number
        firm = firm_choices(run.problem, relaxed.spend)
        measures = evaluate(run.problem, _nonnegative(relaxed))
        whole = run.whole | _people(run, relaxed, measures["heads"])
        _settle(run, firm, whole, off_the_stretch(firm.placements, pieces, measures["effort"]))
        if run.done() or run.left() <= 0:
            return (Stop.GAP_REACHED if run.done() else Stop.TIME_LIMIT), number
    return stop, run.options.rounds


def _solve_whole(run: _Run, pieces: Pieces, number: int) -> tuple[Stop, Decisions | None]:
    """Solve with whole numbers; offer the answer as it is."""
    model = run.build(run.problem, pieces)
    outcome = run.solve(model, f"round {number}")
    run.lower_bound_to(outcome.bound)
    if not outcome.has_plan:
        return outcome.stop, None
    run.whole = _whole_values(model)
    relaxed = _nonnegative(exposed_decisions(model))
    heads = evaluate(run.problem, relaxed)["heads"]
    staffed = whole_people(run.problem, relaxed, heads)
    run.offer(run.judge(staffed if "people" in run.formulation.decides else relaxed))
    return outcome.stop, relaxed


def _whole_values(model: pyo.ConcreteModel) -> dict[str, float]:
    return {
        variable.name: float(round(variable.value))
        for variable in model.component_data_objects(pyo.Var)
        if variable.is_integer() and variable.value is not None
    }


def _fix(model: pyo.ConcreteModel, values: Mapping[str, float]) -> None:
    for variable in model.component_data_objects(pyo.Var):
        if variable.name in values:
            variable.fix(values[variable.name])
