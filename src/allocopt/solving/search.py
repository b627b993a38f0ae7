"""The search for a plan with a proof: solve from above, settle on the true curves, refine.

1. *Solve* a model whose curves lie nowhere below the true ones: its bound holds for every plan.
2. *Settle*: keep its whole decisions, put the rest on pieces that lie nowhere above the
   true curves and touch them at the plan, until what the model says is what the curves say.
3. *Refine* only the placements that sat where the stand-in was too good: give them
   binaries, or finer pieces where none did, and solve again, until value and bound are
   within the gap.
"""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyomo.environ as pyo

from allocopt.arrays import BoolArray, FloatArray
from allocopt.declare.outputs import exposed_decisions
from allocopt.declare.pieces import Pieces, inner_pieces, outer_pieces
from allocopt.measures.decisions import Decisions
from allocopt.measures.lines import LineResult, compile_lines, judge_lines
from allocopt.measures.numbers import evaluate
from allocopt.measures.score import ObjectivePart, objective_parts
from allocopt.problem.problem import Problem
from allocopt.scenario.schema.limits import LineKind
from allocopt.solving.catalog import Formulation
from allocopt.solving.cents import to_the_cent
from allocopt.solving.highs import solve_model
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Outcome, Stop, Watch

_RADII = (0.05, 0.01, 1e-3, 1e-4, 1e-5, 1e-6)
_SETTLED = 1e-8


@dataclass(frozen=True)
class Candidate:
    """A plan judged on the true curves.

    Attributes
    ----------
    decisions : Decisions
    measures : mapping measure name -> FloatArray
    lines : tuple of LineResult
    parts : tuple of ObjectivePart
    """

    decisions: Decisions
    measures: Mapping[str, FloatArray]
    lines: tuple[LineResult, ...]
    parts: tuple[ObjectivePart, ...]

    @property
    def objective(self) -> float:
        """Value of the plan on the true curves, to be maximized."""
        return math.fsum(part.value for part in self.parts)

    def broken(self, outside: tuple[str, ...]) -> float:
        """Return the largest relative miss of a hard line that the model could influence."""
        missed = [
            result.shortfall / max(abs(result.rhs), abs(result.lhs), 1.0)
            for result in self.lines
            if result.line.kind is LineKind.HARD and not result.met
            and result.line.name not in outside
        ]
        return max(missed, default=0.0)


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
    sizes : tuple of Outcome
        Every run of the solver.
    seconds : mapping stage -> seconds
    """

    stop: Stop
    best: Candidate | None
    bound: float
    rounds: int
    outside: tuple[str, ...]
    sizes: tuple[Outcome, ...]
    seconds: Mapping[str, float]

    @property
    def gap(self) -> float:
        """Distance of the plan from the bound, share of the plan's value; NaN if unknown."""
        if self.best is None or math.isnan(self.bound):
            return math.nan
        value = self.best.objective
        return max(self.bound - value, 0.0) / max(abs(value), 1e-9)


class _Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.seconds: dict[str, float] = {"build": 0.0, "solver": 0.0, "judge": 0.0}

    def spent(self) -> float:
        return time.monotonic() - self.started

    def add(self, stage: str, since: float) -> float:
        now = time.monotonic()
        self.seconds[stage] += now - since
        return now


@dataclass
class _Run:
    """State of one search."""

    problem: Problem
    formulation: Formulation
    options: SolveOptions
    watch: Watch
    clock: _Clock
    outcomes: list[Outcome]
    outside: tuple[str, ...] = ()

    def left(self) -> float:
        return self.options.time_limit - self.clock.spent()

    def build(self, pieces: Pieces) -> pyo.ConcreteModel:
        since = time.monotonic()
        model = self.formulation.build(self.problem, pieces)
        self.outside = tuple(getattr(model, "allocopt_outside", ()))
        self.clock.add("build", since)
        return model

    def solve(self, model: pyo.ConcreteModel, stage: str) -> Outcome:
        since = time.monotonic()
        outcome = solve_model(
            model, self.options, time_limit=self.left(), watch=self.watch, stage=stage
        )
        self.clock.seconds["solver"] += outcome.seconds
        self.clock.seconds["build"] += time.monotonic() - since - outcome.seconds
        self.outcomes.append(outcome)
        return outcome

    def judge(self, decisions: Decisions) -> Candidate:
        since = time.monotonic()
        exact = to_the_cent(self.problem, decisions)
        candidate = judge_decisions(self.problem, exact, decides=self.formulation.decides)
        self.clock.add("judge", since)
        return candidate


