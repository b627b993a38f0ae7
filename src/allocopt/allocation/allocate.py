"""``ao.allocate``: spend over response curves, with a bound that proves it."""

import math
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from allocopt.allocation.allocation import Allocation, AllocationStatus, relative_gap
from allocopt.allocation.average import Averaged, on_average
from allocopt.allocation.branch import PriceSearch
from allocopt.allocation.conflict import conflict_of
from allocopt.allocation.coupled import RowSearch
from allocopt.allocation.goals import Goal, LeastBudget, MostResponse, ReturnAtLeast
from allocopt.allocation.request import (
    Asked,
    Choice,
    LinearRows,
    Request,
    Shared,
    Uses,
    checked_request,
)
from allocopt.allocation.responses import Market
from allocopt.allocation.rows import Rows
from allocopt.arrays import FloatArray
from allocopt.curves.base import Curve
from allocopt.errors import AllocationError, NoAllocationError, NoPlanInTimeError, SolveError
from allocopt.text import T


def allocate(
    curves: Curve | Sequence[Curve],
    budget: float | None = None,
    *,
    lower: ArrayLike = 0.0,
    upper: ArrayLike | None = None,
    constraints: Sequence[LinearRows] = (),
    uses: Sequence[Uses] = (),
    minimum: ArrayLike | None = None,
    whole: ArrayLike = False,
    current: ArrayLike | None = None,
    max_moves: int | None = None,
    spend_all: bool = False,
    goal: Goal | None = None,
    gap: float = 1e-6,
    time_limit: float = 60.0,
) -> Allocation:
    """Return the allocation of spend that is best on the true curves, with its proof.

    Parameters
    ----------
    curves : Curve of shape (n,) or (draws, n), or sequence of curves
        Response curves, of one family with arrays of parameters or of any families. With draws
        of parameters, of a fit or a posterior, response is the mean over them.
    budget : float
        Most that may be spent in sum.
    lower, upper : array_like of shape () or (n,)
        Bounds of spend; ``upper`` of None goes as far as the budget does.
    constraints : sequence of (A, b)
        Further rows, A @ spend <= b; A dense or sparse of shape (m, n).
    uses : sequence of (U, b)
        Further resources of menus: level j of placement i uses U[i][j], in sum at most b.
    minimum : array_like of shape () or (n,), optional
        Spend is nothing or at least this much, where ``lower`` is 0.
    whole : array_like of bool
        Where spend is a whole number (people, calls).
    current : array_like of shape () or (n,), optional
    max_moves : int, optional
        At most so many placements leave ``current``.
    spend_all : bool
        Whether the budget must be spent whole.
    goal : Goal, optional
        `LeastBudget`, `ReturnAtLeast`, or `MostResponse` with the worth of money; then
        without ``budget`` and ``spend_all``.
    gap : float
        Wanted distance of objective and bound, share of the objective.
    time_limit : float
        Seconds; the best allocation so far and its bound are returned at the limit.

    Raises
    ------
    AllocationError
        If the input contradicts itself.
    NoAllocationError
        If no allocation keeps every limit; names those that clash and the ways out.
    NoPlanInTimeError
        If the time ended before the first allocation was found.
    """
    choice = Choice(lower, upper, minimum, whole, current, max_moves)
    shared, wanted = Shared(constraints, uses), _goal(budget, spend_all, goal)
    return allocated_as(Asked(curves, wanted, choice, shared, gap, time_limit))


def allocated_as(asked: Asked, before: Allocation | None = None) -> Allocation:
    """Return the allocation that was asked for; one of much the same problem says where to look."""
    limits = (asked.gap, asked.time_limit)
    if isinstance(asked.curves, Curve) and asked.drawn:
        given = Averaged(asked.goal, asked.choice, asked.shared)
        found = on_average(asked.curves, given, limits, allocated)
    else:
        request = checked_request(asked.curves, asked.goal, asked.choice, asked.shared)
        prices = None if before is None else before.prices
        found = allocated(request, *limits, prices=prices)
    return replace(found, asked=asked)


