"""The audit of spend: each rule broken once, by hand."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.audited import errors
from tests.evaluated import loaded, plan_of
from tests.support import calendar, row

from allocopt.audit import verify_plan
from allocopt.measures.decisions import current_decisions

SPEND: dict[str, Any] = {
    "calendar": calendar(2),
    "cells": [{"id": "i", "unit": "u", "product": "p", "channel": "c", "base_volume": 5}],
    "levers": [row("subsidy", {"expense": "budget"}), row("other", {"expense": "budget"})],
    "placements": [
        row("free", {"lever": "subsidy", "curve": {"family": "linear", "rate": 1},
                     "lower": 10, "upper": 100, "current": 50, "largest_move": "20 %"}),
        row("burst", {"lever": "subsidy", "curve": {"family": "linear", "rate": 1},
                      "upper": 100, "minimum": "30.005", "current": 40}),
        row("menu", {"lever": "other", "upper": 100, "current": 20,
                     "curve": {"family": "menu", "efforts": [0, 20, 60], "values": [0, 5, 9]}}),
    ],
    "change_limits": [row("few", {"at_most": 1, "levers": ["subsidy"]})],
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, None),
        ({(0, 0): 60.0}, None),
        ({(1, 0): 0.0}, None),
        ({(1, 0): 30.0}, None),  # the cent below a minimum of 30.005
        ({(2, 0): 0.0, (2, 1): 60.0}, None),
        ({(0, 1): 9.99}, "free is 9.99 元, at least 10 元"),
        ({(0, 0): 100.01}, "free is 100.01 元, at most 100 元"),
        ({(0, 0): 60.02}, "free is 60.02 元, over 20 % away from the current 50 元"),
        ({(1, 1): 29.99}, "burst is 29.99 元; its minimum efficient spend is 30 元"),
        ({(1, 1): 0.01}, "burst is 0.01 元; its minimum"),
        ({(2, 0): 40.0}, "effort of menu is 40 元, which is no level"),
        ({(0, 0): 50.001}, "free is 50.001 元, which is not in whole cents"),
        (
            {(0, 0): 51.0, (1, 1): 41.0},
            "2 placements differ from the current plan, few allows 1: free, burst",
        ),
    ],
)
def test_each_rule_on_spend(
    tmp_path: Path, changes: dict[tuple[int, int], float], message: str | None
) -> None:
    scenario = loaded(SPEND, tmp_path)
    start = current_decisions(plan_of(scenario).problem)
    spend = start.spend.copy()
    for place, value in changes.items():
        spend[place] = value
    found = errors(verify_plan(plan_of(scenario, replace(start, spend=spend), decides=("spend",))))
    assert found == [] if message is None else any(message in one for one in found)


def test_a_rule_broken_in_many_places_is_summed_up(tmp_path: Path) -> None:
    sections = SPEND | {"calendar": calendar(36), "change_limits": []}
    scenario = loaded(sections, tmp_path)
    start = current_decisions(plan_of(scenario).problem)
    spend = start.spend.copy()
    spend[2] = 21.0
    found = errors(verify_plan(plan_of(scenario, replace(start, spend=spend), decides=("spend",))))
    assert len(found) == 21
    assert any("in 15 more places" in one for one in found)


def test_spend_that_the_model_does_not_decide_stays_as_it_is(tmp_path: Path) -> None:
    scenario = loaded(SPEND, tmp_path)
    start = current_decisions(plan_of(scenario).problem)
    assert errors(verify_plan(plan_of(scenario, start, decides=("people",)))) == []
    spend = start.spend + np.array([[1.0, 0.0]] * 3)
    found = errors(verify_plan(plan_of(scenario, replace(start, spend=spend), decides=("people",))))
    assert len(found) == 3
    assert "this model does not decide spend" in found[0]
