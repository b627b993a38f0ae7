"""Allocations of many budgets at once: a price per budget, all placements in one array.

As `balance` and `plans` do for one budget, without branches: every point comes with its bound, and
who wants a smaller gap allocates that budget alone.
"""

import math
from dataclasses import dataclass

import numpy as np

from allocopt.allocation.plans import curves_down
from allocopt.allocation.responses import Market
from allocopt.arrays import FloatArray, IntArray

_SCALES = 400
_REACH = 1e6
_NEARBY = 4.0
"""Keeping to stretches moves the price by less than this factor, or another way is taken."""
_DIGITS = 4
"""Halvings beyond those that the gap asks for."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """Budgets and what they bring.

    Attributes
    ----------
    price : FloatArray (k,)
    spend : FloatArray (n, k)
    objective, bound : FloatArray (k,)
    """

    price: FloatArray
    spend: FloatArray
    objective: FloatArray
    bound: FloatArray


@dataclass(frozen=True, eq=False)
class _Ends:
    """Intervals of spend per placement and budget, (n, 1) or (n, k)."""

    low: FloatArray
    high: FloatArray


def sweep(market: Market, budgets: FloatArray, start: float, gap: float) -> Sweep:
    """Return plans of most response for ``budgets``, (k,), of divisible spends without minima.

    Parameters
    ----------
    market : Market
        Without moves, whole spends, levels and minima.
    budgets : FloatArray (k,)
        Each at least the sum of the lower ends.
    start : float
        A price of the right scale.
    gap : float
        Prices are as exact as this asks for.
    """
    steps = math.ceil(math.log2(1.0 / max(gap, 1e-15))) + _DIGITS
    bank, domain = market.bank, market.domain
    whole = _Ends(domain.low[:, None], domain.high[:, None])
    scales = start * np.geomspace(1.0 / _REACH, _REACH, _SCALES)
    total = _spends(market, whole, scales).sum(axis=0)
    # Total spend falls with the price: the last price with too much, and the one after it.
    first = np.searchsorted(-total, -budgets, side="left")
    low = np.where(first > 0, scales[np.maximum(first - 1, 0)], 0.0)
    high = scales[np.minimum(first, _SCALES - 1)]
    less, price = _halved(market, whole, budgets, (low, high), steps=steps)
    spend = _spends(market, whole, price)
    objective = bank.value(spend).sum(axis=0)
    bound = np.maximum(objective - price * (spend.sum(axis=0) - budgets), objective)
    best = Sweep(price.copy(), spend, objective, bound)
    for side in (price, less):
        open_yet = np.flatnonzero(bound - best.objective > gap * np.abs(best.objective))
        if not open_yet.size:
            break
        standing = _spends(market, whole, side[open_yet])
        kept = _stretches(market, standing)
        near = price[open_yet] / _NEARBY, price[open_yet] * _NEARBY
        again = _halved(market, kept, budgets[open_yet], near, steps=steps)[1]
        spends = _spends(market, kept, again)
        within = spends.sum(axis=0) <= budgets[open_yet]
        response = np.where(within, bank.value(spends).sum(axis=0), -np.inf)
        _take_better(best, open_yet, Sweep(again, spends, response, bound[open_yet]))
    return best


def _take_better(best: Sweep, columns: IntArray, found: Sweep) -> None:
    """Write the plans of some budgets into ``best`` where they bring more."""
    better = found.objective > best.objective[columns]
    best.price[columns[better]] = found.price[better]
    best.spend[:, columns[better]] = found.spend[:, better]
    best.objective[columns[better]] = found.objective[better]


def _spends(market: Market, ends: _Ends, price: FloatArray) -> FloatArray:
    """Return best responses (n, k) to one price per column."""
    shape = (len(market.bank), price.size)
    low, high = (np.broadcast_to(end, shape) for end in (ends.low, ends.high))
    return market.bank.best_response(np.broadcast_to(price, shape), low, high)


def _halved(
    market: Market,
    ends: _Ends,
    budgets: FloatArray,
    prices: tuple[FloatArray, FloatArray],
    *,
    steps: int,
) -> tuple[FloatArray, FloatArray]:
    """Return prices just below and just above those at which budgets are kept, each (k,)."""
    low, high = prices
    free = _spends(market, ends, np.zeros(budgets.size)).sum(axis=0) <= budgets
    for _ in range(steps):
        middle = np.where(low > 0.0, np.sqrt(low) * np.sqrt(high), high / 2.0)
        kept = _spends(market, ends, middle).sum(axis=0) <= budgets
        low, high = np.where(kept, low, middle), np.where(kept, middle, high)
    return np.where(free, 0.0, low), np.where(free, 0.0, high)


def _stretches(market: Market, spend: FloatArray) -> _Ends:
    """Return the concave stretches on which placements stand, by budget, (n, k)."""
    bank, domain = market.bank, market.domain
    movable = np.stack([curves_down(bank, column) for column in spend.T], axis=1)
    start = np.maximum(domain.low, bank.inflection())[:, None]
    low = np.where(movable, np.minimum(start, spend), spend)
    return _Ends(low, np.where(movable, domain.high[:, None], spend))
