"""Futures drawn: the numbers behind them, for any rows of any replicate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import BoolArray, FloatArray, periods_first
from allocopt.measures.world import World, expected_world
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem
from allocopt.sampling.pseudorandom import PseudoRandomStream
from allocopt.sampling.registry import Factor
from allocopt.sampling.stream import Stream, normals
from allocopt.simulation.columns import DrawnColumns, free_columns
from allocopt.simulation.dependence import SIZE, Dependence, aligned, compile_dependence
from allocopt.simulation.drivers import CompiledDriver, compile_drivers, left_to_chance
from allocopt.simulation.events import CompiledEvent, compile_events


@dataclass(frozen=True, eq=False)
class Unknowns:
    """Everything that is drawn for a problem; plans do not matter to it.

    Attributes
    ----------
    expected : World
    drivers : tuple of CompiledDriver
    dependence : Dependence
    events : tuple of CompiledEvent
    by_chance : BoolArray (groups,)
        Groups whose people come and leave by chance.
    arrive, leave : Factor
        The luck of those groups.
    columns : DrawnColumns
    """

    expected: World
    drivers: tuple[CompiledDriver, ...]
    dependence: Dependence
    events: tuple[CompiledEvent, ...]
    by_chance: BoolArray
    arrive: Factor
    leave: Factor
    columns: DrawnColumns

    @property
    def driver_factors(self) -> tuple[Factor, ...]:
        """What drivers draw for themselves."""
        return tuple(driver.factor for driver in self.drivers)

    @property
    def event_factors(self) -> tuple[Factor, ...]:
        """What events draw, and the common shock of size of a t copula."""
        return event_factors(self.dependence, self.events)


def event_factors(dependence: Dependence, events: Sequence[CompiledEvent]) -> tuple[Factor, ...]:
    """Return the factors that are drawn as uniform numbers."""
    size = (SIZE,) if dependence.student is not None else ()
    each = ((one.happens, one.starts, *(i.factor for i in one.impacts)) for one in events)
    return (*size, *(factor for factors in each for factor in factors))


def compile_unknowns(problem: Problem, known: DrawnColumns | None = None) -> Unknowns:
    """Return what is drawn for ``problem``.

    Parameters
    ----------
    problem : Problem
    known : DrawnColumns or None
        Of an earlier run: what has a column there keeps it.

    Raises
    ------
    UsageError, SamplingError
        If a driver or an event cannot be drawn.
    """
    drivers = aligned(compile_drivers(problem), problem.uncertainty.correlations)
    dependence = compile_dependence(problem, drivers)
    events = compile_events(problem)
    impacts = (impact for event in events for impact in event.impacts)
    by_chance = left_to_chance(
        problem,
        (
            *((driver.spec.target, driver.rows) for driver in drivers),
            *((impact.target, impact.rows) for impact in impacts),
        ),
    )
    groups = problem.axes[AxisName.GROUPS].labels
    labels = tuple(groups[number] for number in np.flatnonzero(by_chance))
    months = problem.calendar.labels
    luck = Factor("people:in", labels, months), Factor("people:out", labels, months)
    shocks = (*dependence.common, *event_factors(dependence, events))
    columns = (known or DrawnColumns()).extended((driver.factor for driver in drivers), shocks)
    laid_out = {name: periods_first(x) for name, x in vars(expected_world(problem)).items()}
    expected = World(**laid_out)
    return Unknowns(expected, drivers, dependence, events, by_chance, *luck, columns)


@dataclass(frozen=True, eq=False)
class Draws:
    """What was drawn for n futures.

    Attributes
    ----------
    drivers : tuple of FloatArray (n, labels, periods or 1)
        What each driver's distribution gave.
    active : tuple of FloatArray (n, units, periods)
        Per event: 1 where it acts.
    severities : tuple of tuple of FloatArray (n, units)
        Per event and impact: the factor.
    arriving, leaving : FloatArray (n, groups by chance, periods), uniform numbers
    """

    drivers: tuple[FloatArray, ...]
    active: tuple[FloatArray, ...]
    severities: tuple[tuple[FloatArray, ...], ...]
    arriving: FloatArray
    leaving: FloatArray

    def __getitem__(self, rows: slice) -> "Draws":
        """Return some of the futures."""
        return Draws(
            drivers=tuple(values[rows] for values in self.drivers),
            active=tuple(values[rows] for values in self.active),
            severities=tuple(tuple(one[rows] for one in event) for event in self.severities),
            arriving=self.arriving[rows],
            leaving=self.leaving[rows],
        )


def draw(unknowns: Unknowns, stream: Stream, replicate: int, rows: range) -> Draws:
    """Return the futures of some rows of a replicate.

    Parameters
    ----------
    unknowns : Unknowns
    stream : Stream
    replicate : int
    rows : range, of length n

    Returns
    -------
    Draws
        Each future depends on the seed, the replicate and its row alone.
    """
    columns, common = unknowns.columns, unknowns.dependence.common
    own = _split(
        normals(stream, columns.of_drivers(unknowns.driver_factors), replicate, rows),
        unknowns.driver_factors,
    )
    shared = _split(normals(stream, columns.of_shocks(common), replicate, rows), common)
    events = unknowns.event_factors
    u = _split(stream.uniforms(columns.of_shocks(events), replicate, rows), events)
    luck = _luck(unknowns, stream.seed, replicate, rows)
    size = u[SIZE.name][:, 0, 0] if SIZE.name in u else np.empty(0)
    joint = unknowns.dependence.joined(list(own.values()), list(shared.values()), size)
    return Draws(
        drivers=tuple(
            driver.drawn(values) for driver, values in zip(unknowns.drivers, joint, strict=True)
        ),
        active=tuple(_active(event, u) for event in unknowns.events),
        severities=tuple(_severities(event, u) for event in unknowns.events),
        arriving=luck[unknowns.arrive.name],
        leaving=luck[unknowns.leave.name],
    )


def _luck(unknowns: Unknowns, seed: int, replicate: int, rows: range) -> dict[str, FloatArray]:
    """Return the luck of people: so many small chances that even numbers would gain nothing."""
    factors = (unknowns.arrive, unknowns.leave)
    stream = PseudoRandomStream(seed)
    return _split(stream.uniforms(free_columns(factors), replicate, rows), factors)


def _split(drawn: FloatArray, factors: Sequence[Factor]) -> dict[str, FloatArray]:
    """Return the columns of each factor by its name, (n, labels, periods or 1).

    In memory draws come last: what is done to all of them is done along a stretch of it.
    """
    found, end = {}, 0
    columns = np.ascontiguousarray(drawn.T)
    for factor in factors:
        part = columns[end : end + factor.size]
        shaped = part.reshape(len(factor.units), len(factor.months), len(drawn))
        found[factor.name] = np.moveaxis(shaped, -1, 0)
        end += factor.size
    return found


def _active(event: CompiledEvent, uniform: Mapping[str, FloatArray]) -> FloatArray:
    happens, starts = uniform[event.happens.name], uniform[event.starts.name]
    return event.active(happens[..., 0], starts[..., 0])


def _severities(event: CompiledEvent, uniform: Mapping[str, FloatArray]) -> tuple[FloatArray, ...]:
    drawn = ((impact, uniform[impact.factor.name][..., 0]) for impact in event.impacts)
    return tuple(impact.severity.quantile(u) for impact, u in drawn)
