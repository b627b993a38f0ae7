"""Tables: tidy, with units, and sums that are sums."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.evaluated import in_cents, loaded, plan_of, ratio_sections
from tests.scenarios import random_decisions, random_sections
from tests.support import row

from allocopt.measures.decisions import current_decisions
from allocopt.plan.columns import TABLES
from allocopt.plan.plan import Plan
from allocopt.plan.rundir import VIEWS, save_plan

TARGETS = [
    row("sales", {"measure": "revenue", "quota": "30000 元", "smallest_step": "100 元"}),
    row("adds", {"measure": "gross_adds", "quota": 300, "by_channel": True}),
]
LINES = [
    row("budget", {"expression": "spend", "at_most": "10 元"}),
    row("ratio", {"expression": "expense / revenue", "at_most": "99 %"}),
    row("arpu", {"expression": "revenue / customers", "at_least": 1, "kind": "report"}),
    row("adds", {"expression": "gross_adds", "at_least": 1, "per": "grid"}),
]


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    rng = np.random.default_rng(11)
    sections = random_sections(rng, families=("hill",)) | {"targets": TARGETS, "lines": LINES}
    scenario = loaded(sections, tmp_path, money_unit="万元")
    problem = plan_of(scenario).problem
    decisions = in_cents(random_decisions(rng, problem))
    shape = decisions.target.shape
    target = rng.integers(1, 99, size=shape) * np.where(
        np.array(problem.target_cells.quotas)[:, None] == "sales", 100.0, 1.0
    )
    return plan_of(scenario, replace(decisions, target=target, stretch_target=target * 2))


def test_every_table_says_what_its_numbers_are_counted_in(plan: Plan) -> None:
    assert set(plan.tables) == set(TABLES)
    for name, table in plan.tables.items():
        assert len(table), name
        units = [column for column in table.columns if column.endswith("counted_in")]
        assert units, name
        assert all(table[column].map(bool).all() for column in units), name


def test_a_table_without_rows_has_its_columns_all_the_same(plan: Plan, tmp_path: Path) -> None:
    """A scenario with neither targets nor lines, against one with both."""
    bare = save_plan(plan_of(loaded(ratio_sections() | {"lines": []}, tmp_path)), tmp_path / "run")
    for name in VIEWS:
        table = pd.read_csv(bare / "tables" / f"{name}.csv", encoding="utf-8-sig")
        assert list(table.columns) == list(plan.tables[name].columns), name
        assert table.empty == (name in {"targets", "gaps", "ratios"})


def test_money_is_in_the_unit_of_the_scenario_and_in_yuan(plan: Plan) -> None:
    for name in ("spend", "money", "expenses"):
        table = plan.tables[name]
        assert set(table["counted_in"]) == {"万元"}
        np.testing.assert_allclose(table["amount"] * 10_000, table["amount_yuan"].astype(float))
    assert plan.tables["spend"]["amount_yuan"].sum() == pytest.approx(plan.decisions.spend.sum())


def test_a_table_has_one_row_per_thing_and_period(plan: Plan) -> None:
    keys = {"spend": "placement", "people": "group", "volumes": "cell", "expenses": "account"}
    for name, key in keys.items():
        assert not plan.tables[name].duplicated([key, "period"]).any()
        assert (plan.tables[name].groupby(key).size() == 3).all()
    people = plan.tables["people"].set_index(["group", "period"])
    assert people.loc[("chief", "2016-03"), "heads"] == plan.measures["heads"][2, 2]


def children_and_parents(table: pd.DataFrame, column: str) -> dict[tuple[Any, ...], Any]:
    keys = ["quota", "unit", "product", "channel", "period"]
    return dict(table.set_index(keys)[column].items())  # type: ignore[arg-type]


@pytest.mark.parametrize("layer", ["base_exact", "stretch_exact"])
def test_targets_of_children_sum_to_their_parents_exactly(plan: Plan, layer: str) -> None:
    values = children_and_parents(plan.tables["targets"], layer)
    for (quota, unit, product, channel, period), value in values.items():
        if unit == "city":
            parts = [(quota, u, product, channel, period) for u in ("x", "y")]
            assert value == sum(values.get(part, 0.0) for part in parts)
        if product == "":
            parts = [(quota, unit, p, channel, period) for p in ("p", "q")]
            assert value == sum(values.get(part, 0.0) for part in parts)
        if channel == "" and quota == "adds":
            parts = [(quota, unit, product, c, period) for c in ("c", "d")]
            assert value == sum(values.get(part, 0.0) for part in parts)
        if period == "year":
            months = [f"2016-0{m}" for m in (1, 2, 3)]
            assert value == sum(values[quota, unit, product, channel, m] for m in months)
    assert values["sales", "city", "", "", "year"] == plan.decisions.target[:4].sum() * (
        1 if layer == "base_exact" else 2
    )


def test_each_target_cell_stands_once_with_a_reason_in_both_languages(plan: Plan) -> None:
    table = plan.tables["targets"]
    cells = table[~table["is_sum"] & (table["period"] == "year")]
    assert len(cells) == len(plan.problem.target_cells.quotas)
    assert (table["reason_zh"] != "").all()
    assert (table["reason_en"] != "").all()
    sums = table[table["is_sum"] & (table["period"] == "year")]
    assert sums["reason_en"].str.startswith("sum of ").all()


def test_gaps_hold_targets_against_what_is_attained(plan: Plan) -> None:
    rows = plan.tables["gaps"].to_dict("records")
    found = {(r["quota"], r["unit"], r["product"], r["channel"]): r for r in rows}
    whole = found["sales", "city", "", ""]
    revenue, target = plan.measures["revenue"].sum(), plan.decisions.target[:4].sum()
    assert whole["attained_exact"] == pytest.approx(revenue)
    assert whole["gap"] == pytest.approx((revenue - target) / 10_000)
    assert whole["reached"] == pytest.approx(revenue / target)
    adds = found["adds", "city", "", ""]
    assert adds["attained"] == pytest.approx(plan.measures["gross_adds"].sum())
    assert (whole["counted_in"], adds["counted_in"]) == ("万元", "户 accounts")


def test_expenses_and_ledger_are_exact_to_the_cent(plan: Plan) -> None:
    ledger = plan.tables["ledger"]
    booked = ledger[ledger["statement"] == "expense"]["amount_yuan"].sum()
    assert isinstance(booked, Decimal)
    assert plan.tables["expenses"]["amount_yuan"].sum() == booked


def test_units_add_up_and_make_the_contribution(plan: Plan) -> None:
    table = plan.tables["units"].set_index("unit")
    for column in ("gross_adds", "customers", "revenue", "cost_of_sales"):
        assert table.loc["city", column] == pytest.approx(table.loc[["x", "y"], column].sum())
    city = table.loc["city"]
    assert city["contribution"] == pytest.approx(
        city["revenue"] - city["cost_of_sales"] - city["expense"]
    )
    assert city["expense"] * 10_000 == pytest.approx(plan.measures["expense"].sum())


def test_lines_say_how_the_plan_stands_to_them(plan: Plan) -> None:
    table = plan.tables["lines"].set_index("name")
    assert list(table.index) == ["budget", "ratio", "arpu", "adds[x]", "adds[y]"]
    assert not table.loc["budget", "met"]
    assert " too high" in str(table.loc["budget", "result_en"])
    assert str(table.loc["adds[x]", "result_en"]).endswith(" to spare")
    assert table.loc["budget", "shortfall"] == pytest.approx(plan.decisions.spend.sum() - 10)


def test_ratios_show_both_sides_from_measures_and_ledger(tmp_path: Path) -> None:
    plan = plan_of(loaded(ratio_sections(), tmp_path))
    [found] = plan.tables["ratios"].to_dict("records")
    assert (found["numerator"], found["denominator"], found["ratio"]) == (1_000, 50_000, 0.02)
    assert (found["ledger_numerator"], found["ledger_denominator"]) == (1_000, 50_000)
    assert plan.tables["lines"].loc[0, "result_en"] == "expense_ratio: 2 % <= 2 %; on the line"


def test_a_ratio_of_money_to_accounts_has_no_sides_in_the_ledger(plan: Plan) -> None:
    [found] = [r for r in plan.tables["ratios"].to_dict("records") if r["name"] == "arpu"]
    assert found["ledger_numerator"] is None
    assert found["denominator_counted_in"] == "户 accounts"


def test_objective_parts_add_up(plan: Plan) -> None:
    assert plan.tables["objective"]["value"].sum() == pytest.approx(plan.objective)


def test_a_plan_without_people_or_targets_has_empty_tables(tmp_path: Path) -> None:
    scenario = loaded({}, tmp_path)
    plan = plan_of(scenario, current_decisions(plan_of(scenario).problem))
    assert {name: len(plan.tables[name]) for name in ("people", "targets", "spend", "gaps")} == {
        "people": 0, "targets": 0, "spend": 0, "gaps": 0,
    }  # fmt: skip
