"""Calendar and profiles: dates in order, inside the horizon, shapes that sum to one."""

from collections.abc import Iterable, Iterator
from math import fsum

from allocopt.scenario.checks.index import Index
from allocopt.scenario.pathfinding import PathFinding, error
from allocopt.scenario.schema.calendar import Festival, Profile, ProfileSource, Window
from allocopt.text import T

SUM_TOLERANCE = 1e-6
_YEARS = range(1900, 2201)
_LONGEST_FESTIVAL = 100
_PERIODS = "calendar.periods"


def check_calendar(index: Index) -> Iterator[PathFinding]:
    """Check the calendar and the profiles."""
    calendar = index.data.calendar
    if calendar.start.year not in _YEARS:
        yield error(
            "calendar.start",
            T("the year {year} is out of range", year=calendar.start.year),
            T("Use a year from {first} to {last}.", first=_YEARS[0], last=_YEARS[-1]),
        )
    yield from _working_days(index)
    for festival in calendar.festivals:
        yield from _festival(festival)
    for window in calendar.windows:
        yield from _window(window, index)
    for profile in index.data.profiles:
        yield from _profile(profile, index)


def _working_days(index: Index) -> Iterator[PathFinding]:
    days, periods = index.data.calendar.working_days, index.data.calendar.periods
    path = "calendar.working_days"
    if days and len(days) != periods:
        yield error(
            path,
            T(
                "{found} entries were found, {periods} periods are planned",
                found=len(days),
                periods=periods,
            ),
            T("Give one number per period, or none to count them from the calendar."),
            _PERIODS,
        )
    elif days and not fsum(days) > 0:
        yield error(
            path, T("there is no working day at all"), T("Give the working days of each period.")
        )


def _festival(festival: Festival) -> Iterator[PathFinding]:
    path = f"calendar.festivals.{festival.id}.end"
    start = f"calendar.festivals.{festival.id}.start"
    if festival.end < festival.start:
        yield error(
            path,
            T("{end} is before the start {start}", end=festival.end, start=festival.start),
            T("Exchange the two dates, or correct one."),
            start,
        )
    elif (festival.end - festival.start).days >= _LONGEST_FESTIVAL:
        yield error(
            path,
            T("the festival is longer than {days} days", days=_LONGEST_FESTIVAL),
            T("Check the years of both dates."),
            start,
        )


def _window(window: Window, index: Index) -> Iterator[PathFinding]:
    path = f"calendar.windows.{window.id}"
    if window.end < window.start:
        yield error(
            f"{path}.end",
            T("period {end} is before the start {start}", end=window.end, start=window.start),
            T("Exchange the two, or correct one."),
            f"{path}.start",
        )
    yield from outside_horizon(f"{path}.start", [window.start], index)
    yield from outside_horizon(f"{path}.end", [window.end], index)


def outside_horizon(path: str, periods: Iterable[int], index: Index) -> Iterator[PathFinding]:
    """Yield an error at ``path`` for each period that the calendar does not have."""
    last = index.data.calendar.periods
    for period in periods:
        if not 1 <= period <= last:
            yield error(
                path,
                T("period {period} is not in the calendar", period=period),
                T("Periods are counted from 1 to {last}.", last=last),
                _PERIODS,
            )


def _profile(profile: Profile, index: Index) -> Iterator[PathFinding]:
    path = f"profiles.{profile.id}.weights"
    periods = index.data.calendar.periods
    if profile.source is not ProfileSource.GIVEN:
        if profile.weights:
            yield error(
                path,
                T("weights are given, but the source is {source}", source=profile.source),
                T("Remove the weights, or write 'source: given'."),
                f"profiles.{profile.id}.source",
            )
        return
    if len(profile.weights) != periods:
        yield error(
            path,
            T(
                "{found} weights were found, {periods} periods are planned",
                found=len(profile.weights),
                periods=periods,
            ),
            T("Give one weight per period."),
            _PERIODS,
            f"profiles.{profile.id}.source",
        )
    elif abs(fsum(profile.weights) - 1) > SUM_TOLERANCE:
        yield error(
            path,
            T("the weights sum to {total}, not to 1", total=f"{fsum(profile.weights):.8g}"),
            T("Correct the weights; each is the period's share of the year."),
        )
