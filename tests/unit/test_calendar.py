"""Periods, working days, festivals and the shapes of a year."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import problem_of, row

from allocopt.problem.problem import Calendar


def calendar_of(section: dict[str, Any], profiles: list[dict[str, Any]] | None = None) -> Calendar:
    return problem_of({"calendar": section, "profiles": profiles or []}).calendar


@pytest.mark.parametrize(
    ("frequency", "start", "labels"),
    [
        ("month", "2015-11-01", ("2015-11", "2015-12", "2016-01")),
        ("quarter", "2016-07-01", ("2016-Q3", "2016-Q4", "2017-Q1")),
        ("week", "2016-02-22", ("2016-02-22", "2016-02-29", "2016-03-07")),
    ],
)
def test_labels(frequency: str, start: str, labels: tuple[str, ...]) -> None:
    assert calendar_of({"start": start, "periods": 3, "frequency": frequency}).labels == labels


def test_working_days_leave_out_weekends_and_festivals_and_count_days_made_up() -> None:
    """February 2016: 21 weekdays; Spring Festival takes 8 to 12 (5 weekdays), the 6th and
    14th, a Saturday and a Sunday, are worked.
    """
    festival = row("spring", {"start": "2016-02-07", "end": "2016-02-13"})
    section = {"start": "2016-02-01", "periods": 1}
    assert calendar_of(section).working_days.tolist() == [21]
    closed = calendar_of(
        section | {"festivals": [festival], "extra_working_days": ["2016-02-06", "2016-02-14"]}
    )
    assert closed.working_days.tolist() == [18]
    open_all_along = calendar_of(section | {"festivals": [festival | {"day_off": False}]})
    assert open_all_along.working_days.tolist() == [21]


def test_given_working_days_are_taken_as_they_are() -> None:
    section = {"start": "2016-01-01", "periods": 2, "working_days": [20, 16.5]}
    calendar = calendar_of(section, [row("w", {"source": "working_days"})])
    assert calendar.working_days.tolist() == [20, 16.5]
    assert calendar.profiles["w"] == pytest.approx([20 / 36.5, 16.5 / 36.5])


def test_uplift_counts_the_days_of_a_festival_in_each_period() -> None:
    """Seven days from 29 January: 3 of 31 in January, 4 of 29 in February, half more each day."""
    festival = row("f", {"start": "2016-01-29", "end": "2016-02-04", "uplift": 0.5})
    calendar = calendar_of({"start": "2016-01-01", "periods": 3, "festivals": [festival]})
    assert calendar.uplift == pytest.approx([1 + 1.5 / 31, 1 + 2 / 29, 1])


def test_profiles_sum_to_one_whatever_their_source() -> None:
    profiles = [
        row("given", {"weights": [0.5, 0.3, 0.2]}),
        row("even", {"source": "even"}),
        row("days", {"source": "working_days"}),
    ]
    calendar = calendar_of({"start": "2016-01-01", "periods": 3}, profiles)
    assert all(weights.sum() == pytest.approx(1) for weights in calendar.profiles.values())
    assert calendar.profiles["given"].tolist() == [0.5, 0.3, 0.2]
    assert calendar.profiles["days"] == pytest.approx(np.array([21, 21, 23]) / 65)


@settings(max_examples=40, deadline=None)
@given(
    start=st.dates(date(2010, 1, 1), date(2030, 12, 28)),
    periods=st.integers(1, 30),
    frequency=st.sampled_from(["week", "month", "quarter"]),
)
def test_weekdays_are_counted_once(start: date, periods: int, frequency: str) -> None:
    """The periods follow one another without gap: their weekdays add up to the horizon's."""
    start = start if frequency == "week" else start.replace(day=1)
    calendar = calendar_of({"start": str(start), "periods": periods, "frequency": frequency})
    days = _horizon(start, periods, frequency)
    weekdays = sum((start + timedelta(days=k)).weekday() < 5 for k in range(days))
    assert calendar.working_days.sum() == weekdays


def _horizon(start: date, periods: int, frequency: str) -> int:
    if frequency == "week":
        return 7 * periods
    months = start.month - 1 + periods * (1 if frequency == "month" else 3)
    return (date(start.year + months // 12, months % 12 + 1, 1) - start).days
