"""The search for a plan with a proof: bound from above, plan from below, refine.

1. *Bound*: solve the model with its whole numbers relaxed and curves that lie nowhere
   below the true ones, with finer pieces where the answer sits: no plan can exceed it.
2. *Plan*: make the whole choices near that answer, staff it with whole people, then
   settle the rest on pieces that lie nowhere above the true curves and touch them at the
   plan, until what the model says is what the curves say.
3. *Refine* where value and bound are still apart: solve with whole numbers, binaries for
   the placements whose stand-in promised too much and finer pieces, and settle again. A
   large model is taken apart by units for it.
"""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyomo.environ as pyo

from allocopt.arrays import FloatArray
from allocopt.declare.outputs import exposed_decisions
from allocopt.declare.pieces import Pieces, inner_pieces
from allocopt.declare.rows import Place, place_of
from allocopt.declare.staffing import build_staffing
from allocopt.measures.decisions import Decisions, nonnegative
from allocopt.measures.influence import outside_lines
from allocopt.measures.numbers import evaluate
from allocopt.problem.problem import Problem
from allocopt.solving.candidate import Candidate
from allocopt.solving.cascade import place_targets, whole_targets
from allocopt.solving.catalog import Formulation
from allocopt.solving.commit import firm_choices, off_the_stretch, tightened, too_good
from allocopt.solving.conflict import conflicting_lines
from allocopt.solving.highs import LiveModel
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Outcome, Stop, Watch
from allocopt.solving.run import Run, relative_gap
from allocopt.solving.staffing import people_values, whole_people
from allocopt.solving.units import (
    ByUnits,
    FewPeople,
    bound_by_units,
    choose_spend,
    improve_people,
    plan_few_people,
    plan_many_people,
    worth_taking_apart,
)

_RADII = (0.02, 1e-3, 5e-3, 1e-4, 1e-5)
"""A far look, a close one, and again: shares of the effort range."""
_SETTLED = 0.02
"""The plan is settled when a round changes its value by less than this share of the gap."""
_SETTLED_WHEN_DONE = 0.1
"""The same once the plan is within the wanted gap."""
_BOUND_ROUNDS = 6
_NEAR_ENOUGH = 2e-3
"""Where people are whole, a plan near the relaxed one is seldom closer to the bound than this."""
_TIMES_THE_BOUND = 3.0
"""Planning by units takes about this much longer than bounding."""
_SECONDS_FOR_TARGETS = 20.0
"""Kept for each step of placing targets, small models all, even when time is up."""
_SECONDS_TO_MEND = 30.0
"""Kept for a first plan, or where rounding missed a hard line, even when time is up."""
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


def search_plan(
    problem: Problem, formulation: Formulation, options: SolveOptions, watch: Watch
) -> Search:
    """Search for a plan within ``options``.

    Raises
    ------
    InfeasibleError
        If a row without variables does not hold.
    """
    outside = tuple(sorted(outside_lines(problem, formulation.decides)))
    run = Run(problem, formulation, options, watch, outside)
    stop, rounds = Stop.OTHER_LIMIT, 0
    relaxed, pieces, live = _bound(run)
    if relaxed is not None and run.spends and not _straight_to_units(run, live):
        _plan_near(run, relaxed, pieces)
    if relaxed is None and run.outcomes[-1].stop is Stop.INFEASIBLE:
        stop = Stop.INFEASIBLE
        run.conflict = conflicting_lines(problem, pieces, run.build, run.solve_relaxed)
    elif not run.done():
        stop, rounds = _refine(run, relaxed, pieces, live)
        if stop is Stop.INFEASIBLE and run.best is None:
            run.conflict = conflicting_lines(problem, pieces, run.build, run.solve)
    _place(run)
    return Search(
        stop=_ended(run, stop),
        best=run.best,
        bound=run.bound if math.isfinite(run.bound) else math.nan,
        rounds=rounds,
        outside=run.outside,
        outcomes=tuple(run.outcomes),
        seconds=run.seconds,
        conflict=run.conflict,
    )


