"""Quotas cascaded over the tree and the months."""

from dataclasses import dataclass

import numpy as np
import pyomo.environ as pyo
from scipy.sparse import csr_array

from allocopt.arrays import IntArray
from allocopt.declare.affine import Affine, end_to_end
from allocopt.declare.goals import GoalRow
from allocopt.declare.rows import Relation, columns_of, declare_rows, declare_variables
from allocopt.measures.lines import Line, compile_lines
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem
from allocopt.problem.quota import Quota, quotas_of
from allocopt.scenario.schema.targets import Method


@dataclass(frozen=True)
class Cascade:
    """The two layers of a quota.

    Attributes
    ----------
    quota : Quota
    base, stretch : Affine (rows, periods), in the quota's unit
    unplaced : Affine of shape (2,)
        What the bounds leave no room for, of base and stretch layer.
    """

    quota: Quota
    base: Affine
    stretch: Affine
    unplaced: Affine


def declare_targets(
    model: pyo.ConcreteModel, problem: Problem, *, by_year: bool = False
) -> tuple[Cascade, ...]:
    """Declare the cascade of every quota.

        sum_{k, m} base[k, m] + unplaced = quota,    stretch[k, m] >= base[k, m],
        sum_{k, m} stretch[k, m] + unplaced = pledged quota

    Targets of inner nodes are sums of these leaves, so that children sum to their parent
    exactly at every level.

    Parameters
    ----------
    model : ConcreteModel
    problem : Problem
    by_year : bool
        Only the year's targets are asked for: months stand at the schedule profile where
        that rules out no year's targets.
    """
    lines = compile_lines(problem) if by_year else ()
    by_year = by_year and not any(_on_targets(line) for line in lines)
    return tuple(
        _declare_quota(model, problem, quota, at_profile=by_year and _profile_will_do(quota))
        for quota in quotas_of(problem)
    )


def _on_targets(line: Line) -> bool:
    forms = (line.expression.numerator, line.expression.denominator)
    terms = [term for form in forms if form is not None for term in form.terms]
    return any(term.measure.axis is AxisName.TARGETS for term in terms)


def _profile_will_do(quota: Quota) -> bool:
    """Return whether months at the profile keep whatever is asked of single months."""
    of_year = all(np.unique(part.periods).size == quota.profile.size for part in quota.parts)
    floors = [quota.profile[: f.period].sum() - f.share for f in quota.spec.cumulative]
    return of_year and all(above >= 0 for above in floors)


def _declare_quota(
    model: pyo.ConcreteModel, problem: Problem, quota: Quota, *, at_profile: bool
) -> Cascade:
    names = names_of(problem, quota)
    layers = [
        _declare_layer(model, problem, quota, name=name, doc=doc, at_profile=at_profile)
        for name, doc in (
            (f"target_{quota.spec.id}", f"target of {quota.spec.id}"),
            (f"stretch_over_target_{quota.spec.id}", "stretch target above the assessed one"),
        )
    ]
    base, extra = layers
    cascade = Cascade(quota, base, base + extra, _declare_unplaced(model, quota))
    _declare_totals(model, cascade)
    if not at_profile:
        _declare_months(model, problem, cascade)
        _declare_cumulative(model, problem, cascade)
    _declare_growth(model, names, cascade)
    _declare_parts(model, cascade)
    return cascade


def _declare_layer(
    model: pyo.ConcreteModel,
    problem: Problem,
    quota: Quota,
    *,
    name: str,
    doc: str,
    at_profile: bool,
) -> Affine:
    """Declare targets per row and period, or per row and spread over periods by the profile."""
    names = names_of(problem, quota)
    months = ("year",) if at_profile else problem.calendar.labels
    layer = declare_variables(
        model,
        name,
        [(label, month) for label in names for month in months],
        shape=(len(names), len(months)),
        factor=quota.unit,
        doc=doc,
    )
    return layer @ quota.profile[None, :] if at_profile else layer


def _declare_unplaced(model: pyo.ConcreteModel, quota: Quota) -> Affine:
    return declare_variables(
        model,
        f"unplaced_{quota.spec.id}",
        ["base", "stretch"],
        shape=(2,),
        factor=quota.unit,
        doc="quota that bounds leave no room for",
    )


def _declare_totals(model: pyo.ConcreteModel, cascade: Cascade) -> None:
    """Declare that both layers sum to the quota, but for what cannot be placed."""
    quota = cascade.quota
    totals = end_to_end(
        [
            (cascade.base.total() + cascade.unplaced[0]) - quota.total,
            (cascade.stretch.total() + cascade.unplaced[1]) - quota.stretch,
        ]
    )
    declare_rows(
        model,
        f"quota_{quota.spec.id}",
        ["base", "stretch"],
        totals * (1.0 / quota.unit),
        relation=Relation.ZERO,
        doc="children sum to the quota",
    )


