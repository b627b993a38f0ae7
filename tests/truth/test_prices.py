"""Prices at plans that can be solved on paper, and against solving again."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.plans import solve
from tests.support import calendar, cell, problem_of, row

from allocopt.measures.decisions import Decisions, current_decisions
from allocopt.problem import build_problem
from allocopt.problem.problem import Problem
from allocopt.solving.catalog import load_formulation
from allocopt.solving.options import SolveOptions
from allocopt.solving.prices import Prices, price_plan
from allocopt.workflow.inputs import load


def lever(name: str, curve: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Return a placement of the one lever."""
    return row(name, {"lever": "l", "curve": curve, **values})


def root(scale: float) -> dict[str, Any]:
    """Return the curve ``scale * sqrt(effort)``."""
    return {"family": "square_root", "scale": scale, "offset": 0}


def line(rate: float) -> dict[str, Any]:
    """Return a straight curve."""
    return {"family": "linear", "rate": rate}


def market(
    placements: list[dict[str, Any]], lines: list[dict[str, Any]], periods: int = 1
) -> Problem:
    """Return a problem in which an account brings 10 元 and the goal is contribution."""
    return problem_of(
        {
            "calendar": calendar(periods),
            "cells": [cell("i", {"price": 10})],
            "levers": [row("l", {"expense": "budget"})],
            "placements": placements,
            "lines": lines,
        }
    )


def priced(problem: Problem, spend: list[list[float]]) -> Prices:
    """Return the prices of the subsidy model at ``spend``."""
    decisions = replace(current_decisions(problem), spend=np.array(spend, dtype=np.float64))
    formulation = load_formulation("subsidies")
    return price_plan(problem, formulation, decisions, options=SolveOptions(threads=1))


BUDGET = row("cap", {"expression": "spend", "at_most": "6000 元"})
FOUR = [
    lever("a", root(20), {"upper": 6_000}),
    lever("b", root(10), {"upper": 6_000}),
    lever("c", line(0.5), {"upper": 1_000}),
    lever("d", line(0.05), {"upper": 6_000}),
]


def test_marginal_returns_equal_the_price_of_one_budget() -> None:
    """6 000 元: c is worth 5 a 元 and gets its 1 000; 10 * 20 / (2 sqrt(x)) equals
    10 * 10 / (2 sqrt(y)) at x = 4 000, y = 1 000: 100 / sqrt(4 000) = 1.5811. The goal itself
    charges 1 a 元, so that the budget is worth 0.5811. d brings 0.5 and gets nothing.
    """
    prices = priced(market(FOUR, [BUDGET]), [[4_000], [1_000], [1_000], [0]])
    price = 100 / np.sqrt(4_000)
    assert prices.lines == pytest.approx({"cap": price - 1}, rel=1e-3)
    assert prices.spend is not None
    assert prices.spend.marginal[:, 0] == pytest.approx([price, price, 5, 0.5], rel=1e-3)
    assert prices.spend.average[:, 0] == pytest.approx([price, price, 5, 0.5], rel=1e-3)
    assert prices.spend.price[:, 0] == pytest.approx([price] * 4, rel=1e-3)
    assert prices.spend.by_line["cap"][:, 0] == pytest.approx([price - 1] * 4, rel=1e-3)
    assert prices.spend.value == pytest.approx(10)


def test_a_budget_that_is_not_used_up_is_worth_nothing() -> None:
    """Without a price on the budget a gets money until 100 / sqrt(x) = 1: x = 10 000."""
    rich = row("cap", {"expression": "spend", "at_most": "60000 元"})
    prices = priced(market([lever("a", root(20), {"upper": 40_000})], [rich]), [[10_000]])
    assert prices.lines == pytest.approx({"cap": 0.0}, abs=1e-9)
    assert prices.spend is not None
    assert prices.spend.marginal == pytest.approx(1.0, rel=1e-9)
    assert prices.spend.price == pytest.approx(1.0, rel=1e-9)


def test_a_ratio_line_is_priced_per_unit_of_its_bound() -> None:
    """spend / revenue <= 5 % with revenue 200 sqrt(x): sqrt(x) = 10, x = 100, revenue 2 000.

    With sqrt(x) = 200 r the goal is 200 * 200 r - (200 r)^2; its slope in r at 5 % is
    40 000 - 80 000 * 0.05 = 36 000.
    """
    ratio = row("ratio", {"expression": "spend / revenue", "at_most": "5 %"})
    prices = priced(market([lever("a", root(20), {"upper": 1_000})], [ratio]), [[100]])
    assert prices.lines == pytest.approx({"ratio": 36_000}, rel=2e-3)


