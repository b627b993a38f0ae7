"""Events compiled: when they strike, whom, and how hard."""

from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.problem.problem import Problem
from allocopt.sampling.marginals import Constant, Marginal, make_marginal
from allocopt.sampling.registry import ALL, Factor
from allocopt.scenario.schema.uncertainty import Event, Impact, Target
from allocopt.simulation.drivers import Rows, rows_in, unit_of_rows
from allocopt.simulation.targets import PLACES


@dataclass(frozen=True, eq=False)
class CompiledImpact:
    """What an event does to the rows of one target.

    Attributes
    ----------
    target : Target
    rows : Rows
        Draws are those of the event's units.
    severity : Marginal
        Of the factor.
    factor : Factor
        Its column of random numbers, per unit.
    """

    target: Target
    rows: Rows
    severity: Marginal
    factor: Factor


@dataclass(frozen=True, eq=False)
class CompiledEvent:
    """An event ready to be drawn.

    Attributes
    ----------
    spec : Event
    periods : int
    happens, starts : Factor
        Columns of random numbers, per unit.
    impacts : tuple of CompiledImpact
    """

    spec: Event
    periods: int
    happens: Factor
    starts: Factor
    impacts: tuple[CompiledImpact, ...]

    def active(self, happens: FloatArray, starts: FloatArray) -> FloatArray:
        """Return 1 in the periods in which it acts, else 0, (n, units, periods).

        Parameters
        ----------
        happens, starts : FloatArray (n, units), uniform numbers
        """
        periods = self.periods
        first = self.spec.first - 1
        choices = (self.spec.last or periods) - first
        start = first + np.floor(starts * choices)[..., None]
        end = start + (self.spec.lasts or periods)
        t = np.arange(periods)
        struck = (happens > 1.0 - self.spec.probability)[..., None]
        return np.asarray(struck & (t >= start) & (t < end), dtype=np.float64)


def compile_events(problem: Problem) -> tuple[CompiledEvent, ...]:
    """Return the events of the scenario's section ``uncertainty``, in file order.

    Raises
    ------
    UsageError
        If an impact has no rows.
    SamplingError
        If a severity is impossible.
    """
    return tuple(_compiled(problem, spec) for spec in problem.uncertainty.events)


def _compiled(problem: Problem, spec: Event) -> CompiledEvent:
    units = problem.trees.units.at_level(spec.per) if spec.per else ALL
    return CompiledEvent(
        spec=spec,
        periods=len(problem.calendar),
        happens=Factor(f"event:{spec.id}:happens", tuple(units)),
        starts=Factor(f"event:{spec.id}:starts", tuple(units)),
        impacts=tuple(
            compile_impact(problem, spec, impact, f"event:{spec.id}:severity:{number}")
            for number, impact in enumerate(spec.impacts, start=1)
        ),
    )


def compile_impact(problem: Problem, spec: Event, impact: Impact, name: str) -> CompiledImpact:
    """Return what an impact moves; rows above the event's level are not struck."""
    axis = problem.axes[PLACES[impact.target].axis]
    units = tuple(problem.trees.units.at_level(spec.per)) if spec.per else ALL
    of_row = unit_of_rows(problem, axis, spec.per)
    numbers = rows_in(axis, impact.target, impact.scope)
    numbers = numbers[[of_row[number] in units for number in numbers]]
    place = {unit: number for number, unit in enumerate(units)}
    draws = np.array([place[of_row[number]] for number in numbers], dtype=np.int64)
    return CompiledImpact(
        target=impact.target,
        rows=Rows(units, numbers, draws),
        severity=severity_of(impact),
        factor=Factor(name, units),
    )


def severity_of(impact: Impact) -> Marginal:
    """Return the distribution of an impact's factor."""
    if impact.severity is None:
        return Constant(1.0 if impact.factor is None else impact.factor)
    return make_marginal(impact.severity.family, impact.severity.model_extra or {})
