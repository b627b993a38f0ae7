"""Why a target is what it is, in words that name the rule and its numbers."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.evaluated import loaded, plan_of
from tests.support import calendar, row

from allocopt.measures.decisions import current_decisions
from allocopt.plan.plan import Plan
from allocopt.plan.reasons import Reason, month_reason, target_reasons
from allocopt.problem.quota import quotas_of
from allocopt.text import Language


def sections(spec: dict[str, Any]) -> dict[str, Any]:
    """Return two units with a quota of 200; potential 1 : 3, last year 1 : 4, weight 2 : 3."""
    return {
        "calendar": calendar(2),
        "units": [row("city"), row("x", {"parent": "city"}), row("y", {"parent": "city"})],
        "cells": [
            {"id": "i", "unit": "x", "product": "p", "channel": "c", "potential": 100,
             "last_year_volume": 20, "weight": {"w": 2}},
            {"id": "j", "unit": "y", "product": "p", "channel": "c", "potential": 300,
             "last_year_volume": 80, "weight": {"w": 3}},
        ],
        "profiles": [row("year", {"weights": [0.5, 0.5]})],
        "targets": [row("adds", {"measure": "gross_adds", "quota": 200, **spec})],
    }  # fmt: skip


def plan_with(folder: Path, spec: dict[str, Any], x: float, y: float) -> Plan:
    scenario = loaded(sections(spec), folder)
    start = current_decisions(plan_of(scenario).problem)
    targets = np.array([[x / 2, x / 2], [y / 2, y / 2]])
    return plan_of(scenario, replace(start, target=targets, stretch_target=targets))


def reasons(plan: Plan) -> tuple[Reason, ...]:
    return target_reasons(plan.problem, plan.decisions, plan.measures)


X = {"scope": {"units": ["x"]}}
BOTH = {"scope": {"units": ["city"]}}
BUCKETS = [
    {"id": "A", "units": ["x"], "share": "30 %"},
    {"id": "B", "units": ["y"], "share": "70 %"},
]
WHY = {"reason": {"zh": "保底", "en": "promised"}}


@pytest.mark.parametrize(
    ("spec", "values", "rule", "text"),
    [
        ({"method": "even"}, (100, 100), "even", "an even share, 50 %"),
        ({"method": "weighted", "weight": "w"}, (80, 120), "weighted", "40 % by the weight w"),
        ({"method": "potential"}, (50, 150), "potential", "25 % by potential"),
        (
            {"method": "bucketed", "buckets": BUCKETS},
            (60, 140), "bucketed", "30 % as an even part of the class A with 30 %",
        ),
        (
            {"pins": [row("hold", X | {"equals": 90})]}, (90, 110), "pin",
            "pinned by hold at 90 accounts",
        ),
        (
            {"pins": [row("hold", X | WHY | {"at_least": 90})]}, (90, 110), "floor",
            "at the floor hold of 90 accounts (promised)",
        ),
        (
            {"pins": [row("cap", X | {"at_most": 90})]}, (90, 110), "ceiling",
            "at the ceiling cap of 90 accounts",
        ),
        (
            {"pins": [row("all", BOTH | {"at_least": 200})]}, (90, 110), "floor",
            "at the floor all of 200 accounts, which 2 targets share",
        ),
        ({"max_growth": "25 %"}, (25, 175), "growth", "at the growth limit of 25 % on last year"),
        (
            {"method": "even", "pins": [row("cap", X | {"at_most": 99})]}, (90, 110), "even",
            "an even share, 50 %; 45 % after pins, limits and months",
        ),
        (
            {"method": "even", "max_growth": "25 %"}, (24, 176), "even",
            "an even share, 50 %; 12 % after",
        ),
        (
            {}, (100, 100), "optimized",
            "balanced on potential: 1 times its potential, 0.5 on average",
        ),
    ],
)  # fmt: skip
def test_the_reason_of_a_target(
    tmp_path: Path, spec: dict[str, Any], values: tuple[float, float], rule: str, text: str
) -> None:
    found = reasons(plan_with(tmp_path, spec, *values))[0]
    assert found.rule == rule
    assert str(found.text).startswith(text)


def test_without_potential_last_year_gives_the_share(tmp_path: Path) -> None:
    spec = sections({})
    for cell in spec["cells"]:
        del cell["potential"]
    scenario = loaded(spec, tmp_path)
    start = current_decisions(plan_of(scenario).problem)
    targets = np.array([[20.0, 20.0], [80.0, 80.0]])
    plan = plan_of(scenario, replace(start, target=targets, stretch_target=targets))
    assert [str(reason.text) for reason in reasons(plan)] == [
        "20 % as last year",
        "80 % as last year",
    ]


def test_a_target_set_where_the_plan_attains_it_says_so(tmp_path: Path) -> None:
    spec = sections({})
    spec["cells"][0]["base_volume"] = 45
    scenario = loaded(spec, tmp_path)
    start = current_decisions(plan_of(scenario).problem)
    targets = np.array([[45.0, 45.0], [55.0, 55.0]])
    plan = plan_of(scenario, replace(start, target=targets, stretch_target=targets))
    assert [reason.rule for reason in reasons(plan)] == ["attained", "optimized"]


def test_whole_steps_do_not_hide_a_bound(tmp_path: Path) -> None:
    spec = {"smallest_step": 7, "pins": [row("hold", X | {"at_least": 90})]}
    assert reasons(plan_with(tmp_path, spec, 98, 102))[0].rule == "floor"


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ({}, "the year in 2 even parts"),
        ({"profile": "year"}, "months follow the schedule profile year"),
        (
            {"profile": "year", "monthly_slack": "5 %"},
            "months stay within 5 % of the schedule profile year",
        ),
    ],
)
def test_the_reason_of_the_months(tmp_path: Path, spec: dict[str, Any], text: str) -> None:
    problem = plan_with(tmp_path, spec, 100, 100).problem
    assert month_reason(problem, quotas_of(problem)[0]).render(Language.ENGLISH) == text
