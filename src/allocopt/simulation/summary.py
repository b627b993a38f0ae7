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
    tail = HighestMean(TAIL).estimate(shortfall(outcomes, number))
    quantiles = _quantiles(outcomes.lhs[..., number])
    return LineOutlook(
        play.lines[number].name, met.value, met.low, met.high, tail.value, *quantiles
    )


def shortfall(outcomes: Outcomes, line: int) -> FloatArray:
    """Return by how much a line's numerator falls short, 0 where it is met, (...)."""
    return np.where(outcomes.met[..., line], 0.0, np.maximum(outcomes.over[..., line], 0.0))


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
    causes = [*_columns(outcomes.drivers), *_columns(outcomes.struck)]
    ranked = [_ranked(cause) for cause in causes]
    effects = [*_columns(outcomes.measures), *(-over for over in _columns(outcomes.over))]
    outcome_names = [name for name, _ in play.measures] + [line.name for line in play.lines]
    found: dict[tuple[str, str], float] = {}
    for outcome, effect in zip(outcome_names, effects, strict=True):
        ranks = _ranked(effect)
        found |= {
            (name, outcome): float(one @ ranks) for name, one in zip(names, ranked, strict=True)
        }
    return tuple(
        Pull(name, outcome, found[name, outcome]) for name in names for outcome in outcome_names
    )


def _columns(values: FloatArray) -> list[FloatArray]:
    """Return the columns (replicates * points,) of values (replicates, points, columns)."""
    return [values[..., number].ravel() for number in range(values.shape[-1])]


def _ranked(values: FloatArray) -> FloatArray:
    """Return values as ranks of mean 0 and length 1; zeros where all are equal."""
    ranks = np.asarray(rankdata(values)) - (values.size + 1) / 2
    length = float(np.sqrt(ranks @ ranks))
    return ranks / length if length > 0 else ranks


def worth(play: Play, outcomes: Outcomes) -> FloatArray:
    """Return what orders futures: the first goal less what missed lines cost; NaN if impossible."""
    goal = play.problem.objective.goals[0]
    sign = 1.0 if goal.sense is Sense.MAXIMIZE else -1.0
    value = sign * outcomes.measures[..., 0]
    for number, line in enumerate(play.lines):
        if line.price:
            value = value - line.price * shortfall(outcomes, number)
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
