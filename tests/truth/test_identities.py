"""Identities of the source documents, and closed forms of stock and flow, ratio and share."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plans import solve
from tests.support import calendar, cell, problem_of, row

from allocopt.measures.decisions import current_decisions
from allocopt.measures.lines import compile_lines, judge_lines
from allocopt.measures.numbers import evaluate
from allocopt.problem import Problem

PROVENANCE = Path(__file__).parents[2] / "scenarios" / "telecom_city" / "provenance.csv"


def facts() -> dict[str, float]:
    """Return the numbers quoted from documents, by the words that name them."""
    with PROVENANCE.open(encoding="utf-8", newline="") as file:
        rows = {line["fact_id"]: line for line in csv.DictReader(file)}
    assert all(rows[name]["synthetic"] == "no" for name in FACTS)
    return {word: float(rows[name]["value"]) for name, word in FACTS.items()}


FACTS = {
    "T01": "revenue to May",
    "T02": "assessed",
    "T03": "pledged",
    "T04": "share of assessed",
    "T05": "share of pledged",
    "T08": "receivables",
    "T09": "receivables line",
    "T10": "receivables over",
    "T11": "traffic to May",
    "T12": "traffic share of plan",
    "T13": "traffic target",
    "T15": "traffic share",
    "T17": "enterprise to May",
    "T18": "enterprise share of plan",
    "T19": "enterprise points missing",
    "T20": "enterprise missing",
    "T23": "fourg users",
    "T24": "fourg share",
    "T25": "data users",
    "T30": "wages",
    "T31": "travel",
    "T32": "office",
    "T33": "other",
    "T34": "sales",
}


def test_x1_revenue_to_date_as_share_of_both_targets() -> None:
    f = facts()
    assert 100 * f["revenue to May"] / f["assessed"] == pytest.approx(
        f["share of assessed"], abs=0.005
    )
    assert 100 * f["revenue to May"] / f["pledged"] == pytest.approx(
        f["share of pledged"], abs=0.005
    )


def test_x2_receivables_are_percentage_points_over_their_line() -> None:
    f = facts()
    assert f["receivables"] - f["receivables line"] == pytest.approx(
        f["receivables over"], abs=1e-9
    )


def test_x3_traffic_to_date_gives_the_traffic_target() -> None:
    f = facts()
    assert 100 * f["traffic to May"] / f["traffic share of plan"] == pytest.approx(
        f["traffic target"], abs=1
    )


def test_x4_the_traffic_share_is_of_the_pledged_revenue() -> None:
    f = facts()
    base = 100 * f["traffic target"] / f["traffic share"]
    assert base == pytest.approx(f["pledged"], abs=2)
    assert abs(base - f["assessed"]) > 300


def test_x5_what_enterprise_misses_is_a_share_of_its_annual_plan() -> None:
    f = facts()
    plan = 100 * f["enterprise to May"] / f["enterprise share of plan"]
    assert plan * f["enterprise points missing"] / 100 == pytest.approx(
        f["enterprise missing"], abs=0.02
    )


def test_x6_four_expenses_make_two_percent() -> None:
    f = facts()
    total = f["wages"] + f["travel"] + f["office"] + f["other"]
    assert total == 1_000
    assert total / f["sales"] == pytest.approx(0.02, abs=1e-15)


def test_x8_fourg_users_and_their_share_give_the_data_users() -> None:
    f = facts()
    assert 100 * f["fourg users"] / f["fourg share"] == pytest.approx(f["data users"], abs=1)


def expense_example(extra: float) -> Problem:
    """Return 500 + 300 + 100 + 100 万元 (and ``extra`` 元) of expense on 5 亿元 of revenue."""
    names = ("wages", "travel", "office", "other")
    return problem_of(
        {
            "cells": [cell("i", {"price": "1 亿元", "base_volume": 5})],
            "expenses": [row(name) for name in names],
            "charges": [
                row(name, {"expense": name, "kind": "fixed", "amount": amount})
                for name, amount in zip(
                    names, (500, 300, 100, f"{1_000_000 + extra} 元"), strict=True
                )
            ],
            "lines": [row("two_percent", {"expression": "expense / revenue", "at_most": "2 %"})],
        },
        money_unit="万元",
    )


@pytest.mark.parametrize(("extra", "met"), [(0.0, True), (-0.01, True), (0.05, False)])
def test_exactly_on_a_line_is_met(extra: float, met: bool) -> None:
    """V14: 1 000 / 50 000 = 2.00 % is met; five cents more are not."""
    problem = expense_example(extra)
    (result,) = judge_lines(
        problem, compile_lines(problem), evaluate(problem, current_decisions(problem))
    )
    assert result.met is met
    assert result.lhs == pytest.approx(0.02, abs=1e-9)
    assert result.shortfall == pytest.approx(max(extra, 0.0) if not met else 0.0, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(
    start=st.floats(0, 1e6),
    gross=st.floats(0, 1e5),
    churn=st.floats(0.001, 0.9),
    periods=st.integers(1, 24),
)
def test_constant_rates_lead_to_the_steady_state(
    start: float, gross: float, churn: float, periods: int
) -> None:
    """V11: N[t] = N* + (N[0] - N*) (1 - c)^t with N* = g / c."""
    values = {"opening_customers": start, "base_volume": gross, "churn": churn}
    problem = problem_of({"calendar": calendar(periods), "cells": [cell("i", values)]})
    measures = evaluate(problem, current_decisions(problem))
    steady = gross / churn
    expected = steady + (start - steady) * (1 - churn) ** np.arange(1, periods + 1)
    assert measures["customers"][0] == pytest.approx(expected, rel=1e-9, abs=1e-6)
    survivors = start * (1 - churn) ** np.arange(1, periods + 1)
    assert measures["base_customers"][0] == pytest.approx(survivors, rel=1e-9, abs=1e-9)
    flows = measures["effective_adds"] - measures["leavers"]
    assert measures["net_adds"] == pytest.approx(flows, rel=1e-9, abs=1e-6)


# Five months moved the share from 13.32 % to 14.33 % with 21.01 % of the gross adds and 14.97 %
# of the leavers, leavers being 0.85 of gross adds: gross adds were 16.46 % of the market.
LEAVERS_PER_ADD = 0.85
FIVE_MONTHS = (0.1433 - 0.1332) / (
    0.2101 - LEAVERS_PER_ADD * 0.1497 - 0.1433 * (1 - LEAVERS_PER_ADD)
)
MARKET = 1_000_000.0


def second_half(add_share: float, leaver_share: float, more: dict[str, Any]) -> Problem:
    """Return the seven months that follow, as one period, at the same monthly rates."""
    adds = FIVE_MONTHS * 7 / 5 * MARKET
    leavers = LEAVERS_PER_ADD * adds
    ours = {
        "opening_customers": 0.1433 * MARKET,
        "base_volume": add_share * adds,
        "churn": leaver_share * leavers / (0.1433 * MARKET),
    }
    market = {
        "unit": "u", "product": "p", "customers": MARKET,
        "growth": 1 + (adds - leavers) / MARKET, "gross_adds": adds, "leavers": leavers,
    }  # fmt: skip
    lines = [
        row("user_share", {"expression": "customers / market_customers", "at_least": "15 %"}),
        row(
            "add_share",
            {"expression": "gross_adds / market_gross_adds", "at_least": 0, "kind": "report"},
        ),
        row("leaver_share", {"expression": "leavers / market_leavers", "at_most": "15 %"}),
        row(
            "net_add_share",
            {"expression": "net_adds / (market_gross_adds - market_leavers)", "at_least": 0},
        ),
    ]
    return problem_of(
        {"cells": [cell("i", ours)], "market": [row("m", market)], "lines": lines, **more}
    )


@pytest.mark.parametrize(
    ("add_share", "leaver_share", "share"),
    [(0.2101, 0.1497, 0.1570), (0.30, 0.15, 0.1769), (0.1791, 0.15, 0.15)],
)
def test_share_at_year_end(add_share: float, leaver_share: float, share: float) -> None:
    """V15: s' = (s M + g G - c C) / (M + G - C), as four lines over the market."""
    problem = second_half(add_share, leaver_share, {})
    results = judge_lines(
        problem, compile_lines(problem), evaluate(problem, current_decisions(problem))
    )
    values = {result.line.name: result.lhs for result in results}
    assert values["user_share"] == pytest.approx(share, abs=5e-5)
    assert values["add_share"] == pytest.approx(add_share, abs=1e-12)
    assert values["leaver_share"] == pytest.approx(leaver_share, abs=1e-12)
    net = (add_share - leaver_share * LEAVERS_PER_ADD) / (1 - LEAVERS_PER_ADD)
    assert values["net_add_share"] == pytest.approx(net, rel=1e-9)


def test_share_of_gross_adds_that_the_line_of_15_percent_needs() -> None:
    """V15: 17.91 % with 15 % of the leavers, found as the least spend that reaches the line."""
    more = {
        "levers": [row("l", {"expense": "budget"})],
        "placements": [
            row("a", {"lever": "l", "curve": {"family": "linear", "rate": 1}, "upper": 100_000})
        ],
        "objective": {"goals": [{"sense": "minimize", "expression": "spend"}]},
    }
    plan = solve(second_half(0.0, 0.15, more), "subsidies")
    shares = {result.line.name: result.lhs for result in plan.lines}
    assert shares["add_share"] == pytest.approx(0.1791, abs=5e-5)
