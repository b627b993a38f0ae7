"""Findings of the audit point at the field of a table that they speak of, line and column."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.evaluated import loaded, plan_of, ratio_sections
from tests.support import calendar, row

from allocopt.audit import verify_run
from allocopt.cli import run as command_line
from allocopt.findings import Finding, Severity
from allocopt.measures.decisions import current_decisions
from allocopt.plan.rundir import save_plan

SECTIONS: dict[str, Any] = ratio_sections() | {
    "calendar": calendar(2),
    "roles": [row("seller", {"expense": "budget", "can_release": False})],
    "staff": [row("shop", {"role": "seller", "unit": "u", "heads": 4, "most": 5})],
    "targets": [row("adds", {"measure": "gross_adds", "quota": 100, "smallest_step": 1})],
}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Return a sound run: 1 000 元 a month, nobody comes or goes, 50 accounts a month."""
    scenario = loaded(SECTIONS, tmp_path / "scenario")
    start = current_decisions(plan_of(scenario).problem)
    targets = {name: np.full((1, 2), 50.0) for name in ("target", "stretch_target")}
    return save_plan(plan_of(scenario, replace(start, **targets)), tmp_path / "run")


def table_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def written(path: Path, number: int, column: str, value: str) -> None:
    """Write ``value`` into a column of a row; the header is row 0."""
    rows = table_of(path)
    rows[number][rows[0].index(column)] = value
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(rows)


def pointed_at(run: Path, found: Finding) -> tuple[str, str]:
    """Return the column and the field that a finding points at."""
    rows = table_of(run / found.file)
    return rows[0][found.column - 1], rows[found.line - 1][found.column - 1]


def saying(findings: Sequence[Finding], words: str) -> Finding:
    [found] = [f for f in findings if words in str(f.message)]
    return found


def test_the_run_is_sound(run: Path) -> None:
    assert verify_run(run).findings == ()


SPEND, PEOPLE, TARGETS = (f"decisions/{name}.csv" for name in ("spend", "people", "targets"))


@pytest.mark.parametrize(
    ("file", "number", "column", "value", "words"),
    [
        (SPEND, 2, "spend", "9000.0", "spend of a is 9000 元, at most"),
        (SPEND, 1, "spend", "0.001", "not in whole cents"),
        (PEOPLE, 2, "arrivals", "0.5", "whole people are expected"),
        (PEOPLE, 2, "departures", "1.0", "departures of shop so far are 1 people away"),
        (PEOPLE, 2, "releases", "1.0", "which the role excludes"),
        (PEOPLE, 2, "moves_in", "1.0", "people of shop change unit"),
        (PEOPLE, 1, "moves_out", "1.0", "people of shop change unit"),
        (TARGETS, 2, "target", "50.5", "target of adds:u:p in 2016-02 is 50.5 accounts: it is no"),
        (TARGETS, 1, "stretch_target", "50.5", "stretch target of adds:u:p in 2016-01 is 50.5"),
        (TARGETS, 1, "target", "-50", "it is negative"),
        ("measures.csv", 1, "2016-02", "51.0", "demand of i in 2016-02 is said to be 51"),
        ("lines.csv", 1, "lhs", "0.03", "lhs of line expense_ratio is said to be 0.03"),
        ("lines.csv", 2, "slack", "7.0", "slack of line floor is said to be 7"),
        ("lines.csv", 1, "met", "false", "line expense_ratio is said to be missed"),
        ("objective.csv", 1, "value", "1.0", "objective.contribution is said to be 1"),
        ("ledger.csv", 2, "amount [元]", "7.00", "is said to be 7.00 元"),
    ],
)
def test_a_finding_points_at_the_field(
    run: Path, file: str, number: int, column: str, value: str, words: str
) -> None:
    written(run / file, number, column, value)
    found = saying(verify_run(run).findings, words)
    assert (found.file, found.line) == (file, number + 1)
    assert pointed_at(run, found) == (column, value)