def judge_decisions(
    problem: Problem, decisions: Decisions, *, decides: tuple[str, ...]
) -> Candidate:
    """Return ``decisions`` with measures, lines and objective on the true curves."""
    measures = evaluate(problem, decisions)
    results = judge_lines(problem, compile_lines(problem), measures)
    parts = objective_parts(
        problem, decisions, measures, results, with_targets="targets" in decides
    )
    return Candidate(decisions, measures, results, parts)


def search_plan(
    problem: Problem, formulation: Formulation, options: SolveOptions, watch: Watch
) -> Search:
    """Search for a plan within ``options``.

    Raises
    ------
    InfeasibleError
        If a row without variables does not hold.
    """
    run = _Run(problem, formulation, options, watch, _Clock(), [])
    best: Candidate | None = None
    bound, rounds, ordered, points = math.inf, 0, None, options.points
    stop = Stop.OTHER_LIMIT
    for rounds in range(1, options.rounds + 1):
        pieces = outer_pieces(problem.placements, points=points, ordered=ordered)
        model = run.build(pieces)
        outcome = run.solve(model, f"round {rounds}")
        if not math.isnan(outcome.bound):
            bound = min(bound, outcome.bound)
        stop = outcome.stop
        if not outcome.has_plan:
            break
        relaxed = exposed_decisions(model)
        best = _better(run, best, _settle(run, model, relaxed))
        gap = (bound - best.objective) / max(abs(best.objective), 1e-9) if best else math.inf
        if best is not None and gap <= options.gap:
            stop = Stop.GAP_REACHED
            break
        stop = Stop.TIME_LIMIT if run.left() <= 0 else Stop.OTHER_LIMIT
        if run.left() <= 0:
            break
        refined = _offenders(problem, pieces, relaxed, ordered)
        if refined is None:
            points *= 2
        else:
            ordered = refined
    return Search(
        stop=stop,
        best=best,
        bound=bound if math.isfinite(bound) else math.nan,
        rounds=rounds,
        outside=run.outside,
        sizes=tuple(run.outcomes),
        seconds=run.clock.seconds,
    )


def _better(run: _Run, best: Candidate | None, new: Candidate | None) -> Candidate | None:
    """Return the better plan: one that keeps the hard lines, then the more valuable."""
    if new is None or best is None:
        return new or best
    broken = (best.broken(run.outside), new.broken(run.outside))
    if broken[0] != broken[1]:
        return best if broken[0] < broken[1] else new
    return new if new.objective > best.objective else best


def _offenders(
    problem: Problem, pieces: Pieces, decisions: Decisions, ordered: BoolArray | None
) -> BoolArray | None:
    """Return where binaries are needed: the stand-in promised more than the curve gives.

    None when nothing new is left to refine.
    """
    placements = problem.placements
    effort = evaluate(problem, decisions)["effort"]
    true = placements.curves.value(effort)
    promised = np.array(
        [
            [np.interp(effort[a, t], pieces.x[a, t], pieces.y[a, t]) for t in range(effort.shape[1])]
            for a in range(effort.shape[0])
        ]
    ).reshape(effort.shape)
    scale = np.abs(pieces.y[..., -1]).max(axis=1, initial=0.0)[:, None]
    too_good = (promised - true > 1e-4 * scale) & ~pieces.stepped[:, None]
    before = np.zeros_like(too_good) if ordered is None else ordered
    fresh = before | too_good
    return fresh if (fresh & ~before).any() else None


def _settle(run: _Run, model: pyo.ConcreteModel, decisions: Decisions) -> Candidate | None:
    """Put ``decisions`` on the true curves, whole numbers kept; see the module's step 2."""
    whole = _whole_values(model)
    best: Candidate | None = None
    current = decisions
    for radius in _RADII:
        candidate = run.judge(current)
        best = _better(run, best, candidate)
        effort = candidate.measures["effort"]
        pieces = inner_pieces(
            run.problem.placements, effort, points=run.options.points, radius=radius
        )
        inner = run.build(pieces)
        _fix(inner, whole)
        outcome = run.solve(inner, "settling")
        if not outcome.has_plan:
            break
        current = exposed_decisions(inner)
        candidate = run.judge(current)
        best = _better(run, best, candidate)
        agreed = abs(candidate.objective - outcome.objective)
        if agreed <= _SETTLED * max(abs(outcome.objective), 1.0) and not candidate.broken(run.outside):
            break
        if run.left() <= 0:
            break
    return best


def _whole_values(model: pyo.ConcreteModel) -> dict[str, float]:
    return {
        variable.name: float(round(variable.value))
        for variable in model.component_data_objects(pyo.Var)
        if variable.is_integer() and variable.value is not None
    }


def _fix(model: pyo.ConcreteModel, values: Mapping[str, float]) -> None:
    for variable in model.component_data_objects(pyo.Var):
        if variable.is_integer() and variable.name in values:
            variable.fix(values[variable.name])

