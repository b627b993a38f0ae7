"""A figure with its interval, from replicates that are independent of each other.

Points within a replicate of Sobol or Latin numbers are not independent, so that s / sqrt(N) says
nothing of them: it overstates the error 15 to 20 times. Replicates are.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from scipy.special import betaincinv, stdtrit

from allocopt.arrays import BoolArray, FloatArray
from allocopt.errors import StatisticsError
from allocopt.text import T


class Method(Enum):
    """Where an interval comes from."""

    STUDENT = "student"
    """Student's t over estimates by replicate."""
    JACKKNIFE = "jackknife"
    """Student's t over what leaving out one replicate changes."""
    WOODRUFF = "woodruff"
    """Of a quantile, Student's t over the shares of draws up to it."""
    EXACT = "exact"
    """Clopper and Pearson's limits of a share, where few draws or nearly all count."""


@dataclass(frozen=True)
class Estimate:
    """A figure and the interval that holds the true one.

    Attributes
    ----------
    value, low, high : float
    confidence : float
        With which the interval holds the true value.
    replicates : int
    method : Method
    """

    value: float
    low: float
    high: float
    confidence: float
    replicates: int
    method: Method = Method.STUDENT

    @property
    def half_width(self) -> float:
        """The distance to the farther end of the interval."""
        return max(self.high - self.value, self.value - self.low)


def estimate(by_replicate: FloatArray, confidence: float = 0.95) -> Estimate:
    """Return the mean of estimates by replicate with Student's interval.

    Parameters
    ----------
    by_replicate : FloatArray (replicates,)
    confidence : float
        Between 0 and 1.

    Raises
    ------
    StatisticsError
        If there are fewer than two replicates, or the confidence is none.
    """
    count = checked_replicates(by_replicate.shape[0], confidence)
    value = float(by_replicate.mean())
    error = float(by_replicate.std(ddof=1)) / np.sqrt(count)
    half = student(count - 1, confidence) * float(error)
    return Estimate(value, value - half, value + half, confidence, count)


def jackknifed(
    statistic: Callable[[FloatArray], float], outcomes: FloatArray, confidence: float = 0.95
) -> Estimate:
    """Return a statistic of all replicates together, with an interval by leaving out each.

    For what is no mean over replicates: ratios, maxima of means, fits. Tukey (1958).

    Parameters
    ----------
    statistic : callable
        Takes outcomes (any number of replicates, ...).
    outcomes : FloatArray (replicates, ...)
    confidence : float

    Raises
    ------
    StatisticsError
        If there are fewer than two replicates, or the confidence is none.
    """
    count = checked_replicates(outcomes.shape[0], confidence)
    others = [float(statistic(np.delete(outcomes, k, axis=0))) for k in range(count)]
    return estimate_from_others(float(statistic(outcomes)), np.array(others), confidence)


def estimate_from_others(value: float, others: FloatArray, confidence: float) -> Estimate:
    """Return a figure of all replicates with the interval that leaving out each gives.

    Parameters
    ----------
    value : float
        Of all replicates.
    others : FloatArray (replicates,)
        The figure without each of them.
    confidence : float
    """
    count = others.size
    error = float(np.sqrt((count - 1.0) * np.mean((others - others.mean()) ** 2)))
    half = student(count - 1, confidence) * error
    return Estimate(value, value - half, value + half, confidence, count, Method.JACKKNIFE)


def estimate_share(counts: FloatArray | BoolArray, confidence: float = 0.95) -> Estimate:
    """Return how often draws count, with an interval within 0 and 1.

    Where fewer draws count than there are replicates, or all but fewer, the spread between
    replicates says too little of them; the interval is then that of Clopper and Pearson (1934),
    right for independent draws and wider than needed for more even ones. Where all replicates
    agree, as those of one even column do, the true share is within one draw of a replicate.

    Parameters
    ----------
    counts : FloatArray or BoolArray (replicates, n)
        From 0 to 1: what a draw counts.
    confidence : float

    Raises
    ------
    StatisticsError
        If there are fewer than two replicates, or the confidence is none.
    """
    replicates = checked_replicates(counts.shape[0], confidence)
    hits, draws = float(counts.sum()), counts.size
    if min(hits, draws - hits) < replicates:
        rest = (1.0 - confidence) / 2.0
        low = float(betaincinv(hits, draws - hits + 1.0, rest)) if hits else 0.0
        high = float(betaincinv(hits + 1.0, draws - hits, 1.0 - rest)) if hits < draws else 1.0
        return Estimate(hits / draws, low, high, confidence, replicates, Method.EXACT)
    found = estimate(np.asarray(counts.mean(axis=1)), confidence)
    step = 0.0 if found.high > found.low else 1.0 / counts.shape[1]
    return replace(found, low=max(found.low - step, 0.0), high=min(found.high + step, 1.0))


def student(freedom: int, confidence: float) -> float:
    """Return the two-sided quantile of Student's t."""
    return float(stdtrit(freedom, (1.0 + confidence) / 2.0))


def checked_replicates(count: int, confidence: float) -> int:
    """Return the number of replicates if an interval can be made of them.

    Raises
    ------
    StatisticsError
    """
    if count < 2:
        raise StatisticsError(T("an interval needs at least 2 replicates, found {n}", n=count))
    if not 0.0 < confidence < 1.0:
        raise StatisticsError(
            T("a confidence lies between 0 and 1, found {found}", found=confidence)
        )
    return count