def years_of(layer: Affine) -> Affine:
    """Return the year's target of every row, (rows,)."""
    return (layer @ np.ones((layer.shape[1], 1)))[:, 0]


def _declare_months(model: pyo.ConcreteModel, problem: Problem, cascade: Cascade) -> None:
    """Declare that months stay near the schedule profile.

    |target[k, m] - profile[m] * year[k]| <= slack * profile[m] * year[k]
    """
    quota, slack = cascade.quota, cascade.quota.spec.monthly_slack
    name, axis = quota.spec.id, problem.axes[AxisName.TARGETS]
    labels = [(axis.labels[row], month) for row in quota.rows for month in problem.calendar.labels]
    for layer_name, layer in (("target", cascade.base), ("stretch", cascade.stretch)):
        spread = layer @ np.tile(quota.profile, (layer.shape[1], 1))
        gap = (layer - spread) * (1.0 / quota.unit)
        if slack == 0:
            declare_rows(
                model,
                f"{layer_name}_profile_{name}",
                labels,
                gap,
                relation=Relation.ZERO,
                doc="months follow the schedule profile",
            )
            continue
        room = spread * (slack / quota.unit)
        for side, rows in (("least", room + gap), ("most", room - gap)):
            declare_rows(
                model,
                f"{layer_name}_profile_{side}_{name}",
                labels,
                rows,
                doc="months stay near the schedule profile",
            )


def _declare_cumulative(model: pyo.ConcreteModel, problem: Problem, cascade: Cascade) -> None:
    """Declare cumulative floors: sum_{m <= p} target[k, m] >= share * year[k]."""
    quota = cascade.quota
    names = names_of(problem, quota)
    for floor in quota.spec.cumulative:
        weight = np.full((len(problem.calendar), 1), -floor.share)
        weight[: floor.period] += 1.0
        rows = (cascade.base @ weight)[:, 0] * (1.0 / quota.unit)
        declare_rows(
            model,
            f"cumulative_{quota.spec.id}_{floor.period:02d}",
            names,
            rows,
            doc="months secure the quarter, quarters the year",
        )


def _declare_growth(model: pyo.ConcreteModel, names: list[str], cascade: Cascade) -> None:
    """Declare the largest growth on last year: stretch year[k] <= (1 + g) * last_year[k]."""
    quota = cascade.quota
    if quota.spec.max_growth is None:
        return
    known = np.flatnonzero(~np.isnan(quota.last_year))
    most = quota.last_year[known] * (1.0 + quota.spec.max_growth)
    rows = (most - years_of(cascade.stretch)[known]) * (1.0 / quota.unit)
    declare_rows(
        model,
        f"growth_{quota.spec.id}",
        [names[k] for k in known],
        rows,
        doc="targets grow at most so much on last year",
    )


def _declare_parts(model: pyo.ConcreteModel, cascade: Cascade) -> None:
    """Declare pins, floors and ceilings on sums over parts of the tree and the year."""
    quota = cascade.quota
    for part in quota.parts:
        inside = np.searchsorted(quota.rows, part.rows)
        total = cascade.base[np.ix_(inside, part.periods)].total()
        name = f"pin_{quota.spec.id}_{part.name}"
        scaled = 1.0 / quota.unit
        if part.least == part.most:
            declare_rows(
                model,
                name,
                [part.name],
                (total - part.least) * scaled,
                relation=Relation.ZERO,
                doc="a pinned target",
            )
            continue
        if part.least > 0:
            declare_rows(
                model,
                f"{name}_floor",
                [part.name],
                (total - part.least) * scaled,
                doc="a floor on targets",
            )
        if np.isfinite(part.most):
            top = cascade.stretch[np.ix_(inside, part.periods)].total()
            declare_rows(
                model,
                f"{name}_ceiling",
                [part.name],
                (part.most - top) * scaled,
                doc="a ceiling on targets",
            )


def names_of(problem: Problem, quota: Quota) -> list[str]:
    """Return the names of a quota's rows."""
    labels = problem.axes[AxisName.TARGETS].labels
    return [labels[row] for row in quota.rows]


def whole_axis(problem: Problem, cascades: tuple[Cascade, ...], *, stretch: bool) -> Affine:
    """Return one layer of all quotas on the target axis, (targets, periods)."""
    layers = [cascade.stretch if stretch else cascade.base for cascade in cascades]
    order = np.concatenate([cascade.quota.rows for cascade in cascades])
    size = len(problem.target_cells.quotas)
    place = csr_array(
        (np.ones(order.size), (order, np.arange(order.size))), shape=(size, order.size)
    )
    flat = end_to_end(layers)
    joined = Affine(flat.columns, flat.matrix, flat.constant.reshape(order.size, -1))
    return joined.mixed(place)


