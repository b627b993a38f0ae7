"""Money poured out in fixed proportions until budgets and placements are full."""

from collections.abc import Sequence

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.problem.problem import Problem
from allocopt.solving.commit import firm_choices
from allocopt.strategies.bounds import Budget, spend_bounds

_FULL = 1e-9


def filled(
    shares: FloatArray, bounds: tuple[FloatArray, FloatArray], budgets: Sequence[Budget]
) -> FloatArray:
    """Return spend that grows from its lower bounds in the proportions of ``shares``.

    A placement stops in a period where it is full or a budget that it counts in is; the others
    go on (progressive filling, Bertsekas and Gallager 1992, section 6.5.2).

    Parameters
    ----------
    shares : FloatArray (placements, periods)
        At least 0; of those with 0 nothing is spent beyond the lower bound.
    bounds : tuple of FloatArray (placements, periods), 元
        Least and most.
    budgets : sequence of Budget
        At least one that limits each.

    Returns
    -------
    FloatArray (placements, periods), 元
    """
    lower, upper = bounds
    spend = lower.astype(np.float64).copy()
    growing = (shares > 0) & (upper > lower)
    rate = shares / shares.max(initial=1.0) if shares.size else shares
    while growing.any():
        pace = np.where(growing, rate, 0.0)
        room = [b.room - float((b.weights * spend).sum()) for b in budgets]
        speed = [float((b.weights * pace).sum()) for b in budgets]
        times = [max(r, 0.0) / v if v > 0 else np.inf for r, v in zip(room, speed, strict=True)]
        own = np.divide(upper - spend, pace, out=np.full_like(spend, np.inf), where=growing)
        step = min([float(own.min()), *times])
        if not np.isfinite(step):
            break
        spend = np.where(
            own <= step * (1 + _FULL), np.where(growing, upper, spend), spend + step * pace
        )
        growing &= own > step * (1 + _FULL)
        for budget, time in zip(budgets, times, strict=True):
            if time <= step * (1 + _FULL):
                growing &= budget.weights <= 0
    return spend


def poured(problem: Problem, shares: FloatArray, budgets: Sequence[Budget]) -> FloatArray:
    """Return spend in the proportions of ``shares`` with whole choices about it made on the way.

    What placements that must be off, or on a level, or stay as they are do not take goes to the
    others in a second pass.

    Parameters
    ----------
    problem : Problem
    shares : FloatArray (placements, periods)
        At least 0.
    budgets : sequence of Budget

    Returns
    -------
    FloatArray (placements, periods), 元
    """
    bounds = spend_bounds(problem)
    first = filled(shares, bounds, budgets)
    firm = firm_choices(problem, first).placements
    lower = np.maximum(firm.lower, bounds[0])
    upper = np.maximum(np.minimum(firm.upper, bounds[1]), lower)
    return filled(shares, (lower, upper), budgets)
