"""Money poured out in fixed proportions until budgets and placements are full."""

from collections.abc import Sequence

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.problem.problem import Problem
from allocopt.solving.commit import firm_choices
from allocopt.strategies.bounds import Budget, spend_bounds


def filled(
    shares: FloatArray, bounds: tuple[FloatArray, FloatArray], budgets: Sequence[Budget]
) -> FloatArray:
    """Return spend in the proportions of ``shares``, but within bounds and budgets.

    A level rises from 0; spend is the level times the share, or the lower bound while that is
    more. It stops where it reaches its upper bound, or a budget that it counts in is full; the
    others go on (progressive filling, Bertsekas and Gallager 1992, section 6.5.2).

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
    open_to = (shares > 0) & (upper > lower)
    start, end = (
        np.divide(bound, shares, out=np.full(shares.shape, np.inf), where=open_to)
        for bound in bounds
    )
    spend, level = lower.astype(np.float64).copy(), 0.0
    while open_to.any():
        moving = open_to & (start <= level)
        full = [_full_at(one, spend, np.where(moving, shares, 0.0), level) for one in budgets]
        stops = np.where(moving, end, start)[open_to]
        level = min(float(stops.min()), *full) if full else float(stops.min())
        spend = np.where(moving, np.minimum(level * shares, upper), spend)
        open_to &= end > level
        for budget, at in zip(budgets, full, strict=True):
            if at <= level:
                open_to &= budget.weights <= 0
    return spend


def _full_at(budget: Budget, spend: FloatArray, speed: FloatArray, level: float) -> float:
    """Return the level at which a budget is full; inf if nothing that counts in it moves."""
    pace = float((budget.weights * speed).sum())
    left = max(budget.room - float((budget.weights * spend).sum()), 0.0)
    return level + left / pace if pace > 0 else np.inf


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
