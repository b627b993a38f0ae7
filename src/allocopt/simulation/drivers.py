"""Drivers compiled: which columns are drawn, and which rows each drawn number moves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import BoolArray, FloatArray, IntArray
from allocopt.errors import UsageError
from allocopt.problem.axes import Axis, AxisName, Dimension
from allocopt.problem.problem import Problem
from allocopt.problem.targets import scope_selection
from allocopt.sampling.marginals import Marginal, make_marginal
from allocopt.sampling.registry import ALL, Factor
from allocopt.scenario.schema.base import Scope
from allocopt.scenario.schema.uncertainty import (
    By,
    DistributionSpec,
    DrawnAs,
    Driver,
    Each,
    Kind,
    Target,
)
from allocopt.simulation.targets import PLACES
from allocopt.text import T


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of an axis, and which of several draws each of them follows.

    Attributes
    ----------
    labels : tuple of str
        One per draw; `allocopt.sampling.registry.ALL` if there is one for all.
    numbers : IntArray (r,)
        Rows of the target's axis.
    draws : IntArray (r,)
        Position in ``labels``.
    """

    labels: tuple[str, ...]
    numbers: IntArray
    draws: IntArray


@dataclass(frozen=True, eq=False)
class CompiledDriver:
    """A driver ready to be drawn.

    Attributes
    ----------
    spec : Driver
    marginal : Marginal
    divisor : float
        The distribution's mean where the driver acts relative to it, else 1.
    factor : Factor
        Its columns of random numbers.
    rows : Rows
    """

    spec: Driver
    marginal: Marginal
    divisor: float
    factor: Factor
    rows: Rows

    @property
    def replaces(self) -> bool:
        """Whether what is drawn stands instead of the expected number."""
        return self.spec.acts is DrawnAs.VALUE

    @property
    def is_parameter(self) -> bool:
        """Whether it is something that could be learned."""
        return self.spec.kind is Kind.PARAMETER

    def drawn(self, normal: FloatArray) -> FloatArray:
        """Return what standard normal numbers mean, of the same shape."""
        values = self.marginal.from_normal(normal)
        return values if self.divisor == 1.0 else np.asarray(values / self.divisor)


def compile_drivers(problem: Problem) -> tuple[CompiledDriver, ...]:
    """Return the drivers of the scenario's section ``uncertainty``, in file order.

    Raises
    ------
    UsageError
        If a driver cannot be drawn for what its ``scope``, ``per`` or ``by`` say.
    SamplingError
        If a distribution is impossible.
    """
    return tuple(compile_driver(problem, spec) for spec in problem.uncertainty.drivers)


def compile_driver(problem: Problem, spec: Driver) -> CompiledDriver:
    """Return one driver ready to be drawn; raises as `compile_drivers`."""
    axis = problem.axes[PLACES[spec.target].axis]
    numbers = rows_in(axis, spec.target, spec.scope)
    units = unit_of_rows(problem, axis, spec.per)
    kinds = _kinds(problem, axis, spec.by)
    rows = grouped(numbers, [_joined(units[n], kinds[n]) for n in numbers])
    marginal = make_marginal(spec.distribution.family, spec.distribution.model_extra or {})
    months = problem.calendar.labels if spec.each is Each.PERIOD else ALL
    return CompiledDriver(
        spec=spec,
        marginal=marginal,
        divisor=_divisor(spec.distribution, spec.acts, marginal),
        factor=Factor(spec.id, rows.labels, months),
        rows=rows,
    )


def rows_in(axis: Axis, target: Target, scope: Scope) -> IntArray:
    """Return the rows of a target that ``scope`` selects.

    Raises
    ------
    UsageError
        If the target cannot be filtered by it, or nothing is left.
    """
    selection = scope_selection(scope)
    for dimension, _ in selection.names:
        if not axis.knows(dimension):
            raise UsageError(
                T("{target} cannot be filtered by {scope}", target=target, scope=dimension)
            )
    numbers = np.flatnonzero(axis.rows(selection))
    if not numbers.size:
        raise UsageError(T("there is no {target} in this scope", target=target))
    return numbers.astype(np.int64)


def unit_of_rows(problem: Problem, axis: Axis, level: str | None) -> Sequence[str]:
    """Return for every row of ``axis`` its unit at ``level``; empty above it, or without level."""
    found = [""] * len(axis)
    if level is None:
        return found
    for unit in problem.trees.units.at_level(level):
        for number in axis.members[Dimension.UNITS].get(unit, ()):
            found[number] = unit
    return found


def _kinds(problem: Problem, axis: Axis, by: By) -> Sequence[str]:
    """Return what else than the unit each row draws for.

    Raises
    ------
    UsageError
        If rows of this axis have no such thing.
    """
    known: dict[tuple[AxisName, By], Sequence[str]] = {
        (AxisName.CELLS, By.PRODUCT): problem.cells.products,
        (AxisName.CELLS, By.CHANNEL): problem.cells.channels,
        (AxisName.PLACEMENTS, By.LEVER): problem.placements.levers,
        (AxisName.GROUPS, By.ROLE): problem.staff.roles,
    }
    if by is By.ALL:
        return [""] * len(axis)
    if by is By.ROW:
        return axis.labels
    if (axis.name, by) not in known:
        raise UsageError(T("{axis} cannot be told apart by {by}", axis=axis.name, by=by))
    return known[axis.name, by]


def _joined(*parts: str) -> str:
    return ":".join(part for part in parts if part)


def grouped(numbers: IntArray, labels: Sequence[str]) -> Rows:
    """Return rows that follow one draw per label."""
    known = tuple(dict.fromkeys(labels))
    place = {label: number for number, label in enumerate(known)}
    return Rows(known, numbers, np.array([place[label] for label in labels], dtype=np.int64))


def _divisor(spec: DistributionSpec, acts: DrawnAs, marginal: Marginal) -> float:
    """Return the mean for what acts relative to it.

    Raises
    ------
    UsageError
        If the mean is not above 0.
    """
    if acts is not DrawnAs.RELATIVE:
        return 1.0
    if not marginal.mean > 0:
        raise UsageError(
            T(
                "the mean of {family} is {mean}; what acts relative to it needs one above 0",
                family=spec.family,
                mean=f"{marginal.mean:g}",
            )
        )
    return marginal.mean


def left_to_chance(problem: Problem, touched: Iterable[tuple[Target, Rows]]) -> BoolArray:
    """Return the groups of people whose coming or leaving something touches, (groups,)."""
    found = np.zeros(len(problem.staff.roles), dtype=np.bool_)
    for target, rows in touched:
        if target in (Target.HIRING_SUCCESS, Target.ATTRITION):
            found[rows.numbers] = True
    return found
