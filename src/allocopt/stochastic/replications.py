"""How far a first stage may be from the best, from samples alone.

In a sample of futures the best plan looks better than it is, and every plan's gap to it is at
least its true gap in the mean: the mean gap over several samples, with a Student t interval, is
a bound (multiple replications procedure; Mak, Morton and Wood 1999).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from allocopt.arrays import FloatArray
from allocopt.stochastic.recourse import recourse_of, solve_two_stage
from allocopt.stochastic.two_stage import TwoStage


@dataclass(frozen=True)
class GapInterval:
    """The gap of a first stage to the best one, 0 <= gap <= high with the confidence asked.

    Attributes
    ----------
    gaps : FloatArray (replications,)
        In each sample, >= 0.
    mean, high : float
        Mean gap, and the upper end of its one-sided interval.
    in_sample : float
        Mean optimum of the samples: too good in expectation.
    value : float
        Mean value of the first stage over all samples.
    """

    gaps: FloatArray
    mean: float
    high: float
    in_sample: float
    value: float


def gap_by_replications(
    first: FloatArray,
    draw: Callable[[int], TwoStage],
    *,
    replications: int = 10,
    confidence: float = 0.95,
    time_limit: float = 60.0,
) -> GapInterval:
    """Return an interval for the gap of a first stage.

    Parameters
    ----------
    first : FloatArray (first-stage columns,)
        Not made with any of the samples.
    draw : callable
        Number of the replication -> independent sample of futures.
    replications : int
        At least 2.
    confidence : float
    time_limit : float, seconds
        For each solve.

    Raises
    ------
    ValueError
        If there are fewer than two replications, or a sample was not solved.
    """
    if replications < 2:
        message = f"at least 2 replications were expected, found {replications}"
        raise ValueError(message)
    best, own = np.empty(replications), np.empty(replications)
    for number in range(replications):
        sample = draw(number)
        found = solve_two_stage(sample, time_limit=time_limit)
        if found.first is None:
            message = f"sample {number} has no solution"
            raise ValueError(message)
        # The bound, not the value: a gap must not come out smaller for want of time.
        best[number] = found.bound
        own[number] = recourse_of(sample, first, time_limit=time_limit).mean
    gaps = np.maximum(best - own, 0.0)
    error = gaps.std(ddof=1) / np.sqrt(replications)
    quantile = float(stats.t.ppf(confidence, replications - 1))
    mean = float(gaps.mean())
    return GapInterval(
        gaps, mean, mean + quantile * float(error), float(best.mean()), float(own.mean())
    )
