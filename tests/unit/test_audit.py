"""The audit: sound plans pass, and every number that does not follow is said."""

import json
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.audited import edit, errors
from tests.evaluated import in_cents, loaded, plan_of, ratio_sections
from tests.scenarios import random_decisions, random_sections
from tests.support import row

import allocopt as ao
from allocopt.audit import verify_plan, verify_run
from allocopt.findings import Finding, Severity
from allocopt.measures.numbers import evaluate
from allocopt.plan.plan import Plan, PlanStatus
from allocopt.plan.rundir import save_plan


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
        ("run.json", r'"status": "limit"', '"status": "perfect"', "perfect is no status"),
        (
            "run.json",
            r'"status": "limit"',
            '"status": "proven"',
            "said to be proven, but its gap is 0.25 and 0.001 was wanted",
        ),
    ],
)
def test_a_stored_number_that_is_not_the_recomputed_one_is_caught(
    ratio_run: Path, file: str, pattern: str, replacement: str, message: str
) -> None:
    edit(ratio_run / file, pattern, replacement)
    found = errors(verify_run(ratio_run))
    assert [message in one for one in found].count(True) == 1


def test_a_proof_needs_a_bound_and_a_wanted_gap(ratio_run: Path) -> None:
    plan = replace(ao.load_plan(ratio_run), status=PlanStatus.PROVEN)
    wide = replace(plan.provenance, options={**plan.provenance.options, "gap": 0.25})
    assert verify_plan(replace(plan, provenance=wide)).passed
    for other in (
        replace(plan, provenance=replace(wide, options={})),
        replace(plan, bound=math.nan, gap=math.nan, provenance=wide),
    ):
        assert [f.path for f in verify_plan(other).findings] == ["status"]


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
