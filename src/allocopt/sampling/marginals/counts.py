"""Counts: events, people, customers; quantiles by search in the table of probabilities."""

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from scipy.special import bdtr, betaincc, pdtr

from allocopt.arrays import FloatArray, IntArray
from allocopt.curves.parameters import Parameter
from allocopt.sampling.marginals.base import Marginal, check_between, check_whole
from allocopt.text import Bilingual

_MOST = 1e6
"""Larger means are drawn from a continuous distribution as well, and in less memory."""

_FEW = 30.0
"""Expected count up to which counting up is quicker than bisection."""

_LONGEST = 2.0**24
"""Entries of a table of probabilities."""

_MEAN = Parameter("mean", "value", Bilingual("均值", "Mean"), 0.0, _MOST)
_CHANCE = Parameter("probability", "1", Bilingual("概率", "Probability"), 0.0, 1.0)


class _Count(Marginal):
    """A whole number of at least 0."""

    @abstractmethod
    def cumulative(self, counts: FloatArray) -> FloatArray:
        """Return the probabilities of at most so many.

        Parameters
        ----------
        counts : FloatArray of whole numbers
        """

    @cached_property
    def _table(self) -> FloatArray:
        top = 16.0
        # Beyond the last entry is less than a uniform number can tell from 1.
        while self.cumulative(np.array([top]))[0] < 1.0 - 1e-16:
            top *= 2.0
        return self.cumulative(np.arange(top + 1.0))

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the least counts that are not exceeded with probabilities ``u``."""
        return np.asarray(np.searchsorted(self._table, u), dtype=np.float64)


@dataclass(frozen=True)
class Poisson(_Count):
    """Events that come one by one at an even rate.

    Attributes
    ----------
    rate : float
        The expected value.
    """

    title: ClassVar[Bilingual] = Bilingual("泊松分布", "Poisson")
    parameters: ClassVar[tuple[Parameter, ...]] = (_MEAN,)

    rate: float

    @property
    def mean(self) -> float:
        """Return the expected value."""
        return self.rate

    @property
    def sd(self) -> float:
        """Return the standard deviation."""
        return float(np.sqrt(self.rate))

    def cumulative(self, counts: FloatArray) -> FloatArray:
        """Return the probabilities of at most so many."""
        return np.asarray(pdtr(counts, self.rate))


@dataclass(frozen=True)
class NegativeBinomial(_Count):
    """Events whose rate itself varies: a Poisson count of gamma mean.

    Attributes
    ----------
    rate : float
        The expected value.
    dispersion : float
        The variance is rate + rate**2 / dispersion.
    """

    title: ClassVar[Bilingual] = Bilingual("负二项分布", "Negative binomial")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        _MEAN,
        Parameter("dispersion", "1", Bilingual("离散参数", "Dispersion"), 1e-2, 1e9),
    )

    rate: float
    dispersion: float

    def _check(self) -> None:
        # The table ends where 1e-16 is left, about 40 deviations out where the rate varies much.
        least = 40.0 * self.rate / (_LONGEST - self.rate)
        check_between("dispersion", self.dispersion, least, np.inf)

    @property
    def mean(self) -> float:
        """Return the expected value."""
        return self.rate

    @property
    def sd(self) -> float:
        """Return the standard deviation."""
        return float(np.sqrt(self.rate + self.rate**2 / self.dispersion))

    def cumulative(self, counts: FloatArray) -> FloatArray:
        """Return the probabilities of at most so many."""
        chance = self.rate / (self.dispersion + self.rate)
        return np.asarray(betaincc(counts + 1.0, self.dispersion, chance))


@dataclass(frozen=True)
class Binomial(_Count):
    """How many out of some do what each does with the same probability.

    Attributes
    ----------
    trials : float
        A whole number.
    probability : float
    """

    title: ClassVar[Bilingual] = Bilingual("二项分布", "Binomial")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("trials", "value", Bilingual("总数", "Number of trials"), 0.0, _MOST),
        _CHANCE,
    )

    trials: float
    probability: float

    def _check(self) -> None:
        check_whole("trials", self.trials)

    @property
    def mean(self) -> float:
        """Return the expected value."""
        return self.trials * self.probability

    @property
    def sd(self) -> float:
        """Return the standard deviation."""
        return float(np.sqrt(self.mean * (1.0 - self.probability)))

    def cumulative(self, counts: FloatArray) -> FloatArray:
        """Return the probabilities of at most so many."""
        return np.asarray(bdtr(np.minimum(counts, self.trials), int(self.trials), self.probability))


@dataclass(frozen=True)
class Bernoulli(Marginal):
    """1 with a probability, else 0: whether an event happens.

    Attributes
    ----------
    probability : float
    """

    title: ClassVar[Bilingual] = Bilingual("伯努利分布", "Bernoulli")
    parameters: ClassVar[tuple[Parameter, ...]] = (_CHANCE,)

    probability: float

    @property
    def mean(self) -> float:
        """Return the probability."""
        return self.probability

    @property
    def sd(self) -> float:
        """Return the standard deviation."""
        return float(np.sqrt(self.probability * (1.0 - self.probability)))

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return 1 in the upper part of ``u``."""
        return np.asarray(u > 1.0 - self.probability, dtype=np.float64)


def binomial_counts(u: FloatArray, trials: IntArray, probability: FloatArray) -> IntArray:
    """Return binomial quantiles where the number of trials differs from draw to draw.

    Parameters
    ----------
    u : FloatArray of any shape
        Strictly between 0 and 1.
    trials : IntArray, broadcast against ``u``
        At least 0: people that are there.
    probability : FloatArray, broadcast against ``u``
        From 0 to 1.

    Returns
    -------
    IntArray of the shape of ``u``
    """
    n, p = np.broadcast_to(trials, u.shape), np.broadcast_to(probability, u.shape)
    rare = np.minimum(p, 1.0 - p)
    if (n * rare).max(initial=0.0) <= _FEW:
        # The less likely of the two is counted: few steps, and a start that does not underflow.
        mirrored = p > 0.5
        found = _counted_up(np.where(mirrored, 1.0 - u, u), n, rare)
        return np.where(mirrored, n - found, found)
    return _bisected(u, n, p)


def _counted_up(u: FloatArray, n: IntArray, p: FloatArray) -> IntArray:
    """Return quantiles by adding up probabilities from 0: as many steps as the largest count."""
    ratio = p / (1.0 - p)
    chance = np.exp(n * np.log1p(-p))
    below = chance.copy()
    found = np.zeros(u.shape, dtype=np.int64)
    count = 0
    more = (below < u) & (found < n)
    while more.any():
        found += more
        chance *= (n - count) / (count + 1.0) * ratio
        below += chance
        count += 1
        more &= (below < u) & (found < n)
    return found


def _bisected(u: FloatArray, n: IntArray, p: FloatArray) -> IntArray:
    """Return quantiles by bisection of the distribution function."""
    low, high = np.zeros(u.shape, dtype=np.int64), n.astype(np.int64)
    while (open_ := low < high).any():
        middle = (low + high) // 2
        enough = bdtr(middle.astype(np.float64), n, p) >= u
        high = np.where(open_ & enough, middle, high)
        low = np.where(open_ & ~enough, middle + 1, low)
    return low
