"""Response of placements to effort, in pieces."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo
from scipy.sparse import csr_array

from allocopt.arrays import BoolArray, FloatArray, IntArray
from allocopt.declare.affine import Affine, placed
from allocopt.declare.pieces import Pieces, effort_range
from allocopt.declare.rows import (
    PyomoObject,
    Relation,
    change_rows,
    columns_of,
    declare_rows,
    declare_variables,
)
from allocopt.declare.spend import placement_labels
from allocopt.problem.problem import Problem

_ROOM = 6
"""Spare pieces per curve, for finer ones later (`replace_pieces`)."""
_HEADROOM = 0.01
"""How far other pieces of a curve may lie above the first ones, share of their height."""


def declare_response(
    model: pyo.ConcreteModel, problem: Problem, pieces: Pieces, effort: Affine
) -> Affine:
    """Declare the response to effort, one per placement and period.

        effort[a, t]   = x0 + sum_k length[k] * fill[a, t, k]
        response[a, t] = y0 + sum_k rise[k] * fill[a, t, k],   0 <= fill <= 1
        response[a, t] <= ... where the polyline lies above the curve

    A concave polyline fills itself in order where response is worth having; others get
    binaries (`_declare_order`), stepped ones choose exactly one level.

    Parameters
    ----------
    model : ConcreteModel
    problem : Problem
    pieces : Pieces
    effort : Affine (placements, periods), 元

    Returns
    -------
    Affine (placements, periods), accounts/period
    """
    labels = placement_labels(problem)
    moving = _moving(pieces)
    _hold_single_levels(model, labels, pieces, effort)
    if not moving.size:
        return Affine.fixed(columns_of(model), pieces.y[..., 0])
    # Pieces that fill in order are never replaced in place: they need no room.
    corners = _corners(pieces, moving, room=0 if pieces.ordered.any() else _ROOM)
    names = [labels[place] for place in moving]
    stepped = pieces.stepped[moving // pieces.x.shape[1]]
    fill = _declare_fills(model, names, corners, stepped)
    flat_effort = Affine(effort.columns, effort.matrix, effort.constant.ravel())
    kept, heights = _declare_kept(model, problem, pieces, (moving, corners))
    parts = _Filled(
        labels=names,
        moving=moving,
        fill=fill.matrix.indices.astype(np.int64).reshape(corners.x.shape[0], -1),
        effort=flat_effort[moving] * (1.0 / problem.money_unit),
        response=kept,
        unit=float(problem.money_unit),
        ordered=pieces.ordered,
        stepped=stepped,
        levels=corners.x[stepped],
        heights=heights,
        above=pieces.above.ravel()[moving],
    )
    model.allocopt_filled = parts
    for rows in _piece_rows(parts, corners):
        relation = rows.relation
        declare_rows(model, rows.name, rows.labels, rows.rows, relation=relation, doc=rows.doc)
    owner, piece = np.nonzero(np.diff(corners.x, axis=1) > 0)
    numbers = parts.fill[owner, piece]
    _declare_order(model, parts, corners, (owner, piece, numbers))
    _declare_steps(model, stepped[owner], (owner, numbers))
    return _all_responses(kept, moving, pieces)


@dataclass(frozen=True)
class _Corners:
    """Polylines by the points where they bend, the last point repeated to the same length.

    Attributes
    ----------
    x, y : FloatArray (polylines, points), 元 of effort and accounts
    """

    x: FloatArray
    y: FloatArray


@dataclass(frozen=True)
class _Filled:
    """What the rows of the pieces are made of, for the placements and periods that can move.

    Attributes
    ----------
    labels : list of (placement, period)
    moving : IntArray (polylines,), place among all placements and periods
    fill : IntArray (polylines, pieces), columns
    effort, response : Affine (polylines,), money units and accounts/period
    unit : float, 元 per money unit
    ordered : BoolArray (placements, periods)
    stepped : BoolArray (polylines,)
    levels : FloatArray (stepped polylines, points), 元
    heights : pair of FloatArray (polylines,), accounts/period
        Least and largest response that the model was built for.
    above : BoolArray (polylines,)
        Response is at most what the polyline says.
    """

    labels: list[Any]
    moving: IntArray
    fill: IntArray
    effort: Affine
    response: Affine
    unit: float
    ordered: BoolArray
    stepped: BoolArray
    levels: FloatArray
    heights: tuple[FloatArray, FloatArray]
    above: BoolArray


def _declare_kept(
    model: pyo.ConcreteModel,
    problem: Problem,
    pieces: Pieces,
    polylines: tuple[IntArray, _Corners],
) -> tuple[Affine, tuple[FloatArray, FloatArray]]:
    """Declare a variable per response; return them, and what they lie between with any pieces.

    Pieces below a curve may start as far below zero as the curve rises. Where pieces lie
    above it, the response at the least effort is the least.
    """
    (moving, corners), placements = polylines, problem.placements
    periods = len(problem.calendar)
    bottom, top = (
        np.repeat(placements.curves.value(end[:, None])[:, 0], periods)[moving]
        for end in effort_range(placements)
    )
    above = pieces.above.ravel()[moving]
    most = np.maximum(corners.y.max(axis=1), top)
    least = np.where(above, bottom, np.minimum(corners.y.min(axis=1), -np.abs(most)))
    heights = (least, most + _HEADROOM * np.abs(most))
    kept = declare_variables(
        model,
        "response",
        [placement_labels(problem)[place] for place in moving],
        shape=(moving.size,),
        lower=np.where(above, bottom, -np.inf),
        known=heights,
        doc="response to effort",
    )
    return kept, heights


def replace_pieces(model: pyo.ConcreteModel, pieces: Pieces) -> tuple[PyomoObject, ...] | None:
    """Put other pieces in the rows of a model that stands; return the constraints changed.

    None where the new pieces do not fit the model: more pieces than there is room for,
    other binaries, placements that could not move before, or responses out of the range
    that its rows were chosen for.
    """
    if not hasattr(model, "allocopt_filled"):
        return None
    parts: _Filled = model.allocopt_filled
    moving = _moving(pieces)
    gated = pieces.ordered.any() or parts.ordered.any()
    if gated or not np.isin(moving, parts.moving).all():
        return None
    corners = _corners(pieces, parts.moving, room=0)
    missing = parts.fill.shape[1] - (corners.x.shape[1] - 1)
    least, most = parts.heights
    outside = (least[:, None] > corners.y) | (most[:, None] < corners.y)
    lifted = pieces.above.ravel()[parts.moving] & ~parts.above
    if missing < 0 or outside.any() or lifted.any():
        return None
    wide = _Corners(
        *(np.pad(v, ((0, 0), (0, missing)), mode="edge") for v in (corners.x, corners.y))
    )
    if not np.array_equal(wide.x[parts.stepped], parts.levels):
        return None
    return tuple(
        change_rows(model, rows.name, rows.labels, rows.rows) for rows in _piece_rows(parts, wide)
    )


def _moving(pieces: Pieces) -> IntArray:
    """Return the places of polylines with a length, among placements and periods in C order."""
    return np.flatnonzero((np.ptp(pieces.x, axis=2) > 0).ravel())


def _declare_fills(
    model: pyo.ConcreteModel, labels: list[Any], corners: _Corners, stepped: BoolArray
) -> Affine:
    """Declare the filled share of every piece; stepped placements fill a piece or leave it."""
    count, width = corners.x.shape[0], corners.x.shape[1] - 1
    whole = np.repeat(stepped, width)
    return declare_variables(
        model,
        "fill",
        [(*label, k) for label in labels for k in range(width)],
        shape=(count * width,),
        upper=1.0,
        whole=whole & (np.diff(corners.x, axis=1) > 0).ravel(),
        doc="filled share of a piece of a response curve",
    )


@dataclass(frozen=True)
class _Rows:
    """Rows of one constraint."""

    name: str
    labels: list[Any]
    rows: Affine
    relation: Relation
    doc: str


def _piece_rows(parts: _Filled, corners: _Corners) -> list[_Rows]:
    """Return the rows that tie effort and response to the filled pieces."""
    effort = parts.effort - _along(parts, corners.x / parts.unit)
    doc = "effort is the sum of filled pieces"
    found = [_Rows("effort_in_pieces", parts.labels, effort, Relation.ZERO, doc)]
    below = _along(parts, corners.y) - parts.response
    for name, chosen, relation, doc in (
        ("response_in_pieces", ~parts.above, Relation.ZERO, "response is the sum of the pieces"),
        (
            "response_below_pieces",
            parts.above,
            Relation.AT_LEAST_ZERO,
            "response is at most the sum of the pieces",
        ),
    ):
        places = np.flatnonzero(chosen)
        if places.size:
            labels = [parts.labels[place] for place in places]
            found.append(_Rows(name, labels, below[places], relation, doc))
    return found


def _along(parts: _Filled, heights: FloatArray) -> Affine:
    """Return the first height plus the filled pieces times their rises, (polylines,)."""
    count, width = parts.fill.shape
    terms = placed(
        parts.response.columns,
        where=np.repeat(np.arange(count), width),
        numbers=parts.fill.ravel(),
        factors=np.diff(heights, axis=1).ravel(),
        size=count,
    )
    return terms + heights[:, 0]


def _corners(pieces: Pieces, moving: IntArray, *, room: int) -> _Corners:
    """Return the polylines of ``moving`` by their bends, with ``room`` pieces to spare.

    Points on a straight stretch are left out where pieces fill in any order.
    """
    points = pieces.x.shape[2]
    x, y = (v.reshape(-1, points)[moving] for v in (pieces.x, pieces.y))
    free = ~(pieces.ordered | pieces.stepped[:, None]).ravel()[moving]
    kept = np.ones(x.shape, dtype=np.bool_)
    kept[:, 1:] = np.diff(x, axis=1) > 0
    order = np.argsort(~kept, axis=1, kind="stable")
    count = kept.sum(axis=1)
    x, y = _packed(x, y, order, count)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.diff(y, axis=1) / np.diff(x, axis=1)
        bend = np.abs(np.diff(slope, axis=1)) > 1e-9 * np.abs(slope[:, :1])
    inner = np.arange(1, points - 1)[None, :] < count[:, None] - 1
    kept = np.arange(points)[None, :] < count[:, None]
    kept[:, 1:-1] &= ~(inner & ~bend & free[:, None])
    order = np.argsort(~kept, axis=1, kind="stable")
    count = kept.sum(axis=1)
    x, y = _packed(x, y, order, count)
    width = max(int(count.max()), 2) + room
    spare = max(width - points, 0)
    x, y = (np.pad(v, ((0, 0), (0, spare)), mode="edge")[:, :width] for v in (x, y))
    return _Corners(x, y)


def _packed(
    x: FloatArray, y: FloatArray, order: IntArray, count: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Return rows in ``order``, what follows their first ``count`` points repeating the last."""
    last = np.minimum(np.arange(x.shape[1])[None, :], count[:, None] - 1)
    order = np.take_along_axis(order, last, axis=1)
    return np.take_along_axis(x, order, axis=1), np.take_along_axis(y, order, axis=1)


