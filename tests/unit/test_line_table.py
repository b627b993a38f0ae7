"""What a line of several parts says of its shortfall: a sum only where one may be made."""

from pathlib import Path
from typing import Any

import pytest
from tests.evaluated import loaded, plan_of
from tests.support import calendar, cell, row

from allocopt.cli.line_table import line_table
from allocopt.cli.session import Session
from allocopt.plan.plan import Plan
from allocopt.report.format import NumberStyle
from allocopt.report.line_rows import line_rows
from allocopt.scenario.scenario import Scenario
from allocopt.text import Language

# In each of 3 months 4 people sell outside and 2 in the shop; 10 customers come and pay 40 元 each.
# Expression, least value, when, and what is said of it.
LINES = {
    "people": ("heads", "10", "each", "0 of 3 met, the others SHORT by at most 4 people each"),
    "money": ("revenue", "500 元", "each", "0 of 3 met, SHORT by 300.00 元"),
    "volume": ("gross_adds", "12", "each", "0 of 3 met, SHORT by 6 accounts"),
    # 10 by the end of the first month, 30 by the end of the third: 15 and 5 are missing, not 30
    "so_far": (
        "gross_adds", "25", "cumulative",
        "1 of 3 met, the others SHORT by at most 15 accounts each",
    ),
    # 100 元 per head and month are 600 元, and 400 come in
    "ratio": (
        "revenue / heads", "100", "each", "0 of 3 met, the others SHORT by at most 200.00 元 each",
    ),
    "year": ("heads", "10", "year", "SHORT by 4 people"),
}  # fmt: skip


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    lines = [
        row(name, {"expression": text, "at_least": bound, "when": when, "kind": "report"})
        for name, (text, bound, when, _) in LINES.items()
    ]
    return plan_of(_scenario(lines, tmp_path_factory.mktemp("lines")))


def _scenario(lines: list[dict[str, Any]], folder: Path) -> Scenario:
    sections = {
        "calendar": calendar(3),
        "units": [row("all"), row("u", {"parent": "all", "level": "store"}),
                  row("shop", {"parent": "all", "level": "store"})],
        "cells": [cell("i", {"base_volume": 10, "price": 40}), cell("j", {"unit": "shop"})],
        "roles": [row("seller", {"expense": "budget"})],
        "staff": [
            row("s", {"role": "seller", "unit": "u", "heads": 4}),
            row("t", {"role": "seller", "unit": "shop", "heads": 2}),
        ],
        "lines": lines,
    }  # fmt: skip
    return loaded(sections, folder)


def standings(plan: Plan, language: Language) -> dict[str, str]:
    session, style = Session(language=language, as_json=False), NumberStyle(language)
    table = line_table(session, line_rows(plan), style)
    return dict(zip(LINES, (str(one) for one in table.columns[-1].cells), strict=False))


def test_parts_are_added_where_they_add_up(plan: Plan) -> None:
    assert standings(plan, Language.ENGLISH) == {name: said for name, (*_, said) in LINES.items()}


def test_the_same_in_chinese(plan: Plan) -> None:
    said = standings(plan, Language.CHINESE)
    assert said["people"] == "3 项中 0 项达标，其余每项至多缺 4 人"
    assert said["money"] == "3 项中 0 项达标，缺口合计 300.00 元"


def test_people_of_different_units_at_one_time_add_up(tmp_path: Path) -> None:
    """4 and 2 people of 10 each: 14 are missing."""
    values = {"expression": "heads", "at_least": 10, "per": "store", "kind": "report"}
    plan = plan_of(_scenario([row("people", values)], tmp_path))
    assert standings(plan, Language.ENGLISH)["people"] == "0 of 2 met, SHORT by 14 people"
