"""Cells and the market around them as arrays."""

from collections.abc import Iterable

import numpy as np
from scipy.sparse import csr_array

from allocopt.arrays import FloatArray, frozen
from allocopt.problem.axes import Axis, AxisName, Dimension, memberships
from allocopt.problem.problem import Calendar, Cells, Market, Trees
from allocopt.scenario.schema.structure import Cell, MarketRow


def matrix(shape: tuple[int, int], entries: Iterable[tuple[int, int, float]]) -> csr_array:
    """Return a sparse matrix from (row, column, value) entries; repeated places add up."""
    triples = list(entries)
    rows = np.array([entry[0] for entry in triples], dtype=np.int64)
    columns = np.array([entry[1] for entry in triples], dtype=np.int64)
    values = np.array([entry[2] for entry in triples], dtype=np.float64)
    return csr_array((values, (rows, columns)), shape=shape)


def _optional(values: Iterable[float | None]) -> FloatArray:
    return frozen(np.array([np.nan if value is None else value for value in values]))


def _every_period(values: Iterable[float], periods: int) -> FloatArray:
    column = np.array(list(values), dtype=np.float64)[:, None]
    return frozen(np.repeat(column, periods, axis=1))


def _season(cells: tuple[Cell, ...], calendar: Calendar) -> FloatArray:
    flat = np.full(len(calendar), 1.0 / len(calendar))
    shapes = [calendar.profiles[cell.season] if cell.season else flat for cell in cells]
    return frozen(np.array(shapes) * len(calendar) * calendar.uplift)


def build_cells(cells: tuple[Cell, ...], calendar: Calendar) -> Cells:
    """Return the cells as arrays over (cells, periods)."""
    periods = len(calendar)
    position = {cell.id: number for number, cell in enumerate(cells)}
    moves = [
        (position[cell.migrates_to], number, 1.0)
        for number, cell in enumerate(cells)
        if cell.migrates_to is not None
    ]
    return Cells(
        units=tuple(cell.unit for cell in cells),
        products=tuple(cell.product for cell in cells),
        channels=tuple(cell.channel for cell in cells),
        opening_customers=frozen(np.array([cell.opening_customers for cell in cells])),
        season=_season(cells, calendar),
        base_volume=_every_period((cell.base_volume for cell in cells), periods),
        price=_every_period((cell.price for cell in cells), periods),
        unit_cost=_every_period((cell.unit_cost for cell in cells), periods),
        arpu=_every_period((cell.arpu for cell in cells), periods),
        cost_share=_every_period((cell.cost_share for cell in cells), periods),
        churn=_every_period((cell.churn for cell in cells), periods),
        effective_rate=_every_period((cell.effective_rate for cell in cells), periods),
        migration=_every_period((cell.migration for cell in cells), periods),
        migrates=matrix((len(cells), len(cells)), moves),
        potential=_optional(cell.potential for cell in cells),
        last_year_volume=_optional(cell.last_year_volume for cell in cells),
        last_year_revenue=_optional(cell.last_year_revenue for cell in cells),
    )


def unit_lineage(trees: Trees, unit: str) -> tuple[str, ...]:
    """Return ``unit`` and every node above it, in all unit trees."""
    above = [*trees.units.lineage(unit)]
    for tree in trees.more:
        if unit in tree.parents:
            above.extend(tree.lineage(unit)[1:])
    return tuple(above)


def unit_nodes(trees: Trees) -> tuple[str, ...]:
    """Return the nodes of all unit trees, each once."""
    return tuple(
        dict.fromkeys(node for tree in (trees.units, *trees.more) for node in tree.parents)
    )


def cell_axis(cells: tuple[Cell, ...], trees: Trees) -> Axis:
    """Return the axis of cells: units, products, channels, and the factors of ``weight``."""
    names = sorted({name for cell in cells for name in cell.weight})
    return Axis(
        name=AxisName.CELLS,
        labels=tuple(cell.id for cell in cells),
        members={
            Dimension.UNITS: memberships(
                (unit_lineage(trees, cell.unit) for cell in cells), unit_nodes(trees)
            ),
            Dimension.PRODUCTS: memberships(
                (trees.products.lineage(cell.product) for cell in cells), trees.products.parents
            ),
            Dimension.CHANNELS: memberships(
                (trees.channels.lineage(cell.channel) for cell in cells), trees.channels.parents
            ),
        },
        weights={
            name: frozen(np.array([cell.weight.get(name, 0.0) for cell in cells])) for name in names
        },
    )


def build_market(rows: tuple[MarketRow, ...], periods: int) -> Market:
    """Return the market: customers grow by their factor per period, flows are steady."""
    steps = np.arange(1, periods + 1)
    customers = np.array([row.customers for row in rows])[:, None]
    growth = np.array([row.growth for row in rows])[:, None]
    return Market(
        customers=frozen(
            np.asarray(customers * growth**steps, dtype=np.float64).reshape(len(rows), periods)
        ),
        gross_adds=_every_period((row.gross_adds for row in rows), periods),
        leavers=_every_period((row.leavers for row in rows), periods),
    )


def market_axis(rows: tuple[MarketRow, ...], trees: Trees) -> Axis:
    """Return the axis of market rows: units and products."""
    return Axis(
        name=AxisName.MARKET,
        labels=tuple(row.id for row in rows),
        members={
            Dimension.UNITS: memberships(
                (unit_lineage(trees, row.unit) for row in rows), unit_nodes(trees)
            ),
            Dimension.PRODUCTS: memberships(
                (trees.products.lineage(row.product) for row in rows), trees.products.parents
            ),
        },
    )