def test_a_floor_costs_the_goal_and_easing_it_gains() -> None:
    """Spend of 22 500 at least, where 10 000 would be best: the last 元 brings 100 / 150."""
    floor = row("floor", {"expression": "spend", "at_least": "22500 元"})
    prices = priced(market([lever("a", root(20), {"upper": 40_000})], [floor]), [[22_500]])
    assert prices.lines == pytest.approx({"floor": 1 - 100 / 150}, rel=1e-3)


def test_an_equality_is_priced_as_its_bound_rises() -> None:
    """At 2 500 another 元 brings 100 / 50 and costs 1."""
    exact = row("exact", {"expression": "spend", "equals": "2500 元"})
    prices = priced(market([lever("a", root(20), {"upper": 40_000})], [exact]), [[2_500]])
    assert prices.lines == pytest.approx({"exact": 1.0}, rel=1e-3)


def test_what_carries_over_counts_when_it_works() -> None:
    """Half of a 元 still works a month later: 2 * 10 * (1 + 0.5), then 2 * 10 in the last."""
    carried = lever("a", line(2), {"upper": 1_000, "carry_over": 0.5})
    prices = priced(market([carried], [BUDGET], periods=2), [[1_000, 1_000]])
    assert prices.spend is not None
    assert prices.spend.marginal[0] == pytest.approx([30, 20])


def test_what_is_off_by_its_minimum_is_priced_as_well() -> None:
    """b would bring 10 * 10 / sqrt(x) on average at its minimum of 400: 5; the rest goes to a."""
    wide = lever("a", root(20), {"upper": 9_000})
    off = lever("b", root(10), {"upper": 6_000, "minimum": 400})
    prices = priced(market([wide, off], [BUDGET]), [[6_000], [0]])
    assert prices.spend is not None
    assert prices.spend.average[1, 0] == pytest.approx(5.0, rel=0.01)
    assert prices.spend.price[1, 0] == pytest.approx(100 / np.sqrt(6_000), rel=1e-3)


def test_the_price_is_what_solving_again_gains() -> None:
    """A budget of 5 970 and one of 6 030 instead of 6 000, each solved from the start."""
    values = []
    for budget in (5_970, 6_030):
        cap = row("cap", {"expression": "spend", "at_most": f"{budget} 元"})
        values.append(solve(market(FOUR, [cap]), "subsidies").objective)
    prices = priced(market(FOUR, [BUDGET]), [[4_000], [1_000], [1_000], [0]])
    assert prices.lines["cap"] == pytest.approx((values[1] - values[0]) / 60, rel=0.01)


def noodles(most: float) -> Problem:
    """Return the noodle maker with another most share of class A, percent."""
    override = f"lines.class_a_share.at_most={most} %"
    return build_problem(load("noodle_fmcg", overrides=(override,)).data)


@pytest.mark.slow
def test_a_ratio_line_of_the_noodle_maker_is_worth_something() -> None:
    """Solved for spend alone; then the restriction with 0.01 points less and more."""
    formulation, options = load_formulation("subsidies"), SolveOptions(gap=0.02, threads=1)
    decisions = solve(noodles(35.3), "subsidies", options).decisions
    less, same, more = (
        price_plan(noodles(most), formulation, decisions, options=options)
        for most in (35.29, 35.3, 35.31)
    )
    price = same.lines["class_a_share[max]"]
    assert price > 0
    assert price == pytest.approx((more.objective - less.objective) / 2e-4, rel=0.02)


def media(budget: float) -> Problem:
    """Return the bundled media mix with another annual budget, 万元."""
    override = f"lines.annual_budget.at_most={budget} 万元"
    return build_problem(load("media_mix", overrides=(override,)).data)


@pytest.fixture(scope="module")
def plan() -> Decisions:
    return solve(media(3_000), "subsidies", SolveOptions(gap=0.01, threads=1)).decisions


def test_the_price_of_the_media_budget(plan: Decisions) -> None:
    """The same restriction, its budget 3 万元 (0.1 %) lower and higher, solved for its value."""
    formulation, options = load_formulation("subsidies"), SolveOptions(threads=1)
    less, same, more = (
        price_plan(media(budget), formulation, plan, options=options)
        for budget in (2_997, 3_000, 3_003)
    )
    quotient = (more.objective - less.objective) / 60_000
    assert same.lines["annual_budget"] == pytest.approx(quotient, rel=0.01)
    assert same.spend is not None
    assert same.spend.by_line["annual_budget"] == pytest.approx(same.spend.price)
