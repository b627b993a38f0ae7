"""Placements as arrays: what they cost, whom they feed."""

from collections.abc import Mapping

import numpy as np
from scipy.sparse import csr_array

from allocopt.arrays import BoolArray, FloatArray, frozen
from allocopt.curves import Curve, CurveBank, make_curve
from allocopt.problem.axes import Axis, AxisName, Dimension, Selection, memberships
from allocopt.problem.cells import unit_lineage, unit_nodes
from allocopt.problem.problem import Cells, Placements, Trees
from allocopt.scenario.schema.levers import (
    Acts,
    CurveSpec,
    Effect,
    Lever,
    NamedCurve,
    Placement,
    SplitBy,
)
from allocopt.scenario.schema.scenario import ScenarioSchema


def fed_rows(placement: Placement, cell_axis: Axis) -> BoolArray:
    """Return which cells ``placement`` feeds, shape (cells,)."""
    selection = Selection.of(
        {
            Dimension.UNITS: placement.units,
            Dimension.PRODUCTS: placement.products,
            Dimension.CHANNELS: placement.channels,
        }
    )
    return cell_axis.rows(selection) > 0


def split_weights(placement: Placement, fed: BoolArray, cells: Cells) -> FloatArray:
    """Return the share of a placement's response that each cell gets, shape (cells,).

    A placement that feeds one cell gives it everything, whatever the split is by.
    """
    measure = {
        SplitBy.EQUAL: np.ones(len(fed)),
        SplitBy.BASE_VOLUME: cells.base_volume[:, 0],
        SplitBy.OPENING_CUSTOMERS: cells.opening_customers,
        SplitBy.POTENTIAL: np.nan_to_num(cells.potential),
    }[placement.split_by]
    share = np.where(fed, measure, 0.0) if fed.sum() > 1 else fed.astype(np.float64)
    return np.asarray(share / share.sum(), dtype=np.float64)


def curve_spec(placement: Placement, shared: Mapping[str, NamedCurve]) -> CurveSpec:
    """Return the placement's own curve or the shared one it names."""
    if placement.curve is not None:
        return placement.curve
    return shared[str(placement.curve_id)].curve


def curve_of(spec: CurveSpec, families: Mapping[str, type[Curve]]) -> Curve:
    """Return the curve that ``spec`` describes.

    Raises
    ------
    CurveError
        If the family is unknown or a parameter is missing, unknown or out of range.
    """
    return make_curve(spec.family, spec.model_extra or {}, families=families)


def _open_periods(placement: Placement, schema: ScenarioSchema) -> FloatArray:
    periods = np.arange(1, schema.calendar.periods + 1)
    window = next((w for w in schema.calendar.windows if w.id == placement.window), None)
    if window is None:
        return np.ones(len(periods))
    return ((periods >= window.start) & (periods <= window.end)).astype(np.float64)


def _effect_matrix(
    effect: Effect,
    levers: Mapping[str, Lever],
    placements: tuple[Placement, ...],
    shares: FloatArray,
) -> csr_array:
    """Return the shares of the placements whose lever has ``effect``, (cells, placements)."""
    has_effect = np.array([levers[p.lever].effect is effect for p in placements], dtype=np.float64)
    return csr_array((shares * has_effect[:, None]).T)


def build_placements(
    schema: ScenarioSchema,
    trees: Trees,
    *,
    cells: Cells,
    cell_axis: Axis,
    families: Mapping[str, type[Curve]],
) -> Placements:
    """Return the placements as arrays over (placements, periods).

    Raises
    ------
    CurveError
        If a curve's family or parameters are wrong.
    """
    rows = schema.placements
    levers = {lever.id: lever for lever in schema.levers}
    shared = {curve.id: curve for curve in schema.curves}
    opened = np.array([_open_periods(row, schema) for row in rows]).reshape(
        len(rows), schema.calendar.periods
    )
    fed = [fed_rows(row, cell_axis) for row in rows]
    shares = np.array(
        [split_weights(row, mask, cells) for row, mask in zip(rows, fed, strict=True)]
    ).reshape(len(rows), len(cell_axis))
    curves = CurveBank.of([curve_of(curve_spec(row, shared), families) for row in rows]).scaled(
        value=np.array([row.scale for row in rows], dtype=np.float64),
        effort=np.full(len(rows), float(schema.money_unit.yuan)),
    )

    def per_period(values: list[float]) -> FloatArray:
        return frozen(np.array(values, dtype=np.float64)[:, None] * opened)

    return Placements(
        levers=tuple(row.lever for row in rows),
        units=tuple(_home(mask, cells, trees) for mask in fed),
        curves=curves,
        carry_over=frozen(np.array([row.carry_over for row in rows])),
        lower=per_period([row.lower for row in rows]),
        upper=per_period([row.upper for row in rows]),
        minimum=per_period([row.minimum for row in rows]),
        current=per_period([row.current for row in rows]),
        largest_move=frozen(
            np.array([np.nan if row.largest_move is None else row.largest_move for row in rows])
        ),
        on_horizon=np.array([row.acts is Acts.HORIZON for row in rows], dtype=np.bool_),
        adds=_effect_matrix(Effect.GROSS_ADDS, levers, rows, shares),
        keeps=_effect_matrix(Effect.RETENTION, levers, rows, shares),
        moves=_effect_matrix(Effect.MIGRATION, levers, rows, shares),
    )


def _home(fed: BoolArray, cells: Cells, trees: Trees) -> str:
    units = sorted({cells.units[number] for number in np.flatnonzero(fed)})
    return trees.units.lowest_common(units) or trees.units.roots[0]


def placement_axis(schema: ScenarioSchema, placements: Placements, trees: Trees) -> Axis:
    """Return the axis of placements: unit, lever, placement, expense line."""
    rows = schema.placements
    expense = {lever.id: lever.expense for lever in schema.levers}
    return Axis(
        name=AxisName.PLACEMENTS,
        labels=tuple(row.id for row in rows),
        members={
            Dimension.UNITS: memberships(
                (unit_lineage(trees, unit) for unit in placements.units), unit_nodes(trees)
            ),
            Dimension.LEVERS: memberships(([row.lever] for row in rows), expense),
            Dimension.PLACEMENTS: memberships(([row.id] for row in rows), [row.id for row in rows]),
            Dimension.EXPENSES: memberships(
                (trees.expenses.lineage(expense[row.lever]) for row in rows), trees.expenses.parents
            ),
        },
    )
