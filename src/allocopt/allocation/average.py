"""Allocation for the mean response over draws of curves."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from allocopt.allocation.allocation import Allocation, AllocationStatus, relative_gap
from allocopt.allocation.averaged import AveragedCurves
from allocopt.allocation.drawblocks import DrawBlocks
from allocopt.allocation.goals import Goal, MostResponse, Totals
from allocopt.allocation.request import Choice, Request, Shared, checked_request
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
    """What is wanted of the mean: goal and limits, as given."""

    goal: Goal
    choice: Choice
    shared: Shared


def on_average(
    draws: Curve, given: Averaged, limits: tuple[float, float], solve: Solve
) -> Allocation:
    """Return the allocation with the most mean response over draws of curves.

    Curves that lie nowhere below the mean are allocated over, and brought closer where the
    allocation stands, until it is worth on the mean what they promise. Where they are to be
    close at first, an allocation over a few of the draws says.

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
    if not isinstance(given.goal, MostResponse):
        raise AllocationError(T("draws of curves go with the goal of most response"))
    started = time.monotonic()
    domain = checked_request(draws[0], given.goal, given.choice, given.shared).market.domain
    ends = domain.least, np.maximum(domain.high, domain.least)
    around: FloatArray | None = None
    if draws.dims[0] > 2 * _FEW_DRAWS:
        few = DrawBlocks(draws[:: draws.dims[0] // _FEW_DRAWS])
        rough = (max(limits[0], _ROUGH), limits[1] / 2.0)
        around = _closer(AveragedCurves.over(few, *ends), given, rough, solve).spend
    left = limits[1] - (time.monotonic() - started)
    curves = AveragedCurves.over(DrawBlocks(draws), *ends, around)
    found = _closer(curves, given, (limits[0], left), solve)
    return replace(found, seconds=time.monotonic() - started)


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
