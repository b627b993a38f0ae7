"""Branch and bound on prices: from the bound of one price to the proof of a plan.

At the price of the limit only placements that leap there can be at fault when a plan is worth
less than its bound. One of them is split into two intervals of spend; on each its envelope lies
lower, and each branch has a price, a bound and plans of its own. Nothing is approximated: bounds
come from best responses on true curves.
"""

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from allocopt.allocation.balance import Balance, balance
from allocopt.allocation.domain import Domain
from allocopt.allocation.goals import Goal
from allocopt.allocation.plans import Crossing, Spread, crossing, plans_near
from allocopt.allocation.request import Request
from allocopt.allocation.responses import Market
from allocopt.curves.base import CurveShape

_SHARE_OF_GAP = 0.05
"""How exactly a price is found."""
_OFF_THE_ENDS = 0.1
"""A split leaves at least this share of a leap on either side."""


@dataclass(order=True, frozen=True)
class _Branch:
    """A market still open; the one that may be worth most comes first."""

    key: float
    number: int
    market: Market = field(compare=False)
    found: Balance = field(compare=False)


@dataclass
class PriceSearch:
    """State of a branch and bound on prices.

    Attributes
    ----------
    request : Request
    gap : float
        Wanted distance of value and bound, share of the value.
    price : float
        What a unit of spend brings, more or less.
    best : Spread or None
    explored : int
        Branches so far.
    """

    request: Request
    gap: float
    price: float
    best: Spread | None = None
    explored: int = 0
    _open: list[_Branch] = field(default_factory=list)
    _left: float = -math.inf

    @property
    def goal(self) -> Goal:
        """What is maximized."""
        return self.request.goal

    def run(self, left: Callable[[], float]) -> None:
        """Search until the gap is reached, nothing is open, or no seconds are left."""
        self._enter(self.request.market, self.price)
        while self._open and not self.done() and left() > 0.0:
            branch = heapq.heappop(self._open)
            price = branch.found.price
            entered = False
            for child in self._split(branch):
                self._enter(child, price if price > 0.0 else self.price)
                entered = True
            if not entered:
                # Nothing to split: what is open here is rounding.
                self._left = max(self._left, branch.found.bound)

    @property
    def bound(self) -> float:
        """What no plan's score exceeds."""
        value = -math.inf if self.best is None else self.best.score
        return max(value, self._left, -self._open[0].key if self._open else -math.inf)

    def done(self) -> bool:
        """Return whether the best plan is proven to the wanted gap."""
        return self.best is not None and self.bound - self.best.score <= self._allowance()

    def _allowance(self) -> float:
        return math.inf if self.best is None else self.gap * abs(self.best.score)

    def _enter(self, market: Market, start: float) -> None:
        """Bound a branch, take its plans, and keep it while it may hold a better one."""
        market = replace(market, domain=self.request.levels.snapped(market.domain))
        if market.domain.empty or (market.moves is not None and market.moves.left < 0):
            return
        self.explored += 1
        tolerance = _SHARE_OF_GAP * self.gap
        found = balance(market, self.goal, start, tolerance)
        if found is None:
            return
        for plan in plans_near(market, self.goal, found, tolerance):
            if self.best is None or plan.score > self.best.score:
                self.best = plan
            if found.bound - self.best.score <= self._allowance():
                break
        if self.best is None or found.bound > self.best.score:
            heapq.heappush(self._open, _Branch(-found.bound, self.explored, market, found))

    def _split(self, branch: _Branch) -> list[Market]:
        """Return the branch in two, so that neither holds the mixture that proved its bound."""
        market, found = branch.market, branch.found
        changed = np.flatnonzero(found.under.spend != found.over.spend)
        if not changed.size:
            return []
        met = crossing(market, self.goal, found)
        if met is None:
            apart = np.abs(found.under.spend - found.over.spend)
            most = int(apart.argmax())
            met = Crossing(most, float(found.under.spend[most] + found.over.spend[most]) / 2.0)
        at = met.placement
        if market.moves is not None and not market.moves.settled[at]:
            return _by_moving(market, at)
        ends = sorted((float(found.under.spend[at]), float(found.over.spend[at])))
        halves = _halves(market, met, ends[0], ends[1])
        return [replace(market, domain=half) for half in halves]


def _by_moving(market: Market, at: int) -> list[Market]:
    moves = market.moves
    assert moves is not None
    current = float(moves.current[at])
    stays = market.domain.cut(at, low=current, high=current, off=False)
    return [
        replace(market, domain=stays, moves=moves.settle(at, moves=False)),
        replace(market, moves=moves.settle(at, moves=True)),
    ]


def _halves(market: Market, met: Crossing, lower: float, upper: float) -> list[Domain]:
    """Return both domains around the split of one placement."""
    domain, at = market.domain, met.placement
    low, high, off = float(domain.low[at]), float(domain.high[at]), bool(domain.off[at])
    if off and lower < low:
        return [
            domain.cut(at, low=0.0, high=0.0, off=False),
            domain.cut(at, low=low, high=high, off=False),
        ]
    if domain.whole[at] or market.bank.shape()[at] == CurveShape.STEPPED:
        # Ends are snapped to what is allowed when the branch is entered.
        middle = math.floor(met.spend) + 0.5 if domain.whole[at] else (lower + upper) / 2.0
        middle = min(max(middle, lower), upper)
        below, above = _steps_beside(market, at, middle)
        return [
            domain.cut(at, low=low, high=below, off=off),
            domain.cut(at, low=above, high=high, off=False),
        ]
    point = _split_point(market, met, lower, upper)
    if not low < point < high:
        return []
    return [
        domain.cut(at, low=low, high=point, off=off),
        domain.cut(at, low=point, high=high, off=False),
    ]


def _steps_beside(market: Market, at: int, middle: float) -> tuple[float, float]:
    """Return the allowed steps next to ``middle``: ends for the two halves."""
    if market.domain.whole[at]:
        return math.floor(middle), math.floor(middle) + 1.0
    kinks = market.bank.kinks()[at]
    below, above = kinks[kinks <= middle], kinks[kinks > middle]
    return float(below[-1]), float(above[0])


def _split_point(market: Market, met: Crossing, lower: float, upper: float) -> float:
    """Return where the two curves are easier: at the inflection, or at the mixture itself."""
    inflection = float(market.bank.inflection()[met.placement])
    if lower < inflection < upper:
        return inflection
    room = _OFF_THE_ENDS * (upper - lower)
    return min(max(met.spend, lower + room), upper - room)
