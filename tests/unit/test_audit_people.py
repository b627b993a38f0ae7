"""The audit of people: each rule broken once, by hand."""

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

PEOPLE: dict[str, Any] = {
    "calendar": calendar(4),
    "units": [row("city"), row("x", {"parent": "city"}), row("y", {"parent": "city"})],
    "cells": [{"id": "i", "unit": "x", "product": "p", "channel": "c"},
              {"id": "j", "unit": "y", "product": "p", "channel": "c"}],
    "roles": [
        row("seller", {"expense": "budget", "attrition": "5 %", "lead_time": 1, "max_hires": 3,
                       "can_move": True, "can_release": True}),
        row("chief", {"expense": "budget", "can_release": False,
                      "span": {"of": "seller", "at_most": 8, "at_least": 4}}),
        row("hour", {"expense": "budget", "whole": False, "attrition": "10 %"}),
    ],
    "staff": [
        {"id": "x-seller", "role": "seller", "unit": "x", "heads": 4, "least": 2, "most": 9},
        {"id": "y-seller", "role": "seller", "unit": "y", "heads": 4},
        {"id": "chief", "role": "chief", "unit": "city", "heads": 1},
        {"id": "hours", "role": "hour", "unit": "city", "heads": 10},
    ],
}  # fmt: skip
HOURS = np.array([1.0, 0.9, 0.81, 0.729])


def staffed(folder: Path, changes: dict[str, dict[tuple[int, int], float]]) -> list[str]:
    """Return the errors of a sound plan with ``changes``."""
    scenario = loaded(PEOPLE, folder)
    start = current_decisions(plan_of(scenario).problem)
    flows = {
        name: np.zeros((4, 4))
        for name in ("arrivals", "releases", "departures", "moves_in", "moves_out")
    }
    flows["departures"][3] = HOURS
    # expected 0.2 a month of 4 people: one person leaves as the sum passes a half
    flows["departures"][0, 2] = flows["departures"][1, 2] = 1.0
    for name, places in changes.items():
        for place, value in places.items():
            flows[name][place] = value
    return errors(verify_plan(plan_of(scenario, replace(start, **flows), decides=("people",))))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, None),
        ({"releases": {(0, 0): 1.0}, "arrivals": {(0, 1): 1.0}}, None),
        ({"moves_out": {(0, 0): 1.0}, "moves_in": {(1, 0): 1.0}}, None),
        ({"arrivals": {(0, 1): 0.5}}, "arrivals of x-seller: 0.5, whole people"),
        ({"arrivals": {(0, 0): 1.0}}, "1 people of x-seller arrive before the hiring lead time"),
        (
            {"arrivals": {(0, 1): 2.0, (1, 1): 2.0}},
            "4 people of role seller arrive in 2016-02, at most 3",
        ),
        ({"releases": {(2, 1): 1.0}}, "1 people of chief are let go, which the role excludes"),
        ({"moves_in": {(0, 1): 1.0}}, "moves of role seller in 2016-02 do not balance: 1 more in"),
        (
            {"moves_in": {(2, 1): 1.0}, "moves_out": {(2, 1): 1.0}},
            "chief change unit, which the role",
        ),
        ({"departures": {(0, 0): 1.0}}, "departures of x-seller so far are 0.8 people away"),
        ({"departures": {(0, 2): 0.0}}, "departures of x-seller so far are -0.6 people away"),
        ({"departures": {(3, 1): 0.91}}, "departures of hours so far are"),
        ({"releases": {(0, 1): 3.0}}, "x-seller has 1 people, fewer than it needs"),
        (
            {"moves_out": {(1, 0): 4.0}, "moves_in": {(0, 0): 4.0}, "arrivals": {(0, 1): 3.0}},
            "more than it may",
        ),
        ({"arrivals": {(0, 1): 2.0}}, "chief leads 10 seller; a chief leads 4 to 8"),
        ({"releases": {(1, 0): 4.0, (0, 1): 2.0}}, "chief leads 2 seller; a chief leads 4 to 8"),
        ({"releases": {(1, 0): -1.0}}, "releases of y-seller: -1, whole people"),
    ],
)
def test_each_rule_on_people(
    tmp_path: Path, changes: dict[str, dict[tuple[int, int], float]], message: str | None
) -> None:
    found = staffed(tmp_path, changes)
    assert found == [] if message is None else any(message in one for one in found), found


def test_people_that_the_model_does_not_decide_stay_as_they_are(tmp_path: Path) -> None:
    scenario = loaded(PEOPLE, tmp_path)
    start = current_decisions(plan_of(scenario).problem)
    assert errors(verify_plan(plan_of(scenario, start, decides=("spend",)))) == []
    arrivals = np.zeros((4, 4))
    arrivals[1, 2] = 1.0
    plan = plan_of(scenario, replace(start, arrivals=arrivals), decides=("spend",))
    assert "1 people of y-seller come, go or move" in errors(verify_plan(plan))[0]
