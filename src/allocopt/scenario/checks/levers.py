"""Levers and placements: what they refer to, and bounds that fit together."""

from collections.abc import Iterator, Sequence
from math import fsum

from allocopt.scenario.checks.index import Index
from allocopt.scenario.pathfinding import PathFinding, error, warning
from allocopt.scenario.schema.levers import Placement, SplitBy
from allocopt.scenario.schema.structure import Cell
from allocopt.scenario.wording import amount
from allocopt.text import T


def check_levers(index: Index) -> Iterator[PathFinding]:
    """Check levers, placements and limits on changes."""
    for lever in index.data.levers:
        yield from index.expenses.unknown(f"levers.{lever.id}.expense", [lever.expense])
    for placement in index.data.placements:
        unknown = list(_references(placement, index))
        yield from unknown
        yield from _curve(placement, index)
        yield from _bounds(placement)
        if not unknown and index.is_sound:
            yield from _fed(placement, index)
    for limit in index.data.change_limits:
        path = f"change_limits.{limit.id}"
        yield from index.levers.unknown(f"{path}.levers", limit.levers)
        yield from index.all_units.unknown(f"{path}.units", limit.units)


def _references(placement: Placement, index: Index) -> Iterator[PathFinding]:
    path = f"placements.{placement.id}"
    yield from index.levers.unknown(f"{path}.lever", [placement.lever])
    yield from index.windows.unknown(f"{path}.window", [placement.window])
    yield from index.all_units.unknown(f"{path}.units", placement.units)
    yield from index.products.unknown(f"{path}.products", placement.products)
    yield from index.channels.unknown(f"{path}.channels", placement.channels)


def _curve(placement: Placement, index: Index) -> Iterator[PathFinding]:
    path = f"placements.{placement.id}"
    yield from index.curves.unknown(f"{path}.curve_id", [placement.curve_id])
    if placement.curve is None and placement.curve_id is None:
        yield error(
            path,
            T("the placement has no response curve"),
            T("Give 'curve' with a family and its parameters, or 'curve_id'."),
        )
    if placement.curve is not None and placement.curve_id is not None:
        yield error(
            f"{path}.curve_id",
            T("the placement has both 'curve' and 'curve_id'"),
            T("Keep one of the two."),
            f"{path}.curve",
        )


def _bounds(placement: Placement) -> Iterator[PathFinding]:
    path = f"placements.{placement.id}"
    lower, upper = placement.lower, placement.upper
    if lower > upper:
        yield error(
            f"{path}.lower",
            T(
                "the lower bound {lower} is above the upper bound {upper}",
                lower=amount(lower),
                upper=amount(upper),
            ),
            T("Exchange the two, or correct one."),
            f"{path}.upper",
        )
    elif placement.minimum > upper:
        yield error(
            f"{path}.minimum",
            T(
                "the minimum {minimum} is above the upper bound {upper}",
                minimum=amount(placement.minimum),
                upper=amount(upper),
            ),
            T("Lower the minimum, or raise the upper bound."),
            f"{path}.upper",
        )
    elif "current" in placement.model_fields_set and not lower <= placement.current <= upper:
        yield warning(
            f"{path}.current",
            T(
                "the current spend {current} is outside its bounds {lower} to {upper}",
                current=amount(placement.current),
                lower=amount(lower),
                upper=amount(upper),
            ),
            T("The plan must leave it; check the three numbers."),
            f"{path}.lower",
            f"{path}.upper",
        )


def _fed(placement: Placement, index: Index) -> Iterator[PathFinding]:
    path = f"placements.{placement.id}"
    scope = tuple(f"{path}.{axis}" for axis in ("units", "products", "channels"))
    cells = index.cells_in(placement.units, placement.products, placement.channels)
    if not cells:
        yield error(
            path,
            T("the placement feeds no cell"),
            T("Check units, products and channels: no cell has such a combination."),
            "cells.*",
            *scope,
        )
        return
    if not fsum(_weights(placement.split_by, cells)) > 0:
        yield error(
            f"{path}.split_by",
            T(
                "the weights sum to zero: {split_by} of all cells it feeds",
                split_by=placement.split_by,
            ),
            T(
                "Write 'split_by: equal', or give the cells their {split_by}.",
                split_by=placement.split_by,
            ),
            *(f"cells.{cell.id}.{placement.split_by}" for cell in cells),
        )


def _weights(split_by: SplitBy, cells: Sequence[Cell]) -> Sequence[float]:
    if split_by is SplitBy.BASE_VOLUME:
        return [cell.base_volume for cell in cells]
    if split_by is SplitBy.OPENING_CUSTOMERS:
        return [cell.opening_customers for cell in cells]
    if split_by is SplitBy.POTENTIAL:
        return [cell.potential or 0.0 for cell in cells]
    return [1.0 for _ in cells]
