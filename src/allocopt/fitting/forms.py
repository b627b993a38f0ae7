"""The families that can be fitted: what is linear in them, and where the rest is looked for.

All are ``amplitude * g(x; inner)`` over a floor of 0, or over the baseline for ADBUDG. Efforts
are counted in the largest effort of the data, so that ranges hold for any unit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.curves import (
    Adbudg,
    Curve,
    Gompertz,
    Hill,
    Logarithmic,
    Logistic,
    MichaelisMenten,
    ModifiedExponential,
    Power,
)
from allocopt.errors import FitError
from allocopt.text import T

_SMALLEST = 1e-4
"""Smaller efforts, as shares of the largest, do not widen the search."""


@dataclass(frozen=True)
class Inner:
    """A parameter that the curve is not linear in.

    Attributes
    ----------
    name : str
    in_logs : bool
        Whether its logarithm is estimated, and taken as normal, and not the parameter itself.
    power : int
        How it scales with the unit of effort: 1 for an effort, -1 for a rate, 0 for a number.
    lower, upper : float
        Search range, efforts in the largest of the data; an effort's lower end and a rate's
        upper end go with the smallest positive effort too.
    may_end_low, may_end_high : bool
        Whether that end is the family's own, and so an answer like any other.
    """

    name: str
    in_logs: bool
    power: int
    lower: float
    upper: float
    may_end_low: bool = False
    may_end_high: bool = False

    def range(self, smallest: float) -> tuple[float, float]:
        """Return the search range in the transformed space.

        Parameters
        ----------
        smallest : float
            Smallest positive effort as a share of the largest.
        """
        if not self.in_logs:
            return self.lower, self.upper
        reach = max(smallest, _SMALLEST)
        low = self.lower * (reach if self.power == 1 else 1.0)
        high = self.upper / (reach if self.power == -1 else 1.0)
        return float(np.log(low)), float(np.log(high))

    def starts(self, smallest: float, count: int) -> FloatArray:
        """Return ``count`` values over the range, in the transformed space, shape (count,)."""
        low, high = self.range(smallest)
        return low + (high - low) * (np.arange(count) + 0.5) / count

    def plain(self, values: FloatArray) -> FloatArray:
        """Return transformed ``values`` as those of the parameter."""
        return np.exp(values) if self.in_logs else values


@dataclass(frozen=True)
class Form:
    """How a family is fitted.

    Attributes
    ----------
    kind : type of Curve
    amplitude : str
        The parameter that the rise over no effort is proportional to.
    inner : tuple of Inner
    floor : str
        The parameter that is the volume without effort; empty if the family has none.
    elasticity : str
        The power of effort that the amplitude multiplies, if the family is a power of effort and
        the amplitude the volume at an effort of 1; empty if it is the volume at saturation.
    """

    kind: type[Curve]
    amplitude: str
    inner: tuple[Inner, ...]
    floor: str = ""
    elasticity: str = ""

    def curve(self, floor: FloatArray, amplitude: FloatArray, *inner: FloatArray) -> Curve:
        """Return curves with these parameters; ``floor`` counts where the family has one."""
        if self.floor:
            return self.kind(floor, floor + amplitude, *inner)
        return self.kind(amplitude, *inner)

    def shapes(self, inner: FloatArray, effort: FloatArray) -> FloatArray:
        """Return ``g``: the curve with no floor and an amplitude of 1.

        Parameters
        ----------
        inner : FloatArray of shape (m, inner parameters)
            Transformed.
        effort : FloatArray of shape (rows,)

        Returns
        -------
        FloatArray of shape (m, rows)
        """
        plain = [one.plain(column) for one, column in zip(self.inner, inner.T, strict=True)]
        nothing, whole = np.zeros(len(inner)), np.ones(len(inner))
        return self.curve(nothing, whole, *plain)[:, None].value(effort)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of what is estimated: amplitude, inner parameters, baseline."""
        return (self.amplitude, *(one.name for one in self.inner), self.floor or "baseline")


def _effort(name: str) -> Inner:
    return Inner(name, in_logs=True, power=1, lower=0.01, upper=100.0)


_RATE = Inner("rate", in_logs=True, power=-1, lower=0.01, upper=100.0)
_SLOPE = Inner("slope", in_logs=True, power=0, lower=0.05, upper=20.0)
_MIDPOINT = Inner("midpoint", in_logs=False, power=1, lower=0.0, upper=3.0, may_end_low=True)
_EXPONENT = Inner("exponent", in_logs=True, power=0, lower=0.01, upper=1.0, may_end_high=True)

FORMS: Mapping[str, Form] = MappingProxyType(
    {
        form.kind.family: form
        for form in (
            Form(Hill, "beta", (_effort("ec50"), _SLOPE)),
            Form(Adbudg, "top", (_effort("ec50"), _SLOPE), floor="floor"),
            Form(MichaelisMenten, "top", (_effort("halfway"),)),
            Form(ModifiedExponential, "top", (_RATE,)),
            Form(Power, "scale", (_EXPONENT,), elasticity="exponent"),
            Form(Logarithmic, "scale", (_effort("halfway"),)),
            Form(Logistic, "top", (_RATE, _MIDPOINT)),
            Form(Gompertz, "top", (_RATE, _MIDPOINT)),
        )
    }
)


def form_named(family: str) -> Form:
    """Return how ``family`` is fitted.

    Parameters
    ----------
    family : str

    Raises
    ------
    FitError
        If it is no family, or none whose parameters can be fitted.
    """
    if family in FORMS:
        return FORMS[family]
    known: Sequence[str] = get_close_matches(family, FORMS, n=1) or list(FORMS)
    raise FitError(
        T(
            "no curve of family {family} can be fitted; known: {known}",
            family=family,
            known=", ".join(known),
        )
    )
