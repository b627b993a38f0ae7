"""Roles and staff: references, spans without circles, heads that are possible."""

from collections.abc import Iterator

from allocopt.scenario.checks.index import Forest, Index
from allocopt.scenario.pathfinding import PathFinding, error
from allocopt.scenario.schema.people import Role, Span, StaffRow
from allocopt.text import T


def check_people(index: Index) -> Iterator[PathFinding]:
    """Check roles and staff."""
    for role in index.data.roles:
        yield from _role(role, index)
    yield from _span_circles(index)
    yield from _twice(index)
    for row in index.data.staff:
        yield from _staff(row, index)


def _role(role: Role, index: Index) -> Iterator[PathFinding]:
    path = f"roles.{role.id}"
    yield from index.levels.unknown(f"{path}.level", [role.level])
    yield from index.expenses.unknown(f"{path}.expense", [role.expense])
    yield from index.expenses.unknown(f"{path}.one_off_expense", [role.one_off_expense])
    yield from index.products.unknown(f"{path}.serves_products", role.serves_products)
    yield from index.channels.unknown(f"{path}.serves_channels", role.serves_channels)
    for category in role.norm:
        yield from index.categories.unknown(f"{path}.norm.{category}", [category])
    if role.span is not None:
        yield from index.roles.unknown(f"{path}.span.of", [role.span.of])
        yield from _span(role.span, f"{path}.span")


def _span(span: Span, path: str) -> Iterator[PathFinding]:
    if span.at_most is None and span.at_least is None:
        yield error(
            path,
            T("the span has no limit"),
            T("Give 'at_most' (people per leader), 'at_least', or both."),
        )
    if span.at_most is not None and span.at_least is not None and span.at_least > span.at_most:
        yield error(
            f"{path}.at_least",
            T(
                "at_least {least} is above at_most {most}",
                least=f"{span.at_least:g}",
                most=f"{span.at_most:g}",
            ),
            T("Exchange the two, or correct one."),
            f"{path}.at_most",
        )


def _span_circles(index: Index) -> Iterator[PathFinding]:
    leads = Forest.of((r.id, r.span.of if r.span else None) for r in index.data.roles)
    for circle in leads.circles:
        yield error(
            f"roles.{circle[0]}.span.of",
            T("these roles lead each other in a circle: {names}", names=" > ".join(circle)),
            T("Remove one 'span'."),
        )


def _twice(index: Index) -> Iterator[PathFinding]:
    seen: dict[tuple[str, str], str] = {}
    for row in index.data.staff:
        first = seen.setdefault((row.role, row.unit), row.id)
        if first != row.id:
            path = f"staff.{row.id}"
            yield error(
                path,
                T("the group {first} has the same role and unit", first=first),
                T("Merge the two rows into one."),
                f"staff.{first}",
            )


def _staff(row: StaffRow, index: Index) -> Iterator[PathFinding]:
    path = f"staff.{row.id}"
    yield from index.roles.unknown(f"{path}.role", [row.role])
    yield from index.units.unknown(f"{path}.unit", [row.unit])
    yield from _level(row, index)
    if row.most is not None and row.least > row.most:
        yield error(
            f"{path}.least",
            T(
                "the least heads {least} are above the most {most}",
                least=f"{row.least:g}",
                most=f"{row.most:g}",
            ),
            T("Exchange the two, or correct one."),
            f"{path}.most",
        )
    role = next((role for role in index.data.roles if role.id == row.role), None)
    if role is not None and role.whole and row.heads % 1 != 0:
        yield error(
            f"{path}.heads",
            T("{heads} is not a whole number of people", heads=f"{row.heads:g}"),
            T("Write a whole number, or 'whole: false' in the role."),
            f"{path}.role",
            f"roles.{row.role}.whole",
        )


def _level(row: StaffRow, index: Index) -> Iterator[PathFinding]:
    wanted = {role.id: role.level for role in index.data.roles}.get(row.role)
    unit = next((unit for unit in index.data.units if unit.id == row.unit), None)
    if wanted in index.levels and unit is not None and unit.level != wanted:
        yield error(
            f"staff.{row.id}.unit",
            T(
                "{unit} is of level {found}, the role {role} sits at level {wanted}",
                unit=row.unit,
                found=unit.level or "-",
                role=row.role,
                wanted=wanted,
            ),
            T("Use a unit of that level, or change the role's 'level'."),
            f"staff.{row.id}.role",
            f"units.{row.unit}.level",
            f"roles.{row.role}.level",
        )
