"""A search that starts where an earlier one of much the same problem ended.

Kept are the places where answers sat, whole people, and the model as it stands in the
solver with its basis. Nothing that was proven is kept: the bound is that of the new program,
whatever it was started from.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from allocopt.arrays import BoolArray, FloatArray
from allocopt.declare.outputs import exposed_decisions
from allocopt.declare.pieces import Pieces, inner_pieces
from allocopt.declare.rows import Place
from allocopt.measures.decisions import Decisions, nonnegative
from allocopt.measures.influence import outside_lines
from allocopt.measures.numbers import evaluate
from allocopt.problem.axes import AxisName
from allocopt.problem.compare import differing
from allocopt.problem.problem import Problem
from allocopt.scenario.schema.limits import LineSpec
from allocopt.solving.catalog import Formulation, is_bundled
from allocopt.solving.commit import firm_choices, off_the_stretch, too_good
from allocopt.solving.highs import LiveModel
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import no_watch
from allocopt.solving.placing import cascade_around, follows
from allocopt.solving.run import Branched, Run
from allocopt.solving.settle import FIRST_RADIUS, people_behind, settle
from allocopt.solving.staffing import people_values
from allocopt.solving.units import ByUnits, FewPeople, bound_by_units, takes_units

_ROUNDS = 3
_WORTHWHILE = 0.1


@dataclass(frozen=True)
class Standing:
    """What a search leaves behind for the next.

    Attributes
    ----------
    problem : Problem
        What it was about.
    decisions : Decisions
        Of its best plan.
    efforts : tuple of FloatArray (placements, periods), 元
        Where answers sat.
    ordered : BoolArray (placements, periods) or None
        Where curves were followed by binaries.
    points : int
        Points per curve there; 0 where that is not known.
    models : Models or None
        None where nothing can be kept.
    outside : tuple of str or None
        Lines that no decision of the model moves.
    """

    problem: Problem
    decisions: Decisions
    efforts: tuple[FloatArray, ...]
    ordered: BoolArray | None = None
    points: int = 0
    models: "Models | None" = None
    outside: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Models:
    """Models that stay in the solver, of one problem.

    Attributes
    ----------
    bounding : LiveModel
        With pieces that lie nowhere below the curves.
    pieces : Pieces
        Those of ``bounding``.
    settling : LiveModel or None
        With pieces that lie nowhere above them; whole numbers and choices about spend are
        held by the bounds of columns. None where a model cannot hold them so.
    branched : Branched or None
        With binaries, where a bound without them was not close enough.
    cascade : LiveModel or None
        That of the targets.
    """

    bounding: LiveModel
    pieces: Pieces
    settling: LiveModel | None = None
    branched: Branched | None = None
    cascade: LiveModel | None = None


@dataclass(frozen=True)
class Resumed:
    """What a search knows after it was resumed.

    Attributes
    ----------
    relaxed : Decisions
        The best relaxed answer.
    pieces : Pieces
        What it was found with.
    models : Models
    """

    relaxed: Decisions
    pieces: Pieces
    models: Models


def resume(run: Run, standing: Standing) -> Resumed | None:
    """Bound and plan from what is ``standing``; None where the new problem has no answer."""
    if differing(standing.problem, run.problem) & {"axes", "calendar"}:
        return None
    run.efforts.extend(standing.efforts)
    run.ordered, run.points = standing.ordered, standing.points or run.points
    models = _models(run, standing)
    run.branched, run.cascade = models.branched, models.cascade
    return _from_branched(run, models) or _in_rounds(run, models, standing)


def _in_rounds(run: Run, models: Models, standing: Standing) -> Resumed | None:
    """Bound without binaries and plan with what is held, in rounds of finer pieces."""
    found = None
    for number in range(_ROUNDS):
        before = run.bound
        models = _with_pieces(run, models, run.outer()) if number else _released(models)
        outcome = run.solve_live(models.bounding, "bound", relaxed=True)
        if not outcome.has_plan:
            break
        run.lower_bound_to(outcome.bound)
        run.columns = outcome.columns
        relaxed = nonnegative(exposed_decisions(models.bounding.model))
        found = Resumed(relaxed, models.pieces, models)
        if math.isinf(before) and takes_units(run, models.bounding):
            _bound_by_units(run, models.bounding, standing)
        gained = (before - run.bound) / max(abs(run.bound), 1e-9)
        if not run.spends or gained <= _WORTHWHILE * run.options.gap or run.left() <= 0:
            break
        found = replace(found, models=_plan_held(run, found, standing))
        models = found.models
        if run.done():
            break
        run.efforts.append(evaluate(run.problem, relaxed)["effort"])
    return found


def known_outside(
    problem: Problem, formulation: Formulation, standing: Standing | None
) -> tuple[str, ...]:
    """Return the lines that no decision of the model moves, ascending.

    As they were, where the problems differ in the bounds of lines alone.
    """
    if standing is not None and standing.outside is not None:
        before = standing.problem
        if differing(before, problem) <= {"lines"} and _forms(before) == _forms(problem):
            return standing.outside
    return tuple(sorted(outside_lines(problem, formulation.decides)))


def _forms(problem: Problem) -> list[tuple[LineSpec, bool, bool]]:
    """Return the lines without the values of their bounds."""
    bare: dict[str, None] = {"at_least": None, "at_most": None}
    return [
        (line.model_copy(update=bare), line.at_least is None, line.at_most is None)
        for line in problem.lines
    ]


def opened(
    problem: Problem, formulation: Formulation, decisions: Decisions, options: SolveOptions
) -> Standing:
    """Return what stands after a plan: its models built, solved relaxed and settled once.

    Parameters
    ----------
    problem : Problem
    formulation : Formulation
    decisions : Decisions
        Arrays of numbers, of a plan of ``formulation`` for ``problem``.
    options : SolveOptions
    """
    run = Run(problem, formulation, options, no_watch)
    efforts = (evaluate(problem, decisions)["effort"],) if run.spends else ()
    standing = Standing(problem, decisions, efforts)
    run.efforts.extend(efforts)
    models = _models(run, standing)
    outcome = run.solve_live(models.bounding, "opening", relaxed=True)
    if outcome.has_plan and run.spends:
        run.lower_bound_to(outcome.bound)
        relaxed = nonnegative(exposed_decisions(models.bounding.model))
        found = Resumed(relaxed, models.pieces, models)
        models = _plan_held(run, found, standing)
        if not run.done() and not takes_units(run, models.bounding):
            models = replace(models, branched=_branched(run, found))
    if follows(run):
        models = replace(models, cascade=cascade_around(run, run.judge(decisions)))
    outside = known_outside(problem, formulation, None)
    return replace(standing, ordered=run.ordered, points=run.points, models=models, outside=outside)


def _branched(run: Run, found: Resumed) -> Branched:
    """Return a model with binaries where the stand-ins of an answer promised too much."""
    effort = evaluate(run.problem, found.relaxed)["effort"]
    run.order(too_good(run.problem.placements, found.pieces, effort), finer=False)
    run.efforts.insert(0, effort)
    return _built_branched(run)


def _built_branched(run: Run) -> Branched:
    pieces = run.outer(run.ordered, run.points)
    return Branched(run.live(run.build(run.problem, pieces)), pieces)


def _models(run: Run, standing: Standing) -> Models:
    """Return the models of the new problem: those that stand, where bounds of lines changed."""
    kept = standing.models
    if kept is not None and _takes_lines(run, standing, kept):
        return kept
    pieces = run.outer()
    models = Models(run.live(run.build(run.problem, pieces)), pieces)
    if standing.ordered is None or takes_units(run, models.bounding):
        return models
    return replace(models, branched=_built_branched(run))


def _takes_lines(run: Run, standing: Standing, kept: Models) -> bool:
    """Change the lines of the models that stand; False where they are other models."""
    if not is_bundled(run.formulation) or differing(standing.problem, run.problem) - {"lines"}:
        return False
    branched = None if kept.branched is None else kept.branched.live
    return all(
        live is None or run.relined(live, run.problem)
        for live in (kept.bounding, kept.settling, branched)
    )


def _with_pieces(run: Run, models: Models, pieces: Pieces) -> Models:
    live = _released(models).bounding
    if not run.renewed(live, pieces):
        live = run.live(run.build(run.problem, pieces))
    return replace(models, bounding=live, pieces=pieces)


def _released(models: Models) -> Models:
    models.bounding.release()
    return models


def _from_branched(run: Run, models: Models) -> Resumed | None:
    """Bound with binaries at once, where a bound without them is known not to be close enough."""
    branched = models.branched
    if branched is None or takes_units(run, models.bounding):
        return None
    outcome = run.solve_live(branched.live, "bound")
    run.lower_bound_to(outcome.bound)
    if not outcome.has_plan:
        return None
    run.columns = outcome.columns
    relaxed = nonnegative(exposed_decisions(branched.live.model))
    measures = evaluate(run.problem, relaxed)
    people = people_behind(run, relaxed, measures["heads"])
    whole = people_values(run.problem, people) if run.staffs else {}
    firm = firm_choices(run.problem, relaxed.spend)
    effort = off_the_stretch(firm.placements, branched.pieces, measures["effort"])
    found = Resumed(relaxed, branched.pieces, models)
    return replace(found, models=_settled(run, found, (firm, whole, effort)))


def _plan_held(run: Run, found: Resumed, standing: Standing) -> Models:
    """Plan with the people there were and spend near the answer; return the models."""
    models, relaxed = found.models, found.relaxed
    whole = people_values(run.problem, standing.decisions) if run.staffs else {}
    if whole:
        models.bounding.hold({place: (value, value) for place, value in whole.items()})
        if not run.solve_live(models.bounding, "people", relaxed=True).has_plan:
            return models
        relaxed = nonnegative(exposed_decisions(models.bounding.model))
    firm = firm_choices(run.problem, relaxed.spend)
    effort = evaluate(run.problem, relaxed)["effort"]
    effort = _chosen(firm, found.pieces, effort, standing.efforts[-1])
    return _settled(run, found, (firm, whole, effort))


def _settled(
    run: Run, found: Resumed, near: tuple[Problem, Mapping[Place, float], FloatArray]
) -> Models:
    """Settle near firm choices, whole people and effort; return the models."""
    firm, whole, effort = near
    models = found.models
    if found.pieces.stepped.any() or len(models.bounding.goals) > 1:
        settle(run, firm, whole, effort, brief=True)
        return models
    settling = models.settling or _settling(run, firm, effort)
    settling.release()
    settling.hold({place: (value, value) for place, value in whole.items()} | _spend_between(firm))
    settle(run, firm, whole, effort, held=settling, brief=True)
    return replace(models, settling=settling)


def _chosen(firm: Problem, pieces: Pieces, effort: FloatArray, before: FloatArray) -> FloatArray:
    """Return effort where the answer means one; where it mixes two, the one there was before."""
    ends = off_the_stretch(firm.placements, pieces, effort)
    return np.where(ends == effort, effort, before)


def _bound_by_units(run: Run, live: LiveModel, standing: Standing) -> None:
    """Bound by units, at prices with the few people where they were: any prices will do."""
    run.tell("units: bound")
    parts = ByUnits.of(run, live)
    columns = parts.of_few_people() & np.isin(parts.families, ("posts", "departures"))
    answer = parts.held(columns, parts.point_of(standing.decisions)[1])
    if answer is not None:
        run.lower_bound_to(bound_by_units(parts, FewPeople(columns, answer)))


def _settling(run: Run, firm: Problem, effort: FloatArray) -> LiveModel:
    """Return the model to settle in, for any choices about spend."""
    placements = run.problem.placements
    wide = replace(placements, minimum=np.zeros_like(placements.minimum))
    pieces = inner_pieces(wide, effort, points=run.options.points, radius=FIRST_RADIUS)
    return run.live(run.build(replace(firm, placements=wide), pieces))


def _spend_between(firm: Problem) -> dict[Place, tuple[float, float]]:
    """Return the bounds of spend by the places of a model's variables, in its money unit."""
    names, months = firm.axes[AxisName.PLACEMENTS].labels, firm.calendar.labels
    lower, upper = (
        ends / firm.money_unit for ends in (firm.placements.lower, firm.placements.upper)
    )
    return {
        ("spend", (name, month)): (float(lower[a, t]), float(upper[a, t]))
        for a, name in enumerate(names)
        for t, month in enumerate(months)
    }
