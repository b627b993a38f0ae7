"""People as arrays, and the expected attrition of cohorts."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support import calendar, cell, problem_of, row

from allocopt.measures.people import expected_departures, survival
from allocopt.problem.problem import Staff


def staff_of(roles: list[dict[str, Any]], rows: list[dict[str, Any]], periods: int = 4) -> Staff:
    return problem_of(
        {
            "calendar": calendar(periods),
            "units": [
                row("city"),
                row("x", {"parent": "city", "category": "large"}),
                row("y", {"parent": "city", "category": "small"}),
            ],
            "products": [row("p"), row("q")],
            "cells": [
                cell("xp", {"unit": "x"}),
                cell("xq", {"unit": "x", "product": "q"}),
                cell("yp", {"unit": "y"}),
            ],
            "roles": roles,
            "staff": rows,
        }
    ).staff


def group(name: str, role: str, unit: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"id": name, "role": role, "unit": unit, **(values or {})}


def role(name: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
    return row(name, {"expense": "budget", **(values or {})})


def test_groups_serve_the_cells_below_them_that_their_role_serves() -> None:
    staff = staff_of(
        [
            role("seller", {"productivity": 5}),
            role("fitter", {"productivity": 2, "serves_products": "q"}),
            role("clerk"),
        ],
        [
            group("a", "seller", "x"),
            group("b", "seller", "city"),
            group("c", "fitter", "city"),
            group("d", "clerk", "x"),
        ],
    )
    assert staff.serves.toarray().tolist() == [[1, 1, 0], [1, 1, 1], [0, 1, 0], [0, 0, 0]]
    assert staff.productivity.tolist() == [5, 5, 2, np.inf]


def test_spans_cover_the_groups_below_the_leaders_unit() -> None:
    staff = staff_of(
        [role("seller"), role("lead", {"span": {"of": "seller", "at_most": 8}})],
        [
            group("a", "seller", "x"),
            group("b", "seller", "y"),
            group("l", "lead", "city"),
            group("m", "lead", "y"),
        ],
    )
    (rule,) = staff.spans
    assert rule.leaders.tolist() == [2, 3]
    assert rule.led.toarray().tolist() == [[1, 1, 0, 0], [0, 1, 0, 0]]
    assert (rule.at_most, rule.at_least) == (8, None)


def test_a_staffing_norm_is_a_least_number_by_category() -> None:
    staff = staff_of(
        [role("seller", {"norm": {"large": 4, "small": 2}})],
        [
            group("a", "seller", "x"),
            group("b", "seller", "y", {"least": 3}),
            group("c", "seller", "city", {"most": 9}),
        ],
    )
    assert staff.least.tolist() == [4, 3, 0]
    assert staff.most.tolist() == [np.inf, np.inf, 9]


def test_ramps_of_different_length_are_padded_with_full_output() -> None:
    staff = staff_of(
        [role("slow", {"ramp": [0.2, 0.5, 0.9]}), role("fast", {"ramp": [0.75]}), role("ready")],
        [group("a", "slow", "x"), group("b", "fast", "x"), group("c", "ready", "x")],
    )
    assert staff.ramp_loss == pytest.approx(np.array([[0.8, 0.5, 0.1], [0.25, 0, 0], [0, 0, 0]]))


NEWCOMERS = role("r", {"attrition": 0.1, "newcomers": {"rate": 0.3, "periods": 2}})


def test_newcomers_leave_at_their_own_rate_for_their_first_periods() -> None:
    """100 settled people and 20 who arrive in month 1; nobody else comes.

    Month 1: 10 settled leave. Month 2: 9 and 6. Month 3: 8.1 and 4.2. Month 4: 7.29 and 0.98.
    """
    staff = staff_of([NEWCOMERS], [group("g", "r", "x", {"heads": 100})])
    settled = 100 * 0.9 ** np.arange(5)
    cohort = np.array([0, 20, 14, 9.8, 9.8 * 0.9])
    before = (settled[:4] + cohort[:4])[None, :]
    arrivals = np.array([[20.0, 0, 0, 0]])
    expected = settled[:4] * 0.1 + np.array([0, 6, 4.2, 0.98])
    assert expected_departures(staff, before, arrivals)[0] == pytest.approx(expected)


def test_survival_of_a_cohort() -> None:
    staff = staff_of([NEWCOMERS], [group("g", "r", "x")])
    assert [float(survival(staff, age)[0, 0]) for age in (0, 1, 2)] == pytest.approx([1, 0.7, 0.49])
    third = float(survival(staff, 3)[0, 0])
    assert third == pytest.approx(0.49 * 0.9)


@settings(max_examples=30, deadline=None)
@given(
    rate=st.floats(0, 0.5), new=st.floats(0, 0.8), months=st.integers(1, 3), seed=st.integers(0, 99)
)
def test_expected_departures_follow_every_cohort(
    rate: float, new: float, months: int, seed: int
) -> None:
    """Against a simulation of each cohort by age."""
    periods = 5
    staff = staff_of(
        [role("r", {"attrition": rate, "newcomers": {"rate": new, "periods": months}})],
        [group("g", "r", "x", {"heads": 50})],
        periods,
    )
    arrivals = np.random.default_rng(seed).integers(0, 9, size=(1, periods)).astype(float)
    ages = {10**6: 50.0}
    before, gone = np.zeros((1, periods)), np.zeros(periods)
    for t in range(periods):
        before[0, t] = sum(ages.values())
        leaving = {age: n * (new if age + 1 <= months else rate) for age, n in ages.items()}
        gone[t] = sum(leaving.values())
        ages = {age + 1: n - leaving[age] for age, n in ages.items()} | {0: float(arrivals[0, t])}
    assert expected_departures(staff, before, arrivals)[0] == pytest.approx(gone, abs=1e-9)


def test_staff_is_frozen() -> None:
    staff = staff_of([role("r")], [group("g", "r", "x")])
    with pytest.raises(ValueError, match="read-only"):
        staff.opening[0] = 1.0
    assert replace(staff).roles == staff.roles
