"""One instance per model that can be solved on paper, and small ones of single rules."""

from typing import Any

import numpy as np
import pytest
from tests.plans import search, solve
from tests.support import calendar, cell, problem_of, row


def quota_over(units: dict[str, float], target: dict[str, Any], periods: int = 1) -> dict[str, Any]:
    """Return sections of one cell per unit, with potentials, and one quota over them."""
    return {
        "calendar": calendar(periods),
        "units": [row("root"), *[row(name, {"parent": "root"}) for name in units]],
        "cells": [
            cell(name, {"unit": name, "potential": potential, "weight": {"w": potential}})
            for name, potential in units.items()
        ],
        "targets": [row("q", {"measure": "gross_adds", **target})],
    }


def test_targets_follow_potential_and_profile() -> None:
    """Potentials 1 : 2 : 2, quota 10: 2, 4, 4; y may have 3 at most, so that x and z share
    the other 7 as 1 : 2. Months are 20, 30 and 50 % of each year.
    """
    sections = quota_over(
        {"x": 1, "y": 2, "z": 2},
        {
            "quota": 10,
            "profile": "shape",
            "pins": [row("cap", {"scope": {"units": "y"}, "at_most": 3})],
        },
        periods=3,
    )
    sections["profiles"] = [row("shape", {"weights": [0.2, 0.3, 0.5]})]
    plan = solve(problem_of(sections), "targets")
    years = np.array([7 / 3, 3, 14 / 3])
    assert plan.decisions.target == pytest.approx(years[:, None] * [0.2, 0.3, 0.5], abs=1e-6)
    assert plan.decisions.stretch_target == pytest.approx(plan.decisions.target, abs=1e-6)


def test_stretch_layer_sums_to_the_pledge() -> None:
    """Quota 10 pledged as 12 and 10 % over-assigned: base 10, stretch 13.2, both 1 : 3."""
    plan = solve(
        problem_of(
            quota_over({"x": 1, "y": 3}, {"quota": 10, "stretch": 12, "over_assignment": 0.1})
        ),
        "targets",
    )
    assert plan.decisions.target[:, 0] == pytest.approx([2.5, 7.5], abs=1e-6)
    assert plan.decisions.stretch_target[:, 0] == pytest.approx([3.3, 9.9], abs=1e-6)


@pytest.mark.parametrize(
    ("target", "years"),
    [
        ({"method": "even"}, [3, 3, 3]),
        ({"method": "weighted", "weight": "w"}, [1.5, 3, 4.5]),
        ({"method": "potential"}, [1.5, 3, 4.5]),
        (
            {
                "method": "bucketed",
                "buckets": [
                    row("big", {"units": ["z"], "share": 0.6}),
                    row("small", {"units": ["x", "y"], "share": 0.4}),
                ],
            },
            [1.8, 1.8, 5.4],
        ),
        # z is pinned: what is left of the quota keeps the proportion of x and y.
        ({"method": "even", "pins": [row("p", {"scope": {"units": "z"}, "equals": 5})]}, [2, 2, 5]),
        (
            {
                "method": "potential",
                "pins": [row("p", {"scope": {"units": "z"}, "equals": 6})],
            },
            [1, 2, 6],
        ),
    ],
)
def test_methods_of_the_cascade(target: dict[str, Any], years: list[float]) -> None:
    problem = problem_of(quota_over({"x": 1, "y": 2, "z": 3}, {"quota": 9, **target}))
    plan = solve(problem, "targets")
    assert plan.decisions.target[:, 0] == pytest.approx(years, abs=1e-6)


def test_what_the_ceilings_leave_no_room_for_is_not_placed() -> None:
    """Ceilings 2 and 3 on a quota of 9: 4 remain, which the plan does not hide."""
    pins = [row(f"cap_{u}", {"scope": {"units": u}, "at_most": m}) for u, m in (("x", 2), ("y", 3))]
    plan = solve(problem_of(quota_over({"x": 1, "y": 1}, {"quota": 9, "pins": pins})), "targets")
    assert plan.decisions.target[:, 0] == pytest.approx([2, 3], abs=1e-6)


def lever(name: str, rate: float, values: dict[str, Any]) -> dict[str, Any]:
    """Return a placement of the one lever with a straight curve."""
    return row(name, {"lever": "l", "curve": {"family": "linear", "rate": rate}, **values})


LEVERS = [row("l", {"expense": "budget"})]


