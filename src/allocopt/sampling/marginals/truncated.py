"""Normal within bounds."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.optimize import root
from scipy.special import log_ndtr, ndtr, ndtri

from allocopt.arrays import FloatArray
from allocopt.curves.parameters import Parameter
from allocopt.errors import SamplingError
from allocopt.sampling.marginals.base import TabulatedMarginal, check_between, check_order
from allocopt.text import Bilingual, T

_NARROW = 3.0
"""Bounds that are closer, in units of scale, have their moments integrated."""

NO_BOUND = 1e99
"""Stands for a bound that is not there; a number, as all parameters are."""


@dataclass(frozen=True)
class TruncatedNormal(TabulatedMarginal):
    """A normal distribution given that it is between two bounds.

    Attributes
    ----------
    location, scale : float
        Mean and standard deviation before the bounds.
    lower, upper : float
        -`NO_BOUND` and `NO_BOUND` where there is none.
    """

    title: ClassVar[Bilingual] = Bilingual("截断正态分布", "Truncated normal")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("location", "value", Bilingual("截断前均值", "Mean before the bounds"), -np.inf),
        Parameter(
            "scale",
            "value",
            Bilingual("截断前标准差", "Standard deviation before the bounds"),
            lower_open=True,
        ),
        Parameter("lower", "value", Bilingual("下界", "Lower bound"), -np.inf),
        Parameter("upper", "value", Bilingual("上界", "Upper bound"), -np.inf),
    )

    location: float
    scale: float
    lower: float = -NO_BOUND
    upper: float = NO_BOUND

    def _check(self) -> None:
        check_order("lower", "upper", (self.lower, self.upper))
        if not self._inside > 1e-250:
            raise SamplingError(
                T(
                    "the bounds [{lower}, {upper}] are too far out for a normal with mean {mean} "
                    "and standard deviation {sd}",
                    lower=_shown(self.lower),
                    upper=_shown(self.upper),
                    mean=self.location,
                    sd=self.scale,
                ),
                "lower",
            )

    @classmethod
    def from_moments(
        cls, mean: float, sd: float, lower: float = -NO_BOUND, upper: float = NO_BOUND
    ) -> "TruncatedNormal":
        """Return the distribution that has this mean and deviation with the bounds.

        Raises
        ------
        SamplingError
            If the mean is outside the bounds, or the deviation too large for them.
        """
        check_order("lower", "upper", (lower, upper))
        check_between("mean", mean, lower, upper)
        check_between("sd", sd, 0.0, min(mean - lower, upper - mean))
        found = _with_moments(mean, sd, lower=lower, upper=upper)
        if found is None:
            raise SamplingError(
                T(
                    "sd is {sd}; no normal within [{lower}, {upper}] with the mean {mean} "
                    "spreads so far",
                    sd=f"{sd:.6g}",
                    lower=_shown(lower),
                    upper=_shown(upper),
                    mean=f"{mean:.6g}",
                ),
                "sd",
                T("lower sd, or widen the bounds"),
            )
        return found

    @property
    def _ends(self) -> tuple[float, float]:
        """Bounds in units of scale, such that most of the weight is on the negative side."""
        low = (self.lower - self.location) / self.scale
        high = (self.upper - self.location) / self.scale
        return (-high, -low) if self._mirrored else (low, high)

    @property
    def _mirrored(self) -> bool:
        # The lower tail of the normal is the accurate one.
        return self.lower > self.location

    @property
    def _inside(self) -> float:
        low, high = self._ends
        return float(ndtr(high) - ndtr(low))

    def _moments(self) -> tuple[float, float]:
        """Return mean and variance in units of scale, mirrored as the ends are."""
        low, high = self._ends
        if high - low < _NARROW:
            return _integrated_moments(low, high)
        weight = [float(np.exp(-0.5 * end**2 - np.log(self._inside))) for end in (low, high)]
        first, second = (one / np.sqrt(2.0 * np.pi) for one in weight)
        mean = first - second
        ends = [end * one if one > 0.0 else 0.0 for end, one in ((low, first), (high, second))]
        return mean, 1.0 + ends[0] - ends[1] - mean**2

    @property
    def mean(self) -> float:
        """Return the expected value."""
        mean = self._moments()[0]
        return self.location + self.scale * (-mean if self._mirrored else mean)

    @property
    def sd(self) -> float:
        """Return the standard deviation."""
        return self.scale * float(np.sqrt(max(self._moments()[1], 0.0)))

    def _of_tails(self, below: FloatArray, above: FloatArray) -> FloatArray:
        low, high = self._ends
        first, second = (above, below) if self._mirrored else (below, above)
        left = ndtr(low) + first * self._inside
        right = ndtr(-high) + second * self._inside
        z = np.where(left < 0.5, ndtri(np.minimum(left, 0.5)), -ndtri(np.minimum(right, 0.5)))
        values = self.location + self.scale * (-z if self._mirrored else z)
        return np.asarray(np.clip(values, self.lower, self.upper))

    def _density(self, x: FloatArray) -> FloatArray:
        z = (x - self.location) / self.scale
        size = np.exp(-0.5 * z**2 - np.log(self._inside))
        return np.asarray(size / (self.scale * np.sqrt(2.0 * np.pi)))


def _with_moments(mean: float, sd: float, *, lower: float, upper: float) -> TruncatedNormal | None:
    """Return the distribution with these moments, None if the search ends elsewhere."""

    def at(point: FloatArray) -> TruncatedNormal | None:
        location, scale = mean + sd * float(point[0]), sd * float(np.exp(point[1]))
        ends = ((lower - location) / scale, (upper - location) / scale)
        if max(log_ndtr(ends[1]), log_ndtr(-ends[0])) < -200.0 or abs(point[1]) > 20.0:
            return None
        try:
            return TruncatedNormal(location, scale, lower, upper)
        except SamplingError:
            return None

    def miss(point: FloatArray) -> FloatArray:
        found = at(point)
        if found is None or not np.isfinite(found.sd):
            return np.array([10.0, 10.0])
        return np.array([(found.mean - mean) / sd, np.log(max(found.sd, 1e-300) / sd)])

    answer = root(miss, np.zeros(2), tol=1e-13)
    found = at(answer.x)
    return found if found is not None and np.abs(miss(answer.x)).max() < 1e-9 else None


def _integrated_moments(low: float, high: float) -> tuple[float, float]:
    """Return mean and variance of a standard normal within close bounds.

    By 64 points of Gauss; the closed form takes the difference of numbers that are nearly equal.
    """
    nodes, weights = np.polynomial.legendre.leggauss(64)
    middle, half = (low + high) / 2.0, (high - low) / 2.0
    away = half * nodes
    # Relative to the density in the middle: exp(-(x^2 - middle^2) / 2).
    logs = -away * (middle + away / 2.0)
    mass = weights * np.exp(logs - logs.max())
    mass /= mass.sum()
    shift = float(mass @ away)
    return middle + shift, float(mass @ (away - shift) ** 2)


def _shown(bound: float) -> str:
    return "∞".rjust(1 + (bound < 0.0), "-") if abs(bound) >= NO_BOUND else f"{bound:.6g}"