def allocated(
    request: Request,
    gap: float,
    time_limit: float,
    start: float = math.nan,
    prices: FloatArray | None = None,
) -> Allocation:
    """Return the allocation of a checked request.

    ``start`` is a price to look around first; ``prices`` are those of an allocation before, of
    its goal and rows. Any prices prove a bound, so that no proof rests on them.
    """
    started = time.monotonic()
    if prices is not None:
        start = _unit_price(request.goal, float(prices[0]))
    price = start if 0.0 < start < math.inf else usual_price(request.market)
    search: PriceSearch | RowSearch = (
        PriceSearch(request, gap, price) if _one_limit(request) else RowSearch(request, gap, price)
    )
    stopped = _run(search, started + time_limit)
    return _allocation(search, stopped, time.monotonic() - started)


def _unit_price(goal: Goal, price: float) -> float:
    """Return what a unit of spend brings where the goal's own limit has this price."""
    if isinstance(goal, MostResponse):
        return price
    return 1.0 / price if isinstance(goal, LeastBudget) and price > 0.0 else math.nan


def _goal(budget: float | None, spend_all: bool, goal: Goal | None) -> Goal:
    if goal is not None and spend_all:
        raise AllocationError(T("spend_all goes with budget; a goal says it itself"))
    if goal is not None and budget is None:
        return goal
    if goal is not None or budget is None:
        raise AllocationError(T("either a budget or a goal is needed, and not both"))
    try:
        amount = float(budget)
    except (TypeError, ValueError):
        raise AllocationError(T("budget: a number was expected")) from None
    return MostResponse(amount, spend_all=spend_all)


def _without_plan(search: PriceSearch | RowSearch) -> SolveError:
    if isinstance(search, RowSearch) and not search.infeasible:
        return SolveError(
            T(
                "no allocation was found and none was proven impossible; limits and curves are "
                "further apart in size than numbers can tell"
            )
        )
    request = search.request
    rows = Rows.of(request.goal, request.matrix, request.limits, usual_price(request.market))
    names, repairs = conflict_of(request, rows)
    ways = "; ".join(f"{repair.name}: {repair.by:.6g}" for repair in repairs) or "-"
    return NoAllocationError(
        T(
            "no allocation keeps every limit; these clash: {names}. Loosening one of them alone "
            "helps by at least: {ways}",
            names=", ".join(names),
            ways=ways,
        ),
        names,
        {repair.name: repair.by for repair in repairs},
    )


def _one_limit(request: Request) -> bool:
    goal = request.goal
    two = isinstance(goal, ReturnAtLeast) and math.isfinite(goal.budget)
    return request.limits.size == 0 and not request.uses and not two


def _run(search: PriceSearch | RowSearch, until: float) -> AllocationStatus:
    """Search until done, and return how it ended."""

    def left() -> float:
        return until - time.monotonic()

    try:
        search.run(left)
    except KeyboardInterrupt:
        if search.best is None:
            raise
        return AllocationStatus.INTERRUPTED
    if search.done():
        return AllocationStatus.PROVEN
    return AllocationStatus.TIME_LIMIT if left() <= 0.0 else AllocationStatus.STUCK


def usual_price(market: Market) -> float:
    """Return a price of the right scale: what the whole range of spend brings per unit."""
    low, high = market.domain.least, np.maximum(market.domain.high, market.domain.least)
    rise = float((market.bank.value(high) - market.bank.value(low)).sum())
    width = float((high - low).sum())
    return rise / width if rise > 0.0 and width > 0.0 else 1.0


def _allocation(
    search: PriceSearch | RowSearch, status: AllocationStatus, seconds: float
) -> Allocation:
    best, goal = search.best, search.goal
    if best is None and status is AllocationStatus.TIME_LIMIT:
        raise NoPlanInTimeError(T("the time limit came before the first allocation was found"))
    if best is None:
        raise _without_plan(search)
    objective, bound = goal.reported(best.score), goal.reported(search.bound)
    return Allocation(
        spend=best.spend,
        response=best.response,
        objective=objective,
        bound=bound,
        gap=0.0 if objective == bound else relative_gap(objective, bound),
        prices=best.prices,
        status=status,
        seconds=seconds,
        explored=search.explored,
    )
