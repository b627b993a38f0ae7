"""Scopes: every member exists."""

from collections.abc import Iterator

from allocopt.scenario.checks.index import Index
from allocopt.scenario.pathfinding import PathFinding
from allocopt.scenario.schema.base import Scope


def unknown_members(path: str, scope: Scope, index: Index) -> Iterator[PathFinding]:
    """Yield an error for every member of ``scope`` that is not defined.

    Parameters
    ----------
    path : str
        Of the scope.
    scope : Scope
    index : Index
    """
    yield from index.all_units.unknown(f"{path}.units", scope.units)
    yield from index.products.unknown(f"{path}.products", scope.products)
    yield from index.channels.unknown(f"{path}.channels", scope.channels)
    yield from index.levers.unknown(f"{path}.levers", scope.levers)
    yield from index.placements.unknown(f"{path}.placements", scope.placements)
    yield from index.roles.unknown(f"{path}.roles", scope.roles)
    yield from index.expenses.unknown(f"{path}.expenses", scope.expenses)
