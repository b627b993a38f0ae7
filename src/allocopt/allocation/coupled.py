"""Allocations under many limits: prices of rows first, then a program over parts of domains.

1. *Prices*: Newton's method finds prices of all rows; what they prove bounds every plan.
2. *Plan*: every placement keeps to the concave stretch that its best response stands on; prices
   of the rows on these stretches give a plan that keeps the rows.
3. *Close the gap*: parts of domains that lose more than the gap at the prices are left out for
   good. The rest is a program in whole numbers under lines above the curves; its bound holds for
   the true curves, its answer makes a plan as in step 2. New tangents and splits where the answer
   stands, and again.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from allocopt.allocation.balance import balance
from allocopt.allocation.goals import Goal, LeastBudget, ReturnAtLeast
from allocopt.allocation.parts import Lines, Marks, Parts, lines_above, parts_of
from allocopt.allocation.partsprogram import parts_program
from allocopt.allocation.plans import Spread, stretches
from allocopt.allocation.request import Request
from allocopt.allocation.responses import Market
from allocopt.allocation.rowprices import RowBalance, balance_rows, unit_prices
from allocopt.allocation.rows import Rows
from allocopt.arrays import BoolArray, FloatArray
from allocopt.solving.program import ProgramAnswer, solve_program

_KEPT = 1e-9
"""A row counts as kept within this share of the sizes compared."""
_NEARLY_KEPT = 1e-6
_NEARBY = (0.8, 0.95, 1.05, 1.25)
_SHARE_OF_GAP = 0.25
_SHARE_OF_OPEN = 0.05
_STALLED = 4
_LOPSIDED = 0.1
_TOWARDS_STEEP = 1e-3
_MENDINGS = 8
_SOLVER_ROUNDING = 1e-9


@dataclass
class RowSearch:
    """State of a search under many limits; see the module.

    Attributes
    ----------
    request : Request
    gap : float
        Wanted distance of value and bound, share of the value.
    price : float
        What a unit of spend brings, more or less.
    best : Spread or None
    bound : float
        What no plan's score exceeds.
    explored : int
        Rounds so far.
    infeasible : bool
        Whether no plan keeps the rows.
    """

    request: Request
    gap: float
    price: float
    seed: int = 0
    best: Spread | None = None
    bound: float = math.inf
    explored: int = 0
    infeasible: bool = False

    def __post_init__(self) -> None:
        request = self.request
        self.rows = Rows.of(request.goal, request.matrix, request.limits, self.price)

    @property
    def goal(self) -> Goal:
        """What is maximized."""
        return self.request.goal

    def done(self) -> bool:
        """Return whether the best plan is proven to the wanted gap."""
        return self.best is not None and self.bound - self.best.score <= self._allowance()

    def _allowance(self) -> float:
        return math.inf if self.best is None else self.gap * abs(self.best.score)

    def run(self, left: Callable[[], float]) -> None:
        """Search until the gap is reached, nothing moves any more, or no seconds are left."""
        market = self.request.market
        root = balance_rows(market, self.rows, self._first_prices(market))
        self._lower_bound_to(root.bound)
        self._offer(market.domain.least, root.prices)
        settled = self._plan_on_stretches(root.spend, root.prices)
        touching = self._touching(root)
        touching = self._touched(touching, settled)
        splits = Marks.none()
        stalled = 0
        while not self.done() and left() > 0.0 and stalled < _STALLED:
            before = (self.bound, -math.inf if self.best is None else self.best.score)
            spend = self._round(root, touching, splits, left())
            if spend is None:
                return
            touching = self._touched(touching, spend)
            touching = self._touched(touching, self._plan_on_stretches(spend, root.prices))
            splits = self._split(splits, spend)
            after = (self.bound, -math.inf if self.best is None else self.best.score)
            stalled = stalled + 1 if after == before else 0

    def _first_prices(self, market: Market) -> FloatArray:
        """Return prices as if the goal's own limit were the only one."""
        prices = np.zeros(self.rows.limits.size)
        found = None
        if not isinstance(self.goal, ReturnAtLeast):
            found = balance(replace(market, moves=None), self.goal, self.price)
        price = self.price if found is None or found.price == 0.0 else found.price
        prices[0] = 1.0 / price if isinstance(self.goal, LeastBudget) else price
        return prices

    def _lower_bound_to(self, bound: float) -> None:
        self.bound = min(self.bound, bound)
        if self.best is not None:
            self.bound = max(self.bound, self.best.score)

    def _plan_on_stretches(self, spend: FloatArray, prices: FloatArray) -> FloatArray | None:
        """Offer the plan that keeps each placement on the concave stretch ``spend`` is on.

        Return its spend; None where these stretches hold no better plan than the best.
        """
        kept = stretches(self.request.market, spend)
        score = -math.inf if self.best is None else self.best.score
        found = balance_rows(kept, self.rows, prices, floor=score)
        if found.bound <= score:
            return None
        if not self._offer(found.spend, found.prices):
            missed = self.rows.missed(found.spend, found.response)
            if missed.max(initial=0.0) < _NEARLY_KEPT:
                room = 2.0 * np.maximum(missed, 0.0) * np.abs(self.rows.limits)
                tight = replace(self.rows, limits=self.rows.limits - room)
                found = balance_rows(kept, tight, found.prices)
                self._offer(found.spend, found.prices)
        return found.spend

    def _offer(self, spend: FloatArray, prices: FloatArray) -> bool:
        """Keep a plan if it keeps the rows and is better; return whether it keeps them."""
        response = self.request.market.bank.value(spend)
        if (self.rows.missed(spend, response) > _KEPT).any() or not self._uses_kept(spend):
            return False
        score = self.rows.score(spend, response)
        if self.best is None or score > self.best.score:
            self.best = Spread(spend, response, score, prices)
            self.bound = max(self.bound, score)
        return True

    def _uses_kept(self, spend: FloatArray) -> bool:
        return all(
            use.of(self.request.levels, spend) <= use.limit + _KEPT * abs(use.limit)
            for use in self.request.uses
        )

    def _touching(self, root: RowBalance) -> Marks:
        """Return where tangents touch at first: best responses to the prices and nearby."""
        market = self.request.market
        worth, cost = unit_prices(self.rows, root.prices)
        price, marks = cost / worth, Marks.none().and_at(root.spend)
        low = np.minimum(market.domain.low, market.domain.high)
        for factor in _NEARBY:
            marks = marks.and_at(market.bank.best_response(price * factor, low, market.domain.high))
        return marks

    def _touched(self, touching: Marks, spend: FloatArray | None) -> Marks:
        """Return the marks with one more per placement, where its curve has a tangent.

        Where it rises infinitely steeply, the mark is much closer to there than any before.
        """
        if spend is None:
            return touching
        market = self.request.market
        steep = ~np.isfinite(market.bank.marginal(spend))
        if steep.any():
            nearest = np.maximum(market.domain.high, spend)
            beyond = touching.spend > spend[touching.owner]
            np.minimum.at(nearest, touching.owner[beyond], touching.spend[beyond])
            spend = np.where(steep, spend + _TOWARDS_STEEP * (nearest - spend), spend)
        return touching.and_at(spend)

    def _round(
        self, root: RowBalance, touching: Marks, splits: Marks, seconds: float
    ) -> FloatArray | None:
        """Solve a program over parts; return the spend of its answer."""
        market = self.request.market
        parts = parts_of(market, self.request.levels, splits)
        if self.best is not None:
            room = root.bound - self.best.score + 1e-9 * abs(root.bound)
            parts = parts.take(_worthwhile(market, self.rows, (root, parts), room))
        lines = lines_above(market, parts, touching)
        answer, spend = self._answer(self.rows, (parts, lines), seconds)
        self.explored += 1
        if answer.infeasible:
            # With a plan at hand that keeps rows to rounding, this is rounding and no proof.
            self.infeasible = self.best is None
            return None
        bound = answer.bound * self._unit
        rounding = 0.0 if parts.points.all() else _SOLVER_ROUNDING
        self._lower_bound_to(bound + rounding * abs(bound))
        if spend is not None and not self._offer(spend, root.prices) and self.rows.share.any():
            self._mend(root, spend, (parts, touching), seconds)
        return spend

    @property
    def _unit(self) -> float:
        """What programs count scores in."""
        return max(abs(self.bound), 1e-300) if math.isfinite(self.bound) else 1.0

    def _answer(
        self, rows: Rows, made: tuple[Parts, Lines], seconds: float
    ) -> tuple[ProgramAnswer, FloatArray | None]:
        """Return the answer of the program over parts, and the spend it stands for."""
        allowance = 0.0
        if self.best is not None:
            open_yet = _SHARE_OF_OPEN * (self.bound - self.best.score)
            allowance = max(_SHARE_OF_GAP * self._allowance(), open_yet) / self._unit
        market = self.request.market
        program = parts_program(self.request, rows, made, self._unit)
        answer = solve_program(
            program.program,
            allowance=allowance,
            time_limit=seconds,
            seed=self.seed,
            careful=True,
        )
        if answer.values is None:
            return answer, None
        return answer, program.spend(answer.values, len(market.bank))

    def _mend(
        self, root: RowBalance, spend: FloatArray, made: tuple[Parts, Marks], seconds: float
    ) -> None:
        """Offer plans near an answer whose true response is short: ask for more of it.

        Lines lie above curves, so that a row that asks for response is kept too easily.
        """
        market, (parts, touching) = self.request.market, made
        rows, at = self.rows, spend[parts.owner]
        parts = parts.take((at >= parts.low) & (at <= parts.high))
        for _ in range(_MENDINGS):
            missed = self.rows.used(spend, market.bank.value(spend)) - self.rows.limits
            more = np.where(rows.share < 0.0, np.maximum(missed, 0.0), 0.0)
            rows = replace(rows, limits=rows.limits - more)
            touching = self._touched(touching, spend)
            found = self._answer(rows, (parts, lines_above(market, parts, touching)), seconds)[1]
            if found is None or self._offer(found, root.prices):
                return
            spend = found

    def _split(self, splits: Marks, spend: FloatArray) -> Marks:
        """Return the splits with one more where a spend is inside a part that bends up.

        Where it is close to an end of the part, the middle is another: answers that creep along
        a chord would take rounds without end.
        """
        parts = parts_of(self.request.market, self.request.levels, splits)
        at = spend[parts.owner]
        inside = ~parts.points & ~parts.bends_down & (at > parts.low) & (at < parts.high)
        owner, low, high = parts.owner[inside], parts.low[inside], parts.high[inside]
        share = (spend[owner] - low) / (high - low)
        aside = np.minimum(share, 1.0 - share) < _LOPSIDED
        return Marks(
            np.concatenate([splits.owner, owner, owner[aside]]),
            np.concatenate([splits.spend, spend[owner], ((low + high) / 2.0)[aside]]),
        )


def _worthwhile(
    market: Market, rows: Rows, found: tuple[RowBalance, Parts], room: float
) -> BoolArray:
    """Return the parts that a better plan may stand on, (p,).

    At the prices a plan on a part loses at least what the part's best spend does against the
    placement's best; what loses more than ``room``, from the plan to the bound, is no better.
    """
    root, parts = found
    worth, cost = unit_prices(rows, root.prices)
    bank, cost = market.bank.take(parts.owner), cost[parts.owner]
    spend = bank.best_response(cost / worth, parts.low, parts.high)
    gain = worth * bank.value(spend) - cost * spend
    most = np.full(len(market.bank), -np.inf)
    np.maximum.at(most, parts.owner, gain)
    kept = most[parts.owner] - gain <= room
    if market.moves is not None:
        # Staying and moving are compared by the price of a move, which is not in the loss.
        kept |= np.isin(parts.owner, parts.owner[parts.moves])
    return np.asarray(kept)
