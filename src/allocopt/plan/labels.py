"""What the rows of each axis are called, and what numbers on it are counted in."""

from collections.abc import Sequence

from allocopt.measures.catalog import UnitKind
from allocopt.plan.kinds import Kind, unit_name
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem
from allocopt.scenario.quantities import MoneyUnit, QuantityKind
from allocopt.text import Bilingual

KEYS = {
    AxisName.CELLS: "cell",
    AxisName.MARKET: "market",
    AxisName.PLACEMENTS: "placement",
    AxisName.GROUPS: "group",
    AxisName.ACCOUNTS: "account",
    AxisName.TARGETS: "target_cell",
}
"""Column that names the row, per axis."""


def describing_columns(problem: Problem, axis: AxisName) -> dict[str, Sequence[str]]:
    """Return column name -> text per row of ``axis``, the row's own name first."""
    own = {KEYS[axis]: problem.axes[axis].labels}
    cells, targets = problem.cells, problem.target_cells
    more: dict[AxisName, dict[str, Sequence[str]]] = {
        AxisName.CELLS: {"unit": cells.units, "product": cells.products, "channel": cells.channels},
        AxisName.MARKET: {},
        AxisName.PLACEMENTS: {"lever": problem.placements.levers, "unit": problem.placements.units},
        AxisName.GROUPS: {"role": problem.staff.roles, "unit": problem.staff.units},
        AxisName.ACCOUNTS: {"expense": problem.accounts.expenses, "unit": problem.accounts.units},
        AxisName.TARGETS: {
            "quota": targets.quotas,
            "unit": targets.units,
            "product": targets.products,
            "channel": targets.channels,
        },
    }
    return {**own, **more[axis]}


def money_symbol(problem: Problem) -> str:
    """Return the sign of the money unit that the scenario shows amounts in."""
    return next(str(unit) for unit in MoneyUnit if unit.yuan == problem.money_unit)


def counted_in(problem: Problem, kind: UnitKind) -> Bilingual:
    """Return what a measure of ``kind`` is counted in, money in 元."""
    return unit_name(Kind(str(kind)), problem.volume_unit)


def quota_kinds(problem: Problem) -> dict[str, UnitKind]:
    """Return what each quota is counted in."""
    return {
        spec.id: UnitKind.MONEY if spec.quota.kind is QuantityKind.MONEY else UnitKind.VOLUME
        for spec in problem.targets
    }


def unit_sign(wording: Bilingual) -> str:
    """Return a unit as one text for a table: both languages where they differ."""
    parts = dict.fromkeys(part for part in (wording.zh, wording.en) if part)
    return " ".join(parts)
