"""Lines: which rows a specification stands for, and how a plan stands to them."""

from typing import Any

import numpy as np
import pytest
from tests.support import calendar, cell, problem_of, row

from allocopt.errors import UsageError
from allocopt.measures.decisions import current_decisions
from allocopt.measures.lines import LineResult, compile_lines, judge_lines
from allocopt.measures.numbers import evaluate
from allocopt.problem import Problem


def problem_with(line: dict[str, Any], more: dict[str, Any] | None = None) -> Problem:
    """Return two units over three months: x gains 10 a month, y 30; 4 元 each; 24 元 of expense."""
    return problem_of(
        {
            "calendar": calendar(3),
            "units": [
                row("city", {"level": "city"}),
                row("x", {"parent": "city", "level": "grid"}),
                row("y", {"parent": "city", "level": "grid"}),
            ],
            "cells": [
                cell("a", {"unit": "x", "base_volume": 10, "price": 4}),
                cell("b", {"unit": "y", "base_volume": 30, "price": 4, "opening_customers": 7}),
            ],
            "charges": [row("c", {"expense": "budget", "kind": "fixed", "amount": 24})],
            "lines": [row("line", line)],
            **(more or {}),
        }
    )


def judged(line: dict[str, Any], more: dict[str, Any] | None = None) -> tuple[LineResult, ...]:
    problem = problem_with(line, more)
    measures = evaluate(problem, current_decisions(problem))
    return judge_lines(problem, compile_lines(problem), measures)


@pytest.mark.parametrize(
    ("line", "names", "values"),
    [
        ({"expression": "gross_adds"}, ["line"], [120]),
        ({"expression": "gross_adds", "per": "grid"}, ["line[x]", "line[y]"], [30, 90]),
        (
            {"expression": "gross_adds", "when": "each", "scope": {"units": "x"}},
            ["line[2016-01]", "line[2016-02]", "line[2016-03]"],
            [10, 10, 10],
        ),
        (
            {"expression": "gross_adds", "when": "cumulative", "periods": [2, 3]},
            ["line[2016-02]", "line[2016-03]"],
            [80, 120],
        ),
        ({"expression": "gross_adds", "when": "year", "periods": [2]}, ["line"], [40]),
        ({"expression": "customers", "when": "each"}, None, [47, 87, 127]),
        ({"expression": "customers"}, ["line"], [127]),
        ({"expression": "customers_start", "when": "cumulative", "periods": [2]}, ["line"], [7]),
        ({"expression": "net_adds", "when": "cumulative", "periods": [3]}, ["line"], [120]),
        ({"expression": "expense / revenue"}, ["line"], [24 / 480]),
        ({"expression": 'gross_adds(units="x") / gross_adds'}, ["line"], [0.25]),
        ({"expression": "gross_adds - 3 * customers + 1"}, ["line"], [120 - 381 + 1]),
    ],
)
def test_values_over_units_and_time(
    line: dict[str, Any], names: list[str] | None, values: list[float]
) -> None:
    results = judged(line | {"at_least": 0})
    assert [result.lhs for result in results] == pytest.approx(values)
    if names is not None:
        assert [result.line.name for result in results] == names


@pytest.mark.parametrize(
    ("bound", "met", "shortfall", "slack"),
    [
        ({"at_least": 120}, True, 0, 0),
        ({"at_least": 121}, False, 1, -1),
        ({"at_most": 119}, False, 1, -1),
        ({"at_most": 125}, True, 0, 5),
        ({"equals": 120}, True, 0, 0),
        ({"equals": 123}, False, 3, -3),
    ],
)
def test_shortfall_and_slack(
    bound: dict[str, float],
    met: bool,
    shortfall: float,
    slack: float,
) -> None:
    (result,) = judged({"expression": "gross_adds", "kind": "soft", "price": 5, **bound})
    assert result.met is met
    assert result.shortfall == pytest.approx(shortfall)
    assert result.slack == pytest.approx(slack)
    assert result.penalty == pytest.approx(5 * shortfall)


def test_both_bounds_are_two_lines() -> None:
    results = judged({"expression": "gross_adds", "at_least": 100, "at_most": 110})
    assert [(result.line.name, result.met) for result in results] == [
        ("line[min]", True),
        ("line[max]", False),
    ]


def test_the_shortfall_of_a_ratio_counts_its_numerator() -> None:
    """25 % of 120 are x's; 30 % would be 36, so 6 are missing, at 5 元 each."""
    (result,) = judged(
        {
            "expression": 'gross_adds(units="x") / gross_adds',
            "at_least": "30 %",
            "kind": "soft",
            "price": 5,
        }
    )
    assert result.shortfall == pytest.approx(6)
    assert result.penalty == pytest.approx(30)


def test_nothing_over_nothing_is_no_missed_line() -> None:
    cells = [cell("a", {"unit": "x"}), cell("b", {"unit": "y"})]
    (result,) = judged(
        {"expression": "expense / revenue", "at_most": "2 %"}, {"cells": cells, "charges": []}
    )
    assert np.isnan(result.lhs)
    assert result.met


def test_something_over_nothing_misses_a_ceiling() -> None:
    cells = [cell("a", {"unit": "x"}), cell("b", {"unit": "y"})]
    (result,) = judged({"expression": "expense / revenue", "at_most": "2 %"}, {"cells": cells})
    assert not result.met
    assert result.shortfall == pytest.approx(24)


@pytest.mark.parametrize(
    "line",
    [
        {"expression": "revenue", "at_least": 5},
        {"expression": "gross_adds", "at_least": "5 元"},
        {"expression": "potential", "at_least": 5},
    ],
)
def test_bounds_of_another_kind_are_refused(line: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        compile_lines(problem_with(line))


def test_money_has_its_unit_and_zero_needs_none() -> None:
    (large,) = judged({"expression": "revenue", "at_least": "0.048 万元"})
    assert (large.met, large.rhs, large.line.unit) == (True, 480, "money")
    (nothing,) = judged({"expression": "revenue - expense", "at_least": 0})
    assert nothing.lhs == pytest.approx(456)
