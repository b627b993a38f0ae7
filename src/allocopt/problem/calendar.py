"""Periods, working days and schedule profiles as arrays."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from allocopt.arrays import FloatArray, frozen
from allocopt.problem.problem import Calendar
from allocopt.scenario.schema.calendar import (
    CalendarSection,
    Festival,
    Frequency,
    Profile,
    ProfileSource,
)

_MONTHS = {Frequency.MONTH: 1, Frequency.QUARTER: 3}
_WEEKEND = 5


def build_calendar(section: CalendarSection, profiles: tuple[Profile, ...]) -> Calendar:
    """Return the horizon with its working days, festival uplift and profiles."""
    starts = [_start(section, number) for number in range(section.periods + 1)]
    spans = list(pairwise(starts))
    given = section.working_days
    working = given or tuple(_working_days(section, first, last) for first, last in spans)
    calendar = Calendar(
        labels=tuple(_label(section.frequency, first) for first, _ in spans),
        working_days=frozen(np.array(working)),
        uplift=frozen(np.array([_uplift(section.festivals, first, last) for first, last in spans])),
        profiles={},
    )
    weights = {profile.id: _weights(profile, calendar) for profile in profiles}
    return Calendar(calendar.labels, calendar.working_days, calendar.uplift, weights)


def _start(section: CalendarSection, number: int) -> date:
    first = section.start
    if section.frequency is Frequency.WEEK:
        return first + timedelta(weeks=number)
    month = first.month - 1 + number * _MONTHS[section.frequency]
    return date(first.year + month // 12, month % 12 + 1, 1)


def _label(frequency: Frequency, first: date) -> str:
    if frequency is Frequency.WEEK:
        return first.isoformat()
    if frequency is Frequency.QUARTER:
        return f"{first.year}-Q{(first.month - 1) // 3 + 1}"
    return f"{first.year}-{first.month:02d}"


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days))


def _working_days(section: CalendarSection, first: date, last: date) -> float:
    off = {
        day
        for festival in section.festivals
        if festival.day_off
        for day in _days(festival.start, festival.end + timedelta(days=1))
    }
    worked = [
        day
        for day in _days(first, last)
        if (day.weekday() < _WEEKEND and day not in off) or day in section.extra_working_days
    ]
    return float(len(worked))


def _uplift(festivals: tuple[Festival, ...], first: date, last: date) -> float:
    length = (last - first).days
    extra = sum(
        festival.uplift
        * sum(festival.start <= day <= festival.end for day in _days(first, last))
        / length
        for festival in festivals
    )
    return 1.0 + extra


def _weights(profile: Profile, calendar: Calendar) -> FloatArray:
    if profile.source is ProfileSource.GIVEN:
        raw = np.array(profile.weights)
    elif profile.source is ProfileSource.WORKING_DAYS:
        raw = calendar.working_days
    else:
        raw = np.ones(len(calendar))
    return frozen(raw / raw.sum())
