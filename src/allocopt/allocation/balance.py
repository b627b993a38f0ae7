"""The price at which a limit is just kept: the dual of an allocation, in one dimension.

At a price every placement spends what is best for it alone, and total spend falls as the price
rises. The bound that a price proves is best where total spend crosses the limit (Everett,
1963). Spend is continuous in the price but for placements that leap, from nothing to the tangent
point of an S-shaped curve for instance; each leaps at a price of its own, the slope of the chord
between its two spends, so that the search ends on such a price exactly.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import repeat

import numpy as np

from allocopt.allocation.goals import Goal, MostResponse, Totals
from allocopt.allocation.responses import Market, Responses, respond

_STEPS = 200
_STRIDES = (1.02, 1.3, 4.0, 16.0)
"""The price is known from a branch before, or not at all: steps grow quickly."""
_FINEST = 4 * np.finfo(np.float64).eps
_SETTLED = 1e-14
_HALF = 0.5
_LOWEST, _HIGHEST = 1e-290, 1e200


@dataclass(frozen=True, eq=False)
class Balance:
    """Responses on both sides of the limit, and the bound they prove.

    Attributes
    ----------
    price : float
        The price of the limit: the best score that one more unit of it would bring.
    bound : float
        What no plan's score exceeds.
    under, over : Responses
        Just above the price, where the limit is kept, and just below, where it is not; the
        same where it does not bind, or is met.
    """

    price: float
    bound: float
    under: Responses
    over: Responses


@dataclass
class _Bracket:
    """A price with too much spent, a price without, and the best bound so far."""

    market: Market
    goal: Goal
    tolerance: float = 0.0
    bound: float = math.inf
    price: float = math.nan

    def at(self, price: float) -> tuple[Responses, float]:
        """Return responses and excess at ``price``, and keep the bound it proves."""
        found = respond(self.market, price)
        bound = self.goal.bound(price, found.totals)
        if bound < self.bound or math.isnan(self.price):
            self.bound, self.price = bound, price
        return found, self.goal.excess(found.totals)


def balance(market: Market, goal: Goal, start: float, tolerance: float = 0.0) -> Balance | None:
    """Return the balance of ``market``; None if no price keeps the limit.

    Parameters
    ----------
    market : Market
    goal : Goal
    start : float
        A price to look around first, greater than 0.
    tolerance : float
        How far the bound may lie above the best one, share of it; used for the goal of most
        response.
    """
    bracket = _Bracket(market, goal, tolerance)
    least = _all_at_least(market, goal)
    if least is not None:
        return least
    over, excess = bracket.at(goal.least_price)
    if excess <= 0.0:
        return Balance(goal.least_price, bracket.bound, over, _all_out(market, over))
    ends = _enclosed(bracket, max(start, goal.least_price), (over, excess))
    return None if ends is None else _narrowed(bracket, *ends)


def _all_at_least(market: Market, goal: Goal) -> Balance | None:
    """Return the smallest spend of all where more is never better and this is allowed."""
    if not goal.least_spend_is_best:
        return None
    spend = market.domain.least
    response = market.bank.value(spend)
    totals = Totals.of(spend, response)
    if not goal.allowed(totals):
        return None
    found = Responses(0.0, spend, response, totals.response)
    return Balance(0.0, goal.score(totals), found, found)


def _all_out(market: Market, under: Responses) -> Responses:
    """Return responses that spend what may be spent where money has no price.

    Beyond a best response nothing is gained, so more spend keeps the worth.
    """
    if under.price != 0.0 or market.moves is not None:
        return under
    spend = np.maximum(market.domain.high, under.spend)
    return Responses(0.0, spend, market.bank.value(spend), under.worth)


_End = tuple[Responses, float]


def _strides() -> Iterator[float]:
    yield from _STRIDES
    yield from repeat(_STRIDES[-1], _STEPS)


def _enclosed(bracket: _Bracket, start: float, least: _End) -> tuple[_End, _End] | None:
    """Return a price with too much spent and one without; None if no price keeps the limit."""
    price = min(start, bracket.goal.most_price)
    first = bracket.at(price)
    if first[1] <= 0.0:
        return _spending_more(bracket, first, least), first
    return _spending_less(bracket, first)


def _spending_less(bracket: _Bracket, low: _End) -> tuple[_End, _End] | None:
    """Raise the price until the limit is kept, or passed by rounding alone."""
    most, least = bracket.goal.most_price, bracket.market.domain.least
    for stride in _strides():
        if low[0].price >= min(most, _HIGHEST) or not (low[0].spend > least).any():
            return (low, low) if bracket.goal.allowed(low[0].totals) else None
        found = bracket.at(min(low[0].price * stride, most))
        if found[1] <= 0.0:
            return low, found
        low = found
    return None


def _spending_more(bracket: _Bracket, high: _End, least: _End) -> _End:
    """Lower the price until the limit is passed; at the least price it is."""
    for stride in _strides():
        price = high[0].price / stride
        if price <= max(least[0].price, _LOWEST):
            break
        found = bracket.at(price)
        if found[1] > 0.0:
            return found
        high = found
    return least


def _narrowed(bracket: _Bracket, low: _End, high: _End) -> Balance:
    """Close in on the limit from both sides."""
    weights, side = [1.0, 1.0], 0
    for step in range(_STEPS):
        if _met(bracket, high) or _close(low, high) or _good_enough(bracket, low, high):
            break
        price, leaper = _next_price(low, high, weights, by_half=step % 3 == 2)
        if not low[0].price < price < high[0].price:
            break
        found = bracket.at(price)
        # Two placements leap at once where one may move only if another stays.
        if leaper is not None and bracket.market.moves is None:
            ends = _leap(bracket, found[0], leaper, (low[0], high[0]))
            if ends is not None:
                return Balance(price, bracket.bound, *ends)
        now = 1 if found[1] <= 0.0 else 0
        # Illinois: an end that stays twice counts half.
        weights = [1.0, 1.0] if now != side else weights
        if now == side:
            weights[1 - now] *= _HALF
        side = now
        low, high = (low, found) if now else (found, high)
    return Balance(
        bracket.price, bracket.bound, high[0], high[0] if _met(bracket, high) else low[0]
    )


def _met(bracket: _Bracket, high: _End) -> bool:
    """Return whether the limit is met exactly, and that proves the bound."""
    return high[1] == 0.0 and bracket.bound <= bracket.goal.score(high[0].totals)


def _good_enough(bracket: _Bracket, low: _End, high: _End) -> bool:
    """Return whether the bound is as low as wanted.

    It is convex in the price and falls from either end at the rate of the excess there at most,
    all the way to the other end.
    """
    if not bracket.tolerance or not isinstance(bracket.goal, MostResponse):
        return False
    lower = min(low[1], -high[1]) * (high[0].price - low[0].price)
    return lower <= bracket.tolerance * abs(bracket.bound)


def _close(low: _End, high: _End) -> bool:
    """Return whether both ends are the same but for rounding."""
    below, above = low[0], high[0]
    if above.price - below.price <= _FINEST * above.price:
        return True
    apart = below.totals.spend - above.totals.spend
    return bool(0.0 <= apart <= _SETTLED * below.totals.spend)


def _next_price(
    low: _End, high: _End, weights: list[float], *, by_half: bool
) -> tuple[float, int | None]:
    """Return the price to try, and the placement whose leap explains most of the difference."""
    (below, above), (first, last) = (low[0], high[0]), (low[1], high[1])
    apart = below.spend - above.spend
    size = np.abs(apart)
    most = int(size.argmax())
    total = float(size.sum())
    if total > 0.0 and size[most] > _HALF * total:
        slope = float((below.response[most] - above.response[most]) / apart[most])
        if below.price < slope < above.price:
            return slope, most
    if by_half or last == 0.0:
        return _middle(below.price, above.price), None
    first, last = first * weights[0], last * weights[1]
    share = first / (first - last)
    return below.price + share * (above.price - below.price), None


def _middle(low: float, high: float) -> float:
    """Return the geometric mean of far prices, the arithmetic of close ones."""
    far = 0.0 < low < high / 2.0
    return math.sqrt(low) * math.sqrt(high) if far else (low + high) / 2.0


def _leap(
    bracket: _Bracket, found: Responses, leaper: int, ends: tuple[Responses, Responses]
) -> tuple[Responses, Responses] | None:
    """Return both sides of the limit at one price, if a single leap passes it there."""
    sides = [_with(found, leaper, end) for end in (ends[1], ends[0])]
    # Both choices must be as good as each other at this price.
    scale = 1e-13 * (abs(found.worth) + abs(found.price) * found.totals.spend)
    if any(abs(side.worth - found.worth) > scale for side in sides):
        return None
    goal = bracket.goal
    under, over = (goal.excess(side.totals) for side in sides)
    return (sides[0], sides[1]) if under <= 0.0 < over else None


def _with(found: Responses, placement: int, end: Responses) -> Responses:
    spend, response = found.spend.copy(), found.response.copy()
    spend[placement], response[placement] = end.spend[placement], end.response[placement]
    worth = float(response.sum() - found.price * spend.sum())
    return replace(found, spend=spend, response=response, worth=worth)
