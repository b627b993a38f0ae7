"""What every distribution promises: one uniform number in, one value out, never falling."""

from abc import ABC, abstractmethod
from dataclasses import fields
from functools import cached_property
from typing import ClassVar

import numpy as np
from scipy.special import ndtr

from allocopt.arrays import FloatArray
from allocopt.curves.parameters import Parameter
from allocopt.errors import SamplingError
from allocopt.sampling.marginals.cubic import REACH, CubicTable
from allocopt.text import Bilingual, T


class Marginal(ABC):
    """A distribution of one number, drawn by inverse transform alone.

    Frozen dataclasses of plain numbers: equal parameters make equal distributions.

    Attributes
    ----------
    title : Bilingual
    parameters : tuple of Parameter
        One per field of the dataclass.
    """

    title: ClassVar[Bilingual]
    parameters: ClassVar[tuple[Parameter, ...]]

    def __post_init__(self) -> None:
        """Refuse parameters outside their ranges.

        Raises
        ------
        SamplingError
            With the parameter's name.
        """
        for parameter, place in zip(self.parameters, fields(self), strict=True):  # type: ignore[arg-type]
            problem = parameter.problem(getattr(self, place.name))
            if problem is not None:
                raise SamplingError(problem, parameter.name)
        self._check()

    def _check(self) -> None:  # noqa: B027 - most have no more to check
        """Refuse parameters that contradict each other."""

    @property
    @abstractmethod
    def mean(self) -> float:
        """Return the expected value."""

    @property
    @abstractmethod
    def sd(self) -> float:
        """Return the standard deviation."""

    @abstractmethod
    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the values that are not exceeded with these probabilities.

        Parameters
        ----------
        u : FloatArray of any shape
            Strictly between 0 and 1.
        """

    def from_normal(self, z: FloatArray) -> FloatArray:
        """Return the quantiles of standard normal numbers: what the simulator draws.

        Parameters
        ----------
        z : FloatArray of any shape
        """
        return self.quantile(np.asarray(ndtr(z)))


class TabulatedMarginal(Marginal):
    """A distribution whose exact quantiles take long: draws read a table of them.

    The quantile is smooth in z, so that cubics between points with its own slopes come close to
    it. The table is as fine as it takes; a distribution that no table describes is drawn exactly.
    """

    def from_normal(self, z: FloatArray) -> FloatArray:
        """Return the quantiles of standard normal numbers, to 1e-9 of the standard deviation."""
        values = np.asarray(z, dtype=np.float64)
        if self._table is None:
            return self._of_tails(ndtr(values), ndtr(-values))
        found = self._table.at(values)
        beyond = ~(np.abs(values) < REACH)
        if beyond.any():
            found[beyond] = self._of_tails(ndtr(values[beyond]), ndtr(-values[beyond]))
        return found

    def quantile(self, u: FloatArray) -> FloatArray:
        """Return the values that are not exceeded with probabilities ``u``."""
        return self._of_tails(np.asarray(u), np.asarray(1.0 - u))

    @abstractmethod
    def _of_tails(self, below: FloatArray, above: FloatArray) -> FloatArray:
        """Return quantiles; ``above`` is 1 - ``below``, to all its digits where it is small."""

    @abstractmethod
    def _density(self, x: FloatArray) -> FloatArray:
        """Return the density at values of the distribution."""

    @cached_property
    def _table(self) -> CubicTable | None:
        return CubicTable.of(self._with_slopes, 1e-9 * self.sd)

    def _with_slopes(self, z: FloatArray) -> tuple[FloatArray, FloatArray]:
        values = self._of_tails(ndtr(z), ndtr(-z))
        normal = np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi)
        density = self._density(values)
        slopes = np.divide(normal, density, out=np.zeros_like(z), where=density > 0.0)
        return values, np.where(np.isfinite(slopes), slopes, 0.0)


def check_order(low: str, high: str, values: tuple[float, float], *, strict: bool = True) -> None:
    """Refuse two parameters in the wrong order.

    Raises
    ------
    SamplingError
    """
    first, second = values
    if first > second or (strict and first == second):
        raise SamplingError(
            T(
                "{low} is {first} and {high} is {second}; {low} must be less",
                low=low,
                high=high,
                first=first,
                second=second,
            ),
            low,
        )


def check_whole(parameter: str, value: float) -> None:
    """Refuse a parameter that is no whole number.

    Raises
    ------
    SamplingError
    """
    if value != int(value):
        raise SamplingError(
            T(
                "{parameter} is {value}; a whole number was expected",
                parameter=parameter,
                value=value,
            ),
            parameter,
        )


def check_between(
    parameter: str, found: float, least: float, most: float, *, strict: bool = True
) -> None:
    """Refuse a value that the other parameters rule out.

    Parameters
    ----------
    parameter : str
    found : float
    least, most : float
        What is possible.
    strict : bool
        Whether the ends are not.

    Raises
    ------
    SamplingError
    """
    if least < found < most or (not strict and least <= found <= most):
        return
    raise SamplingError(
        T(
            "{parameter} is {found}; with the other values it lies between {least} and {most}",
            parameter=parameter,
            found=f"{found:.6g}",
            least=f"{least:.6g}",
            most=f"{most:.6g}",
        ),
        parameter,
        T("change {parameter}, or the values beside it", parameter=parameter),
    )