def _hold_single_levels(
    model: pyo.ConcreteModel, labels: list[Any], pieces: Pieces, effort: Affine
) -> None:
    """Declare that a menu of one level within reach stands on it."""
    lone = (pieces.x[..., 0] == pieces.x[..., -1]) & pieces.stepped[:, None]
    places = np.flatnonzero(lone)
    if places.size:
        declare_rows(
            model,
            "single_level",
            [labels[place] for place in places],
            effort[np.nonzero(lone)] - pieces.x[lone][:, 0],
            relation=Relation.ZERO,
            doc="effort is the only level of the menu, 元",
        )


def _all_responses(kept: Affine, moving: IntArray, pieces: Pieces) -> Affine:
    """Return all responses: variables where effort can move, numbers elsewhere."""
    size = pieces.ordered.size
    place = (np.ones(moving.size), (moving, np.arange(moving.size)))
    spread = kept.mixed(csr_array(place, shape=(size, moving.size)))
    fixed = pieces.y[..., 0].ravel().copy()
    fixed[moving] = 0.0
    joined = spread + fixed
    return Affine(joined.columns, joined.matrix, joined.constant.reshape(pieces.ordered.shape))


def _declare_order(
    model: pyo.ConcreteModel,
    parts: _Filled,
    corners: _Corners,
    fills: tuple[IntArray, IntArray, IntArray],
) -> None:
    """Declare that pieces fill in order where the slope rises.

    The incremental form of Markowitz and Manne (1957):

    fill[k] >= open[j]  for the pieces before rise j,   fill[k] <= open[j]  for those after it
    """
    needs = parts.ordered.ravel()[parts.moving]
    before, after, rises = _order_pairs(needs, corners, fills)
    if not rises:
        return
    names = [(*parts.labels[owner], piece) for owner, piece in rises]
    opened = declare_variables(
        model,
        "opened",
        names,
        shape=(len(names),),
        upper=1.0,
        whole=True,
        doc="1 where a response curve is past a rise of its slope",
    )
    columns = columns_of(model)
    for name, pairs, sign in (("fills_before", before, 1.0), ("fills_after", after, -1.0)):
        fill = Affine.of_columns(columns, np.array([f for f, _ in pairs]), (len(pairs),))
        gate = opened[np.array([g for _, g in pairs], dtype=np.int64)]
        declare_rows(
            model,
            name,
            list(range(len(pairs))),
            (fill - gate) * sign,
            doc="pieces of a response curve fill in order",
        )


