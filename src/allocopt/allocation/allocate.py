"""``ao.allocate``: spend over response curves, with a bound that proves it."""

from collections.abc import Sequence
from dataclasses import replace

from numpy.typing import ArrayLike

from allocopt.allocation.allocation import Allocation
from allocopt.allocation.asked import Asked
from allocopt.allocation.average import Averaged, on_average
from allocopt.allocation.engine import allocated
from allocopt.allocation.goals import Goal, MostResponse
from allocopt.allocation.request import (
    Choice,
    LinearRows,
    Shared,
    Uses,
    checked_request,
)
from allocopt.allocation.risk import MeanCVaR
from allocopt.curves.base import Curve
from allocopt.errors import AllocationError
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
    risk: MeanCVaR | None = None,
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
    risk : MeanCVaR, optional
        With draws: what counts besides their mean is what the worst of them come to in sum.
        ``response`` is then still the mean of each placement, ``objective`` the blend.
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
    return allocated_as(Asked(curves, wanted, choice, shared, gap, time_limit, risk))


def allocated_as(asked: Asked, before: Allocation | None = None) -> Allocation:
    """Return the allocation that was asked for; one of much the same problem says where to look."""
    limits = (asked.gap, asked.time_limit)
    if isinstance(asked.curves, Curve) and asked.drawn:
        given = Averaged(asked.goal, asked.choice, asked.shared, asked.risk)
        found = on_average(asked.curves, given, limits, allocated)
    elif asked.risk is not None:
        raise AllocationError(
            T("risk goes with draws of curves: parameters of shape (draws, n) were expected")
        )
    else:
        request = checked_request(asked.curves, asked.goal, asked.choice, asked.shared)
        prices = None if before is None else before.prices
        found = allocated(request, *limits, prices=prices)
    return replace(found, asked=asked)


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