def any_plan(
    problem: Problem, formulation: Formulation, options: SolveOptions, watch: Watch
) -> Candidate | None:
    """Return a plan that keeps every hard line, however good it is; None where none was found.

    One bound and a plan near it; the ordinary search where that does not do.

    Raises
    ------
    InfeasibleError
        If a row without variables does not hold.
    KeyboardInterrupt
        After an interrupt without a plan.
    """
    outside = tuple(sorted(outside_lines(problem, formulation.decides)))
    run = Run(problem, formulation, options, watch, outside)
    relaxed, pieces, live = _bound(run, rounds=1)
    if relaxed is None:
        return None
    if run.spends:
        _plan_near(run, relaxed, pieces)
    if not run.interrupted and (run.best is None or run.best.broken(outside)):
        _refine(run, relaxed, pieces, live)
    if run.best is not None and not run.best.broken(outside):
        return run.best
    if run.interrupted:
        raise KeyboardInterrupt
    return None


def _straight_to_units(run: Run, live: LiveModel) -> bool:
    """Return whether to plan by units at once: a plan near the relaxed one would not do.

    With little time left the plan at hand comes first.
    """
    if run.options.gap >= _NEAR_ENOUGH or not worth_taking_apart(run, live):
        return False
    taken = time.monotonic() - run.started
    return run.left() > _TIMES_THE_BOUND * taken


def _place(run: Run) -> None:
    """Cascade the best plan's targets around what it attains, in whole steps."""
    if run.best is None or "targets" not in run.formulation.decides or not run.problem.targets:
        return

    def solve(model: pyo.ConcreteModel, stage: str) -> Outcome:
        return run.solve(model, stage, least=_SECONDS_FOR_TARGETS)

    if run.formulation.decides == ("targets",):
        decisions = whole_targets(run.problem, run.best.decisions, solve)
    else:
        decisions = place_targets(run.problem, run.best, solve)
    run.best = run.judge(decisions)


def _bound(run: Run, rounds: int = _BOUND_ROUNDS) -> tuple[Decisions | None, Pieces, LiveModel]:
    """Step 1: return the best relaxed decisions, the pieces they were found with, the model."""
    pieces = run.outer()
    live = run.live(run.build(run.problem, pieces))
    answered: tuple[Decisions | None, Pieces, LiveModel] = (None, pieces, live)
    for _ in range(rounds):
        outcome = run.solve_live(live, "bound", relaxed=True)
        if not outcome.has_plan:
            break
        before = run.bound
        run.lower_bound_to(outcome.bound)
        relaxed = exposed_decisions(live.model)
        answered = (relaxed, pieces, live)
        if not run.spends:
            break
        run.efforts.append(evaluate(run.problem, nonnegative(relaxed))["effort"])
        run.columns = outcome.columns
        gained = (before - run.bound) / max(abs(run.bound), 1e-9)
        if gained <= _WORTHWHILE * run.options.gap or run.left() <= 0:
            break
        finer = run.outer()
        if not run.renewed(live, finer):
            live = run.live(run.build(run.problem, finer))
        pieces = finer
    return answered


def _plan_near(run: Run, relaxed: Decisions, pieces: Pieces) -> None:
    """Step 2: whole choices near the relaxed plan, whole people, then settle."""
    firm = firm_choices(run.problem, relaxed.spend)
    placements = firm.placements
    spend = relaxed.spend.clip(placements.lower, placements.upper)
    measures = evaluate(firm, replace(nonnegative(relaxed), spend=spend))
    whole = _staff(run, firm, measures["demand"]) if run.staffs else {}
    if whole is not None:
        _settle(run, firm, whole, off_the_stretch(placements, pieces, measures["effort"]))


def _staff(run: Run, problem: Problem, demand: FloatArray) -> dict[Place, float] | None:
    """Return whole people for ``demand`` by name; None if no staff keeps the rules."""
    model = build_staffing(problem, demand)
    if not run.solve_people(model).has_plan:
        return None
    decisions = nonnegative(exposed_decisions(model))
    people = _whole_people(run, decisions, evaluate(problem, decisions)["heads"])
    return people_values(run.problem, people)


