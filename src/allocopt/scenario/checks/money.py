"""Charges: what they land on, and that they say how much."""

from collections.abc import Iterator

from allocopt.scenario.checks.index import Index
from allocopt.scenario.pathfinding import PathFinding, error
from allocopt.scenario.schema.money import Charge, ChargeKind
from allocopt.text import T

_NEEDED = {
    ChargeKind.FIXED: ("amount", "share"),
    ChargeKind.PER_VOLUME: ("amount", "share"),
    ChargeKind.REVENUE_SHARE: ("share", "amount"),
}
_UNUSED = {
    ChargeKind.FIXED: ("units", "products", "channels"),
    ChargeKind.PER_VOLUME: ("profile", "unit"),
    ChargeKind.REVENUE_SHARE: ("profile", "unit"),
}


def check_money(index: Index) -> Iterator[PathFinding]:
    """Check the charges."""
    for charge in index.data.charges:
        path = f"charges.{charge.id}"
        yield from index.expenses.unknown(f"{path}.expense", [charge.expense])
        yield from index.profiles.unknown(f"{path}.profile", [charge.profile])
        yield from index.units.unknown(f"{path}.unit", [charge.unit])
        yield from index.all_units.unknown(f"{path}.units", charge.units)
        yield from index.products.unknown(f"{path}.products", charge.products)
        yield from index.channels.unknown(f"{path}.channels", charge.channels)
        yield from _form(charge, path)


def _form(charge: Charge, path: str) -> Iterator[PathFinding]:
    given = {name for name, value in charge if value not in (None, ())}
    needed, unused = _NEEDED[charge.kind]
    if needed not in given:
        yield error(
            path,
            T("a charge of kind {kind} needs {key}", kind=charge.kind, key=needed),
            T("Add '{key}', or correct 'kind'.", key=needed),
            f"{path}.kind",
        )
    for name in (unused, *_UNUSED[charge.kind]):
        if name in given:
            yield error(
                f"{path}.{name}",
                T("a charge of kind {kind} does not use {key}", kind=charge.kind, key=name),
                T("Remove '{key}', or correct 'kind'.", key=name),
                f"{path}.kind",
            )
