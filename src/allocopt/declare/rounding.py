"""Controlled rounding: whole targets whose rows, columns and parents still sum."""

from dataclasses import dataclass

import numpy as np
import pyomo.environ as pyo
from scipy.sparse import csr_array

from allocopt.arrays import FloatArray, IntArray
from allocopt.declare.affine import Affine
from allocopt.declare.goals import GoalRow, declare_goals
from allocopt.declare.rows import Relation, declare_rows, declare_variables
from allocopt.problem.axes import AxisName, Dimension
from allocopt.problem.cells import matrix
from allocopt.problem.problem import Problem
from allocopt.problem.quota import Quota


@dataclass(frozen=True)
class Rounding:
    """A rounding model and the whole numbers that it will hold.

    Attributes
    ----------
    model : ConcreteModel
    steps : Affine (rows, periods)
        Number of steps per target.
    """

    model: pyo.ConcreteModel
    steps: Affine


def build_rounding(
    problem: Problem, quota: Quota, targets: FloatArray, *, least: FloatArray | None = None
) -> Rounding:
    """Return the model that rounds ``targets`` to whole steps.

    Every target becomes one of its two neighboring multiples of the step; the total keeps
    its value; sums over nodes of the trees, over months and over both are as near their
    unrounded values as possible, within one step where a table allows it (controlled
    rounding, Cox 1987).

    Parameters
    ----------
    problem : Problem
    quota : Quota
        With a positive step.
    targets : FloatArray (rows, periods), in the quota's unit
    least : FloatArray (rows, periods) or None
        Lower bounds in steps, for a stretch layer over a rounded base layer.
    """
    wanted = targets / quota.step
    floor = np.floor(wanted + 1e-7)
    lower = floor if least is None else np.maximum(floor, least)
    upper = np.maximum(np.ceil(wanted - 1e-7), lower)
    model = pyo.ConcreteModel(name="rounding")
    names = [problem.axes[AxisName.TARGETS].labels[row] for row in quota.rows]
    labels = [(name, month) for name in names for month in problem.calendar.labels]
    steps = declare_variables(
        model,
        "steps",
        labels,
        shape=wanted.shape,
        lower=lower,
        upper=upper,
        whole=True,
        doc="target in whole steps",
    )
    total = round(float(wanted.sum()))
    declare_rows(
        model,
        "total",
        ["total"],
        (steps.total() - total)[None],
        relation=Relation.ZERO,
        doc="the total keeps its value",
    )
    sums = _margins(problem, quota, wanted.shape)
    is_stretch = least is not None
    _declare_pins(model, quota, steps, is_stretch=is_stretch)
    _declare_growth(model, quota, steps)
    if not is_stretch:
        _declare_cumulative(model, quota, steps)
    distance = _declare_distance(model, steps, wanted, bounds=(lower, upper), sums=sums)
    declare_goals(model, (GoalRow("distance", -distance, 0.0, 1.0),))
    return Rounding(model, steps)


def _margins(problem: Problem, quota: Quota, shape: tuple[int, ...]) -> csr_array:
    """Return one 0/1 row over (rows x periods) for every sum that people read."""
    rows, periods = shape
    groups = [np.array([number]) for number in range(rows)] + _node_groups(problem, quota)
    unique = list({tuple(group.tolist()): group for group in groups}.values())
    months = [(group, [t]) for group in unique if len(group) > 1 for t in range(periods)]
    sums = [(group, list(range(periods))) for group in unique] + months
    entries = [
        (number, int(row) * periods + t, 1.0)
        for number, (group, chosen) in enumerate(sums)
        for row in group
        for t in chosen
    ]
    return matrix((len(sums), rows * periods), entries)


