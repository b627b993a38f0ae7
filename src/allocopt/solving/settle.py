"""From an answer of a model to a plan: firm choices, whole people, then the true curves."""

import math
from collections.abc import Mapping
from dataclasses import replace

import pyomo.environ as pyo

from allocopt.arrays import FloatArray
from allocopt.declare.outputs import exposed_decisions
from allocopt.declare.pieces import Pieces, inner_pieces
from allocopt.declare.rows import Place
from allocopt.declare.staffing import build_staffing
from allocopt.measures.decisions import Decisions, nonnegative
from allocopt.measures.numbers import evaluate
from allocopt.problem.problem import Problem
from allocopt.solving.commit import firm_choices, off_the_stretch, tightened
from allocopt.solving.highs import LiveModel
from allocopt.solving.run import Run
from allocopt.solving.staffing import people_values, whole_people

_RADII = (0.02, 1e-3, 5e-3, 1e-4, 1e-5)
"""A far look, a close one, and again: shares of the effort range."""
FIRST_RADIUS = _RADII[0]
_SETTLED = 0.02
"""The plan is settled when a round changes its value by less than this share of the gap."""
_SETTLED_WHEN_DONE = 0.1
"""The same once the plan is within the wanted gap."""
_SECONDS_TO_MEND = 30.0
"""Kept for a first plan, or where rounding missed a hard line, even when time is up."""


def plan_near(run: Run, relaxed: Decisions, pieces: Pieces) -> None:
    """Step 2: whole choices near the relaxed plan, whole people, then settle."""
    firm = firm_choices(run.problem, relaxed.spend)
    placements = firm.placements
    spend = relaxed.spend.clip(placements.lower, placements.upper)
    measures = evaluate(firm, replace(nonnegative(relaxed), spend=spend))
    whole = staff_for(run, firm, measures["demand"]) if run.staffs else {}
    if whole is not None:
        settle(run, firm, whole, off_the_stretch(placements, pieces, measures["effort"]))


def staff_for(run: Run, problem: Problem, demand: FloatArray) -> dict[Place, float] | None:
    """Return whole people for ``demand`` by name; None if no staff keeps the rules."""
    people = cheapest_people(run, problem, demand)
    return None if people is None else people_values(run.problem, people)


def cheapest_people(run: Run, problem: Problem, demand: FloatArray) -> Decisions | None:
    """Return whole people for ``demand`` at least cost; None if no staff keeps the rules."""
    model = build_staffing(problem, demand)
    if not run.solve_people(model).has_plan:
        return None
    decisions = nonnegative(exposed_decisions(model))
    return people_behind(run, decisions, evaluate(problem, decisions)["heads"])


def people_behind(run: Run, decisions: Decisions, heads: FloatArray) -> Decisions:
    """Return decisions with whole flows of people behind ``heads``, or near them."""
    if not run.staffs:
        return decisions
    return whole_people(run.problem, decisions, heads, run.solve_people)


def settle(
    run: Run,
    problem: Problem,
    whole: Mapping[Place, float],
    effort: FloatArray,
    *,
    held: LiveModel | None = None,
    brief: bool = False,
) -> None:
    """Put the plan on the true curves with the whole numbers ``whole`` kept.

    In the model ``held``, where it is given and takes the pieces: its whole numbers and
    choices are held already. ``brief`` stops at the first plan within the wanted gap.
    """
    before, wanted, broken = math.inf, problem, 0.0
    live = held
    for radius in _RADII:
        pieces = inner_pieces(problem.placements, effort, points=run.options.points, radius=radius)
        if live is None or not run.renewed(live, pieces):
            model = run.build(wanted, pieces)
            fix_values(model, whole)
            live = run.live(model)
        mending = broken > 0
        least = _SECONDS_TO_MEND if mending or run.best is None else 0.0
        if not run.solve_live(live, "settling", relaxed=live is held, least=least).has_plan:
            return
        candidate = run.judge(exposed_decisions(live.model))
        run.offer(candidate)
        broken = candidate.broken(run.outside)
        gained = abs(candidate.objective - before)
        before = candidate.objective
        share = _SETTLED_WHEN_DONE if run.done() else _SETTLED
        if brief and run.done():
            return
        settled = gained <= share * run.options.gap * max(abs(before), 1.0)
        if (settled and not broken) or (run.left() <= 0 and (mending or not broken)):
            return
        effort = candidate.measures["effort"]
        # What a far look missed, a close one may keep as it is.
        if broken and (radius < FIRST_RADIUS or run.left() <= 0):
            wanted = tightened(wanted, candidate.lines)
            if held is None or live is not held or not run.relined(held, wanted):
                live = None


def settle_near(run: Run, relaxed: Decisions, people: Decisions, pieces: Pieces) -> None:
    """Settle with the choices of ``relaxed`` about spend and the whole ``people``."""
    firm = firm_choices(run.problem, relaxed.spend)
    effort = evaluate(run.problem, relaxed)["effort"]
    whole = run.whole | (people_values(run.problem, people) if run.staffs else {})
    settle(run, firm, whole, off_the_stretch(firm.placements, pieces, effort))


def fix_values(model: pyo.ConcreteModel, values: Mapping[Place, float]) -> None:
    """Fix the variables of a model that have a value."""
    for (name, index), value in values.items():
        component = model.component(name)
        if component is not None and index in component:
            component[index].fix(value)
