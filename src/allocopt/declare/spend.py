"""Spend per placement and period, and how far it may leave the current plan."""

import numpy as np
import pyomo.environ as pyo

from allocopt.arrays import IntArray
from allocopt.declare.affine import Affine
from allocopt.declare.rows import declare_rows, declare_variables
from allocopt.problem.axes import AxisName, Dimension, Selection
from allocopt.problem.problem import Problem
from allocopt.scenario.schema.levers import ChangeLimit


def placement_labels(problem: Problem) -> list[tuple[str, str]]:
    """Return (placement, period) labels in C order."""
    names = problem.axes[AxisName.PLACEMENTS].labels
    return [(name, month) for name in names for month in problem.calendar.labels]


def declare_spend(model: pyo.ConcreteModel, problem: Problem) -> Affine:
    """Declare the spend of every placement and period within its bounds, in 元.

    Returns
    -------
    Affine (placements, periods), 元
    """
    unit = float(problem.money_unit)
    placements = problem.placements
    return declare_variables(
        model,
        "spend",
        placement_labels(problem),
        shape=placements.upper.shape,
        lower=placements.lower / unit,
        upper=placements.upper / unit,
        factor=unit,
        doc="spend, in the scenario's money unit per period",
    )


def declare_minimum_spend(model: pyo.ConcreteModel, problem: Problem, spend: Affine) -> None:
    """Declare that a placement gets nothing or at least its minimum efficient spend.

    minimum[a, t] * on[a, t] <= spend[a, t] <= upper[a, t] * on[a, t]
    """
    placements, unit = problem.placements, float(problem.money_unit)
    needed = np.flatnonzero(
        ((placements.minimum > placements.lower) & (placements.upper > 0)).ravel()
    )
    if not needed.size:
        return
    labels = [placement_labels(problem)[number] for number in needed]
    running = declare_variables(
        model,
        "running",
        labels,
        shape=(needed.size,),
        upper=1.0,
        whole=True,
        doc="1 where a placement with a minimum efficient spend runs",
    )
    flat = spend[np.unravel_index(needed, placements.upper.shape)]
    least = placements.minimum.ravel()[needed]
    most = placements.upper.ravel()[needed]
    declare_rows(
        model,
        "minimum_spend",
        labels,
        (flat - running * least) * (1.0 / unit),
        doc="a placement that runs gets its minimum efficient spend",
    )
    declare_rows(
        model,
        "no_spend_when_off",
        labels,
        (running * most - flat) * (1.0 / unit),
        doc="a placement that does not run gets nothing",
    )


def declare_largest_moves(model: pyo.ConcreteModel, problem: Problem, spend: Affine) -> None:
    """Declare that spend stays within its largest move from the current plan.

    |spend[a, t] - current[a, t]| <= largest_move[a] * current[a, t]
    """
    placements, unit = problem.placements, float(problem.money_unit)
    bound = np.flatnonzero(~np.isnan(placements.largest_move))
    if not bound.size:
        return
    names = problem.axes[AxisName.PLACEMENTS].labels
    labels = [(names[a], month) for a in bound for month in problem.calendar.labels]
    current = placements.current[bound]
    room = current * placements.largest_move[bound][:, None]
    move = spend[bound] - current
    for name, rows in (("largest_rise", room - move), ("largest_fall", room + move)):
        declare_rows(
            model,
            name,
            labels,
            rows * (1.0 / unit),
            doc="spend stays near the current plan",
        )


def declare_change_limits(model: pyo.ConcreteModel, problem: Problem, spend: Affine) -> None:
    """Declare that at most so many placements differ from the current plan.

    |spend[a, t] - current[a, t]| <= range[a, t] * changed[a],   sum_a changed[a] <= k
    """
    if not problem.change_limits:
        return
    names = problem.axes[AxisName.PLACEMENTS].labels
    changed = declare_variables(
        model,
        "changed",
        list(names),
        shape=(len(names),),
        upper=1.0,
        whole=True,
        doc="1 where a placement differs from the current plan in any period",
    )
    _declare_changes(model, problem, spend, changed)
    for limit in problem.change_limits:
        counted = changed[_counted(problem, limit)].total()
        declare_rows(
            model,
            f"at_most_changed_{limit.id}",
            [limit.id],
            (float(limit.at_most) - counted)[None],
            doc="at most so many placements change",
        )


def _declare_changes(
    model: pyo.ConcreteModel, problem: Problem, spend: Affine, changed: Affine
) -> None:
    """Declare that only placements counted as changed leave the current plan."""
    placements, unit = problem.placements, float(problem.money_unit)
    names = problem.axes[AxisName.PLACEMENTS].labels
    spread = np.maximum(
        placements.upper - placements.current, placements.current - placements.lower
    )
    for t, month in enumerate(problem.calendar.labels):
        labels = [(label, month) for label in names]
        move = spend[..., t] - placements.current[:, t]
        room = changed * spread[:, t]
        for name, rows in (("change_up", room - move), ("change_down", room + move)):
            declare_rows(
                model,
                f"{name}_{t + 1:02d}",
                labels,
                rows * (1.0 / unit),
                doc="only placements counted as changed leave the current plan",
            )


def _counted(problem: Problem, limit: ChangeLimit) -> IntArray:
    axis = problem.axes[AxisName.PLACEMENTS]
    selection = Selection.of({Dimension.LEVERS: limit.levers, Dimension.UNITS: limit.units})
    return np.flatnonzero(axis.rows(selection)).astype(np.int64)
