"""Plans that keep the limit, made of the responses on both sides of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import brentq

from allocopt.allocation.balance import Balance, balance
from allocopt.allocation.goals import Goal, Totals
from allocopt.allocation.responses import Market
from allocopt.arrays import BoolArray, FloatArray, IntArray
from allocopt.curves.bank import CurveBank
from allocopt.curves.base import CurveShape

_TRIED = 1000
"""Placements in whole steps that are tried one by one for what is left of a budget."""


@dataclass(frozen=True, eq=False)
class Spread:
    """A plan that keeps the limit.

    Attributes
    ----------
    spend, response : FloatArray (n,)
    score : float
    prices : FloatArray (r,)
        Score that one more unit of each limit brings, on the stretches of curves it stands on.
    """

    spend: FloatArray
    response: FloatArray
    score: float
    prices: FloatArray


@dataclass(frozen=True)
class Crossing:
    """The placement at which the limit is passed, and where exactly.

    Attributes
    ----------
    placement : int
    spend : float
    """

    placement: int
    spend: float


def crossing(market: Market, goal: Goal, found: Balance) -> Crossing | None:
    """Return where the limit is passed on the way from under to over; None if it is not."""
    changed = np.flatnonzero(found.under.spend != found.over.spend)
    if not changed.size:
        return None
    passed = np.flatnonzero(_excess_after(goal, found, changed) > 0.0)
    if not passed.size:
        return None
    first = int(passed[0])
    placement = int(changed[first])
    before = changed[:first]
    spend = _with_other_side(found.under.spend, found.over.spend, before)
    response = _with_other_side(found.under.response, found.over.response, before)
    ends = float(found.under.spend[placement]), float(found.over.spend[placement])
    rest = float(spend.sum()) - ends[0], float(response.sum() - response[placement])
    curve = market.bank.take([placement])

    def excess(x: float) -> float:
        return goal.excess(Totals(rest[0] + x, rest[1] + float(curve.value(x)[0])))

    if excess(ends[0]) >= 0.0 or excess(ends[1]) <= 0.0:
        return Crossing(placement, ends[0])
    return Crossing(placement, float(brentq(excess, *ends, xtol=1e-300, rtol=1e-15)))


def _excess_after(goal: Goal, found: Balance, changed: IntArray) -> FloatArray:
    """Return the excess after each of the changed placements in turn went to the other side."""
    spend = np.cumsum((found.over.spend - found.under.spend)[changed])
    response = np.cumsum((found.over.response - found.under.response)[changed])
    under = found.under.totals
    return goal.excess(Totals(under.spend + spend, under.response + response))


def _with_other_side(here: FloatArray, there: FloatArray, which: IntArray) -> FloatArray:
    values = here.copy()
    values[which] = there[which]
    return values


def plans_near(
    market: Market, goal: Goal, found: Balance, tolerance: float = 0.0
) -> Iterator[Spread]:
    """Yield plans that keep the limit, made of the responses around it, quick ones first.

    One is the mixture of both sides that meets the limit. For others each placement keeps to
    the side it is on, under or over the limit, and to the concave stretch of its curve there;
    what remains has no leaps but at straight or whole steps, and is balanced again.
    """
    yield from _mixed(market, goal, found)
    if not (found.under.spend != found.over.spend).any():
        return
    for side in (found.under, found.over):
        kept = stretches(market, side.spend)
        start = found.price if found.price > 0.0 else 1.0
        again = balance(kept, goal, start, tolerance)
        if again is not None:
            yield from _mixed(kept, goal, again)


def _mixed(market: Market, goal: Goal, found: Balance) -> list[Spread]:
    """Return the mixture of both sides at the limit, and its neighbors, as far as allowed."""
    points = [found.under.spend, found.over.spend]
    met = crossing(market, goal, found) if market.moves is None else None
    if met is not None:
        changed = np.flatnonzero(found.under.spend != found.over.spend)
        before, after = changed[changed < met.placement], changed[changed > met.placement]
        mixed = _with_other_side(found.under.spend, found.over.spend, before)
        points.append(_topped_up(market, goal, (mixed, found.over.spend), after))
        if _divisible(market, met):
            points.append(mixed.copy())
            points[-1][met.placement] = met.spend
    spreads = (_spread(market.bank, goal, point, found.price) for point in points)
    return [spread for spread in spreads if spread is not None]


def _divisible(market: Market, met: Crossing) -> bool:
    """Return whether the placement may spend any amount around the crossing."""
    domain, at = market.domain, met.placement
    stepped = market.bank.shape()[at] == CurveShape.STEPPED
    inside = domain.low[at] <= met.spend <= domain.high[at]
    return bool(inside and not domain.whole[at] and not stepped)


def _topped_up(
    market: Market, goal: Goal, ends: tuple[FloatArray, FloatArray], after: IntArray
) -> FloatArray:
    """Return the first of both ends with as many of ``after`` as in the second as fit."""
    spend, there = ends[0].copy(), ends[1][after]
    response = market.bank.value(spend)
    total = Totals.of(spend, response)
    gains = market.bank.take(after).value(there) - response[after]
    for placement, end, gain in zip(after[:_TRIED], there, gains, strict=False):
        more = Totals(total.spend + float(end - spend[placement]), total.response + float(gain))
        if goal.excess(more) <= 0.0:
            spend[placement], total = end, more
    return spend


def _spread(bank: CurveBank, goal: Goal, spend: FloatArray, price: float) -> Spread | None:
    response = bank.value(spend)
    totals = Totals.of(spend, response)
    if not goal.allowed(totals):
        return None
    return Spread(spend, response, goal.score(totals), np.array([goal.shadow_price(price)]))


def stretches(market: Market, spend: FloatArray) -> Market:
    """Return the market in which every placement keeps to the concave stretch it stands on.

    What is on no such stretch stays where it is, as do placements that do not move.
    """
    domain = market.domain
    moved = np.ones(spend.size, dtype=np.bool_)
    if market.moves is not None:
        moved = market.moves.settled | (spend != market.moves.current)
    movable = curves_down(market.bank, spend) & moved & ~(domain.off & (spend == 0.0))
    start = np.maximum(domain.low, market.bank.inflection())
    low = np.where(movable, np.minimum(start, spend), spend)
    high = np.where(movable, domain.high, spend)
    kept = replace(domain, low=low, high=high, off=np.zeros_like(domain.off))
    return Market(market.bank, kept)


def curves_down(bank: CurveBank, spend: FloatArray) -> BoolArray:
    """Return which placements are where their curve is concave from there on."""
    shape = bank.shape()
    bent = (shape == CurveShape.S_SHAPED) & (spend >= bank.inflection())
    return np.asarray((shape == CurveShape.CONCAVE) | bent)
