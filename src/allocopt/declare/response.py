"""Response of placements to effort, in pieces."""

from typing import Any

import numpy as np
import pyomo.environ as pyo
from scipy.sparse import csr_array

from allocopt.arrays import BoolArray, FloatArray, IntArray
from allocopt.declare.affine import Affine, placed
from allocopt.declare.pieces import Pieces
from allocopt.declare.rows import Relation, columns_of, declare_rows, declare_variables
from allocopt.declare.spend import placement_labels
from allocopt.problem.problem import Problem


def declare_response(
    model: pyo.ConcreteModel, problem: Problem, pieces: Pieces, effort: Affine
) -> Affine:
    """Declare the response to effort, one per placement and period.

        effort[a, t]   = x0 + sum_k length[k] * fill[a, t, k]
        response[a, t] = y0 + sum_k rise[k] * fill[a, t, k],   0 <= fill <= 1

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
    count, periods, _ = pieces.x.shape
    labels = placement_labels(problem)
    flat_x, flat_y = (v.reshape(count * periods, v.shape[-1]) for v in (pieces.x, pieces.y))
    owner, piece = _used(pieces)
    _hold_single_levels(model, labels, pieces, effort)
    if not owner.size:
        return Affine.fixed(columns_of(model), pieces.y[..., 0])
    length = np.diff(flat_x, axis=1)[owner, piece]
    rise = np.diff(flat_y, axis=1)[owner, piece]
    stepped = np.repeat(pieces.stepped, periods)[owner]
    fill = declare_variables(
        model,
        "fill",
        [(*labels[o], int(k)) for o, k in zip(owner, piece, strict=True)],
        shape=(owner.size,),
        upper=1.0,
        whole=stepped,
        doc="filled share of a piece of a response curve",
    )
    numbers = fill.matrix.indices.astype(np.int64)
    moving = np.unique(owner)
    moving_labels = [labels[place] for place in moving]
    fills = (np.searchsorted(moving, owner), numbers)
    along_effort = _along(model, fills, length, flat_x[moving, 0])
    flat_effort = Affine(effort.columns, effort.matrix, effort.constant.ravel())
    declare_rows(
        model,
        "effort_in_pieces",
        moving_labels,
        (flat_effort[moving] - along_effort) * (1.0 / problem.money_unit),
        relation=Relation.ZERO,
        doc="effort is the sum of the filled pieces",
    )
    _declare_order(model, labels, pieces, (owner, piece, numbers))
    _declare_steps(model, stepped, (owner, numbers))
    along_response = _along(model, fills, rise, flat_y[moving, 0])
    kept = _response_variables(model, moving_labels, along_response)
    return _all_responses(kept, moving, pieces)


def _along(
    model: pyo.ConcreteModel,
    fills: tuple[IntArray, IntArray],
    factors: FloatArray,
    start: FloatArray,
) -> Affine:
    """Return ``start`` plus the filled pieces times ``factors``, one element per polyline."""
    where, numbers = fills
    columns = columns_of(model)
    parts = placed(columns, where=where, numbers=numbers, factors=factors, size=start.size)
    return parts + start


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


def _used(pieces: Pieces) -> tuple[IntArray, IntArray]:
    """Return (owner, piece) of every piece that has a length."""
    flat = pieces.x.reshape(-1, pieces.x.shape[-1])
    owner, piece = np.nonzero(np.diff(flat, axis=1) > 0)
    return owner.astype(np.int64), piece.astype(np.int64)


def _response_variables(model: pyo.ConcreteModel, labels: list[Any], response: Affine) -> Affine:
    """Give the response a variable of its own: several cells and lines refer to it."""
    kept = declare_variables(
        model, "response", labels, shape=(len(labels),), lower=-np.inf, doc="response to effort"
    )
    declare_rows(
        model,
        "response_in_pieces",
        labels,
        kept - response,
        relation=Relation.ZERO,
        doc="response is the sum of the filled pieces",
    )
    return kept


def _declare_order(
    model: pyo.ConcreteModel,
    labels: list[Any],
    pieces: Pieces,
    fills: tuple[IntArray, IntArray, IntArray],
) -> None:
    """Declare that pieces fill in order where the slope rises.

    The incremental form of Markowitz and Manne (1957):

    fill[k] >= open[j]  for the pieces before rise j,   fill[k] <= open[j]  for those after it
    """
    before, after, rises = _order_pairs(pieces, fills)
    if not rises:
        return
    names = [(*labels[owner], piece) for owner, piece in rises]
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
    pieces: Pieces, fills: tuple[IntArray, IntArray, IntArray]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]], list[tuple[int, int]]]:
    """Return (fill column, gate) pairs before and after each rise, and the rises."""
    owner, piece, numbers = fills
    flat_x, flat_y = (v.reshape(-1, v.shape[-1]) for v in (pieces.x, pieces.y))
    needs: BoolArray = pieces.ordered.ravel()
    before: list[tuple[int, int]] = []
    after: list[tuple[int, int]] = []
    rises: list[tuple[int, int]] = []
    starts = np.searchsorted(owner, np.arange(len(flat_x) + 1))
    for place in np.flatnonzero(needs):
        mine = slice(starts[place], starts[place + 1])
        columns = numbers[mine].tolist()
        x, y = flat_x[place], flat_y[place]
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
