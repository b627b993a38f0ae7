"""A plan in one or two screens, as plain data: what a screen, a page or a workbook would show."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray, IntArray
from allocopt.measures.attainment import attained
from allocopt.measures.numbers import Numbers
from allocopt.plan.kinds import Kind
from allocopt.plan.plan import Plan
from allocopt.problem.axes import AxisName, Dimension
from allocopt.problem.problem import Problem
from allocopt.problem.quota import Quota, quotas_of
from allocopt.scenario.quantities import QuantityKind
from allocopt.text import Bilingual


@dataclass(frozen=True)
class TargetRow:
    """A unit's part of a quota over the horizon; the total has the quota's own name.

    Attributes
    ----------
    name : Bilingual
    target, stretch, attained : float
    kind : Kind
    """

    name: Bilingual
    target: float
    stretch: float
    attained: float
    kind: Kind

    @property
    def fulfilled(self) -> float:
        """Attained as a share of the target, NaN without a target."""
        return self.attained / self.target if self.target > 0 else float("nan")


@dataclass(frozen=True)
class QuotaTable:
    """How a quota falls on the units right below the top.

    Attributes
    ----------
    total : TargetRow
    units : tuple of TargetRow
    """

    total: TargetRow
    units: tuple[TargetRow, ...]


@dataclass(frozen=True)
class SpendRow:
    """A lever over the horizon.

    Attributes
    ----------
    name : Bilingual
    current, planned : float, 元
    response : float
        What it brings: gross adds, customers kept, or customers moved.
    """

    name: Bilingual
    current: float
    planned: float
    response: float


@dataclass(frozen=True)
class PeopleRow:
    """A role over the horizon, in heads.

    Attributes
    ----------
    name : Bilingual
    start, end, arrivals, departures, releases, moves : float
    """

    name: Bilingual
    start: float
    end: float
    arrivals: float
    departures: float
    releases: float
    moves: float


def quota_tables(plan: Plan) -> tuple[QuotaTable, ...]:
    """Return how each quota falls on units; nothing where targets were not decided."""
    if "targets" not in plan.provenance.decides or not plan.problem.targets:
        return ()
    reached = attained(Numbers(plan.problem), plan.problem, plan.measures)
    return tuple(_quota_table(plan, quota, reached) for quota in quotas_of(plan.problem))


def _quota_table(plan: Plan, quota: Quota, reached: FloatArray) -> QuotaTable:
    money = quota.spec.quota.kind is QuantityKind.MONEY
    kind = Kind.MONEY if money else Kind.VOLUME
    titles = node_titles(plan)
    members = plan.problem.axes[AxisName.TARGETS].members[Dimension.UNITS]

    def row(name: Bilingual, rows: IntArray) -> TargetRow:
        return TargetRow(
            name=name,
            target=float(plan.decisions.target[rows].sum()),
            stretch=float(plan.decisions.stretch_target[rows].sum()),
            attained=float(reached[rows].sum()),
            kind=kind,
        )

    units = [
        row(titles[unit], np.intersect1d(members[unit], quota.rows))
        for unit in top_units(plan.problem)
        if np.intersect1d(members[unit], quota.rows).size
    ]
    return QuotaTable(row(quota.spec.title(), quota.rows), tuple(units))


def top_units(problem: Problem) -> tuple[str, ...]:
    """Return the units right below the top: children of the first inner node that branches."""
    tree = problem.trees.units
    nodes: tuple[str, ...] = tree.roots
    while len(nodes) == 1:
        below = tuple(node for node, parent in tree.parents.items() if parent == nodes[0])
        if not below:
            break
        nodes = below
    return nodes


def node_titles(plan: Plan) -> Mapping[str, Bilingual]:
    """Return the name of every unit of the organization tree."""
    return {node.id: node.title() for node in plan.scenario.data.units}


def spend_rows(plan: Plan) -> tuple[SpendRow, ...]:
    """Return spend and response by lever, in file order."""
    levers = np.array(plan.problem.placements.levers)
    rows = []
    for lever in plan.scenario.data.levers:
        mine = np.flatnonzero(levers == lever.id)
        rows.append(
            SpendRow(
                name=lever.title(),
                current=_total(plan.problem.placements.current, mine),
                planned=_total(plan.measures["spend"], mine),
                response=_total(plan.measures["response"], mine),
            )
        )
    return tuple(rows)


def people_rows(plan: Plan) -> tuple[PeopleRow, ...]:
    """Return heads by role, in file order."""
    roles = np.array(plan.problem.staff.roles)
    rows = []
    for role in plan.scenario.data.roles:
        mine = np.flatnonzero(roles == role.id)
        rows.append(
            PeopleRow(
                name=role.title(),
                start=float(plan.problem.staff.opening[mine].sum()),
                end=float(plan.measures["heads"][mine, -1].sum()),
                arrivals=_total(plan.measures["arrivals"], mine),
                departures=_total(plan.measures["departures"], mine),
                releases=_total(plan.measures["releases"], mine),
                moves=_total(plan.measures["moves_in"], mine),
            )
        )
    return tuple(rows)


def _total(values: FloatArray, rows: IntArray) -> float:
    return float(values[rows].sum())
