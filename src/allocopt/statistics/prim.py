"""PRIM: boxes of inputs in which most futures are of one kind, as those that break a line.

Friedman and Fisher (1999): slices of the least dense side are peeled off one after the other; the
limits of the box that is taken are then moved out again (pasting), and in, by few points at a time.
"""

from dataclasses import dataclass

import numpy as np

from allocopt.arrays import BoolArray, FloatArray
from allocopt.errors import StatisticsError
from allocopt.statistics.box import Box, JudgedBox, judged
from allocopt.text import T

_PEEL = 0.05
_PASTE = 0.02
_LEAST_POINTS = 20
_CHANCE = 0.05
"""A restriction that hits inside could have by chance as often as this is taken off."""


@dataclass(frozen=True, eq=False)
class Discovery:
    """Boxes from the whole space to the smallest, and the one that is suggested.

    Attributes
    ----------
    trade_off : tuple of JudgedBox
        Each the last one with a slice less: density for coverage.
    suggested : JudgedBox
        From the one with the best balance of both: its limits settled by ever fewer points, and
        those that tell nothing taken off.
    """

    trade_off: tuple[JudgedBox, ...]
    suggested: JudgedBox


def discover(points: FloatArray, hits: BoolArray, *, least_mass: float = 0.01) -> Discovery:
    """Return boxes of inputs with many hits.

    Parameters
    ----------
    points : FloatArray (n, inputs)
    hits : BoolArray (n,)
        What is looked for.
    least_mass : float
        Smallest share of points in a box.

    Raises
    ------
    StatisticsError
        If all points are hits, or none.
    """
    if hits.all() or not hits.any():
        raise StatisticsError(
            T(
                "{found} of {total} futures are of the kind looked for; there is nothing to tell",
                found=int(hits.sum()),
                total=hits.size,
            )
        )
    least = max(int(np.ceil(least_mass * hits.size)), _LEAST_POINTS)
    steps = _peeled(points, hits, least)
    best = max(steps, key=lambda step: step.balance)
    settled = _settled(best.box, points, hits)
    return Discovery(tuple(steps), _simplified(settled, points, hits))


def _peeled(points: FloatArray, hits: BoolArray, least: int) -> list[JudgedBox]:
    box = Box.whole(points.shape[1])
    steps = [judged(box, points, hits)]
    while steps[-1].density < 1.0:
        inside = box.holds(points)
        slices = _slices(box, points[inside])
        choices = [
            (hits[inside][kept].mean(), k)
            for k, (_, kept) in enumerate(slices)
            if kept.sum() >= least
        ]
        if not choices:
            break
        box = slices[max(choices, key=lambda choice: (choice[0], -choice[1]))[1]][0]
        steps.append(judged(box, points, hits))
    return steps


def _slices(box: Box, points: FloatArray) -> list[tuple[Box, BoolArray]]:
    """Return the box without a slice at each of its sides, and which points that keeps."""
    found = []
    away = max(1, int(_PEEL * points.shape[0]))
    for number, column in enumerate(points.T):
        values = np.sort(column)
        for low, high in ((_after(values, away), np.inf), (-np.inf, _before(values, away))):
            if np.isnan(low) or np.isnan(high):
                continue
            limited = box.limited(number, max(box.low[number], low), min(box.high[number], high))
            found.append((limited, (column >= low) & (column <= high)))
    return found


def _after(values: FloatArray, away: int) -> float:
    """Return the least value that stays if ``away`` low ones go, and all that equal them.

    NaN if nothing stays: a column of few values, as an event has, is peeled by whole values.
    """
    place = min(away, values.size - 1)
    if values[place] == values[0]:
        place = int(np.searchsorted(values, values[0], side="right"))
    return float(values[place]) if place < values.size else np.nan


def _before(values: FloatArray, away: int) -> float:
    """Return the largest value that stays if ``away`` high ones go, as `_after`."""
    return -_after(-values[::-1], away)


def _settled(box: Box, points: FloatArray, hits: BoolArray) -> Box:
    """Return the box with limits moved out and in by ever fewer points while the balance grows."""
    found = judged(box, points, hits)
    share = _PASTE
    while share * found.mass * hits.size >= 1.0:
        step = int(share * found.mass * hits.size)
        moved = [
            judged(one, points, hits)
            for number in found.box.restricted
            for one in _moved(found.box, points, int(number), step)
        ]
        best = max(moved, key=lambda one: one.balance, default=found)
        if best.balance > found.balance:
            found = best
        else:
            share /= 2.0
    return found.box


def _moved(box: Box, points: FloatArray, number: int, step: int) -> list[Box]:
    """Return the box with each limit of an input moved out or in by some points."""
    column = np.sort(points[box.without(number).holds(points), number])
    first = int(np.searchsorted(column, box.low[number], side="left"))
    last = int(np.searchsorted(column, box.high[number], side="right")) - 1
    found = []
    for way in (-step, step):
        if first > 0 and first + way <= last:
            low = float(column[first + way]) if first + way > 0 else -np.inf
            found.append(box.limited(number, low, box.high[number]))
        if last < column.size - 1 and first <= last + way:
            high = float(column[last + way]) if last + way < column.size - 1 else np.inf
            found.append(box.limited(number, box.low[number], high))
    return found


def _simplified(box: Box, points: FloatArray, hits: BoolArray) -> JudgedBox:
    """Return the box without the limits that chance explains, the least telling one first."""
    found = judged(box, points, hits)
    while box.restricted.size:
        worst = int(
            np.argmax(
                np.where(np.isin(np.arange(points.shape[1]), box.restricted), found.p_values, -1.0)
            )
        )
        if found.p_values[worst] <= _CHANCE:
            break
        box = box.without(worst)
        found = judged(box, points, hits)
    return found
