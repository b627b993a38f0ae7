"""Published cases with concave response: the plan is known in closed form or from an LP."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.plans import TIGHT, solve
from tests.support import cell, problem_of, row

from allocopt.problem import Problem

QUARTERS = ("q1", "q2", "q3", "q4")
SEASON = (0.9, 1.1, 0.8, 1.2)


def quick_tour(budget: float | None) -> Problem:
    """Return the quarterly advertising budget of SOLVSAMP.XLS, sheet 'Quick Tour' (Frontline
    Systems for Microsoft Excel): units = 35 * season * sqrt(advertising + 3 000), price 40,
    unit cost 25, overhead 15 % of revenue, sales force 8 000, 8 000, 9 000, 9 000.
    """
    lines = (
        []
        if budget is None
        else [row("budget", {"expression": "spend", "at_most": f"{budget} 元"})]
    )
    return problem_of(
        {
            "calendar": {"start": "2016-01-01", "periods": 1, "frequency": "quarter"},
            "products": [row(quarter) for quarter in QUARTERS],
            "cells": [
                cell(q, {"product": q, "price": 40, "unit_cost": 25, "cost_share": 0.15})
                for q in QUARTERS
            ],
            "expenses": [row("advertising"), row("sales_force")],
            "charges": [
                row("force", {"expense": "sales_force", "kind": "fixed", "amount": 34_000})
            ],
            "levers": [row("advertising", {"expense": "advertising"})],
            "placements": [
                row(
                    q,
                    {
                        "lever": "advertising",
                        "products": [q],
                        "curve": {"family": "square_root", "scale": 35 * factor, "offset": 3_000},
                        "upper": 60_000,
                        "current": 10_000,
                    },
                )
                for q, factor in zip(QUARTERS, SEASON, strict=True)
            ],
            "lines": lines,
        }
    )


@pytest.mark.parametrize(
    ("budget", "profit", "advertising"),
    [
        (40_000, 71_446.79439575, (7_273.1707, 12_346.3415, 5_117.0732, 15_263.4146)),
        (50_000, 74_817.48959104, (9_248.7805, 15_297.5610, 6_678.0488, 18_775.6098)),
        (None, 79_705.625, (17_093.0625, 27_015.5625, 12_876.0, 32_721.0)),
    ],
)
def test_quick_tour_reaches_the_published_profit(
    budget: float | None, profit: float, advertising: tuple[float, ...]
) -> None:
    plan = solve(quick_tour(budget), "subsidies")
    assert plan.objective == pytest.approx(profit, rel=TIGHT.gap)
    assert plan.objective <= profit * (1 + 1e-9)
    # The profit is flat at its top: 元 of advertising are known only so far.
    assert plan.decisions.spend[:, 0] == pytest.approx(advertising, rel=0.01)
    if budget == 40_000:
        assert plan.measures["gross_adds"].sum() == pytest.approx(16_161, rel=1e-3)
        assert plan.measures["revenue"].sum() == pytest.approx(646_430, rel=1e-3)


def test_quick_tour_over_periods_is_the_same_plan() -> None:
    """Four quarters of one cell with a season are four cells of one quarter."""
    weights = [factor / 4 for factor in SEASON]
    problem = problem_of(
        {
            "calendar": {"start": "2016-01-01", "periods": 4, "frequency": "quarter"},
            "profiles": [row("season", {"weights": weights})],
            "cells": [
                cell("i", {"price": 40, "unit_cost": 25, "cost_share": 0.15, "season": "season"})
            ],
            "charges": [row("force", {"expense": "budget", "kind": "fixed", "amount": 34_000})],
            "levers": [row("advertising", {"expense": "budget"})],
            "placements": [
                row(
                    "ads",
                    {
                        "lever": "advertising",
                        "curve": {"family": "square_root", "scale": 35, "offset": 3_000},
                        "upper": 60_000,
                    },
                )
            ],
            "lines": [row("budget", {"expression": "spend", "at_most": "40000 元"})],
        }
    )
    plan = solve(problem, "subsidies", replace(TIGHT, gap=1e-4))
    assert plan.objective == pytest.approx(71_446.79439575, rel=1e-4)


# channel: unit cost, audience, conversion, share of the segment 25-40, slopes to 10, to 20, above
CHANNELS: dict[str, tuple[float, ...]] = {
    "tv_day": (1000, 18_000, 0.03, 0.25, 1, 0.9, 0.6),
    "tv_evening": (1200, 25_000, 0.03, 0.32, 1, 0.9, 0.6),
    "magazine_a": (200, 7_000, 0.06, 0.35, 1, 0.95, 0.8),
    "magazine_b": (220, 8_000, 0.06, 0.32, 1, 0.95, 0.8),
    "radio_a": (200, 11_000, 0.05, 0.18, 1, 0.8, 0.6),
    "radio_b": (250, 15_000, 0.05, 0.35, 1, 0.8, 0.6),
    "subway": (250, 15_000, 0.04, 0.25, 1, 0.95, 0.6),
    "website_1": (500, 10_000, 0.15, 0.32, 1, 0.9, 0.6),
    "website_2": (400, 7_000, 0.14, 0.18, 1, 0.9, 0.6),
    "billboard": (400, 3_000, 0.03, 0.32, 1, 0.9, 0.8),
}


def campaign(factor: str) -> Problem:
    """Return the advertising campaign of AMPL's model gallery (M. Riabtsev, MIT license): ten
    channels with falling returns, 50 000 to spend, at least 20 % of it on television.
    """
    return problem_of(
        {
            "channels": [row(name) for name in CHANNELS],
            "cells": [
                cell(name, {"channel": name, "weight": _factors(*numbers[1:4])})
                for name, numbers in CHANNELS.items()
            ],
            "levers": [row("advertising", {"expense": "budget"})],
            "placements": [_medium(name, numbers) for name, numbers in CHANNELS.items()],
            "lines": [
                row("budget", {"expression": "spend", "at_most": "50000 元"}),
                row(
                    "television",
                    {
                        "expression": 'spend(placements=["tv_day", "tv_evening"]) / spend',
                        "at_least": "20 %",
                    },
                ),
            ],
            "objective": {"goals": [{"expression": f'gross_adds(weight="{factor}")'}]},
        }
    )


def _factors(audience: float, conversion: float, segment: float) -> dict[str, float]:
    return {
        "reach": audience,
        "target_reach": audience * segment,
        "conversions": audience * segment * conversion,
    }


def _medium(name: str, numbers: tuple[float, ...]) -> dict[str, Any]:
    cost, slopes = numbers[0], numbers[4:]
    last = 50_000 / cost
    values = np.cumsum([0, 10 * slopes[0], 10 * slopes[1], (last - 20) * slopes[2]])
    curve = {
        "family": "table",
        "efforts": [0, 10 * cost, 20 * cost, 50_000],
        "values": values.tolist(),
    }
    return row(name, {"lever": "advertising", "channels": [name], "curve": curve, "upper": 50_000})


@pytest.mark.parametrize(
    ("factor", "optimum"),
    [
        ("conversions", 32_164.7),
        ("target_reach", 612_291.6666667),
        # The source counts every segment with the whole audience: five times this value.
        ("reach", 9_528_166.6666667 / 5),
    ],
)
def test_campaign_reaches_the_published_value(factor: str, optimum: float) -> None:
    assert solve(campaign(factor), "subsidies").objective == pytest.approx(optimum, rel=1e-6)


def test_campaign_spends_as_published() -> None:
    plan = solve(campaign("conversions"), "subsidies")
    published = {
        "magazine_a": 4_000,
        "magazine_b": 4_400,
        "radio_b": 21_600,
        "tv_evening": 10_000,
        "website_1": 10_000,
    }
    spend = dict(zip(CHANNELS, plan.decisions.spend[:, 0], strict=True))
    assert {name: amount for name, amount in spend.items() if amount > 0.02} == pytest.approx(
        published, abs=0.02
    )
