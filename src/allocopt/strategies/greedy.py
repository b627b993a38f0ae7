"""Greedy: the next step of money always goes where it brings most."""

from collections.abc import Sequence

import numpy as np

from allocopt.arrays import FloatArray, IntArray
from allocopt.curves import CurveShape
from allocopt.measures.effort import effort_of
from allocopt.measures.numbers import Numbers
from allocopt.problem.problem import Problem
from allocopt.strategies.bounds import Budget, pool_of, spend_bounds
from allocopt.strategies.marginal import Margins, margins
from allocopt.strategies.rule import Choice, Rule
from allocopt.text import T

STEPS = 4000
"""Into how many the largest budget falls."""
_CENT = 0.01


def decide(problem: Problem) -> Choice:
    """Return spend made up step by step, until budgets are full or nothing brings its cost.

    Each time the step with the largest gain per yuan is taken; the first one of a placement
    reaches its minimum efficient spend, those of a menu its next level. Optimal for concave
    curves up to the step; before the steep part of an S-shaped curve it turns away.
    """
    values, budgets = margins(problem), pool_of(problem)
    lower, upper = spend_bounds(problem)
    spend = lower.astype(np.float64).copy()
    usual = min(float(upper.sum()), max(budget.room for budget in budgets)) / STEPS
    steps = np.zeros_like(spend)
    per_yuan, stale = np.full_like(spend, -np.inf), np.arange(len(spend))
    while True:
        room = _room(budgets, spend)
        before, steps = steps, _steps(problem, spend, upper, (usual, room))
        stale = np.union1d(stale, np.flatnonzero((steps != before).any(axis=1)))
        per_yuan[stale] = _gain_per_yuan(problem, values, (spend[stale], steps[stale]), stale)
        best = np.unravel_index(int(np.argmax(per_yuan)), per_yuan.shape)
        if not per_yuan[best] > 0:
            return Choice(spend)
        spend[best] += steps[best]
        stale = np.array([best[0]])


def _steps(
    problem: Problem, spend: FloatArray, upper: FloatArray, sizes: tuple[float, FloatArray]
) -> FloatArray:
    """Return the next step of every placement and period, 0 where there is none, 元.

    ``sizes`` are the usual step and what budgets have room for.
    """
    usual, room = sizes
    free = np.minimum(np.minimum(usual, room), upper - spend)
    needed = np.where(spend < problem.placements.minimum, problem.placements.minimum - spend, 0.0)
    needed = np.maximum(needed, _to_next_level(problem, spend))
    steps = np.where(needed > 0, np.maximum(needed, np.where(needed > usual, 0.0, free)), free)
    possible = (steps >= _CENT) & (steps <= np.minimum(room, upper - spend) + _CENT / 2)
    return np.where(possible, steps, 0.0)


def _to_next_level(problem: Problem, spend: FloatArray) -> FloatArray:
    """Return what menus lack to their next level, inf on the last one; 0 for other curves."""
    curves = problem.placements.curves
    needed = np.zeros_like(spend)
    stepped = np.flatnonzero(curves.shape() == CurveShape.STEPPED)
    if stepped.size:
        effort = effort_of(Numbers(problem), problem.placements, spend)[stepped]
        levels = curves.kinks()[stepped][:, None, :]
        above = np.where(levels > effort[..., None] + _CENT, levels, np.inf)
        needed[stepped] = above.min(axis=-1) - effort
    return needed


def _room(budgets: Sequence[Budget], spend: FloatArray) -> FloatArray:
    """Return how much more each placement may spend in each period, (placements, periods)."""
    room = np.full_like(spend, np.inf)
    for budget in budgets:
        left = max(budget.room - float((budget.weights * spend).sum()), 0.0)
        own = np.divide(
            left, budget.weights, out=np.full_like(spend, np.inf), where=budget.weights > 0
        )
        room = np.minimum(room, own)
    return room


def _gain_per_yuan(
    problem: Problem, values: Margins, at: tuple[FloatArray, FloatArray], rows: IntArray
) -> FloatArray:
    """Return what each step of some placements gains per yuan, -inf where there is none.

    ``at`` are the spend and the steps of those ``rows``, (rows, periods).
    """
    spend, steps = at
    periods = spend.shape[1]
    # The spend as it is, then with the step of each period.
    bumps = np.eye(periods + 1, periods, k=-1)[:, None, :] * steps
    gains = values.gain(problem, spend + bumps, rows)
    gained = (gains[1:] - gains[0]).T
    found = np.full_like(steps, -np.inf)
    np.divide(gained, steps, out=found, where=steps > 0)
    return found


RULE = Rule(
    name="greedy",
    title=T("Greedy marginal"),
    about=T("the next step of money goes where it brings most, until budgets are full"),
    source="Gross, A Class of Discrete-Type Minimization Problems (1956)",
    decide=decide,
)