def _whole_people(run: Run, decisions: Decisions, heads: FloatArray) -> Decisions:
    """Return decisions with whole flows of people behind ``heads``, or near them."""
    if not run.staffs:
        return decisions
    return whole_people(run.problem, decisions, heads, run.solve_people)


def _settle(run: Run, problem: Problem, whole: Mapping[Place, float], effort: FloatArray) -> None:
    """Put the plan on the true curves with the whole numbers ``whole`` kept."""
    before, wanted, broken = math.inf, problem, 0.0
    live: LiveModel | None = None
    for radius in _RADII:
        pieces = inner_pieces(problem.placements, effort, points=run.options.points, radius=radius)
        if live is None or not run.renewed(live, pieces):
            model = run.build(wanted, pieces)
            _fix(model, whole)
            live = run.live(model)
        mending = broken > 0
        least = _SECONDS_TO_MEND if mending or run.best is None else 0.0
        if not run.solve_live(live, "settling", least=least).has_plan:
            return
        candidate = run.judge(exposed_decisions(live.model))
        run.offer(candidate)
        broken = candidate.broken(run.outside)
        gained = abs(candidate.objective - before)
        before = candidate.objective
        share = _SETTLED_WHEN_DONE if run.done() else _SETTLED
        settled = gained <= share * run.options.gap * max(abs(before), 1.0)
        if (settled and not broken) or (run.left() <= 0 and (mending or not broken)):
            return
        effort = candidate.measures["effort"]
        # What a far look missed, a close one may keep as it is.
        if broken and (radius < _RADII[0] or run.left() <= 0):
            wanted, live = tightened(wanted, candidate.lines), None


def _refine(
    run: Run, relaxed: Decisions | None, pieces: Pieces, live: LiveModel
) -> tuple[Stop, int]:
    """Step 3: whole numbers, binaries where stand-ins are too good, finer pieces."""
    if not run.spends:
        return _solve_whole(run, live, "round 1")[0], 1
    points, ordered, stop, number = run.options.points, None, Stop.OTHER_LIMIT, 0
    if relaxed is not None and run.left() > 0 and worth_taking_apart(run, live):
        number = 1
        relaxed = _plan_by_units(run, relaxed, pieces, live)
        if relaxed is None or run.done() or run.left() <= 0:
            return _why(run, stop), number
    while number < run.options.rounds:
        number += 1
        if relaxed is not None:
            effort = evaluate(run.problem, nonnegative(relaxed))["effort"]
            over = too_good(run.problem.placements, pieces, effort)
            fresh = over if ordered is None else over | ordered
            points = points * 2 if ordered is not None and (fresh == ordered).all() else points
            ordered = fresh
            run.efforts.append(effort)
            pieces = run.outer(ordered, points)
        live = run.live(run.build(run.problem, pieces))
        stop, relaxed = _solve_whole(run, live, f"round {number}")
        if relaxed is None:
            return stop, number
        people = _whole_people(run, relaxed, evaluate(run.problem, relaxed)["heads"])
        _settle_near(run, relaxed, people, pieces)
        if run.done() or run.left() <= 0:
            break
    return _why(run, stop), number


def _why(run: Run, stop: Stop) -> Stop:
    if run.done():
        return Stop.GAP_REACHED
    if run.interrupted:
        return Stop.INTERRUPTED
    return Stop.TIME_LIMIT if run.left() <= 0 else stop


def _ended(run: Run, stop: Stop) -> Stop:
    """Return why the search ended; placing whole targets may cost the gap, or mend a line."""
    if run.done():
        return Stop.GAP_REACHED
    return Stop.OTHER_LIMIT if stop is Stop.GAP_REACHED else stop


