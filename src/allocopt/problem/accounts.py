"""Where money lands: expense line x unit."""

from collections.abc import Iterable

import numpy as np

from allocopt.arrays import FloatArray, frozen
from allocopt.problem.axes import Axis, AxisName, Dimension, Selection, memberships
from allocopt.problem.cells import matrix, unit_lineage, unit_nodes
from allocopt.problem.problem import Accounts, Calendar, Cells, Placements, Staff, Trees
from allocopt.scenario.schema.money import Charge, ChargeKind
from allocopt.scenario.schema.scenario import ScenarioSchema

_Key = tuple[str, str]


class _Entries:
    """Collects (account, column, value) entries while accounts are discovered."""

    def __init__(self) -> None:
        self.position: dict[_Key, int] = {}

    def account(self, expense: str, unit: str) -> int:
        """Return the number of an account, new or known."""
        return self.position.setdefault((expense, unit), len(self.position))


def _charged_cells(charge: Charge, cell_axis: Axis) -> Iterable[int]:
    selection = Selection.of(
        {
            Dimension.UNITS: charge.units,
            Dimension.PRODUCTS: charge.products,
            Dimension.CHANNELS: charge.channels,
        }
    )
    return (int(number) for number in np.flatnonzero(cell_axis.rows(selection)))


def _per_cell(
    charges: Iterable[Charge], cells: Cells, cell_axis: Axis, entries: _Entries
) -> list[tuple[int, int, float]]:
    return [
        (
            entries.account(charge.expense, cells.units[cell]),
            cell,
            charge.amount or charge.share or 0.0,
        )
        for charge in charges
        for cell in _charged_cells(charge, cell_axis)
    ]


def _fixed(
    charges: Iterable[Charge], calendar: Calendar, root: str, entries: _Entries
) -> list[tuple[int, FloatArray]]:
    even = np.full(len(calendar), 1.0 / len(calendar))
    return [
        (
            entries.account(charge.expense, charge.unit or root),
            (charge.amount or 0.0)
            * (calendar.profiles[charge.profile] if charge.profile else even),
        )
        for charge in charges
    ]


def build_accounts(
    schema: ScenarioSchema,
    calendar: Calendar,
    trees: Trees,
    *,
    cells: Cells,
    cell_axis: Axis,
    placements: Placements,
    staff: Staff,
) -> Accounts:
    """Return the accounts and how spend, people, volume and revenue land on them."""
    entries = _Entries()
    expense_of_lever = {lever.id: lever.expense for lever in schema.levers}
    roles = {role.id: role for role in schema.roles}
    spend = [
        (entries.account(expense_of_lever[lever], unit), number, 1.0)
        for number, (lever, unit) in enumerate(
            zip(placements.levers, placements.units, strict=True)
        )
    ]
    groups = list(enumerate(zip(staff.roles, staff.units, strict=True)))
    wages = [(entries.account(roles[role].expense, unit), n, 1.0) for n, (role, unit) in groups]
    one_off = [
        (entries.account(roles[role].one_off_expense or roles[role].expense, unit), n, 1.0)
        for n, (role, unit) in groups
    ]
    by_kind = {
        kind: [charge for charge in schema.charges if charge.kind is kind] for kind in ChargeKind
    }
    volume = _per_cell(by_kind[ChargeKind.PER_VOLUME], cells, cell_axis, entries)
    share = _per_cell(by_kind[ChargeKind.REVENUE_SHARE], cells, cell_axis, entries)
    fixed = _fixed(by_kind[ChargeKind.FIXED], calendar, trees.units.roots[0], entries)
    count = len(entries.position)
    amounts = np.zeros((count, len(calendar)))
    for account, flow in fixed:
        amounts[account] += flow
    return Accounts(
        expenses=tuple(expense for expense, _ in entries.position),
        units=tuple(unit for _, unit in entries.position),
        fixed=frozen(amounts),
        of_spend=matrix((count, len(placements.levers)), spend),
        of_wages=matrix((count, len(staff.roles)), wages),
        of_one_off=matrix((count, len(staff.roles)), one_off),
        per_volume=matrix((count, len(cell_axis)), volume),
        revenue_share=matrix((count, len(cell_axis)), share),
    )


def account_axis(accounts: Accounts, trees: Trees) -> Axis:
    """Return the axis of accounts: unit and expense line."""
    return Axis(
        name=AxisName.ACCOUNTS,
        labels=tuple(
            f"{expense}@{unit}"
            for expense, unit in zip(accounts.expenses, accounts.units, strict=True)
        ),
        members={
            Dimension.UNITS: memberships(
                (unit_lineage(trees, unit) for unit in accounts.units), unit_nodes(trees)
            ),
            Dimension.EXPENSES: memberships(
                (trees.expenses.lineage(expense) for expense in accounts.expenses),
                trees.expenses.parents,
            ),
        },
    )
