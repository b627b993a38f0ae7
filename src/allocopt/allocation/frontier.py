"""The frontier of an allocation: what every budget brings, each point with its proof."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from allocopt.allocation.allocation import Allocation, AllocationStatus, relative_gap
from allocopt.allocation.engine import allocated, usual_price
from allocopt.allocation.goals import MostResponse
from allocopt.allocation.request import Choice, LinearRows, Request, Shared, checked_request
from allocopt.allocation.sweep import sweep
from allocopt.arrays import FloatArray
from allocopt.curves.base import Curve
from allocopt.errors import AllocationError
from allocopt.text import T


@dataclass(frozen=True, eq=False)
class Frontier:
    """Budgets and what they bring.

    Attributes
    ----------
    budgets : FloatArray (k,)
        Ascending.
    objective, bound : FloatArray (k,)
        Response of the best allocation found, and what no allocation of the budget exceeds.
    price : FloatArray (k,)
        What one more unit of the budget brings.
    spend : FloatArray (k, n)
    seconds : float
    """

    budgets: FloatArray
    objective: FloatArray
    bound: FloatArray
    price: FloatArray
    spend: FloatArray
    seconds: float

    @property
    def gap(self) -> float:
        """The largest distance of objective and bound, share of the objective."""
        size = np.maximum(np.abs(self.objective), 1e-300)
        return float(((self.bound - self.objective) / size).max(initial=0.0))


def frontier(
    curves: Curve | Sequence[Curve],
    budgets: ArrayLike,
    *,
    lower: ArrayLike = 0.0,
    upper: ArrayLike | None = None,
    constraints: Sequence[LinearRows] = (),
    minimum: ArrayLike | None = None,
    whole: ArrayLike = False,
    refine: int = 0,
    gap: float = 1e-4,
    time_limit: float = 60.0,
) -> Frontier:
    """Return the best allocation of each of many budgets; see `allocate` for the limits.

    All budgets are swept at once; one whose gap is not reached by that is allocated alone, from
    the price of the budget before.

    Parameters
    ----------
    curves : Curve of shape (n,), or sequence of curves
    budgets : array_like (k,)
    lower, upper, constraints, minimum, whole
        As for `allocate`.
    refine : int
        So many budgets more, each where the response of its neighbors leaves most room.
    gap : float
        Wanted distance of objective and bound at every budget.
    time_limit : float
        Seconds for each budget.

    Raises
    ------
    AllocationError
        If the input contradicts itself.
    NoAllocationError
        If no allocation of some budget keeps every limit.
    """
    started = time.monotonic()
    wanted = np.unique(np.asarray(budgets, dtype=np.float64))
    if not wanted.size or not np.isfinite(wanted).all():
        raise AllocationError(T("budgets: finite numbers were expected"))
    choice, shared = Choice(lower, upper, minimum, whole), Shared(constraints)
    # The smallest budget is the one that may be too small; the largest reaches furthest.
    checked_request(curves, MostResponse(float(wanted[0])), choice, shared)
    request = checked_request(curves, MostResponse(float(wanted[-1])), choice, shared)
    found = _swept(request, wanted, gap)
    price = math.nan
    for budget in wanted.tolist():
        if budget not in found:
            at = replace(request, goal=MostResponse(budget))
            found[budget] = allocated(at, gap, time_limit, start=price)
        price = float(found[budget].prices[0])
    for _ in range(refine):
        budget = _widest(found)
        if budget is None:
            break
        at = replace(request, goal=MostResponse(budget))
        found[budget] = allocated(at, gap, time_limit, start=price)
    return _frontier(found, time.monotonic() - started)


def _swept(request: Request, budgets: FloatArray, gap: float) -> dict[float, Allocation]:
    """Return the budgets that one sweep over prices proves, with their allocations."""
    domain = request.market.domain
    divisible = not (domain.whole.any() or domain.off.any() or request.levels.rows.size)
    if request.limits.size or not divisible:
        return {}
    since = time.monotonic()
    swept = sweep(request.market, budgets, usual_price(request.market), gap)
    seconds = (time.monotonic() - since) / budgets.size
    response = request.market.bank.value(swept.spend)
    found = {}
    for k, budget in enumerate(budgets.tolist()):
        distance = relative_gap(float(swept.objective[k]), float(swept.bound[k]))
        if distance <= gap:
            found[budget] = Allocation(
                spend=swept.spend[:, k],
                response=response[:, k],
                objective=float(swept.objective[k]),
                bound=float(swept.bound[k]),
                gap=distance,
                prices=swept.price[k : k + 1],
                status=AllocationStatus.PROVEN,
                seconds=seconds,
                explored=1,
            )
    return found


def _widest(found: dict[float, Allocation]) -> float | None:
    """Return the middle of the two budgets between which the response is known least.

    It rises with the budget, and by no more than the price before; between two budgets it lies
    in a triangle, whose height says how much is unknown.
    """
    budgets = sorted(found)
    best, widest = None, 0.0
    for left, right in pairwise(budgets):
        width = right - left
        chord = (found[right].objective - found[left].objective) / width
        before, after = found[left].prices[0], found[right].prices[0]
        height = max(before - chord, 0.0) * max(chord - after, 0.0) * width
        height /= max(before - after, 1e-300)
        if height > widest:
            best, widest = (left + right) / 2.0, height
    return best


def _frontier(found: dict[float, Allocation], seconds: float) -> Frontier:
    budgets = sorted(found)
    points = [found[budget] for budget in budgets]
    return Frontier(
        budgets=np.array(budgets),
        objective=np.array([point.objective for point in points]),
        bound=np.array([point.bound for point in points]),
        price=np.array([point.prices[0] for point in points]),
        spend=np.array([point.spend for point in points]),
        seconds=seconds,
    )