def test_subsidies_fill_the_better_place_first() -> None:
    """Rates 3 and 2 at a price of 1, 60 each at most, 100 in all: 60 * 3 + 40 * 2 - 100 = 160."""
    plan = solve(
        problem_of(
            {
                "cells": [cell("i", {"price": 1})],
                "levers": LEVERS,
                "placements": [lever("a", 3, {"upper": 60}), lever("b", 2, {"upper": 60})],
                "lines": [row("cap", {"expression": "spend", "at_most": "100 元"})],
            }
        ),
        "subsidies",
    )
    assert plan.objective == pytest.approx(160, abs=1e-6)
    assert plan.decisions.spend[:, 0].tolist() == [60, 40]


def test_subsidies_act_early_where_effort_carries_over() -> None:
    """Half of the effort still works a month later: 80 then 20 gives efforts 80 and 60.

    Adds 80 + 60 at a price of 2 make 280, less 100 spent: 180. The other way round: 20 and
    90, 60 less.
    """
    plan = solve(
        problem_of(
            {
                "calendar": calendar(2),
                "cells": [cell("i", {"price": 2})],
                "levers": LEVERS,
                "placements": [lever("a", 1, {"upper": 80, "carry_over": 0.5})],
                "lines": [row("cap", {"expression": "spend", "at_most": "100 元"})],
            }
        ),
        "subsidies",
    )
    assert plan.objective == pytest.approx(180, abs=1e-6)
    assert plan.measures["effort"].tolist() == [[80, 60]]


def test_retention_pays_while_it_keeps_customers_who_stay() -> None:
    """100 customers, 10 % leave in each of 2 months, 1 元 keeps one, ARPU 4.

    Kept in month 1: half a month there, then 0.9 of a whole one less half of those who
    leave: 4 * (1/2 + (1 + 0.9)/2) = 5.8 for 1 元. Kept in month 2: 4 / 2 = 2 for 1 元. So
    all 10 are kept twice: revenue 4 * 100 * 2 less 20.
    """
    plan = solve(
        problem_of(
            {
                "calendar": calendar(2),
                "cells": [cell("i", {"opening_customers": 100, "churn": 0.1, "arpu": 4})],
                "levers": [row("l", {"expense": "budget", "effect": "retention"})],
                "placements": [lever("a", 1, {"upper": 50})],
            }
        ),
        "subsidies",
    )
    assert plan.objective == pytest.approx(780, abs=0.03)
    assert plan.measures["customers"] == pytest.approx(np.full((1, 2), 100), abs=0.03)


def test_at_most_one_change_keeps_the_other_placement() -> None:
    """Current plan 50 and 50. Free: all 100 on rate 3. One change: a goes to its bound of 80."""
    sections: dict[str, Any] = {
        "cells": [cell("i", {"price": 1})],
        "levers": LEVERS,
        "placements": [
            lever("a", 3, {"upper": 80, "current": 50}),
            lever("b", 0.5, {"upper": 80, "current": 50}),
        ],
    }
    free = solve(problem_of(sections), "subsidies")
    limited = solve(
        problem_of({**sections, "change_limits": [row("one", {"at_most": 1})]}), "subsidies"
    )
    assert free.decisions.spend[:, 0].tolist() == [80, 0]
    assert limited.decisions.spend[:, 0].tolist() == [80, 50]
    assert limited.objective == pytest.approx(240 + 25 - 130, abs=1e-6)


def test_minimum_efficient_spend_is_all_or_nothing() -> None:
    """a brings 2 per 元 from 60 元 on, b 1.5 without minimum: 50 元 go to b, 70 to a."""

    def of(budget: int) -> list[float]:
        problem = problem_of(
            {
                "cells": [cell("i", {"price": 1})],
                "levers": LEVERS,
                "placements": [
                    lever("a", 2, {"upper": 100, "minimum": 60}),
                    lever("b", 1.5, {"upper": 100}),
                ],
                "lines": [row("cap", {"expression": "spend", "at_most": f"{budget} 元"})],
            }
        )
        spend: list[float] = solve(problem, "subsidies").decisions.spend[:, 0].tolist()
        return spend

    assert of(50) == [0, 50]
    assert of(70) == [70, 0]


def sellers(values: dict[str, Any], heads: float) -> dict[str, Any]:
    return {
        "roles": [row("seller", {"expense": "budget", "productivity": 10, **values})],
        "staff": [{"id": "g", "role": "seller", "unit": "u", "heads": heads}],
    }


