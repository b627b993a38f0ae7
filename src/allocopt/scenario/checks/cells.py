"""Cells: where they stand, that every leaf has one, where their customers go."""

from collections.abc import Iterator

from allocopt.scenario.checks.index import Forest, Index, Known
from allocopt.scenario.pathfinding import PathFinding, error
from allocopt.scenario.schema.structure import Cell
from allocopt.text import T


def check_cells(index: Index) -> Iterator[PathFinding]:
    """Check the cells and the market around them."""
    for cell in index.data.cells:
        path = f"cells.{cell.id}"
        yield from _leaf(f"{path}.unit", cell.unit, index.unit_tree, index.units)
        yield from _leaf(f"{path}.product", cell.product, index.product_tree, index.products)
        yield from _leaf(f"{path}.channel", cell.channel, index.channel_tree, index.channels)
        yield from index.profiles.unknown(f"{path}.season", [cell.season])
        yield from _migration(cell, index)
    yield from _twice(index)
    yield from _leaves_without_cells(index)
    for row in index.data.market:
        yield from index.units.unknown(f"market.{row.id}.unit", [row.unit])
        yield from index.products.unknown(f"market.{row.id}.product", [row.product])


def _leaf(path: str, name: str, tree: Forest, known: Known) -> Iterator[PathFinding]:
    yield from known.unknown(path, [name])
    below = tree.leaves_below.get(name, ())
    if name in known and name not in below and not tree.circles:
        shown = ", ".join(below[:6]) or "-"
        yield error(
            path,
            T("{name} is a group, a cell needs a leaf", name=name),
            T("Use one of its leaves: {names}.", names=shown),
            known.section,
            f"{known.section}.{name}",
        )


def _migration(cell: Cell, index: Index) -> Iterator[PathFinding]:
    path = f"cells.{cell.id}"
    yield from index.cells.unknown(f"{path}.migrates_to", [cell.migrates_to])
    if cell.migrates_to == cell.id:
        yield error(
            f"{path}.migrates_to",
            T("the customers of {name} migrate to the cell itself", name=cell.id),
            T("Name another cell, or leave it empty."),
        )
    if cell.migration > 0 and cell.migrates_to is None:
        yield error(
            f"{path}.migration",
            T("customers migrate, but 'migrates_to' is empty"),
            T("Name the cell they go to, or remove 'migration'."),
            f"{path}.migrates_to",
        )
    if cell.churn + cell.migration > 1:
        yield error(
            f"{path}.churn",
            T("churn and migration together take more than all customers"),
            T("Lower one of the two; their sum is at most 1."),
            f"{path}.migration",
        )


def _twice(index: Index) -> Iterator[PathFinding]:
    seen: dict[tuple[str, str, str], str] = {}
    for cell in index.data.cells:
        key = (cell.unit, cell.product, cell.channel)
        first = seen.setdefault(key, cell.id)
        if first != cell.id:
            path = f"cells.{cell.id}"
            yield error(
                path,
                T(
                    "the cell is listed twice: {first} has the same unit, product, channel",
                    first=first,
                ),
                T("Merge the two rows into one, or correct unit, product or channel."),
                f"cells.{first}",
            )


def _leaves_without_cells(index: Index) -> Iterator[PathFinding]:
    if index.unit_tree.circles:
        return
    for name in index.unit_tree.leaves:
        if name not in index.cells_by_unit:
            yield error(
                "cells",
                T("the unit {name} is a leaf and has no cell", name=name),
                T("Add its cells, or remove the unit."),
                "units",
                f"units.{name}",
                *(f"units.{unit.id}.parent" for unit in index.data.units if unit.parent == name),
            )
