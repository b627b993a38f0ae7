"""Futures drawn: the numbers behind them, for any rows of any replicate."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import BoolArray, FloatArray
from allocopt.measures.world import World, expected_world
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem
from allocopt.sampling.registry import Factor, Registry
from allocopt.sampling.stream import Columns, Stream, normals
from allocopt.scenario.schema.uncertainty import Target
from allocopt.simulation.dependence import SIZE, Dependence, aligned, compile_dependence
from allocopt.simulation.drivers import CompiledDriver, compile_drivers
from allocopt.simulation.events import CompiledEvent, compile_events

_BY_CHANCE = (Target.HIRING_SUCCESS, Target.ATTRITION)


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
    registry : Registry
    """

    expected: World
    drivers: tuple[CompiledDriver, ...]
    dependence: Dependence
    events: tuple[CompiledEvent, ...]
    by_chance: BoolArray
    arrive: Factor
    leave: Factor
    registry: Registry

    @property
    def normal(self) -> tuple[Factor, ...]:
        """Factors that are drawn as standard normal numbers."""
        return (*(driver.factor for driver in self.drivers), *self.dependence.common)

    @property
    def uniform(self) -> tuple[Factor, ...]:
        """Factors that are drawn as uniform numbers."""
        return tuple(_uniform(self.dependence, self.events, (self.arrive, self.leave)))


def _uniform(
    dependence: Dependence, events: Sequence[CompiledEvent], luck: Sequence[Factor]
) -> Iterator[Factor]:
    if dependence.student is not None:
        yield SIZE
    for event in events:
        yield from (event.happens, event.starts)
        yield from (impact.factor for impact in event.impacts)
    yield from (factor for factor in luck if factor.size)


def compile_unknowns(problem: Problem, known: Registry | None = None) -> Unknowns:
    """Return what is drawn for ``problem``.

    Parameters
    ----------
    problem : Problem
    known : Registry or None
        Of an earlier run: what has a column there keeps it.

    Raises
    ------
    UsageError, SamplingError
        If a driver or an event cannot be drawn.

    Notes
    -----
    Columns are given out in file order, so that a driver added at the end moves no other.
    """
    drivers = aligned(compile_drivers(problem), problem.uncertainty.correlations)
    dependence = compile_dependence(problem, drivers)
    events = compile_events(problem)
    by_chance = _by_chance(problem, drivers, events)
    groups = problem.axes[AxisName.GROUPS].labels
    labels = tuple(groups[number] for number in np.flatnonzero(by_chance))
    luck = [Factor(f"people:{what}", labels, problem.calendar.labels) for what in ("in", "out")]
    registry = known or Registry()
    normal = (*(driver.factor for driver in drivers), *dependence.common)
    for factor in (*normal, *_uniform(dependence, events, luck)):
        registry = registry.extended([factor])
    expected = expected_world(problem)
    return Unknowns(expected, drivers, dependence, events, by_chance, *luck, registry)


def _by_chance(
    problem: Problem, drivers: Sequence[CompiledDriver], events: Sequence[CompiledEvent]
) -> BoolArray:
    """Return the groups that drivers or events of coming and leaving touch, (groups,)."""
    found = np.zeros(len(problem.staff.roles), dtype=np.bool_)
    impacts = [impact for event in events for impact in event.impacts]
    touched = [(driver.spec.target, driver.rows) for driver in drivers]
    for target, rows in (*touched, *((impact.target, impact.rows) for impact in impacts)):
        if target in _BY_CHANCE:
            found[rows.numbers] = True
    return found


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
    registry = unknowns.registry
    normal = _columns(registry, unknowns.normal)
    uniform = _columns(registry, unknowns.uniform)
    z = _split(normals(stream, normal, replicate, rows), unknowns.normal)
    u = _split(stream.uniforms(uniform, replicate, rows), unknowns.uniform)
    count = len(unknowns.drivers)
    size = u[SIZE.name][:, 0, 0] if SIZE.name in u else np.empty(0)
    own = [z[driver.factor.name] for driver in unknowns.drivers]
    common = list(z.values())[count:]
    joint = unknowns.dependence.joined(own, common, size)
    empty = np.empty((len(rows), 0, len(unknowns.leave.months)))
    return Draws(
        drivers=tuple(
            driver.drawn(values) for driver, values in zip(unknowns.drivers, joint, strict=True)
        ),
        active=tuple(_active(event, u) for event in unknowns.events),
        severities=tuple(_severities(event, u) for event in unknowns.events),
        arriving=u.get(unknowns.arrive.name, empty),
        leaving=u.get(unknowns.leave.name, empty),
    )


def _columns(registry: Registry, factors: Sequence[Factor]) -> Columns:
    return Columns.joined([registry.columns(factor) for factor in factors])


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


def _severities(
    event: CompiledEvent, uniform: Mapping[str, FloatArray]
) -> tuple[FloatArray, ...]:
    drawn = ((impact, uniform[impact.factor.name][..., 0]) for impact in event.impacts)
    return tuple(impact.severity.quantile(u) for impact, u in drawn)
