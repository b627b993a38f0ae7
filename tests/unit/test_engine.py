"""The measures, one rule at a time, by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.support import calendar, cell, problem_of, row

from allocopt.arrays import FloatArray
from allocopt.measures.decisions import current_decisions
from allocopt.measures.numbers import evaluate


def measured(sections: dict[str, Any], **decided: list[list[float]]) -> dict[str, FloatArray]:
    problem = problem_of(sections)
    arrays = {name: np.array(values, dtype=np.float64) for name, values in decided.items()}
    return evaluate(problem, replace(current_decisions(problem), **arrays))


def lever(values: dict[str, Any], effect: str = "gross_adds", periods: int = 3) -> dict[str, Any]:
    return {
        "calendar": calendar(periods),
        "levers": [row("l", {"expense": "budget", "effect": effect})],
        "placements": [
            row(
                "a",
                {"lever": "l", "curve": {"family": "linear", "rate": 2}, "upper": 100, **values},
            )
        ],
    }


def test_effort_carries_over_from_month_to_month() -> None:
    m = measured(lever({"carry_over": 0.5}), spend=[[8, 0, 4]])
    assert m["effort"].tolist() == [[8, 4, 6]]
    assert m["gross_adds"].tolist() == [[16, 8, 12]]
    assert m["expense"].tolist() == [[8, 0, 4]]


def test_a_curve_on_the_horizon_answers_to_all_spend_evenly() -> None:
    m = measured(lever({"acts": "horizon"}), spend=[[9, 0, 0]])
    assert m["effort"].tolist() == [[9, 9, 9]]
    assert m["response"] == pytest.approx(np.full((1, 3), 6.0))


def test_scale_season_and_festival_multiply_the_response() -> None:
    sections = lever({"scale": 0.5}, periods=2) | {
        "profiles": [row("s", {"weights": [0.25, 0.75]})],
        "cells": [cell("i", {"season": "s", "base_volume": 10})],
        "calendar": calendar(2)
        | {"festivals": [row("f", {"start": "2016-01-01", "end": "2016-01-31", "uplift": 0.1})]},
    }
    m = measured(sections, spend=[[4, 4]])
    assert m["demand"] == pytest.approx(np.array([[14 * 0.5 * 1.1, 14 * 1.5]]))


@pytest.mark.parametrize(
    ("split", "shares"),
    [
        ("equal", [0.5, 0.5]),
        ("base_volume", [0.25, 0.75]),
        ("opening_customers", [0.9, 0.1]),
        ("potential", [0.2, 0.8]),
    ],
)
def test_a_response_spreads_over_the_cells_it_feeds(split: str, shares: list[float]) -> None:
    cells = [
        cell("i", {"base_volume": 1, "opening_customers": 9, "potential": 2}),
        cell("j", {"base_volume": 3, "opening_customers": 1, "potential": 8, "product": "q"}),
        cell("k", {"base_volume": 9, "opening_customers": 9, "product": "r"}),
    ]
    sections = lever({"split_by": split, "products": ["p", "q"]}, periods=1) | {
        "products": [row("p"), row("q"), row("r")],
        "cells": cells,
    }
    m = measured(sections, spend=[[50]])
    assert m["gross_adds"][:, 0] - [1, 3, 9] == pytest.approx([100 * shares[0], 100 * shares[1], 0])


def test_money_follows_volume_and_customers() -> None:
    """100 customers, 10 % leave, 40 gross adds of which 50 % last: 110 at the end.

    Revenue 40 * 3 + 5 * (100 + 110) / 2 = 645; cost 40 * 2 + 645 * 10 % = 144.5; charges 7 a
    month, 1 per gross add, 2 % of revenue: 59.9; end value 2 * 5 * 90 % * 110 = 990.
    """
    m = measured(
        {
            "cells": [
                cell(
                    "i",
                    {
                        "opening_customers": 100,
                        "churn": 0.1,
                        "base_volume": 40,
                        "effective_rate": 0.5,
                        "price": 3,
                        "arpu": 5,
                        "unit_cost": 2,
                        "cost_share": 0.1,
                    },
                )
            ],
            "charges": [
                row("f", {"expense": "budget", "kind": "fixed", "amount": 7}),
                row("v", {"expense": "budget", "kind": "per_volume", "amount": 1}),
                row("r", {"expense": "budget", "kind": "revenue_share", "share": 0.02}),
            ],
            "objective": {"end_value_periods": 2},
        }
    )
    expected = {
        "customers": 110,
        "leavers": 10,
        "net_adds": 10,
        "effective_adds": 20,
        "revenue": 645,
        "cost_of_sales": 144.5,
        "expense": 7 + 40 + 12.9,
        "end_value": 990,
        "base_customers": 90,
        "base_revenue": 5 * 190 / 2,
    }
    assert {name: float(m[name].sum()) for name in expected} == pytest.approx(expected)


def test_no_more_are_kept_than_would_leave() -> None:
    sections = lever({}, "retention", 2) | {
        "cells": [cell("i", {"opening_customers": 100, "churn": 0.1})]
    }
    m = measured(sections, spend=[[3, 50]])
    assert m["saved"] == pytest.approx(np.array([[6, 9.6]]))
    assert m["leavers"] == pytest.approx(np.array([[4, 0]]))
    assert m["customers"] == pytest.approx(np.array([[96, 96]]))


def test_migration_moves_and_loses_nobody() -> None:
    """5 % move by themselves, effort moves 10 more, then all that are left."""
    sections = lever({"products": "p"}, "migration", 2) | {
        "products": [row("p"), row("q")],
        "cells": [
            cell("i", {"opening_customers": 100, "migrates_to": "j", "migration": 0.05}),
            cell("j", {"product": "q", "opening_customers": 20}),
        ],
    }
    m = measured(sections, spend=[[5, 90]])
    assert m["customers"][0] == pytest.approx([85, 0])
    assert m["customers"][1] == pytest.approx([35, 120])
    assert m["customers"].sum(axis=0) == pytest.approx([120, 120])
    assert m["moved_out"].sum() == pytest.approx(m["moved_in"].sum())


def test_people_arrive_learn_and_cost() -> None:
    """4 heads; 2 arrive in month 2 and do 50 %, then 75 %; one leaves in month 3."""
    sections = {
        "calendar": calendar(3),
        "expenses": [row("pay"), row("hire")],
        "roles": [
            row(
                "r",
                {
                    "expense": "pay",
                    "one_off_expense": "hire",
                    "wage": 10,
                    "hiring_cost": 3,
                    "ramp": [0.5, 0.75],
                },
            )
        ],
        "staff": [{"id": "g", "role": "r", "unit": "u", "heads": 4}],
    }
    m = measured(sections, arrivals=[[0, 2, 0]], departures=[[0, 0, 1]])
    assert m["heads"].tolist() == [[4, 6, 5]]
    assert m["effective_heads"] == pytest.approx(np.array([[4, 5, 4.5]]))
    assert m["expense"].tolist() == [[40, 60, 50], [0, 6, 0]]


def test_demand_is_cut_in_proportion_to_the_scarcest_group() -> None:
    """x has room for 10 of 40, the city for 30 of 50: x's cells get a quarter, y's 60 %."""
    sections = {
        "units": [row("city"), row("x", {"parent": "city"}), row("y", {"parent": "city"})],
        "products": [row("p"), row("q")],
        "cells": [
            cell("a", {"unit": "x", "base_volume": 16}),
            cell("b", {"unit": "x", "product": "q", "base_volume": 24}),
            cell("c", {"unit": "y", "base_volume": 10}),
        ],
        "roles": [row("r", {"expense": "budget", "productivity": 10})],
        "staff": [
            {"id": "gx", "role": "r", "unit": "x", "heads": 1},
            {"id": "city", "role": "r", "unit": "city", "heads": 3},
        ],
    }
    m = measured(sections)
    assert m["gross_adds"][:, 0] == pytest.approx([4, 6, 6])
    assert m["unserved"][:, 0] == pytest.approx([12, 18, 4])


def test_spend_lands_at_the_lowest_unit_above_what_it_feeds() -> None:
    sections = {
        "units": [
            row("city"),
            row("d", {"parent": "city"}),
            row("x", {"parent": "d"}),
            row("y", {"parent": "d"}),
            row("z", {"parent": "city"}),
        ],
        "cells": [cell(unit, {"unit": unit}) for unit in ("x", "y", "z")],
        "levers": [row("l", {"expense": "budget"})],
        "placements": [
            row(
                name,
                {
                    "lever": "l",
                    "units": units,
                    "split_by": "equal",
                    "curve": {"family": "linear", "rate": 1},
                    "upper": 1,
                },
            )
            for name, units in (
                ("one", ["x"]),
                ("both", ["x", "y"]),
                ("far", ["x", "z"]),
                ("all", []),
            )
        ],
    }
    assert problem_of(sections).placements.units == ("x", "d", "city", "city")