def test_headcount_hires_who_pays_after_the_lead_time() -> None:
    """95 gross adds a month at 100 元, 8 sellers of 10 each, hires arrive a month later.

    Month 1: 80 served, 15 turned away at 100 each. Then 10 sellers. Wages 8 + 10 + 10, two
    hires at 2: 100 * 270 - 28 - 4 - 1 500 = 25 468.
    """
    problem = problem_of(
        {
            "calendar": calendar(3),
            "cells": [cell("i", {"price": 100, "base_volume": 95})],
            **sellers({"wage": 1, "hiring_cost": 2, "lead_time": 1}, 8),
        }
    )
    plan = solve(problem, "headcount")
    assert plan.measures["heads"].tolist() == [[8, 10, 10]]
    assert plan.measures["unserved"].tolist() == [[15, 0, 0]]
    assert plan.objective == pytest.approx(25_468, abs=1e-6)


def test_headcount_sees_that_newcomers_learn() -> None:
    """20 gross adds, 1 seller; newcomers do half in their first month: 2 more are needed."""
    problem = problem_of(
        {
            "cells": [cell("i", {"price": 100, "base_volume": 20})],
            **sellers({"wage": 1, "ramp": [0.5]}, 1),
        }
    )
    plan = solve(problem, "headcount")
    assert plan.measures["heads"].tolist() == [[3]]
    assert plan.measures["effective_heads"] == pytest.approx(np.array([[2.0]]))


def test_fractional_people_leave_at_exactly_their_rate() -> None:
    """100 heads, 10 % leave each month, no hires allowed: 90, 81, 72.9."""
    problem = problem_of(
        {
            "calendar": calendar(3),
            **sellers(
                {"whole": False, "attrition": 0.1, "can_release": False, "max_hires": 0}, 100
            ),
        }
    )
    plan = solve(problem, "headcount")
    assert plan.measures["departures"] == pytest.approx(np.array([[10, 9, 8.1]]), abs=1e-6)


def test_whole_people_leave_within_half_a_person_of_their_rate() -> None:
    """10 heads, 7 % leave each month, nobody may be hired: expected in all 0.7, 1.35, 1.95..."""
    problem = problem_of(
        {
            "calendar": calendar(6),
            **sellers({"attrition": 0.07, "can_release": False, "max_hires": 0}, 10),
        }
    )
    plan = solve(problem, "headcount")
    left = plan.measures["departures"][0]
    before = np.concatenate([[10], plan.measures["heads"][0][:-1]])
    assert np.all(np.abs(np.cumsum(left) - np.cumsum(0.07 * before)) <= 0.5 + 1e-9)
    assert np.array_equal(left, np.round(left))


def test_spans_of_control_round_up() -> None:
    """300 promoters at 8 : 1 need 37.5, that is 38 supervisors, and those at 5 : 1 need 7.6,
    that is 8 city managers (V13).
    """

    def role(name: str, led: str | None, span: float) -> dict[str, Any]:
        rule = {"span": {"of": led, "at_most": span}} if led else {}
        return row(name, {"expense": "budget", "wage": 1, **rule})

    problem = problem_of(
        {
            "roles": [
                role("promoter", None, 0),
                role("supervisor", "promoter", 8),
                role("manager", "supervisor", 5),
            ],
            "staff": [
                {"id": "promoters", "role": "promoter", "unit": "u", "heads": 300, "least": 300},
                {"id": "supervisors", "role": "supervisor", "unit": "u", "heads": 20},
                {"id": "managers", "role": "manager", "unit": "u", "heads": 12},
            ],
            "objective": {"goals": [{"sense": "minimize", "expression": "expense"}]},
        }
    )
    plan = solve(problem, "headcount")
    assert plan.measures["heads"][:, 0].tolist() == [300, 38, 8]
    assert plan.objective == pytest.approx(-346, abs=1e-6)


def joint_sections() -> dict[str, Any]:
    return {
        "cells": [cell("i", {"price": 5, "base_volume": 8})],
        "levers": LEVERS,
        "placements": [lever("a", 2, {"upper": 10})],
        **sellers({"wage": 3, "hiring_cost": 1}, 1),
        "targets": [row("q", {"measure": "gross_adds", "quota": 30, "shortfall_price": 4})],
    }


def test_joint_plan_spends_hires_and_prices_the_shortfall() -> None:
    """8 gross adds come by themselves, 2 per 元 of at most 10: 28, so 3 sellers, 2 of them new.

    5 * 28 - 10 - 3 * 3 - 2 * 1 = 119, and 2 accounts short of 30 cost 8: 111.
    """
    plan = solve(problem_of(joint_sections()), "joint")
    assert plan.objective == pytest.approx(111, abs=1e-6)
    assert plan.measures["heads"].tolist() == [[3]]
    assert plan.decisions.spend.tolist() == [[10]]
    assert {part.name: part.value for part in plan.parts} == pytest.approx(
        {"contribution": 119, "target q": -8}, abs=1e-6
    )


