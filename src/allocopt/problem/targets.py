"""Target cells: the leaves that quotas are cascaded to."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray, frozen
from allocopt.problem.axes import Axis, AxisName, Dimension, Selection, memberships
from allocopt.problem.cells import matrix, unit_lineage, unit_nodes
from allocopt.problem.problem import Cells, TargetCells, Trees
from allocopt.scenario.quantities import QuantityKind
from allocopt.scenario.schema.base import Scope
from allocopt.scenario.schema.targets import TargetSpec


@dataclass(frozen=True)
class _Key:
    quota: str
    unit: str
    product: str
    channel: str


def scope_selection(scope: Scope) -> Selection:
    """Return the filter that ``scope`` writes."""
    return Selection.of(
        {
            Dimension.UNITS: scope.units,
            Dimension.PRODUCTS: scope.products,
            Dimension.CHANNELS: scope.channels,
            Dimension.LEVERS: scope.levers,
            Dimension.PLACEMENTS: scope.placements,
            Dimension.ROLES: scope.roles,
            Dimension.EXPENSES: scope.expenses,
        }
    )


def _group(spec: TargetSpec, cells: Cells, cell_axis: Axis) -> dict[_Key, list[int]]:
    grouped: dict[_Key, list[int]] = {}
    for cell in np.flatnonzero(cell_axis.rows(scope_selection(spec.scope))):
        key = _Key(
            spec.id,
            cells.units[cell],
            cells.products[cell] if spec.by_product else "",
            cells.channels[cell] if spec.by_channel else "",
        )
        grouped.setdefault(key, []).append(int(cell))
    return grouped


def _sums(values: FloatArray, groups: list[list[int]]) -> FloatArray:
    """Sum over each group; NaN where no member has a value, missing members count nothing."""
    return frozen(
        np.array(
            [
                np.nan if np.isnan(values[group]).all() else np.nansum(values[group])
                for group in groups
            ]
        )
    )


def build_targets(specs: tuple[TargetSpec, ...], cells: Cells, cell_axis: Axis) -> TargetCells:
    """Return the target cells of all quotas, in quota order."""
    grouped: dict[_Key, list[int]] = {}
    for spec in specs:
        grouped.update(_group(spec, cells, cell_axis))
    groups = list(grouped.values())
    money = {spec.id: spec.quota.kind is QuantityKind.MONEY for spec in specs}
    weight = {spec.id: spec.weight for spec in specs}
    in_money = np.array([money[key.quota] for key in grouped], dtype=np.bool_)
    last_year = np.where(
        in_money, _sums(cells.last_year_revenue, groups), _sums(cells.last_year_volume, groups)
    )
    return TargetCells(
        quotas=tuple(key.quota for key in grouped),
        units=tuple(key.unit for key in grouped),
        products=tuple(key.product for key in grouped),
        channels=tuple(key.channel for key in grouped),
        cells=matrix(
            (len(groups), len(cell_axis)),
            ((row, cell, 1.0) for row, group in enumerate(groups) for cell in group),
        ),
        potential=_sums(cells.potential, groups),
        last_year=frozen(last_year),
        weight=frozen(
            np.array(
                [
                    _factor(cell_axis.weights, weight[key.quota])[group].sum()
                    for key, group in grouped.items()
                ]
            )
            if any(weight.values())
            else np.full(len(groups), np.nan)
        ),
    )


def _factor(weights: Mapping[str, FloatArray], name: str | None) -> FloatArray:
    if name is None:
        return np.full(len(next(iter(weights.values()))), np.nan)
    return weights[name]


def target_axis(targets: TargetCells, trees: Trees) -> Axis:
    """Return the axis of target cells: units, products, channels."""
    labels = zip(targets.quotas, targets.units, targets.products, targets.channels, strict=True)
    return Axis(
        name=AxisName.TARGETS,
        labels=tuple(":".join(part for part in row if part) for row in labels),
        members={
            Dimension.UNITS: memberships(
                (unit_lineage(trees, unit) for unit in targets.units), unit_nodes(trees)
            ),
            Dimension.PRODUCTS: memberships(
                (trees.products.lineage(name) if name else () for name in targets.products),
                trees.products.parents,
            ),
            Dimension.CHANNELS: memberships(
                (trees.channels.lineage(name) if name else () for name in targets.channels),
                trees.channels.parents,
            ),
        },
    )