def _node_groups(problem: Problem, quota: Quota) -> list[IntArray]:
    members = problem.axes[AxisName.TARGETS].members
    groups = []
    for dimension in (Dimension.UNITS, Dimension.PRODUCTS, Dimension.CHANNELS):
        for rows in members.get(dimension, {}).values():
            inside = np.flatnonzero(np.isin(quota.rows, rows))
            if inside.size > 1:
                groups.append(inside.astype(np.int64))
    return groups


def _declare_pins(
    model: pyo.ConcreteModel, quota: Quota, steps: Affine, *, is_stretch: bool
) -> None:
    """Declare pins, floors and ceilings; a stretch layer has ceilings only."""
    for part in quota.parts:
        inside = np.searchsorted(quota.rows, part.rows)
        total = steps[np.ix_(inside, part.periods)].total()[None]
        if part.least > 0 and not is_stretch:
            least = np.ceil(part.least / quota.step - 1e-7)
            declare_rows(model, f"floor_{part.name}", [part.name], total - least)
        pinned = part.least == part.most
        if np.isfinite(part.most) and not (pinned and is_stretch):
            most = np.floor(part.most / quota.step + 1e-7)
            declare_rows(model, f"ceiling_{part.name}", [part.name], most - total)


def _declare_growth(model: pyo.ConcreteModel, quota: Quota, steps: Affine) -> None:
    """Declare that rounding keeps the largest growth on last year."""
    if quota.spec.max_growth is None:
        return
    years = (steps @ np.ones((steps.shape[1], 1)))[:, 0]
    known = np.flatnonzero(~np.isnan(quota.last_year))
    most = quota.last_year[known] * (1.0 + quota.spec.max_growth) / quota.step
    rows = np.floor(most + 1e-7) - years[known]
    declare_rows(model, "growth", known.tolist(), rows, doc="growth on last year, steps")


def _declare_cumulative(model: pyo.ConcreteModel, quota: Quota, steps: Affine) -> None:
    """Declare that rounding keeps the cumulative floors."""
    for floor in quota.spec.cumulative:
        weight = np.full((steps.shape[1], 1), -floor.share)
        weight[: floor.period] += 1.0
        rows = (steps @ weight)[:, 0]
        name = f"cumulative_{floor.period:02d}"
        declare_rows(model, name, list(range(steps.shape[0])), rows, doc="cumulative floor, steps")


def _declare_distance(
    model: pyo.ConcreteModel,
    steps: Affine,
    wanted: FloatArray,
    *,
    bounds: tuple[FloatArray, FloatArray],
    sums: csr_array,
) -> Affine:
    """Return the weighted distance of all sums and single targets from their unrounded values.

    Sums are whole like targets, so the distance is nowhere below the chord between the
    whole numbers on both sides of what is wanted; a single target has these two only.
    """
    lower, upper = bounds
    step_up = np.abs(upper - wanted) - np.abs(lower - wanted)
    single = ((steps - lower) * step_up + np.abs(lower - wanted)).total()
    flat = Affine(steps.columns, steps.matrix, steps.constant.ravel())
    goal = np.asarray(sums @ wanted.ravel())
    gap = flat.mixed(sums) - goal
    size = sums.shape[0]
    parts = declare_variables(
        model,
        "distance",
        [(side, k) for side in ("above", "below") for k in range(size)],
        shape=(2, size),
        doc="distance of a sum from its unrounded value, steps",
    )
    declare_rows(
        model,
        "distance_split",
        list(range(size)),
        gap - parts[0] + parts[1],
        relation=Relation.ZERO,
        doc="a distance is above minus below",
    )
    over = goal - np.floor(goal)
    chord = (gap + over) * (1.0 - 2.0 * over) + over
    declare_rows(
        model,
        "distance_chord",
        list(range(size)),
        parts[0] + parts[1] - chord,
        doc="between whole numbers no distance is less than on the line through them",
    )
    weight = np.sqrt(np.diff(sums.indptr).astype(np.float64))
    total: Affine = (parts[0] * weight + parts[1] * weight).total() + single
    return total
