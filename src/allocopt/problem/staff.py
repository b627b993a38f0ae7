"""Groups of people as arrays."""

import numpy as np
from scipy.sparse import csr_array

from allocopt.arrays import FloatArray, frozen
from allocopt.problem.axes import Axis, AxisName, Dimension, Selection, memberships
from allocopt.problem.cells import matrix, unit_lineage, unit_nodes
from allocopt.problem.problem import SpanRule, Staff, Trees
from allocopt.scenario.schema.people import Role, StaffRow
from allocopt.scenario.schema.scenario import ScenarioSchema


def _served(row: StaffRow, role: Role, cell_axis: Axis) -> list[int]:
    if role.productivity is None:
        return []
    selection = Selection.of(
        {
            Dimension.UNITS: (row.unit,),
            Dimension.PRODUCTS: role.serves_products,
            Dimension.CHANNELS: role.serves_channels,
        }
    )
    return [int(number) for number in np.flatnonzero(cell_axis.rows(selection))]


def _span_rule(role: Role, groups: tuple[StaffRow, ...], trees: Trees) -> SpanRule | None:
    if role.span is None:
        return None
    leaders = [number for number, row in enumerate(groups) if row.role == role.id]
    entries = [
        (line, number, 1.0)
        for line, leader in enumerate(leaders)
        for number, row in enumerate(groups)
        if row.role == role.span.of and groups[leader].unit in trees.units.lineage(row.unit)
    ]
    return SpanRule(
        role=role.id,
        of=role.span.of,
        leaders=np.array(leaders, dtype=np.int64),
        led=matrix((len(leaders), len(groups)), entries),
        at_most=role.span.at_most,
        at_least=role.span.at_least,
    )


def _least(row: StaffRow, role: Role, category: str) -> float:
    return max(row.least, role.norm.get(category, 0.0))


def _norm(row: StaffRow, role: Role, category: str) -> str:
    return category if role.norm.get(category, 0.0) > row.least else ""


def _serves(rows: tuple[StaffRow, ...], roles: list[Role], cell_axis: Axis) -> csr_array:
    entries = [
        (number, cell, 1.0)
        for number, (row, role) in enumerate(zip(rows, roles, strict=True))
        for cell in _served(row, role, cell_axis)
    ]
    return matrix((len(rows), len(cell_axis)), entries)


def _ramp_loss(roles: list[Role]) -> FloatArray:
    """Return the output that newcomers lack, (groups, periods of the longest ramp)."""
    longest = max((len(role.ramp) for role in roles), default=0)
    loss = np.zeros((len(roles), longest))
    for number, role in enumerate(roles):
        loss[number, : len(role.ramp)] = 1.0 - np.array(role.ramp)
    return frozen(loss)


def build_staff(schema: ScenarioSchema, cell_axis: Axis, trees: Trees) -> Staff:
    """Return the groups of people as arrays over (groups, periods)."""
    rows, periods = schema.staff, schema.calendar.periods
    by_id = {role.id: role for role in schema.roles}
    roles = [by_id[row.role] for row in rows]
    category = {unit.id: unit.category or "" for unit in schema.units}
    placed = [(row, role, category[row.unit]) for row, role in zip(rows, roles, strict=True)]
    ramp_loss = _ramp_loss(roles)
    ones = np.ones((1, periods))
    fresh = [role.newcomers.rate if role.newcomers else role.attrition for role in roles]
    return Staff(
        roles=tuple(row.role for row in rows),
        units=tuple(row.unit for row in rows),
        opening=frozen(np.array([row.heads for row in rows])),
        least=frozen(np.array([_least(*one) for one in placed])),
        most=frozen(np.array([np.inf if row.most is None else row.most for row in rows])),
        norms=tuple(_norm(*one) for one in placed),
        whole=np.array([role.whole for role in roles], dtype=np.bool_),
        can_release=np.array([role.can_release for role in roles], dtype=np.bool_),
        can_move=np.array([role.can_move for role in roles], dtype=np.bool_),
        wage=frozen(np.array([role.wage for role in roles])[:, None] * ones),
        hiring_cost=frozen(np.array([role.hiring_cost for role in roles])),
        release_cost=frozen(np.array([role.release_cost for role in roles])),
        move_cost=frozen(np.array([role.move_cost for role in roles])),
        attrition=frozen(np.array([role.attrition for role in roles])[:, None] * ones),
        new_attrition=frozen(np.array(fresh)[:, None] * ones),
        new_periods=np.array(
            [role.newcomers.periods if role.newcomers else 0 for role in roles], dtype=np.int64
        ),
        lead_time=np.array([role.lead_time for role in roles], dtype=np.int64),
        ramp_loss=ramp_loss,
        max_hires={role.id: role.max_hires for role in schema.roles if role.max_hires is not None},
        serves=_serves(rows, roles, cell_axis),
        productivity=frozen(np.array([role.productivity or np.inf for role in roles])),
        spans=tuple(
            rule for role in schema.roles if (rule := _span_rule(role, rows, trees)) is not None
        ),
    )


def group_axis(schema: ScenarioSchema, trees: Trees) -> Axis:
    """Return the axis of groups: unit and role."""
    rows = schema.staff
    return Axis(
        name=AxisName.GROUPS,
        labels=tuple(row.id for row in rows),
        members={
            Dimension.UNITS: memberships(
                (unit_lineage(trees, row.unit) for row in rows), unit_nodes(trees)
            ),
            Dimension.ROLES: memberships(
                ([row.role] for row in rows), [role.id for role in schema.roles]
            ),
        },
    )