def test_heads_are_no_single_decision_so_the_group_is_meant(run: Path) -> None:
    written(run / PEOPLE, 2, "arrivals", "2.0")
    found = saying(verify_run(run).findings, "6 people, more than it may have")
    assert (found.line, *pointed_at(run, found)) == (3, "group", "shop")


@pytest.mark.parametrize("column", ["target", "stretch_target"])
def test_what_the_model_does_not_decide_is_pointed_at(tmp_path: Path, column: str) -> None:
    sections = {name: part for name, part in SECTIONS.items() if name not in ("roles", "staff")}
    scenario = loaded(sections, tmp_path / "scenario")
    run = save_plan(plan_of(scenario, decides=("spend",)), tmp_path / "run")
    written(run / TARGETS, 2, column, "3.0")
    found = saying(verify_run(run).findings, "this model does not decide targets")
    assert (found.line, *pointed_at(run, found)) == (3, column, "3.0")


def test_people_that_the_model_does_not_decide_are_pointed_at(tmp_path: Path) -> None:
    scenario = loaded(SECTIONS, tmp_path / "scenario")
    run = save_plan(plan_of(scenario, decides=("spend", "targets")), tmp_path / "run")
    written(run / PEOPLE, 1, "moves_in", "3.0")
    found = saying(verify_run(run).findings, "this model does not decide on people")
    assert (found.line, *pointed_at(run, found)) == (2, "moves_in", "3.0")


def test_columns_may_stand_in_another_order(run: Path) -> None:
    rows = table_of(run / SPEND)
    with (run / SPEND).open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(fields[::-1] for fields in rows)
    written(run / SPEND, 1, "spend", "9000.0")
    found = saying(verify_run(run).findings, "at most")
    assert pointed_at(run, found) == ("spend", "9000.0")


def test_the_repeated_entry_is_pointed_at(run: Path) -> None:
    path = run / "ledger.csv"
    first = path.read_text(encoding="utf-8-sig").splitlines()[1]
    path.write_text(path.read_text(encoding="utf-8-sig") + first + "\n", encoding="utf-8-sig")
    found = saying(verify_run(run).findings, "stands twice")
    assert (found.line, pointed_at(run, found)[0]) == (2, "row")


def test_every_error_about_a_table_names_line_and_column(run: Path) -> None:
    for file, column in ((SPEND, "spend"), (PEOPLE, "arrivals"), (TARGETS, "target")):
        written(run / file, 1, column, "7.5")
    found = [f for f in verify_run(run).findings if f.severity is Severity.ERROR and f.file]
    tables = [f for f in found if f.file.endswith(".csv")]
    assert len(tables) > 8
    assert [f for f in tables if not (f.line and f.column)] == []


def test_the_screen_underlines_the_field_alone(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOCOPT_LANG", "en")
    written(run / SPEND, 2, "spend", "9000.0")
    assert command_line(["verify", str(run)]) == 6
    lines = capsys.readouterr().out.splitlines()
    column = table_of(run / SPEND)[0].index("spend") + 1
    place = f"{run.as_posix()}/{SPEND}:3:{column}: error:"
    [number] = [n for n, line in enumerate(lines) if line.startswith(place) and "at most" in line]
    shown, carets = lines[number + 1 : number + 3]
    start = shown.index("9000.0")
    assert carets.count("^") == len("9000.0")
    assert carets.index("^") == start


def test_the_unit_of_the_objective_is_audited(run: Path) -> None:
    path = run / "run.json"
    text = path.read_text(encoding="utf-8")
    assert '"counted_in": {\n    "zh": "元",\n    "en": "元"\n  }' in text
    path.write_text(text.replace('"zh": "元"', '"zh": "万元"', 1), encoding="utf-8")
    found = saying(verify_run(run).findings, "said to be counted in")
    assert (found.severity, found.file, found.path) == (Severity.ERROR, "run.json", "counted_in")
