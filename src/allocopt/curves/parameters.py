"""What a curve family says about its parameters, and the check of given values against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from allocopt.arrays import BoolArray, FloatArray
from allocopt.curves.numeric import position
from allocopt.text import Bilingual, T, Text

Problem = tuple[str, Text]
"""The name of a parameter, and what is wrong with it."""

LARGEST = 1e100
SMALLEST = 1e-100
"""Magnitudes outside these cannot be squared or divided without overflow."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a family.

    Attributes
    ----------
    name : str
        As in scenario files and constructors.
    unit : str
        In terms of "volume" and "effort"; "1" for a pure number.
    description : Bilingual
    lower, upper : float
        The range.
    lower_open, upper_open : bool
        Whether that end itself is excluded.
    many : bool
        Whether one curve takes a sequence (the points of a table) and not one number.
    """

    name: str
    unit: str
    description: Bilingual
    lower: float = 0.0
    upper: float = np.inf
    lower_open: bool = False
    upper_open: bool = False
    many: bool = False

    def outside(self, values: FloatArray) -> BoolArray:
        """Return where finite ``values`` leave the range."""
        low = values <= self.lower if self.lower_open else values < self.lower
        high = values >= self.upper if self.upper_open else values > self.upper
        return low | high

    @property
    def range(self) -> str:
        """The range in the usual notation, such as ``(0, 100]``."""
        left = "(" if self.lower_open or self.lower == -np.inf else "["
        right = ")" if self.upper_open or self.upper == np.inf else "]"
        return f"{left}{self.lower:g}, {self.upper:g}{right}"

    def problem(self, given: object) -> Text | None:
        """Return what is wrong with a value or an array of values, None if nothing.

        Parameters
        ----------
        given : object
            Anything; what is not a number or an array of numbers is a problem.
        """
        try:
            values = np.asarray(given, dtype=np.float64)
        except (TypeError, ValueError):
            return T("{parameter}: a number was expected", parameter=self.name)
        if values.size == 0:
            return T("{parameter}: at least one value was expected", parameter=self.name)
        return self._range_problem(values)

    def _range_problem(self, values: FloatArray) -> Text | None:
        bad = ~np.isfinite(values)
        if bad.any():
            found = _found(values, bad)
            return T("{parameter} must be finite: {found}", parameter=self.name, found=found)
        bad = self.outside(values)
        if bad.any():
            found = _found(values, bad)
            return T(
                "{parameter} must lie in {range}: {found}",
                parameter=self.name,
                range=self.range,
                found=found,
            )
        size = np.abs(values)
        bad = (size > LARGEST) | ((size < SMALLEST) & (size > 0.0))
        if bad.any():
            return T(
                "{parameter} is too large or too small to compute with, choose another unit: "
                "{found}",
                parameter=self.name,
                found=_found(values, bad),
            )
        return None


def _found(values: FloatArray, bad: BoolArray) -> Text:
    first = int(np.flatnonzero(bad)[0])
    value = float(values.flat[first])
    if values.size == 1:
        return T("found {value}", value=value)
    return T(
        "{count} of {total} values, the first is {value} at position {position}",
        count=int(np.count_nonzero(bad)),
        total=int(values.size),
        value=value,
        position=position(values.shape, first),
    )


@dataclass(frozen=True)
class Order:
    """One parameter may not exceed another of its family.

    Attributes
    ----------
    lesser, greater : str
        Names of parameters.
    strict : bool
        Whether they must differ.
    """

    lesser: str
    greater: str
    strict: bool = False


def order_problems(orders: Sequence[Order], given: Mapping[str, object]) -> list[Problem]:
    """Return a problem for each pair of parameters that is in the wrong order.

    Parameters
    ----------
    orders : sequence of Order
    given : mapping from names to numbers or arrays, each in its own range
    """
    found = ((order, _order_problem(order, given)) for order in orders)
    return [(order.lesser, fault) for order, fault in found if fault is not None]


def _order_problem(order: Order, given: Mapping[str, object]) -> Text | None:
    low = np.asarray(given[order.lesser], dtype=np.float64)
    high = np.asarray(given[order.greater], dtype=np.float64)
    try:
        low, high = np.broadcast_arrays(low, high)
    except ValueError:
        return T(
            "{lesser} and {greater} have different numbers of values",
            lesser=order.lesser,
            greater=order.greater,
        )
    bad = low >= high if order.strict else low > high
    if not bad.any():
        return None
    first = int(np.flatnonzero(bad)[0])
    values = {"low": float(low.flat[first]), "high": float(high.flat[first])}
    names = {"lesser": order.lesser, "greater": order.greater}
    if order.strict:
        return T("{lesser} must be less than {greater}, found {low} and {high}", **names, **values)
    return T("{lesser} must not exceed {greater}, found {low} and {high}", **names, **values)


def name_problems(parameters: Sequence[Parameter], given: Mapping[str, object]) -> list[Problem]:
    """Return a problem for each parameter that is missing and each that is unknown.

    Parameters
    ----------
    parameters : sequence of Parameter
    given : mapping from names to values
    """
    names = [parameter.name for parameter in parameters]
    missing = [
        (name, T("{parameter} is missing", parameter=name)) for name in names if name not in given
    ]
    unknown = [(name, _unknown(name, names)) for name in given if name not in names]
    return missing + unknown


def _unknown(name: str, names: Sequence[str]) -> Text:
    near = get_close_matches(name, names, n=1)
    listed = ", ".join(names)
    if near:
        return T(
            "{parameter} is not a parameter of this family; did you mean {near}?",
            parameter=name,
            near=near[0],
        )
    return T(
        "{parameter} is not a parameter of this family, which takes {known}",
        parameter=name,
        known=listed,
    )
