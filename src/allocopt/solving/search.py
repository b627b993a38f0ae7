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

from allocopt.declare.outputs import exposed_decisions
from allocopt.declare.pieces import Pieces
from allocopt.declare.rows import Place, place_of
from allocopt.measures.decisions import Decisions, nonnegative
from allocopt.measures.influence import outside_lines
from allocopt.measures.numbers import evaluate
from allocopt.problem.problem import Problem
from allocopt.solving.candidate import Candidate
from allocopt.solving.catalog import Formulation
from allocopt.solving.commit import too_good
from allocopt.solving.conflict import conflicting_lines
from allocopt.solving.highs import LiveModel
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Outcome, Stop, Watch
from allocopt.solving.placing import place
from allocopt.solving.resume import Resumed, Standing, known_outside, resume
from allocopt.solving.roomy import plan_with_room
from allocopt.solving.run import Branched, Run, relative_gap
from allocopt.solving.settle import fix_values, people_behind, plan_near, settle_near
from allocopt.solving.staffing import people_values
from allocopt.solving.units import (
    ByUnits,
    FewPeople,
    bound_by_units,
    choose_spend,
    improve_people,
    plan_few_people,
    plan_many_people,
    takes_units,
    worth_taking_apart,
)

_BOUND_ROUNDS = 6
_TIMES_THE_BOUND = 3.0
"""Planning by units takes about this much longer than bounding."""
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
    standing : Standing or None
        What the next search of much the same problem can start from.
    """

    stop: Stop
    best: Candidate | None
    bound: float
    rounds: int
    outside: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    seconds: Mapping[str, float]
    conflict: tuple[str, ...] = ()
    standing: Standing | None = None

    @property
    def gap(self) -> float:
        """Distance of the plan from the bound, share of the plan's value; NaN if unknown."""
        if self.best is None:
            return math.nan
        return relative_gap(self.bound, self.best)


def search_plan(
    problem: Problem,
    formulation: Formulation,
    options: SolveOptions,
    watch: Watch,
    *,
    standing: Standing | None = None,
) -> Search:
    """Search for a plan within ``options``, from what an earlier search left ``standing``.

    Raises
    ------
    InfeasibleError
        If a row without variables does not hold.
    """
    outside = known_outside(problem, formulation, standing)
    run = Run(problem, formulation, options, watch, outside)
    resumed = None if standing is None else resume(run, standing)
    stop, rounds = Stop.OTHER_LIMIT, 0
    if not run.done():
        stop, rounds = _from_the_start(run, resumed)
    place(run)
    return Search(
        stop=_ended(run, stop),
        best=run.best,
        bound=run.bound if math.isfinite(run.bound) else math.nan,
        rounds=rounds,
        outside=run.outside,
        outcomes=tuple(run.outcomes),
        seconds=run.seconds,
        conflict=run.conflict,
        standing=_standing(run, resumed),
    )


