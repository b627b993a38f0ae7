"""Plans in drawn futures against closed forms, future by future and in the mean.

Tolerances of means and shares are four standard errors of independent draws, which Sobol points
stay well within; what holds in every future is compared to rounding.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr
from tests.scenarios import random_decisions, random_sections
from tests.simulated import driver, of, outcomes, play, stress
from tests.support import calendar, cell, problem_of, row

from allocopt.measures.decisions import current_decisions
from allocopt.measures.lines import compile_lines, judge_lines
from allocopt.measures.numbers import evaluate

DRAWS = 2**13


def standard_errors(p: float, count: float = 4.0) -> float:
    return count * float(np.sqrt(p * (1 - p) / DRAWS))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("section", ["empty", "constant"])
def test_without_uncertainty_every_future_is_the_plan(seed: int, section: str) -> None:
    rng = np.random.default_rng(seed)
    sections = random_sections(rng, families=("hill", "power", "table"))
    sections["lines"] = [
        row("ratio", {"expression": "expense / revenue", "at_most": 0.5}),
        row("base", {"expression": "base_revenue / last_year_revenue", "at_least": 0.1}),
        row("each", {"expression": "customers", "at_least": 600, "per": "grid", "when": "each"}),
        row("served", {"expression": "unserved", "at_most": 3, "when": "cumulative"}),
    ]
    problem = problem_of(sections)
    decisions = random_decisions(rng, problem)
    targets = ("response", "effort", "base_volume", "churn", "arpu", "wage", "fixed_cost")
    constant = {
        "drivers": [driver(name, name, distribution=of("constant", value=1)) for name in targets]
    }
    played = play(sections, constant if section == "constant" else {}, decisions)
    found = outcomes(played, points=2)
    results = judge_lines(problem, compile_lines(problem), evaluate(problem, decisions))
    for number, result in enumerate(results):
        assert found.lhs[..., number] == pytest.approx(
            np.full((16, 2), result.lhs), rel=1e-9, nan_ok=True
        )
        assert (found.met[..., number] == result.met).all()
    assert (found.status == -1).all()


def test_churn_that_is_drawn_leads_to_its_own_steady_state() -> None:
    """V11: N[t] = N* + (N[0] - N*) (1 - c)^t with N* = g / c, for the churn of each future."""
    values = {"opening_customers": 5_000, "base_volume": 120, "churn": 0.02}
    sections = {"calendar": calendar(12), "cells": [cell("i", values)]}
    churn = driver(
        "churn", "churn", acts="value", distribution=of("beta", mean=0.02, low=0.015, high=0.026)
    )
    played = play(sections, {"drivers": [churn]})
    found = outcomes(played)
    drawn = found.drivers[..., 0]
    steady = 120 / drawn
    expected = steady + (5_000 - steady) * (1 - drawn) ** 12
    place = [name for name, _ in played.measures].index("customers")
    assert found.measures[..., place] == pytest.approx(expected, rel=1e-12)
    assert drawn.mean() == pytest.approx(0.02, rel=1e-3)


def expense(limit: float) -> dict[str, Any]:
    """Return 50 000 元 of revenue, 1 000 元 of fixed cost and a line on their ratio."""
    return {
        "cells": [cell("i", {"base_volume": 50, "price": 1_000})],
        "charges": [row("rent", {"expense": "budget", "kind": "fixed", "amount": 1_000})],
        "lines": [row("ratio", {"expression": "expense / revenue", "at_most": limit})],
    }


def test_exactly_on_the_line_is_met_in_every_future() -> None:
    """V14: 1 000 / 50 000 is 2.00 %, whatever happens to what the line does not speak of."""
    churn = driver("churn", "churn", distribution=of("lognormal", spread=0.5))
    report = stress(play(expense(0.02), {"drivers": [churn]})).report
    assert report.lines[0].p_met == 1.0
    assert report.lines[0].high == 1.0


@pytest.mark.parametrize("margin", [-1.0, 0.0, 0.5, 2.0])
def test_a_normal_cost_keeps_its_line_as_often_as_its_quantile_says(margin: float) -> None:
    cost = driver("cost", "fixed_cost", distribution=of("normal", mean=1, sd=0.05))
    report = stress(play(expense(0.02 * (1 + 0.05 * margin)), {"drivers": [cost]})).report
    p = float(ndtr(margin))
    assert report.lines[0].p_met == pytest.approx(p, abs=standard_errors(p))
    assert report.lines[0].low <= p <= report.lines[0].high


def test_a_ratio_of_two_normals() -> None:
    """V19: P(E / R <= r) is P(E - r R <= 0), of a normal number."""
    drivers = [
        driver("cost", "fixed_cost", distribution=of("normal", mean=1, sd=0.05)),
        driver("price", "price", distribution=of("normal", mean=1, sd=0.03)),
    ]
    report = stress(play(expense(0.021), {"drivers": drivers})).report
    mean, sd = 1_000 - 0.021 * 50_000, np.hypot(0.05 * 1_000, 0.021 * 50_000 * 0.03)
    p = float(ndtr(-mean / sd))
    assert report.lines[0].p_met == pytest.approx(p, abs=standard_errors(p))


def test_the_worst_twentieth_of_a_normal_shortfall() -> None:
    """V5: the mean of the worst 5 % of max(E - limit, 0) where all of them pass the limit."""
    cost = driver("cost", "fixed_cost", distribution=of("normal", mean=1, sd=0.05))
    report = stress(play(expense(0.02), {"drivers": [cost]})).report
    z = 1.6448536269514722
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    assert report.lines[0].cvar_shortfall == pytest.approx(50 * density / 0.05, rel=5e-3)


def test_the_share_of_a_market_that_is_drawn() -> None:
    """V15: share = customers / market; a lognormal market leaves it above x with Phi(...)."""
    sections = {
        "cells": [cell("i", {"opening_customers": 1_500})],
        "market": [row("m", {"unit": "u", "product": "p", "customers": 10_000, "gross_adds": 0,
                             "leavers": 0})],
        "lines": [row("share", {"expression": "customers / market_customers", "at_least": 0.15})],
    }  # fmt: skip
    market = driver("m", "market_customers", distribution=of("lognormal", mu=-0.02, sigma=0.1))
    found = stress(play(sections, {"drivers": [market]}))
    assert found.outcomes.lhs[..., 0] == pytest.approx(0.15 / found.outcomes.drivers[..., 0])
    p = float(ndtr(0.2))
    assert found.report.lines[0].p_met == pytest.approx(p, abs=standard_errors(p))


def test_rank_correlation_of_two_drivers_and_of_a_common_factor() -> None:
    names = ("a", "b", "c", "d")
    targets = ("price", "arpu", "churn", "unit_cost")
    drivers = [
        driver(name, target, distribution=of("lognormal", spread=0.2))
        for name, target in zip(names, targets, strict=True)
    ]
    uncertainty = {
        "drivers": drivers,
        "correlations": [row("ab", {"drivers": ["a", "b"], "rank": -0.6})],
        "common_factors": [
            row("f", {"loadings": [{"driver": "c", "weight": 0.8}, {"driver": "d", "weight": 0.5}]})
        ],
    }
    drawn = outcomes(play({}, uncertainty), points=512).drivers.reshape(-1, 4)
    ranks = np.asarray(np.corrcoef(drawn.argsort(axis=0).argsort(axis=0), rowvar=False))
    assert ranks[0, 1] == pytest.approx(-0.6, abs=0.01)
    assert ranks[2, 3] == pytest.approx(6 / np.pi * np.arcsin(0.8 * 0.5 / 2), abs=0.01)
    assert np.abs(ranks[:2, 2:]).max() < 0.01


def test_an_event_breaks_a_line_as_often_as_it_happens() -> None:
    sections = {
        "calendar": calendar(6),
        "cells": [cell("i", {"base_volume": 10, "price": 100})],
        "lines": [row("floor", {"expression": "revenue", "at_least": "6000 元"})],
    }
    event = row(
        "rival",
        {
            "probability": 0.3,
            "first": 2,
            "last": 4,
            "lasts": 2,
            "impacts": [{"target": "base_volume", "factor": 0.5}],
        },
    )
    found = stress(play(sections, {"events": [event]}))
    assert found.report.lines[0].p_met == pytest.approx(0.7, abs=standard_errors(0.3))
    assert set(np.round(np.unique(found.outcomes.lhs), 6)) == {5_000.0, 6_000.0}
    months = found.outcomes.revenue[found.outcomes.struck[..., 0] == 1]
    starts = (months == 500).argmax(axis=1)
    assert set(starts) == {1, 2, 3}
    assert np.bincount(starts)[1:] / len(starts) == pytest.approx(np.full(3, 1 / 3), abs=0.03)


def staff(most: int = 40) -> dict[str, Any]:
    return {
        "calendar": calendar(4),
        "roles": [
            row("seller", {"expense": "budget", "wage": 10, "attrition": 0.1, "hiring_cost": 1,
                           "productivity": 5})
        ],
        "staff": [row("team", {"role": "seller", "unit": "u", "heads": 10, "most": most})],
        "cells": [cell("i", {"base_volume": 500, "price": 1})],
    }  # fmt: skip


def test_people_come_and_leave_by_the_binomial() -> None:
    """All of n come with p^n; of n people each is still there after t months with (1 - c)^t."""
    problem = problem_of(staff())
    idle = current_decisions(problem)
    arrivals = idle.arrivals.copy()
    arrivals[0, 0] = 6
    sections = staff() | {
        "lines": [
            row("all", {"expression": "arrivals", "at_least": 6, "when": "each", "periods": [1]})
        ]
    }
    uncertainty = {
        "drivers": [
            driver("come", "hiring_success", acts="value", distribution=of("constant", value=0.9))
        ]
    }
    played = play(sections, uncertainty, replace(idle, arrivals=arrivals))
    found = stress(played)
    p = 0.9**6
    assert found.report.lines[0].p_met == pytest.approx(p, abs=standard_errors(p))
    place = [name for name, _ in played.measures].index("heads")
    heads = found.outcomes.measures[..., place]
    assert np.array_equal(heads, np.round(heads))
    # newcomers leave from the month after they came
    expected = 10 * 0.9**4 + 6 * 0.9 * 0.9**3
    assert heads.mean() == pytest.approx(expected, abs=4 * heads.std() / np.sqrt(DRAWS))


def test_few_people_serve_few_customers() -> None:
    """What the people really there can serve is sold, and no more."""
    uncertainty = {
        "drivers": [driver("go", "attrition", distribution=of("uniform", low=0.5, high=3))]
    }
    played = play(staff(), uncertainty)
    found = outcomes(played)
    names = [name for name, _ in played.measures]
    sold = found.measures[..., names.index("gross_adds")]
    assert (sold < 4 * 10 * 5).any()
    assert sold.max() <= 4 * 10 * 5
    turned_away = found.measures[..., names.index("unserved")]
    assert sold + turned_away == pytest.approx(np.full(sold.shape, 4 * 500.0))


def test_hires_who_come_half_a_month_late() -> None:
    idle = current_decisions(problem_of(staff()))
    arrivals = idle.arrivals.copy()
    arrivals[0] = [4, 0, 2, 8]
    late = driver("late", "hiring_delay", acts="value", distribution=of("constant", value=1.5))
    sections = staff() | {
        "lines": [row("in", {"expression": "arrivals", "at_least": 0, "when": "each"})]
    }
    played = play(sections, {"drivers": [late]}, replace(idle, arrivals=arrivals))
    assert outcomes(played, points=2).lhs[0, 0] == pytest.approx([0, 2, 2, 1])


def test_named_stresses_move_people_in_expectation() -> None:
    uncertainty = {
        "drivers": [driver("go", "attrition", distribution=of("constant", value=1))],
        "stresses": [row("go", {"first": 2, "impacts": [{"target": "attrition", "factor": 3}]})],
    }
    (found,) = stress(play(staff(), uncertainty), draws=512).report.stresses
    assert found.totals["heads"] == pytest.approx(10 * 0.9 * 0.7**3, rel=1e-12)
