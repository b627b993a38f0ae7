"""The audit of targets: each rule broken once, by hand."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.audited import errors
from tests.evaluated import loaded, plan_of
from tests.support import calendar, row

from allocopt.arrays import FloatArray
from allocopt.audit import verify_plan
from allocopt.findings import Severity
from allocopt.measures.decisions import current_decisions


def cascade(more: dict[str, Any] | None = None) -> dict[str, Any]:
    spec = row(
        "adds",
        {"measure": "gross_adds", "quota": 240, "stretch": 264, "profile": "year", **(more or {})},
    )
    return {
        "calendar": calendar(4),
        "units": [row("city"), row("x", {"parent": "city"}), row("y", {"parent": "city"})],
        "cells": [
            {"id": "i", "unit": "x", "product": "p", "channel": "c", "last_year_volume": 100},
            {"id": "j", "unit": "y", "product": "p", "channel": "c", "last_year_volume": 100},
        ],
        "profiles": [row("year", {"weights": [0.25, 0.25, 0.25, 0.25]})],
        "targets": [spec],
    }


EVEN = np.full((2, 4), 30.0)
UNEVEN = EVEN + np.array([[3, -3, 0, 0], [0, 0, 0, 0]])
PIN = {"scope": {"units": ["x"]}}


@pytest.mark.parametrize(
    ("more", "base", "message"),
    [
        ({}, EVEN, None),
        ({"smallest_step": 1}, EVEN, None),
        ({"pins": [row("a", PIN | {"equals": 120})]}, EVEN, None),
        ({"max_growth": "32 %"}, EVEN, None),
        ({"cumulative": [{"period": 2, "share": "50 %"}]}, EVEN, None),
        ({}, EVEN + 1, "targets of adds sum to 8 accounts more than 240 accounts"),
        ({}, EVEN * [[1], [-1]], "it is negative"),
        ({}, EVEN * 1.2, "the stretch target is below it"),
        ({}, UNEVEN, "target of adds:x:p in 2016-01 is 33 accounts: it leaves"),
        ({"monthly_slack": "9 %"}, UNEVEN, "it leaves the schedule profile"),
        ({"monthly_slack": "10 %"}, UNEVEN, None),
        ({"smallest_step": 7}, EVEN, "it is no multiple of 7 accounts"),
        (
            {"pins": [row("a", PIN | {"equals": 121})]},
            EVEN,
            "targets of a in adds are 120 accounts, at least 121",
        ),
        (
            {"pins": [row("a", PIN | {"equals": 119})]},
            EVEN,
            "targets of a in adds are 120 accounts, at most 119",
        ),
        (
            {"pins": [row("a", PIN | {"at_least": 125})]},
            EVEN,
            "120 accounts, at least 125 accounts is set",
        ),
        (
            {"pins": [row("a", PIN | {"at_most": 131})]},
            EVEN,
            "132 accounts, at most 131 accounts is set",
        ),
        ({"pins": [row("a", PIN | {"at_most": 132})]}, EVEN, None),
        ({"max_growth": "31 %"}, EVEN, "adds:x:p is 1 accounts more than 31 % above last year"),
        (
            {"cumulative": [{"period": 2, "share": "51 %"}]},
            EVEN,
            "up to 2016-02 are 1.2 accounts short of 51 %",
        ),
    ],
)
def test_each_rule_on_targets(
    tmp_path: Path, more: dict[str, Any], base: FloatArray, message: str | None
) -> None:
    scenario = loaded(cascade(more), tmp_path)
    start = current_decisions(plan_of(scenario).problem)
    stretch = EVEN * 1.1 if base is EVEN or np.sum(base) != 240 else base * 1.1
    decisions = replace(start, target=np.array(base, dtype=float), stretch_target=stretch)
    if "smallest_step" in more:
        decisions = replace(decisions, stretch_target=np.full((2, 4), 33.0))
    found = errors(verify_plan(plan_of(scenario, decisions, decides=("targets",))))
    assert found == [] if message is None else any(message in one for one in found), found


def test_a_quota_that_is_not_placed_is_said(tmp_path: Path) -> None:
    scenario = loaded(cascade(), tmp_path)
    start = current_decisions(plan_of(scenario).problem)
    decisions = replace(start, target=EVEN * 0.9, stretch_target=EVEN * 1.1)
    report = verify_plan(plan_of(scenario, decisions, decides=("targets",)))
    [found] = report.findings
    assert found.severity is Severity.WARNING
    assert str(found.message) == "24 accounts of 240 accounts of adds are not placed in targets"


def test_targets_that_the_model_does_not_decide_stay_empty(tmp_path: Path) -> None:
    scenario = loaded(cascade(), tmp_path)
    start = current_decisions(plan_of(scenario).problem)
    plan = plan_of(scenario, replace(start, target=EVEN), decides=("spend",))
    assert "this model does not decide targets" in errors(verify_plan(plan))[0]
