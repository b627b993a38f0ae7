"""Allocation for the mean response over draws of curves."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from allocopt.allocation.allocation import Allocation, AllocationStatus, relative_gap
from allocopt.allocation.averaged import AveragedCurves
from allocopt.allocation.blend import Blended, BlendSearch
from allocopt.allocation.domain import Domain
from allocopt.allocation.drawblocks import DrawBlocks
from allocopt.allocation.goals import Goal, MostResponse, Totals
from allocopt.allocation.request import Choice, Request, Shared, checked_request
from allocopt.allocation.risk import MeanCVaR
from allocopt.arrays import FloatArray
from allocopt.curves.base import Curve
from allocopt.errors import AllocationError
from allocopt.text import T

_SHARE_OF_GAP, _SHARE_OF_OPEN, _FIRST_GAP = 0.25, 0.2, 0.01
_FEW_DRAWS, _STALLED = 64, 6
_ROUGH = 1e-3

Solve = Callable[[Request, float, float], Allocation]
"""A request, the wanted gap and seconds; to its allocation."""


@dataclass(frozen=True, eq=False)
class Averaged:
    """What is wanted of the mean: goal and limits, as given; None of risk: the mean alone."""

    goal: Goal
    choice: Choice
    shared: Shared
    risk: MeanCVaR | None = None


def on_average(
    draws: Curve, given: Averaged, limits: tuple[float, float], solve: Solve
) -> Allocation:
    """Return the allocation with the most mean response over draws of curves.

    Curves that lie nowhere below the mean are allocated over, and brought closer where the
    allocation stands, until it is worth on the mean what they promise. Where they are to be
    close at first, an allocation over a few of the draws says. With a risk, means are weighted,
    and the weights sought.

    Parameters
    ----------
    draws : Curve of shape (draws, n)
    given : Averaged
    limits : (wanted gap, seconds)
    solve : Solve

    Raises
    ------
    AllocationError
        If the goal is another than the most response.
    """
    goal = given.goal
    if not isinstance(goal, MostResponse):
        raise AllocationError(T("draws of curves go with the goal of most response"))
    started = time.monotonic()
    request = checked_request(draws[0], goal, given.choice, given.shared)
    blocks = DrawBlocks(draws)
    weighted = _Weighted(blocks, given, request.market.domain, solve)
    near = weighted.over_few(*limits)
    left = limits[1] - (time.monotonic() - started)
    if given.risk is None:
        found = weighted.most(blocks.weights, near, limits[0], left)
        return replace(found, seconds=time.monotonic() - started)
    wanted = Blended(
        given.risk,
        lambda spend: blocks.totals(spend) - goal.worth * float(spend.sum()),
        draws.dims[0],
        _divisible(request),
    )
    search = BlendSearch(
        wanted, lambda q, at, gap, left: weighted.most(q, near if at is None else at, gap, left)
    )
    found = search.run(limits[0], left)
    response = blocks.value(found.spend)
    return replace(found, response=response, seconds=time.monotonic() - started)


def _divisible(request: Request) -> bool:
    domain, stepped = request.market.domain, request.levels.rows.size > 0
    whole = bool(domain.whole.any() or domain.off.any())
    return not (whole or stepped or request.market.moves is not None)


@dataclass(frozen=True, eq=False)
class _Weighted:
    """Allocations for means of draws under any weights."""

    draws: DrawBlocks
    given: Averaged
    domain: Domain
    solve: Solve

    def over_few(self, gap: float, seconds: float) -> FloatArray | None:
        """Return the plan for some of many draws, roughly."""
        draws = self.draws.draws
        if draws.dims[0] <= 2 * _FEW_DRAWS:
            return None
        few = DrawBlocks(draws[:: draws.dims[0] // _FEW_DRAWS])
        some = replace(self, draws=few)
        return some.most(few.weights, None, max(gap, _ROUGH), seconds / 2.0).spend

    def most(
        self, weights: FloatArray, near: FloatArray | None, gap: float, seconds: float
    ) -> Allocation:
        """Return the most mean under weights of draws, sought around a plan."""
        ends = self.domain.least, np.maximum(self.domain.high, self.domain.least)
        curves = AveragedCurves.over(self.draws.weighted(weights), *ends, near)
        return _closer(curves, self.given, (gap, seconds), self.solve)


def _closer(
    curves: AveragedCurves, given: Averaged, limits: tuple[float, float], solve: Solve
) -> Allocation:
    """Allocate and bring the curves closer until the gap is reached or time is up."""
    (gap, seconds), started = limits, time.monotonic()
    best: Allocation | None = None
    distance, stalled = _FIRST_GAP, 0
    for rounds in count(1):
        left = seconds - (time.monotonic() - started)
        request = checked_request(curves.above(), given.goal, given.choice, given.shared)
        found = solve(request, max(gap * _SHARE_OF_GAP, distance * _SHARE_OF_OPEN), left)
        response = curves.value(found.spend)
        objective = given.goal.score(Totals.of(found.spend, response))
        bound = found.bound if best is None else min(found.bound, best.bound)
        if best is None or objective > best.objective:
            best = replace(found, response=response, objective=objective)
        stalled = 0 if relative_gap(best.objective, bound) < distance else stalled + 1
        distance = relative_gap(best.objective, bound)
        ended = _ended(distance <= gap, left, stalled)
        best = replace(best, bound=bound, gap=distance, explored=rounds)
        if ended is not None:
            return replace(best, status=ended)
        curves = curves.finer(found.spend, _prices(request, found))
    raise AssertionError


def _ended(proven: bool, left: float, stalled: int) -> AllocationStatus | None:
    """Return how rounds end; None while there is more to do."""
    if proven:
        return AllocationStatus.PROVEN
    if left <= 0.0:
        return AllocationStatus.TIME_LIMIT
    return AllocationStatus.STUCK if stalled >= _STALLED else None


def _prices(request: Request, found: Allocation) -> FloatArray:
    """Return what a unit of spend costs each placement at the prices of the limits, (n,)."""
    own, rows = float(found.prices[0]), found.prices[1:]
    further = request.matrix.T @ rows if rows.size else np.zeros(found.spend.size)
    return np.asarray(request.goal.least_price + own + further)