def any_plan(
    problem: Problem, formulation: Formulation, options: SolveOptions, watch: Watch
) -> Candidate | None:
    """Return a plan that keeps every hard line, however good it is; None where none was found.

    One bound and a plan near it; where that does not do, the ordinary search of small models.

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
        plan_near(run, relaxed, pieces)
    missed = run.best is None or run.best.broken(outside)
    if missed and not run.interrupted and not worth_taking_apart(run, live):
        _refine(run, relaxed, pieces, live)
    if run.best is not None and not run.best.broken(outside):
        return run.best
    if run.interrupted:
        raise KeyboardInterrupt
    return None


def _from_the_start(run: Run, resumed: Resumed | None) -> tuple[Stop, int]:
    """Bound, plan and refine; return why that ended, and the rounds of refining.

    A ``resumed`` search has bounded already.
    """
    if resumed is None:
        relaxed, pieces, live = _bound(run)
    else:
        relaxed, pieces, live = resumed.relaxed, resumed.pieces, resumed.models.bounding
        live.release()
    planned = resumed is not None and run.best is not None
    if relaxed is not None and run.spends and not (planned or _straight_to_units(run, live)):
        plan_near(run, relaxed, pieces)
    stop, rounds = Stop.OTHER_LIMIT, 0
    if relaxed is None and run.outcomes[-1].stop is Stop.INFEASIBLE:
        stop = Stop.INFEASIBLE
        run.conflict = conflicting_lines(run, pieces, whole=False)
    elif not run.done():
        stop, rounds = _refine(run, relaxed, pieces, live)
        if stop is Stop.INFEASIBLE and run.best is None:
            run.conflict = conflicting_lines(run, pieces, whole=True)
    return stop, rounds


def _standing(run: Run, resumed: Resumed | None) -> Standing | None:
    """Return what the next search can start from."""
    if run.best is None:
        return None
    efforts = (run.best.measures["effort"],) if run.spends else ()
    models = None
    if resumed is not None:
        models = replace(resumed.models, branched=run.branched, cascade=run.cascade)
    return Standing(
        run.problem,
        run.best.decisions,
        efforts,
        ordered=run.ordered,
        points=run.points,
        models=models,
        outside=run.outside,
    )


def _straight_to_units(run: Run, live: LiveModel) -> bool:
    """Return whether to plan by units at once: a plan near the relaxed one would not do.

    With little time left the plan at hand comes first.
    """
    if not takes_units(run, live):
        return False
    taken = time.monotonic() - run.started
    return run.left() > _TIMES_THE_BOUND * taken


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


def _refine(
    run: Run, relaxed: Decisions | None, pieces: Pieces, live: LiveModel
) -> tuple[Stop, int]:
    """Step 3: whole numbers, binaries where stand-ins are too good, finer pieces."""
    if not run.spends:
        return _solve_whole(run, live, "round 1")[0], 1
    stop, number = Stop.OTHER_LIMIT, 0
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
            run.order(over, finer=number > 1)
            run.efforts.append(effort)
            pieces = run.outer(run.ordered, run.points)
        live = run.live(run.build(run.problem, pieces))
        run.branched = Branched(live, pieces)
        stop, relaxed = _solve_whole(run, live, f"round {number}")
        if relaxed is None:
            return stop, number
        people = people_behind(run, relaxed, evaluate(run.problem, relaxed)["heads"])
        settle_near(run, relaxed, people, pieces)
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
        people = people_behind(run, relaxed, evaluate(run.problem, relaxed)["heads"])
        run.tell("units: who comes and goes")
        people = improve_people(parts, people)
        run.tell("units: spend")
        found, finer = _spend_by_units(run, relaxed, people, finer)
        settle_near(run, found, people, finer)
    except KeyboardInterrupt:
        run.interrupted = True
    if run.best is None:
        plan_near(run, first, pieces)
    if not run.interrupted and (run.best is None or run.best.broken(run.outside)):
        plan_with_room(run)
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
    fix_values(model, people_values(run.problem, people))
    live = run.live(model)
    if not run.solve_live(live, "units: spend", relaxed=True).has_plan:
        return relaxed, pieces
    chosen = choose_spend(ByUnits.of(run, live), people)
    return (relaxed, pieces) if chosen is None else (chosen, ordered)


def _solve_whole(run: Run, live: LiveModel, stage: str) -> tuple[Stop, Decisions | None]:
    """Solve with whole numbers; offer the answer as it is."""
    outcome = run.solve_live(live, stage)
    run.lower_bound_to(outcome.bound)
    if not outcome.has_plan:
        return outcome.stop, None
    run.whole = _whole_values(live.model)
    relaxed = nonnegative(exposed_decisions(live.model))
    staffed = people_behind(run, relaxed, evaluate(run.problem, relaxed)["heads"])
    run.offer(run.judge(staffed))
    return outcome.stop, relaxed


def _whole_values(model: pyo.ConcreteModel) -> dict[Place, float]:
    return {
        place_of(variable): float(round(variable.value))
        for variable in model.component_data_objects(pyo.Var)
        if variable.is_integer() and variable.value is not None
    }
