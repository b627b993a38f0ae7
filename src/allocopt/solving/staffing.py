"""Whole people: arrivals, releases, departures and moves behind whole heads."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.declare.outputs import exposed_decisions
from allocopt.declare.rows import Place, PyomoObject
from allocopt.declare.staffing import build_near_staff, build_whole_flows
from allocopt.measures.decisions import Decisions
from allocopt.measures.numbers import evaluate
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem
from allocopt.solving.outcome import Outcome
from allocopt.solving.rounded_flows import rounded_flows

FLOWS = ("arrivals", "releases", "departures", "moves_in", "moves_out")


def whole_people(
    problem: Problem,
    decisions: Decisions,
    heads: FloatArray,
    solve: Callable[[PyomoObject], Outcome],
) -> Decisions:
    """Return ``decisions`` with whole flows of people that lead to ``heads`` or near them.

    Parameters
    ----------
    problem : Problem
    decisions : Decisions
        Flows of roles that are not whole are kept, others stay near.
    heads : FloatArray (groups, periods)
        Wanted heads at the end of each period; fractions say that nothing is wanted in
        particular.
    solve : callable
        Solves a model and leaves the point in its variables.

    Notes
    -----
    Where no whole flows lead to the heads, the nearest heads with whole flows behind them are
    searched for; with none in time the flows follow by rule (`rounded_flows`), and the caller
    judges the result.
    """
    staff = problem.staff
    if not staff.whole.any():
        return decisions
    model = build_near_staff(problem, heads)
    if not solve(model).has_plan:
        return rounded_flows(problem, decisions, heads)
    near = evaluate(problem, exposed_decisions(model))["heads"]
    model = build_whole_flows(problem, near, decisions)
    if not solve(model).has_plan:
        model = build_near_staff(problem, near, whole_flows=True)
        if not solve(model).has_plan:
            return rounded_flows(problem, decisions, near)
    found, column = vars(exposed_decisions(model)), staff.whole[:, None]
    flows = {
        name: np.where(column, np.round(found[name]).clip(min=0.0), kept)
        for name, kept in vars(decisions).items()
        if name in FLOWS
    }
    return replace(decisions, **flows)


def people_values(problem: Problem, decisions: Decisions) -> dict[Place, float]:
    """Return posts and flows of whole roles by the places of a model's variables."""
    labels, months = problem.axes[AxisName.GROUPS].labels, problem.calendar.labels
    flows = {name: values for name, values in vars(decisions).items() if name in FLOWS}
    arrays = {"posts": evaluate(problem, decisions)["heads"], **flows}
    return {
        (name, (label, month)): float(values[g, t])
        for name, values in arrays.items()
        for g, label in enumerate(labels)
        for t, month in enumerate(months)
        if problem.staff.whole[g]
    }


def hold_people(model: PyomoObject, problem: Problem, decisions: Decisions) -> None:
    """Fix posts and flows of whole roles in ``model`` as ``decisions`` have them."""
    for (name, index), value in people_values(problem, decisions).items():
        component = model.component(name)
        if component is not None and index in component:
            component[index].fix(value)
