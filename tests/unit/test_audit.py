"""The audit: sound plans pass, and every rule that is broken is said, with its place."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.evaluated import in_cents, loaded, plan_of, ratio_sections
from tests.scenarios import random_decisions, random_sections
from tests.support import calendar, row

import allocopt as ao
from allocopt.arrays import FloatArray
from allocopt.audit import AuditReport, verify_plan, verify_run
from allocopt.findings import Finding, Severity
from allocopt.measures.decisions import current_decisions
from allocopt.measures.numbers import evaluate
from allocopt.plan.plan import Plan
from allocopt.plan.rundir import save_plan


def errors(report: AuditReport) -> list[str]:
    return [str(f.message) for f in report.findings if f.severity is Severity.ERROR]


def edit(path: Path, pattern: str, replacement: str) -> None:
    text = path.read_text(encoding="utf-8-sig")
    changed = re.sub(pattern, replacement, text, count=1)
    assert changed != text
    path.write_text(changed, encoding="utf-8")


@pytest.fixture
def ratio_run(tmp_path: Path) -> Path:
    plan = plan_of(loaded(ratio_sections(), tmp_path / "scenario"), decides=("spend",))
    return save_plan(plan, tmp_path / "run")


def test_a_plan_exactly_on_its_line_passes(ratio_run: Path) -> None:
    """V14: 1 000 of 50 000 is 2.00 %."""
    report = verify_run(ratio_run)
    assert report.findings == ()
    assert report.passed
    assert report.max_abs_error == 0
    assert report.compared > 40


def test_hand_edited_spend_that_breaks_the_expense_ratio_is_caught_with_the_amount(
    ratio_run: Path,
) -> None:
    edit(ratio_run / "decisions/spend.csv", r"1000\.0", "1234.56")
    report = verify_run(ratio_run)
    said = [f for f in report.findings if f.path == "lines.expense_ratio" and not f.file]
    assert [str(f.message) for f in said] == [
        "expense_ratio: 2.47 % > 2 %; expense is 234.56 元 too high"
    ]
    assert said[0].severity is Severity.ERROR
    assert report.max_abs_error == pytest.approx(234.56)
    assert [f.severity for f in report.findings if f.file == "decisions/spend.csv"] == [
        Severity.NOTE
    ]


def test_the_amount_is_in_the_money_unit_of_the_scenario(tmp_path: Path) -> None:
    sections = ratio_sections() | {"id": "wan"}
    sections["cells"][0]["price"] = 1_000
    sections["placements"][0] |= {"upper": 9_000, "current": 5_000}
    plan = plan_of(loaded(sections, tmp_path, money_unit="万元"), decides=("spend",))
    assert "expense_ratio: 10 % > 2 %; expense is 4000 万元 too high" in errors(verify_plan(plan))


def test_an_edited_cent_of_the_ledger_is_caught(ratio_run: Path) -> None:
    edit(ratio_run / "ledger.csv", r"50000\.00", "50000.01")
    [found] = [f for f in verify_run(ratio_run).findings if f.severity is Severity.ERROR]
    assert (found.file, found.line) == ("ledger.csv", 2)
    assert "50,000.01 元, recomputed it is 50,000.00 元" in str(found.message)


@pytest.mark.parametrize(
    ("file", "pattern", "replacement", "message"),
    [
        ("ledger.csv", r"expense,spend.*\n", "", "said to be 0.00 元, recomputed it is 1,000.00"),
        ("ledger.csv", r"(expense,spend.*\n)", r"\1\1", "stands twice, again in line"),
        (
            "measures.csv",
            r"(revenue,i,元,)50000\.0",
            r"\g<1>50000.01",
            "50000.01, recomputed it is 50000",
        ),
        (
            "measures.csv",
            r"(gross_adds,i,[^,]*,)50\.0",
            r"\g<1>50.001",
            "gross_adds of i in 2016-01",
        ),
        (
            "lines.csv",
            r"0\.02,0\.02",
            "0.019,0.02",
            "lhs of line expense_ratio is said to be 0.019",
        ),
        ("lines.csv", "true", "false", "line expense_ratio is said to be missed"),
        ("objective.csv", r"49000\.0", "49000.01", "objective.contribution is said to be 49000.01"),
        (
            "run.json",
            r'"objective": 49000\.0',
            '"objective": 49001',
            "objective is said to be 49001",
        ),
        ("run.json", r'"gap": 0\.25', '"gap": 0.001', "gap is said to be 0.001"),
    ],
)
def test_a_stored_number_that_is_not_the_recomputed_one_is_caught(
    ratio_run: Path, file: str, pattern: str, replacement: str, message: str
) -> None:
    edit(ratio_run / file, pattern, replacement)
    found = errors(verify_run(ratio_run))
    assert [message in one for one in found].count(True) == 1


def test_an_edit_of_what_is_only_for_reading_is_a_warning(ratio_run: Path) -> None:
    edit(ratio_run / "tables/units.csv", "50000.0", "60000.0")
    (ratio_run / "README.txt").unlink()
    found = {(f.file, f.severity) for f in verify_run(ratio_run).findings}
    assert found == {("tables/units.csv", Severity.WARNING), ("README.txt", Severity.WARNING)}


def test_the_audit_imports_nothing_of_the_optimizer(ratio_run: Path) -> None:
    code = (
        f"import sys; from allocopt.audit import verify_run; verify_run({str(ratio_run)!r});"
        "names = ('pyomo', 'highspy', 'allocopt.declare', 'allocopt.solving', 'allocopt.models',"
        " 'pandas', 'matplotlib');"
        "print([m for m in sys.modules if m.startswith(names)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_report_can_be_printed_as_json(ratio_run: Path) -> None:
    edit(ratio_run / "decisions/spend.csv", r"1000\.0", "1234.56")
    record = json.loads(json.dumps(verify_run(ratio_run).as_record(), allow_nan=False))
    assert set(record) == {"findings", "max_abs_error", "compared"}
    keys = {"severity", "file", "line", "column", "path", "message", "hint"}
    assert all(set(finding) == keys for finding in record["findings"])


def priced(kind: str, price: float | None) -> dict[str, Any]:
    sections = ratio_sections(1_500)
    sections["lines"][0] |= {"kind": kind} | ({"price": price} if price else {})
    return sections


def test_a_soft_line_that_is_missed_is_noted_with_its_price(tmp_path: Path) -> None:
    plan = plan_of(loaded(priced("soft", 3.0), tmp_path), decides=("spend",))
    report = verify_plan(plan)
    [found] = report.findings
    assert found.severity is Severity.NOTE
    assert str(found.message) == "expense_ratio: 3 % > 2 %; expense is 500 元 too high"
    assert str(found.hint) == "priced at 1500 元"
    assert report.passed


def test_a_line_for_the_record_is_noted(tmp_path: Path) -> None:
    plan = plan_of(loaded(priced("report", None), tmp_path), decides=("spend",))
    assert [f.severity for f in verify_plan(plan).findings] == [Severity.NOTE]


def test_a_hard_line_that_the_model_could_not_move_is_a_warning(tmp_path: Path) -> None:
    sections = ratio_sections()
    sections["lines"].append(row("adds", {"expression": "gross_adds", "at_least": 60}))
    scenario = loaded(sections, tmp_path)
    assert [f.severity for f in verify_plan(plan_of(scenario, decides=("targets",))).findings] == [
        Severity.WARNING
    ]
    # with a lever that works, the same line is the model's own fault
    sections["placements"][0]["curve"] = {"family": "linear", "rate": 0.0001}
    scenario = loaded(sections, tmp_path / "working")
    found = verify_plan(plan_of(scenario, decides=("spend",)))
    assert any(one.startswith("adds: 50.1 accounts < 60 accounts") for one in errors(found))


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


def test_a_finding_on_a_decision_names_the_line_of_its_file(tmp_path: Path) -> None:
    scenario = loaded(SPEND, tmp_path / "scenario")
    plan = plan_of(scenario, decides=("spend",))
    run = save_plan(plan, tmp_path / "run")
    edit(run / "decisions/spend.csv", r"(menu,other,u,2,2016-02,)20\.0", r"\g<1>40.0")
    [found] = [f for f in verify_run(run).findings if "no level" in str(f.message)]
    text = (run / "decisions/spend.csv").read_text(encoding="utf-8").splitlines()
    assert text[found.line - 1].startswith("menu,other,u,2,2016-02,40.0")
    assert (found.file, found.path) == ("decisions/spend.csv", "placements.menu.2016-02")


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32 - 1), data=st.data())
def test_any_edit_of_a_stored_measure_is_found(
    tmp_path: Path, seed: int, data: st.DataObject
) -> None:
    rng = np.random.default_rng(seed)
    scenario = loaded(random_sections(rng, families=("hill", "power")), tmp_path)
    decisions = in_cents(random_decisions(rng, plan_of(scenario).problem))
    plan = plan_of(scenario, decisions)
    clean = verify_plan(plan)
    assert clean.max_abs_error == 0
    assert not [f for f in clean.findings if f.path.startswith("measures.")]
    name = data.draw(st.sampled_from([n for n, a in plan.measures.items() if a.size]))
    values = plan.measures[name].copy()
    place = np.unravel_index(data.draw(st.integers(0, values.size - 1)), values.shape)
    values[place] += max(0.02, 1e-5 * abs(values[place]))
    spoiled = replace(plan, measures={**plan.measures, name: values})
    assert f"measures.{name}" in {f.path for f in verify_plan(spoiled).findings}


def test_findings_on_lines_come_first(ratio_run: Path) -> None:
    edit(ratio_run / "decisions/spend.csv", r"1000\.0", "4000")
    first: Finding = verify_run(ratio_run).findings[0]
    assert first.path == "lines.expense_ratio"


def test_measures_follow_from_the_decisions_alone(tmp_path: Path) -> None:
    plan: Plan = plan_of(loaded(ratio_sections(), tmp_path), decides=("spend",))
    again = evaluate(plan.problem, plan.decisions)
    assert all(np.array_equal(again[name], plan.measures[name], equal_nan=True) for name in again)


def test_the_public_function_takes_a_plan_or_a_run(ratio_run: Path) -> None:
    edit(ratio_run / "decisions/spend.csv", r"1000\.0", "1234.56")
    assert ao.verify(ratio_run) == verify_run(ratio_run).findings
    assert ao.verify(str(ratio_run)) == verify_run(ratio_run).findings
    loaded_again = ao.load_plan(ratio_run)
    assert ao.verify(loaded_again) == verify_plan(loaded_again).findings
