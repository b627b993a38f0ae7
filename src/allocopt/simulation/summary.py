"""Outcomes of a sample in numbers: probabilities, means, quantiles, what goes with what."""

from collections import Counter

import numpy as np
from scipy.stats import rankdata

from allocopt.arrays import FloatArray, IntArray
from allocopt.scenario.schema.limits import Sense
from allocopt.simulation.outcomes import Outcomes, Play
from allocopt.simulation.report import Address, FanRow, LineOutlook, MeasureOutlook, Pull
from allocopt.simulation.targets import TARGETS
from allocopt.simulation.worlds import POSSIBLE
from allocopt.statistics.statistic import HighestMean, Mean, Share

WORST = 10
"""Futures that a report points at."""

TAIL = 0.05
"""Share of futures that count as the worst."""

_QUANTILES = (0.05, 0.5, 0.95)


def line_outlooks(play: Play, outcomes: Outcomes) -> tuple[LineOutlook, ...]:
    """Return how each line fares in outcomes of shape (replicates, points, ...)."""
    return tuple(_line(play, outcomes, number) for number in range(len(play.lines)))


def _line(play: Play, outcomes: Outcomes, number: int) -> LineOutlook:
    met = Share().estimate(outcomes.met[..., number])
    tail = HighestMean(TAIL).estimate(shortfalls(outcomes)[..., number])
    quantiles = _quantiles(outcomes.lhs[..., number])
    return LineOutlook(
        play.lines[number].name, met.value, met.low, met.high, tail.value, *quantiles
    )


def shortfalls(outcomes: Outcomes) -> FloatArray:
    """Return by how much each line's numerator falls short, 0 where it is met."""
    return np.where(outcomes.met, 0.0, np.maximum(outcomes.over, 0.0))


def measure_outlooks(play: Play, outcomes: Outcomes) -> tuple[MeasureOutlook, ...]:
    """Return how each reported measure fares in outcomes of shape (replicates, points, ...)."""
    found = []
    for number, (name, _) in enumerate(play.measures):
        values = outcomes.measures[..., number]
        mean = Mean().estimate(values)
        found.append(MeasureOutlook(name, mean.value, mean.low, mean.high, *_quantiles(values)))
    return tuple(found)


def _quantiles(values: FloatArray) -> list[float]:
    known = values[np.isfinite(values)]
    if not known.size:
        return [np.nan] * len(_QUANTILES)
    return [float(one) for one in np.quantile(known, _QUANTILES)]


def fan(play: Play, outcomes: Outcomes) -> tuple[FanRow, ...]:
    """Return quantiles of cumulative revenue by period, of outcomes (replicates, points, ...)."""
    total = np.cumsum(outcomes.revenue, axis=-1).reshape(-1, outcomes.revenue.shape[-1])
    rows = np.quantile(total, (0.05, 0.25, 0.5, 0.75, 0.95), axis=0).T
    months = play.problem.calendar.labels
    return tuple(FanRow(month, *row.tolist()) for month, row in zip(months, rows, strict=True))


def pulls(play: Play, outcomes: Outcomes) -> tuple[Pull, ...]:
    """Return rank correlations of drivers and events with the measures and the lines' room.

    Parameters
    ----------
    play : Play
    outcomes : Outcomes (replicates, points, ...)
    """
    names = [driver.spec.id for driver in play.unknowns.drivers]
    names += [event.spec.id for event in play.unknowns.events]
    causes = _ranked(np.concatenate([outcomes.drivers, outcomes.struck], axis=-1))
    effects = _ranked(np.concatenate([outcomes.measures, -outcomes.over], axis=-1))
    outcome_names = [name for name, _ in play.measures] + [line.name for line in play.lines]
    table = causes.T @ effects
    return tuple(
        Pull(driver, outcome, float(table[i, j]))
        for i, driver in enumerate(names)
        for j, outcome in enumerate(outcome_names)
    )


def _ranked(values: FloatArray) -> FloatArray:
    """Return columns as ranks of mean 0 and length 1; zeros where all are equal."""
    flat = values.reshape(-1, values.shape[-1])
    ranks = np.asarray(rankdata(flat, axis=0)) - (len(flat) + 1) / 2
    length = np.sqrt((ranks**2).sum(axis=0))
    return np.asarray(np.divide(ranks, length, out=np.zeros_like(ranks), where=length > 0))


def worth(play: Play, outcomes: Outcomes) -> FloatArray:
    """Return what orders futures: the first goal less what missed lines cost; NaN if impossible."""
    goal = play.problem.objective.goals[0]
    sign = 1.0 if goal.sense is Sense.MAXIMIZE else -1.0
    prices = np.array([line.price for line in play.lines])
    value = sign * outcomes.measures[..., 0] - shortfalls(outcomes) @ prices
    return np.where(outcomes.status == POSSIBLE, value, np.nan)


def worst(play: Play, outcomes: Outcomes, count: int = WORST) -> tuple[Address, ...]:
    """Return the futures in which the plan is worth least, the worst first."""
    value = worth(play, outcomes)
    order = np.argsort(value, axis=None)[:count]
    places = zip(*np.unravel_index(order, value.shape), strict=True)
    return tuple(Address(int(r), int(i)) for r, i in places if np.isfinite(value[r, i]))


def impossible(status: IntArray) -> dict[str, int]:
    """Return how many futures have a number that cannot be, by what it is a number of."""
    counts = Counter(int(one) for one in status.ravel() if one != POSSIBLE)
    return {str(TARGETS[number]): count for number, count in sorted(counts.items())}
