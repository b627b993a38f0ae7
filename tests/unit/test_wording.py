"""A line reads the same in tables, files and on the screen, in both languages."""

import pytest
from tests.evaluated import loaded, plan_of
from tests.support import cell, row

from allocopt.plan.plan import Plan
from allocopt.report.format import NumberStyle
from allocopt.report.line_rows import line_rows
from allocopt.text import Language

# 10 customers pay 40 元 each for goods that cost 5 元; 100 元 are spent, 4 people sell.
# expression, bound, and how left side and slack read in both languages
LINES = {
    "back": ("revenue / spend", "1.5", ("4 倍", "2.5 倍"), ("4 times", "2.5 times")),
    "in_percent": ("revenue / spend", "150 %", ("4 倍", "2.5 倍"), ("4 times", "2.5 times")),
    "profit": ("contribution / expense", "0.5", ("2.5 倍", "2 倍"), ("2.5 times", "2 times")),
    "margin": ("revenue / cost_of_sales", "2", ("8 倍", "6 倍"), ("8 times", "6 times")),
    "part": (
        "spend(levers='gifts') / spend", "10 %",
        ("100 %", "90 个百分点"), ("100 %", "90 percentage points"),
    ),
    "ratio": (
        "expense / revenue", "10 %",
        ("25 %", "15 个百分点"), ("25 %", "15 percentage points"),
    ),
    "growth": (
        "revenue / last_year_revenue", "1.05",
        ("125 %", "20 个百分点"), ("125 %", "20 percentage points"),
    ),
    "price": (
        "revenue / gross_adds", "30",
        ("40 元/户", "10 元/户"), ("40 元/accounts", "10 元/accounts"),
    ),
    "yield": (
        "gross_adds / heads", "1",
        ("2.5 户/人", "1.5 户/人"), ("2.5 accounts/person", "1.5 accounts/person"),
    ),
}  # fmt: skip
UNITS = {
    "倍 times": {"back", "in_percent", "profit", "margin"},
    "比例 share": {"part", "ratio", "growth"},
    "元/户 元/accounts": {"price"},
    "户/人 accounts/person": {"yield"},
}


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    scenario = loaded(
        {
            "cells": [
                cell("i", {"base_volume": 10, "price": 40, "unit_cost": 5, "effective_rate": 0.75,
                           "last_year_revenue": 320})
            ],
            "roles": [row("seller", {"expense": "budget"})],
            "staff": [row("s", {"role": "seller", "unit": "u", "heads": 4})],
            "levers": [row("gifts", {"expense": "budget"})],
            "placements": [
                row("a", {"lever": "gifts", "curve": {"family": "linear", "rate": 0},
                          "upper": 500, "current": 100})
            ],
            "lines": [
                row(name, {"expression": text, "at_least": bound, "kind": "report"})
                for name, (text, bound, *_) in LINES.items()
            ] + [
                row("profit_floor", {"expression": "contribution", "at_least": "9000 元",
                                     "kind": "report"})
            ],
        },
        tmp_path_factory.mktemp("wording"),
    )  # fmt: skip
    return plan_of(scenario)


@pytest.mark.parametrize("name", LINES)
def test_a_result_says_value_and_slack_in_their_unit(plan: Plan, name: str) -> None:
    found = plan.tables["lines"].set_index("name").loc[name]
    _, _, (chinese, left), (english, to_spare) = LINES[name]
    assert found["result_zh"].startswith(f"{name}：{chinese} >= ")
    assert found["result_zh"].endswith(f"；余量 {left}")
    assert found["result_en"].startswith(f"{name}: {english} >= ")
    assert found["result_en"].endswith(f"; {to_spare} to spare")


def test_tables_say_the_unit_that_results_use(plan: Plan) -> None:
    lines, ratios = plan.tables["lines"], plan.tables["ratios"]
    for table in (lines, ratios):
        units = {sign: set(rows["name"]) for sign, rows in table.groupby("counted_in")}
        assert {sign: units[sign] for sign in UNITS} == UNITS


@pytest.mark.parametrize("language", list(Language))
def test_the_screen_shows_what_the_files_say(plan: Plan, language: Language) -> None:
    style = NumberStyle(language)
    column = plan.tables["lines"].set_index("name")[f"result_{language}"]
    for shown in line_rows(plan):
        name = shown.shown.line.name
        if name not in LINES:
            continue
        number, unit = style.value(shown.counts, shown.shown.lhs).split(" ", 1)
        assert f"{float(number):g} {unit}" in column[name]


def test_a_sum_with_a_name_is_called_by_it(plan: Plan) -> None:
    found = plan.tables["lines"].set_index("name").loc["profit_floor"]
    assert found["result_zh"].endswith("贡献额不足 8750 元")
    assert found["result_en"].endswith("contribution is 8750 元 too low")
