"""What is said of outcomes: mean, share, quantile, tail, each with its interval."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from allocopt.arrays import BoolArray, FloatArray
from allocopt.statistics.estimate import (
    Estimate,
    Method,
    checked_replicates,
    estimate,
    estimate_share,
    jackknifed,
)
from allocopt.statistics.tails import lower_tail_mean, upper_tail_mean


class Statistic(Protocol):
    """A figure of outcomes by replicate and draw."""

    def estimate(self, outcomes: FloatArray, confidence: float = 0.95) -> Estimate:
        """Return the figure with its interval.

        Parameters
        ----------
        outcomes : FloatArray (replicates, n)
        confidence : float
        """


@dataclass(frozen=True)
class Mean:
    """The expected outcome."""

    def estimate(self, outcomes: FloatArray, confidence: float = 0.95) -> Estimate:
        """Return the mean; arguments as in `Statistic`."""
        return estimate(outcomes.mean(axis=1), confidence)


@dataclass(frozen=True)
class Deviation:
    """The standard deviation of outcomes."""

    def estimate(self, outcomes: FloatArray, confidence: float = 0.95) -> Estimate:
        """Return the standard deviation of all draws; arguments as in `Statistic`."""
        return jackknifed(lambda drawn: float(np.std(drawn)), outcomes, confidence)


@dataclass(frozen=True)
class Quantile:
    """What a share of outcomes does not exceed.

    Attributes
    ----------
    level : float
        The share.
    """

    level: float

    def estimate(self, outcomes: FloatArray, confidence: float = 0.95) -> Estimate:
        """Return the quantile of all draws; arguments as in `Statistic`.

        The interval is that of the share of draws up to the quantile, read off the draws: Woodruff
        (1952).
        """
        replicates = checked_replicates(outcomes.shape[0], confidence)
        value = float(np.quantile(outcomes, self.level, method="hazen"))
        half = estimate((outcomes <= value).mean(axis=1), confidence).half_width
        levels = np.clip([self.level - half, self.level + half], 0.0, 1.0)
        low, high = np.quantile(outcomes, levels, method="hazen").tolist()
        return Estimate(value, low, high, confidence, replicates, Method.WOODRUFF)


@dataclass(frozen=True)
class LowestMean:
    """The mean of the lowest outcomes: CVaR of what should be high.

    Attributes
    ----------
    share : float
        Of the draws.
    """

    share: float

    def estimate(self, outcomes: FloatArray, confidence: float = 0.95) -> Estimate:
        """Return the tail mean of all draws; arguments as in `Statistic`.

        Not the mean of those of replicates, which is biased toward the middle.
        """

        def of_all(drawn: FloatArray) -> float:
            return float(lower_tail_mean(drawn.ravel(), self.share))

        return jackknifed(of_all, outcomes, confidence)


@dataclass(frozen=True)
class HighestMean:
    """The mean of the highest outcomes: CVaR of what should be low, as a shortfall.

    Attributes
    ----------
    share : float
        Of the draws.
    """

    share: float

    def estimate(self, outcomes: FloatArray, confidence: float = 0.95) -> Estimate:
        """Return the tail mean of all draws, as `LowestMean`; arguments as in `Statistic`."""

        def of_all(drawn: FloatArray) -> float:
            return float(upper_tail_mean(drawn.ravel(), self.share))

        return jackknifed(of_all, outcomes, confidence)


@dataclass(frozen=True)
class Share:
    """How often something holds, as a line does: outcomes are true or false."""

    def estimate(self, outcomes: FloatArray | BoolArray, confidence: float = 0.95) -> Estimate:
        """Return the share, as `estimate_share` does; arguments as in `Statistic`."""
        return estimate_share(outcomes, confidence)
