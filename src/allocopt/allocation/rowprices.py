"""Prices of many rows: the dual of an allocation, by Newton's method.

With prices l of the rows, w = gain - share l and q = cost + matrix' l,

    D(l) = limits l + sum_i max over x of w f_i(x) - q_i x

bounds every plan (Lagrangian relaxation; Geoffrion, 1974), for any l >= 0. D is convex; its
gradient is what best responses leave of the rows, its curvature how fast they answer to prices,
-dx/dp. Where placements leap the slope of that answer is taken over the width of a step, so that
a leap counts as what it is at that scale; the width shrinks with the steps.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import lsq_linear

from allocopt.allocation.responses import Market, best_responses
from allocopt.allocation.rows import Rows
from allocopt.arrays import FloatArray

_STEPS = 60
_WIDEST, _NARROWEST = 0.3, 1e-9
_HALVINGS = 6
_SETTLED = 1e-13
_SUFFICIENT = 1e-4
_RIDGE = 1e-12
_GROWTH = 4.0
_LEAST_WORTH = 1e-9
_HIGHEST = 1e12
"""Prices beyond this many times their usual size belong to rows that cannot be kept."""


@dataclass(frozen=True, eq=False)
class RowBalance:
    """Responses to prices of rows, and the bound they prove.

    Attributes
    ----------
    prices : FloatArray (r,)
    bound : float
        What no plan's score exceeds.
    spend, response : FloatArray (n,)
        Best responses; they need not keep the rows.
    """

    prices: FloatArray
    bound: float
    spend: FloatArray
    response: FloatArray


def unit_prices(rows: Rows, prices: FloatArray) -> tuple[float, FloatArray]:
    """Return w, what response is worth, and q, what spend costs, (n,).

    A worth of nothing would make prices infinite, and is raised to a billionth of the usual.
    """
    worth = rows.gain - float(rows.share @ prices)
    least = _LEAST_WORTH * (rows.gain or float(rows.usual[0]))
    return max(worth, least), rows.cost + np.asarray(rows.matrix.T @ prices)


def at_prices(market: Market, rows: Rows, prices: FloatArray) -> RowBalance:
    """Return the responses to ``prices`` and the bound they prove."""
    worth, cost = unit_prices(rows, prices)
    spend, response = best_responses(market, cost / worth)
    left = rows.limits - rows.used(spend, response)
    raised = worth - (rows.gain - float(rows.share @ prices))
    bound = rows.score(spend, response) + float(prices @ left) + raised * float(response.sum())
    return RowBalance(prices, bound, spend, response)


def balance_rows(
    market: Market, rows: Rows, start: FloatArray, *, floor: float = -np.inf
) -> RowBalance:
    """Return the prices with the least bound that Newton's method finds from ``start``.

    A bound at ``floor`` or below ends the search.
    """
    best = at_prices(market, rows, np.where(rows.equal, start, np.maximum(start, 0.0)))
    width = _WIDEST
    for _ in range(_STEPS):
        step = _newton_step(market, rows, best, width)
        found = _line_search(market, rows, best, step)
        if found is None:
            width /= 8.0
            if width < _NARROWEST:
                break
            continue
        gained = best.bound - found.bound
        moved = _moved(rows, best.prices, found.prices)
        best = found
        if best.bound <= floor or (np.abs(best.prices) > _HIGHEST * rows.usual).any():
            break
        if gained <= _SETTLED * abs(best.bound) and moved < 1e-7:
            break
        width = min(_WIDEST, max(moved, _NARROWEST))
    return best


def _moved(rows: Rows, before: FloatArray, after: FloatArray) -> float:
    """Return the largest relative change of a placement's price."""
    (worth, cost), (worth_then, cost_then) = unit_prices(rows, before), unit_prices(rows, after)
    old, new = cost / worth, cost_then / worth_then
    size = np.maximum(np.maximum(np.abs(old), np.abs(new)), 1e-300)
    return float((np.abs(new - old) / size).max(initial=0.0))


def _newton_step(market: Market, rows: Rows, at: RowBalance, width: float) -> FloatArray:
    """Return the step to the least of the quadratic model of D, prices kept in their range."""
    slope = rows.limits - rows.used(at.spend, at.response)
    curvature = _curvature(market, rows, at.prices, width)
    # Where nothing answers to a price, it moves by a few times its usual size at most.
    reach = _GROWTH * (np.abs(at.prices) + rows.usual)
    diagonal = np.diag_indices_from(curvature)
    curvature[diagonal] += np.abs(slope) / reach
    size = np.sqrt(np.maximum(curvature[diagonal], _RIDGE * np.abs(rows.limits) / reach + 1e-290))
    scaled = curvature / size / size[:, None]
    strength, direction = np.linalg.eigh(scaled)
    root = np.sqrt(np.maximum(strength, max(_RIDGE * strength[-1], 1e-290)))
    goal = root * (direction.T @ (at.prices * size)) - direction.T @ (slope / size) / root
    bounds = np.where(rows.equal, -np.inf, 0.0)
    square = root[:, None] * direction.T
    prices = lsq_linear(square, goal, (bounds, np.inf), method="bvls").x / size
    return np.asarray(prices - at.prices)


def _curvature(market: Market, rows: Rows, prices: FloatArray, width: float) -> FloatArray:
    """Return the curvature of D, answers to prices taken over ``width``; (r, r)."""
    worth, cost = unit_prices(rows, prices)
    price = cost / worth
    span = width * np.maximum(np.abs(price), 1e-12 * np.abs(price).max(initial=1e-300))
    dearer = best_responses(market, price + span)[0]
    cheaper = best_responses(market, price - span)[0]
    answer = np.maximum(cheaper - dearer, 0.0) / (2.0 * np.maximum(span, 1e-300))
    weight = answer / worth
    matrix = rows.matrix
    found = np.asarray((matrix @ matrix.multiply(weight).T).todense())
    if rows.share.any():
        moved = np.asarray(matrix @ (weight * price))
        found = found + np.outer(moved, rows.share) + np.outer(rows.share, moved)
        found = found + float(weight @ price**2) * np.outer(rows.share, rows.share)
    return found


def _line_search(market: Market, rows: Rows, at: RowBalance, step: FloatArray) -> RowBalance | None:
    """Return the first of ever shorter steps that lowers the bound enough; None if none does."""
    slope = rows.limits - rows.used(at.spend, at.response)
    for halving in range(_HALVINGS):
        prices = at.prices + 0.5**halving * step
        prices = np.where(rows.equal, prices, np.maximum(prices, 0.0))
        promised = float(slope @ (prices - at.prices))
        found = at_prices(market, rows, prices)
        if found.bound < at.bound + _SUFFICIENT * min(promised, 0.0):
            return found
    return None
