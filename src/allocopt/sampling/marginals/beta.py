"""Beta: shares and rates between 0 and 1."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.optimize import brentq
from scipy.special import betainc, betaincc, betainccinv, betaincinv, betaln

from allocopt.arrays import FloatArray
from allocopt.curves.parameters import Parameter
from allocopt.errors import SamplingError
from allocopt.sampling.marginals.base import TabulatedMarginal, check_between, check_order
from allocopt.text import Bilingual, T, Text

_INSIDE = 0.9
"""What a stated range holds."""
_LEAST_TAIL = 0.01
"""A side of the range with less outside is no end of a 90 % range."""


@dataclass(frozen=True)
class Beta(TabulatedMarginal):
    """Density proportional to x**(a - 1) (1 - x)**(b - 1) on (0, 1).

    Attributes
    ----------
    a, b : float
        As if a successes and b failures had been counted.
    """

    title: ClassVar[Bilingual] = Bilingual("贝塔分布", "Beta")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("a", "1", Bilingual("成功的权重", "Weight of successes"), 0.0, 1e9, True),
        Parameter("b", "1", Bilingual("失败的权重", "Weight of failures"), 0.0, 1e9, True),
    )

    a: float
    b: float

    @classmethod
    def from_range(cls, mean: float, low: float, high: float) -> "Beta":
        """Return the distribution with this mean that is in [low, high] nine times in ten.

        Raises
        ------
        SamplingError
            If the mean is outside the range, or so near to one end that nearly all of the rest
            lies beyond that end.
        """
        check_order("low", "high", (low, high))
        check_between("mean", mean, low, high)
        found = _with_mean(mean, low, high)
        if found is None or min(found.outside(low, high)) < _LEAST_TAIL:
            raise _lopsided(mean, low, high)
        return found

    @classmethod
    def from_counts(
        cls, successes: float, contacts: float, prior_a: float = 1.0, prior_b: float = 1.0
    ) -> "Beta":
        """Return what ``successes`` out of ``contacts`` say of a rate, after a Beta prior.

        Raises
        ------
        SamplingError
            If there are more successes than contacts.
        """
        check_order("successes", "contacts", (successes, contacts), strict=False)
        return cls(successes + prior_a, contacts - successes + prior_b)

    @property
    def mean(self) -> float:
        """Return the expected value."""
        return self.a / (self.a + self.b)

    @property
    def sd(self) -> float:
        """Return the standard deviation."""
        total = self.a + self.b
        return float(np.sqrt(self.a * self.b / (total + 1.0)) / total)

    def outside(self, low: float, high: float) -> tuple[float, float]:
        """Return the probabilities of less than ``low`` and of more than ``high``."""
        below = float(betainc(self.a, self.b, low))
        return below, float(betaincc(self.a, self.b, high))

    def _of_tails(self, below: FloatArray, above: FloatArray) -> FloatArray:
        return beta_quantile(self.a, self.b, below, above)

    def _density(self, x: FloatArray) -> FloatArray:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            logs = (self.a - 1.0) * np.log(x) + (self.b - 1.0) * np.log1p(-x)
            return np.asarray(np.exp(logs - betaln(self.a, self.b)))


def beta_quantile(a: float, b: float, below: FloatArray, above: FloatArray) -> FloatArray:
    """Return quantiles of a Beta by the smaller of both tails, which has all its digits."""
    low, high = betaincinv(a, b, below), betainccinv(a, b, above)
    return np.asarray(np.where(below < 0.5, low, high))


def _with_mean(mean: float, low: float, high: float) -> Beta | None:
    """Return the distribution with this mean and nine tenths inside, None if there is none."""

    def of(weight: float) -> Beta:
        return Beta(mean * float(np.exp(weight)), (1.0 - mean) * float(np.exp(weight)))

    def excess(weight: float) -> float:
        return 1.0 - sum(of(weight).outside(low, high)) - _INSIDE

    least, most = -6.0, 20.0
    if not excess(least) < 0.0 < excess(most):
        return None
    return of(brentq(excess, least, most, xtol=1e-13))


def _lopsided(mean: float, low: float, high: float) -> SamplingError:
    return SamplingError(
        T(
            "with the mean {mean} nearly all of the rest lies beyond one end of the range "
            "[{low}, {high}]",
            mean=f"{mean:.6g}",
            low=f"{low:.6g}",
            high=f"{high:.6g}",
        ),
        "mean",
        _even_hint(low, high),
    )


def _even_hint(low: float, high: float) -> Text:
    """Return which mean a range with equal rests has."""

    def tilt(at: float) -> float:
        found = _with_mean(at, low, high)
        below, above = found.outside(low, high) if found is not None else (0.0, 0.0)
        return below - above

    edge = 0.02 * (high - low)
    if not tilt(low + edge) > 0.0 > tilt(high - edge):
        return T("move the mean toward the middle of the range")
    even = brentq(tilt, low + edge, high - edge, xtol=1e-9)
    return T("a Beta with 5 % on each side of that range has the mean {even}", even=f"{even:.4g}")
