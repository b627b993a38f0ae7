"""Uncertainty: drivers that exist, correlations that can be, windows inside the calendar."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import fsum

from allocopt.scenario.checks.index import Index, Known
from allocopt.scenario.checks.scopes import unknown_members
from allocopt.scenario.pathfinding import PathFinding, error
from allocopt.scenario.schema.uncertainty import Driver, Each, Event, Impact, Stress, Target
from allocopt.text import T

_SECTION = "uncertainty"
_TOLERANCE = 1e-12


def check_uncertainty(index: Index) -> Iterator[PathFinding]:
    """Check drivers, what ties them together, events and stresses."""
    section = index.data.uncertainty
    for driver in section.drivers:
        yield from _driver(driver, index)
    known = Known(T("the driver"), f"{_SECTION}.drivers", (one.id for one in section.drivers))
    yield from _correlations(index, known)
    yield from _common_factors(index, known)
    for event in section.events:
        path = f"{_SECTION}.events.{event.id}"
        yield from index.levels.unknown(f"{path}.per", [event.per])
        yield from _window(event, path, index)
        yield from _impacts(event.impacts, path, index)
    for stress in section.stresses:
        path = f"{_SECTION}.stresses.{stress.id}"
        yield from _window(stress, path, index)
        yield from _impacts(stress.impacts, path, index)
        yield from _certain(stress.impacts, path)


def _driver(driver: Driver, index: Index) -> Iterator[PathFinding]:
    path = f"{_SECTION}.drivers.{driver.id}"
    yield from unknown_members(f"{path}.scope", driver.scope, index)
    yield from index.levels.unknown(f"{path}.per", [driver.per])
    if driver.target is Target.OPENING_CUSTOMERS and driver.each is Each.PERIOD:
        yield error(
            f"{path}.each",
            T("opening customers are counted once, not in each period"),
            T("Write 'each: year', or leave it out."),
            f"{path}.target",
        )


def _correlations(index: Index, known: Known) -> Iterator[PathFinding]:
    section = index.data.uncertainty
    by_id = {driver.id: driver for driver in section.drivers}
    said: dict[frozenset[str], tuple[str, float]] = {}
    for row in section.correlations:
        path = f"{_SECTION}.correlations.{row.id}"
        yield from known.unknown(f"{path}.drivers", row.drivers)
        if not -1 < row.rank < 1:
            yield error(
                f"{path}.rank",
                T("the rank correlation {rank} is not between -1 and 1", rank=f"{row.rank:g}"),
                T("Write a number such as 0.4; for 1 use one driver with a wider scope."),
            )
        yield from _twice(row.drivers, path)
        tied = [by_id[name] for name in row.drivers if name in by_id]
        # an unknown level has its own finding
        if all(driver.per is None or driver.per in index.levels for driver in tied):
            yield from _same_draws(tied, path)
        for pair in combinations(dict.fromkeys(row.drivers), 2):
            first = said.setdefault(frozenset(pair), (row.id, row.rank))
            if first[1] != row.rank:
                yield error(
                    f"{path}.rank",
                    T(
                        "{one} and {other} have the rank correlation {rank} here, {first} in {row}",
                        one=pair[0],
                        other=pair[1],
                        rank=f"{row.rank:g}",
                        first=f"{first[1]:g}",
                        row=first[0],
                    ),
                    T("Keep one of the two."),
                    f"{_SECTION}.correlations.{first[0]}",
                )


def _twice(names: Sequence[str], path: str) -> Iterator[PathFinding]:
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if repeated:
        yield error(
            f"{path}.drivers",
            T("the driver {name} stands twice", name=repeated[0]),
            T("Name each driver once."),
        )


def _same_draws(drivers: Sequence[Driver], path: str) -> Iterator[PathFinding]:
    """Refuse a correlation of drivers that do not draw in the same places."""
    for driver in drivers[1:]:
        first = drivers[0]
        if (driver.per, driver.by, driver.each) != (first.per, first.by, first.each):
            yield error(
                f"{path}.drivers",
                T(
                    "{one} and {other} do not draw for the same units, rows and periods",
                    one=first.id,
                    other=driver.id,
                ),
                T("Give both the same 'per', 'by' and 'each', or tie them by a common factor."),
                f"{_SECTION}.drivers.{first.id}",
                f"{_SECTION}.drivers.{driver.id}",
            )
            return


def _common_factors(index: Index, known: Known) -> Iterator[PathFinding]:
    weights: dict[str, list[float]] = {}
    for factor in index.data.uncertainty.common_factors:
        for number, loading in enumerate(factor.loadings):
            path = f"{_SECTION}.common_factors.{factor.id}.loadings.{number}"
            yield from known.unknown(f"{path}.driver", [loading.driver])
            so_far = weights.setdefault(loading.driver, [])
            so_far.append(loading.weight)
            total = fsum(weight**2 for weight in so_far)
            if total > 1 + _TOLERANCE:
                yield error(
                    f"{path}.weight",
                    T(
                        "the squares of the weights of {driver} sum to {total}, more than 1",
                        driver=loading.driver,
                        total=f"{total:.4g}",
                    ),
                    T(
                        "Weights are correlations with the factor; multiply them by {factor} "
                        "at most.",
                        factor=f"{total**-0.5:.3f}",
                    ),
                )


def _window(row: Event | Stress, path: str, index: Index) -> Iterator[PathFinding]:
    periods = index.data.calendar.periods
    for name, value in (("first", row.first), ("last", row.last)):
        if value is not None and value > periods:
            yield error(
                f"{path}.{name}",
                T("period {period} is not in the calendar", period=value),
                T("Periods are counted from 1 to {last}.", last=periods),
                "calendar.periods",
            )
    lasts = row.lasts if isinstance(row, Event) else None
    if lasts is not None and row.first <= periods < row.first + lasts - 1:
        yield error(
            f"{path}.lasts",
            T(
                "it lasts {lasts} periods from period {first} at the earliest, and the calendar "
                "ends with period {last}",
                lasts=lasts,
                first=row.first,
                last=periods,
            ),
            T("Leave 'lasts' out for what lasts to the end."),
            "calendar.periods",
        )
    if row.last is not None and row.last < row.first:
        yield error(
            f"{path}.last",
            T(
                "the last period {last} is before the first, {first}",
                last=row.last,
                first=row.first,
            ),
            T("Exchange the two, or correct one."),
            f"{path}.first",
        )


def _impacts(impacts: Sequence[Impact], path: str, index: Index) -> Iterator[PathFinding]:
    for number, impact in enumerate(impacts):
        place = f"{path}.impacts.{number}"
        yield from unknown_members(f"{place}.scope", impact.scope, index)
        if (impact.factor is None) == (impact.severity is None):
            yield error(
                place,
                T("an impact has either 'factor' or 'severity'"),
                T("Give a number as 'factor', or a distribution of it as 'severity'."),
            )


def _certain(impacts: Sequence[Impact], path: str) -> Iterator[PathFinding]:
    for number, impact in enumerate(impacts):
        if impact.severity is not None and impact.factor is None:
            yield error(
                f"{path}.impacts.{number}.severity",
                T("a stress is one future: its impacts have no distribution"),
                T("Give a number as 'factor'."),
            )