def _plan_by_units(run: Run, first: Decisions, pieces: Pieces, live: LiveModel) -> Decisions | None:
    """Plan a large model unit by unit: people, then spend behind them, then settle.

    Where that ends without a plan, one is made near the ``first`` relaxed decisions. Return
    the decisions that were settled; None after an interrupt.
    """
    found: Decisions | None = None
    try:
        parts, finer, few = _few_people(run, live, pieces)
        run.tell("units: bound")
        run.lower_bound_to(bound_by_units(parts, few))
        run.tell("units: many people")
        relaxed = plan_many_people(parts, few)
        people = _whole_people(run, relaxed, evaluate(run.problem, relaxed)["heads"])
        run.tell("units: who comes and goes")
        people = improve_people(parts, people)
        run.tell("units: spend")
        found, finer = _spend_by_units(run, relaxed, people, finer)
        _settle_near(run, found, people, finer)
    except KeyboardInterrupt:
        run.interrupted = True
    if run.best is None:
        _plan_near(run, first, pieces)
    return None if run.interrupted else found


def _few_people(run: Run, live: LiveModel, pieces: Pieces) -> tuple[ByUnits, Pieces, FewPeople]:
    """Plan the people of whom there are few, and make pieces finer where that leads."""
    run.tell("units: few people")
    parts = ByUnits.of(run, live)
    few = plan_few_people(parts)
    effort = evaluate(run.problem, parts.decisions(few.answer.values))["effort"]
    run.efforts.append(effort)
    finer = run.outer()
    if run.renewed(live, finer):
        pieces, parts = finer, parts.renewed()
        answer = parts.held(few.columns, few.answer.values)
        few = few if answer is None else replace(few, answer=answer)
    return parts, pieces, few


def _spend_by_units(
    run: Run, relaxed: Decisions, people: Decisions, pieces: Pieces
) -> tuple[Decisions, Pieces]:
    """Make whole choices about spend, with binaries where stand-ins promised too much."""
    effort = evaluate(run.problem, relaxed)["effort"]
    over = too_good(run.problem.placements, pieces, effort)
    run.efforts.append(effort)
    ordered = run.outer(over)
    model = run.build(run.problem, ordered)
    _fix(model, people_values(run.problem, people))
    live = run.live(model)
    if not run.solve_live(live, "units: spend", relaxed=True).has_plan:
        return relaxed, pieces
    chosen = choose_spend(ByUnits.of(run, live), people)
    return (relaxed, pieces) if chosen is None else (chosen, ordered)


def _settle_near(run: Run, relaxed: Decisions, people: Decisions, pieces: Pieces) -> None:
    """Settle with the choices of ``relaxed`` about spend and the whole ``people``."""
    firm = firm_choices(run.problem, relaxed.spend)
    effort = evaluate(run.problem, relaxed)["effort"]
    whole = run.whole | (people_values(run.problem, people) if run.staffs else {})
    _settle(run, firm, whole, off_the_stretch(firm.placements, pieces, effort))


def _solve_whole(run: Run, live: LiveModel, stage: str) -> tuple[Stop, Decisions | None]:
    """Solve with whole numbers; offer the answer as it is."""
    outcome = run.solve_live(live, stage)
    run.lower_bound_to(outcome.bound)
    if not outcome.has_plan:
        return outcome.stop, None
    run.whole = _whole_values(live.model)
    relaxed = nonnegative(exposed_decisions(live.model))
    staffed = _whole_people(run, relaxed, evaluate(run.problem, relaxed)["heads"])
    run.offer(run.judge(staffed))
    return outcome.stop, relaxed


def _whole_values(model: pyo.ConcreteModel) -> dict[Place, float]:
    return {
        place_of(variable): float(round(variable.value))
        for variable in model.component_data_objects(pyo.Var)
        if variable.is_integer() and variable.value is not None
    }


def _fix(model: pyo.ConcreteModel, values: Mapping[Place, float]) -> None:
    for (name, index), value in values.items():
        component = model.component(name)
        if component is not None and index in component:
            component[index].fix(value, skip_validation=True)