def _order_pairs(
    needs: BoolArray, corners: _Corners, fills: tuple[IntArray, IntArray, IntArray]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]], list[tuple[int, int]]]:
    """Return (fill column, gate) pairs before and after each rise, and the rises."""
    owner, piece, numbers = fills
    before: list[tuple[int, int]] = []
    after: list[tuple[int, int]] = []
    rises: list[tuple[int, int]] = []
    starts = np.searchsorted(owner, np.arange(len(needs) + 1))
    for place in np.flatnonzero(needs):
        mine = slice(starts[place], starts[place + 1])
        columns = numbers[mine].tolist()
        x, y = corners.x[place], corners.y[place]
        used = piece[mine]
        slope = (y[used + 1] - y[used]) / (x[used + 1] - x[used])
        gate = None
        for k, column in enumerate(columns):
            if gate is not None:
                after.append((column, gate))
            if k + 1 < len(columns) and slope[k + 1] > slope[k] * (1 + 1e-12):
                gate = len(rises)
                rises.append((int(place), int(used[k])))
                run = _run_before(slope, k)
                before.extend((columns[i], gate) for i in run)
    return before, after, rises


def _run_before(slope: FloatArray, k: int) -> range:
    """Return the pieces from the last rise up to ``k``."""
    first = k
    while first > 0 and slope[first] <= slope[first - 1] * (1 + 1e-12):
        first -= 1
    return range(first, k + 1)


def _declare_steps(
    model: pyo.ConcreteModel, stepped: BoolArray, fills: tuple[IntArray, IntArray]
) -> None:
    """Declare that a level is reached through the levels below it.

    fill[k + 1] <= fill[k]      for every stepped curve, with whole fills
    """
    owner, numbers = fills
    pairs = np.flatnonzero(stepped[:-1] & (owner[1:] == owner[:-1])) if owner.size else owner
    if not pairs.size:
        return
    columns = columns_of(model)
    lower, higher = (
        Affine.of_columns(columns, numbers[pairs + step], (pairs.size,)) for step in (0, 1)
    )
    declare_rows(
        model,
        "levels_in_order",
        list(range(pairs.size)),
        lower - higher,
        doc="a level is reached through the levels below it",
    )