def test_joint_plan_does_not_sell_what_no_one_can_serve() -> None:
    """Nobody may be hired: 1 seller serves 10, so 1 元 is spent; 20 accounts are missed at 4."""
    sections = joint_sections()
    sections["roles"] = [
        row("seller", {"expense": "budget", "productivity": 10, "wage": 3, "max_hires": 0})
    ]
    plan = solve(problem_of(sections), "joint")
    assert plan.decisions.spend.tolist() == [[1]]
    assert plan.objective == pytest.approx(50 - 1 - 3 - 80, abs=1e-6)


def test_more_is_turned_away_than_comes_by_no_plan() -> None:
    """Each account costs 5 more than it brings and turning away is free: 3 come, 3 are refused."""
    problem = problem_of(
        {
            "cells": [cell("i", {"unit_cost": 5, "base_volume": 3})],
            "levers": LEVERS,
            "placements": [lever("a", 1, {"upper": 1})],
            **sellers({}, 1),
            "objective": {"unserved_price": 0},
        }
    )
    plan = solve(problem, "subsidies")
    assert plan.measures["gross_adds"].tolist() == [[0]]
    assert plan.objective == pytest.approx(0, abs=1e-9)


def test_a_menu_offers_its_levels_only() -> None:
    """Levels 10 and 20 元 for 1 and 2 accounts that cost more than they bring: the lower one.

    Nothing is no level of this menu, and neither is the bound of 15.
    """
    sections = {
        "cells": [cell("i", {"unit_cost": 100})],
        "levers": LEVERS,
        "placements": [
            row(
                "a",
                {
                    "lever": "l",
                    "curve": {"family": "menu", "efforts": [10, 20], "values": [1, 2]},
                    "upper": 15,
                },
            )
        ],
    }
    assert solve(problem_of(sections), "subsidies").decisions.spend.tolist() == [[10]]
    lines = [row("all", {"expression": "spend", "equals": "15 元"})]
    assert search(problem_of({**sections, "lines": lines}), "subsidies").best is None


def test_lines_that_cents_cannot_meet_exactly_are_kept_all_the_same() -> None:
    """At least 37 % of at most 99.99 元 go to b: 36.99 of 99.98 would miss the line."""
    problem = problem_of(
        {
            "cells": [cell("i", {"price": 2})],
            "levers": LEVERS,
            "placements": [lever("a", 1, {"upper": 1_000}), lever("b", 0.5, {"upper": 1_000})],
            "lines": [
                row("share", {"expression": 'spend(placements="b") / spend', "at_least": "37 %"}),
                row("cap", {"expression": "spend", "at_most": "99.99 元"}),
            ],
        }
    )
    found = search(problem, "subsidies")
    assert found.best is not None
    assert [result.met for result in found.best.lines] == [True, True]


def test_a_pin_on_a_large_unit_scales_the_others_in_proportion() -> None:
    """Weights 1, 1.5, 2.5 and 6 of 11; the last is pinned at 7: 4 remain as 1 : 1.5 : 2.5."""
    pins = [row("p", {"scope": {"units": "z"}, "equals": 7})]
    problem = problem_of(
        quota_over(
            {"v": 1, "x": 1.5, "y": 2.5, "z": 6},
            {"quota": 11, "method": "weighted", "weight": "w", "pins": pins},
        )
    )
    plan = solve(problem, "targets")
    assert plan.decisions.target[:, 0] == pytest.approx([0.8, 1.2, 2, 7], abs=1e-6)


@pytest.mark.parametrize("step", [1, 2])
def test_whole_targets_sum_in_rows_columns_and_total(step: int) -> None:
    """Quota 20 over 3 equal units and 3 equal months: every year 6 or 7 (steps of 1), every
    month 6 or 7, every cell 2 or 3, all together 20.
    """
    sections = quota_over({"x": 1, "y": 1, "z": 1}, {"quota": 20, "smallest_step": step}, periods=3)
    target = solve(problem_of(sections), "targets").decisions.target
    assert np.array_equal(target / step, np.round(target / step))
    assert target.sum() == 20
    for sums in (target.sum(axis=0), target.sum(axis=1)):
        assert np.all(np.abs(sums - 20 / 3) < step)