def cascade_goals(model: pyo.ConcreteModel, cascades: tuple[Cascade, ...]) -> tuple[GoalRow, ...]:
    """Declare and return the goals of a cascade, in order.

    Least unplaced; then, for the optimized method, the smallest largest ratio of target
    to potential and its smallest spread; then closeness to the reference shares; then
    months close to the profile.
    """
    stages = [
        ("unplaced", [c.unplaced.total() * (1.0 / c.quota.unit) for c in cascades]),
        ("largest_stretch", [g for c in cascades for g in _fairness(model, c)]),
        ("reference_shares", [_closeness(model, cascade) for cascade in cascades]),
        ("smooth_months", [_smoothness(model, cascade) for cascade in cascades]),
    ]
    return tuple(GoalRow(name, -_sum(parts), 0.0, 1.0) for name, parts in stages if parts)


def _sum(parts: list[Affine]) -> Affine:
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _fairness(model: pyo.ConcreteModel, cascade: Cascade) -> list[Affine]:
    """Return the largest and the spread of target / potential, in units of the average ratio."""
    quota = cascade.quota
    known = np.flatnonzero(~np.isnan(quota.potential) & (quota.potential > 0))
    if quota.spec.method is not Method.OPTIMIZED or not known.size:
        return []
    average = quota.stretch / quota.potential[known].sum()
    ratio = years_of(cascade.stretch)[known] * (1.0 / (quota.potential[known] * average))
    ends = declare_variables(
        model,
        f"stretch_ratio_{quota.spec.id}",
        ["least", "largest"],
        shape=(2,),
        doc="target / potential, in units of the average",
    )
    names = [int(number) for number in known]
    ones = np.ones((known.size, 1))
    for name, rows in (
        ("largest", ends[[1]].mixed(csr_array(ones)) - ratio),
        ("least", ratio - ends[[0]].mixed(csr_array(ones))),
    ):
        declare_rows(
            model,
            f"{name}_stretch_ratio_{quota.spec.id}",
            names,
            rows,
            doc="bounds every ratio of target to potential",
        )
    return [ends[1] * 2.0 - ends[0]]


def _distance(model: pyo.ConcreteModel, name: str, gap: Affine) -> Affine:
    """Return the sum of absolute values of ``gap``, declared as above plus below."""
    size = gap.constant.size
    labels = [(side, number) for side in ("above", "below") for number in range(size)]
    parts = declare_variables(model, name, labels, shape=(2, size), doc="absolute deviation")
    flat = Affine(gap.columns, gap.matrix, gap.constant.ravel())
    declare_rows(
        model,
        f"{name}_split",
        list(range(size)),
        flat - parts[0] + parts[1],
        relation=Relation.ZERO,
        doc="a deviation is above minus below",
    )
    return parts.total()


def _closeness(model: pyo.ConcreteModel, cascade: Cascade) -> Affine:
    """Return the relative distance from the reference shares of what could be placed.

    Every group of rows under the same pins has a level of its own, so that a pin or a bound
    on some rows scales the others in proportion instead of hitting one of them.
    """
    quota = cascade.quota
    name = quota.spec.id
    group = _pin_groups(quota)
    size = int(group.max(initial=0)) + 1
    level = declare_variables(
        model,
        f"level_{name}",
        [(layer, number) for layer in ("base", "stretch") for number in range(size)],
        shape=(2, size),
        doc="factor on reference shares",
    )
    known = quota.reference > 0
    goals = []
    for number, layer in enumerate((cascade.base, cascade.stretch)):
        total = quota.total if number == 0 else quota.stretch
        average = total / len(quota.rows)
        yardstick = np.where(known, quota.reference * total, average)
        own = level[number].mixed(_one_per_row(group, size)) * known.astype(np.float64)
        gap = years_of(layer) * (1.0 / yardstick) - own
        goals.append(_distance(model, f"deviation_{number}_{name}", gap))
    return _sum(goals)


def _pin_groups(quota: Quota) -> IntArray:
    """Return a number per row: rows with the same number stand under the same pins."""
    pins = [np.isin(quota.rows, part.rows) for part in quota.parts if part.least == part.most]
    if not pins:
        return np.zeros(len(quota.rows), dtype=np.int64)
    _, group = np.unique(np.array(pins).T, axis=0, return_inverse=True)
    return np.asarray(group, dtype=np.int64).ravel()


def _one_per_row(group: IntArray, size: int) -> csr_array:
    """Return the matrix that gives every row its group's element."""
    return csr_array(
        (np.ones(group.size), (np.arange(group.size), group)), shape=(group.size, size)
    )


def _smoothness(model: pyo.ConcreteModel, cascade: Cascade) -> Affine:
    quota = cascade.quota
    if quota.spec.monthly_slack == 0:
        return Affine.fixed(columns_of(model), np.zeros(()))
    spread = cascade.base @ np.tile(quota.profile, (cascade.base.shape[1], 1))
    gap = (cascade.base - spread) * (1.0 / quota.unit)
    return _distance(model, f"roughness_{quota.spec.id}", gap)
