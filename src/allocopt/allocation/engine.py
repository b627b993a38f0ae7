"""The search for one checked request: which method, how it ended, and what is said of it."""

import math
import time

import highspy
import numpy as np

from allocopt.allocation.allocation import Allocation, AllocationStatus, relative_gap
from allocopt.allocation.branch import PriceSearch
from allocopt.allocation.conflict import conflict_of
from allocopt.allocation.coupled import RowSearch
from allocopt.allocation.goals import Goal, LeastBudget, MostResponse, ReturnAtLeast
from allocopt.allocation.request import Request
from allocopt.allocation.responses import Market
from allocopt.allocation.rows import Rows
from allocopt.arrays import FloatArray
from allocopt.errors import NoAllocationError, NoPlanInTimeError, SolveError
from allocopt.text import T


def allocated(
    request: Request,
    gap: float,
    time_limit: float,
    start: float = math.nan,
    *,
    prices: FloatArray | None = None,
) -> Allocation:
    """Return the allocation of a checked request.

    ``start`` is a price to look around first; ``prices`` are those of an allocation before, of
    its goal and rows. Any prices prove a bound, so that no proof rests on them.
    """
    started = time.monotonic()
    # HiGHS keeps one pool of threads per process and refuses another number of them until the
    # pool is given up; a plan may have been solved before, with more threads than one.
    highspy.Highs.resetGlobalScheduler(True)
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


def _without_plan(search: PriceSearch | RowSearch) -> SolveError:
    request = search.request
    rows = Rows.of(request.goal, request.matrix, request.limits, usual_price(request.market))
    names, repairs = conflict_of(request, rows)
    # Limits that clash under lines above the curves clash under the curves.
    if isinstance(search, RowSearch) and not (search.infeasible or names):
        return SolveError(
            T(
                "no allocation was found and none was proven impossible; limits and curves are "
                "further apart in size than numbers can tell"
            )
        )
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
