"""What a step of money more or less does, on the true curves: who would gain and who lose."""

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.problem.problem import Placements
from allocopt.solving.commit import stepped_placements
from allocopt.solving.prices import reach_of

_CENT = 0.01


def step_returns(
    placements: Placements,
    spend: FloatArray,
    effort: FloatArray,
    *,
    value: FloatArray,
    step: float,
) -> tuple[FloatArray, FloatArray]:
    """Return what a step more brings and a step less loses per 元, (placements, periods) each.

    Parameters
    ----------
    placements : Placements
    spend, effort : FloatArray (placements, periods), 元
    value : FloatArray (placements, periods)
        What one more unit of response is worth (`SpendPrices.value`).
    step : float, 元
        Shortened to the room there is.

    Returns
    -------
    pair of FloatArray
        The goal's unit per 元: ``sum_t value[a, t] (f_a(effort + x reach) - f_a(effort)) / x``.
        NaN where there is no room, where spend cannot move, and for menus.
    """
    with np.errstate(invalid="ignore"):
        moved = placements.largest_move[:, None] * placements.current
    near = np.where(np.isnan(moved), np.inf, moved)
    high = np.minimum(placements.upper, placements.current + near)
    low = np.maximum(placements.lower, placements.current - near)
    running = spend >= placements.minimum
    low = np.where(running, np.maximum(low, placements.minimum), low)
    up = np.where(running, np.minimum(high - spend, step), 0.0)
    down = np.minimum(spend - low, step)
    closed = np.isnan(value) | stepped_placements(placements)[:, None]
    facts = placements, effort, value
    gain, loss = _change(facts, up), _change(facts, -down)
    return np.where(closed, np.nan, gain), np.where(closed, np.nan, loss)


def _change(facts: tuple[Placements, FloatArray, FloatArray], step: FloatArray) -> FloatArray:
    """Return the change of value per 元 of a signed step; NaN where it is less than a cent."""
    placements, effort, value = facts
    reach, bank = reach_of(placements), placements.curves
    base, found = bank.value(effort), np.full(step.shape, np.nan)
    for s in range(step.shape[1]):
        moved = np.maximum(effort + step[:, s, None] * reach[:, s], 0.0)
        gained = (value * (bank.value(moved) - base)).sum(axis=1)
        there = np.abs(step[:, s]) >= _CENT
        found[there, s] = gained[there] / step[there, s]
    return found
