"""Lines that no decision of a model moves: search, plan and audit agree on which they are."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.evaluated import loaded, plan_of
from tests.scenarios import random_sections
from tests.support import problem_of, row, written

from allocopt.audit import verify_plan
from allocopt.cli import run
from allocopt.declare.pieces import Pieces, exact_pieces, outer_pieces
from allocopt.findings import Severity
from allocopt.measures.influence import outside_lines
from allocopt.problem import Problem, build_problem
from allocopt.solving.catalog import load_formulation
from allocopt.workflow.inputs import load

Printed = pytest.CaptureFixture[str]

# One lever, one role, a rent. Each line depends on what its comment says.
LINES = [
    row("rent", {"expression": 'expense(expenses="rent")', "at_most": "40 元"}),  # nothing
    row("heads", {"expression": "heads", "at_least": 3}),  # people
    row("wages", {"expression": 'expense(expenses="people")', "at_most": "500 元"}),  # people
    row("spend", {"expression": "spend", "at_most": "60 元"}),  # spend
    row("volume", {"expression": "gross_adds", "at_least": 5}),  # spend, and people who serve
    row("cost", {"expression": "expense", "at_most": "900 元"}),  # spend and people
    row("quota", {"expression": "target", "at_least": 0}),  # targets
]
SECTIONS: dict[str, Any] = {
    "cells": [{"id": "i", "unit": "u", "product": "p", "channel": "c", "base_volume": 10,
               "price": 20, "opening_customers": 100, "churn": 0.02, "arpu": 1}],
    "expenses": [row("media"), row("people"), row("rent")],
    "charges": [row("rent", {"expense": "rent", "kind": "fixed", "amount": 50})],
    "levers": [row("media", {"expense": "media"})],
    "placements": [row("a", {"lever": "media", "upper": 100, "current": 20,
                             "curve": {"family": "linear", "rate": 0.2}})],
    "roles": [row("seller", {"expense": "people", "wage": 100, "productivity": 50})],
    "staff": [{"id": "sellers", "role": "seller", "unit": "u", "heads": 2, "most": 9}],
    "targets": [row("adds", {"measure": "gross_adds", "quota": 10})],
    "lines": LINES,
}  # fmt: skip
MODELS = ("subsidies", "headcount", "joint")
DECIDES = {
    "subsidies": ("spend",),
    "headcount": ("people",),
    "joint": ("spend", "people", "targets"),
}


def first_pieces(problem: Problem, model: str) -> Pieces:
    placements = problem.placements
    if "spend" in DECIDES[model]:
        return outer_pieces(placements, points=4)
    return exact_pieces(placements, placements.current)


def left_out(problem: Problem, model: str) -> set[str]:
    """Return the lines that the model itself finds no variable in."""
    formulation = load_formulation(model)
    assert formulation.decides == DECIDES[model]
    return set(formulation.build(problem, first_pieces(problem, model)).allocopt_outside)


@pytest.mark.parametrize(
    ("decides", "outside"),
    [
        (("spend",), {"rent", "heads", "wages", "quota"}),
        (("people",), {"rent", "spend", "quota"}),
        (("targets",), {"rent", "heads", "wages", "spend", "volume", "cost"}),
        (DECIDES["joint"], {"rent"}),
        ((), {"rent", "heads", "wages", "spend", "volume", "cost", "quota"}),
    ],
)
def test_what_each_kind_of_decision_moves(decides: tuple[str, ...], outside: set[str]) -> None:
    assert set(outside_lines(problem_of(SECTIONS), decides)) == outside


def test_spend_without_room_and_lines_for_the_record_do_not_count() -> None:
    fixed = {**SECTIONS["placements"][0], "lower": 20, "upper": 20}
    report = {**LINES[0], "kind": "report"}
    idle = [row("seller", {"expense": "people", "wage": 100})]
    lines = [report, *LINES[1:]]
    problem = problem_of(SECTIONS | {"placements": [fixed], "roles": idle, "lines": lines})
    found = outside_lines(problem, ("spend",))
    assert found == ("heads", "wages", "spend", "volume", "cost", "quota")


@pytest.mark.parametrize("model", MODELS)
def test_the_model_leaves_out_the_same_lines(model: str) -> None:
    problem = problem_of(SECTIONS)
    assert left_out(problem, model) == set(outside_lines(problem, DECIDES[model]))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seed", range(5))
def test_the_model_leaves_out_the_same_lines_at_random(model: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    wide = [{**line, "per": "grid", "when": "each"} for line in LINES[3:6]]
    extra = [row("saved", {"expression": "saved", "at_least": 1}),
             row("base", {"expression": "base_customers / market_customers", "at_least": "1 %"}),
             row("market", {"expression": "market_gross_adds", "at_least": 1})]  # fmt: skip
    sections = random_sections(rng, families=("hill", "power", "table", "linear"))
    problem = problem_of(sections | {"lines": [LINES[1], *wide, *extra]})
    if model == "headcount":  # what is saved follows from spend as it is, but up to a limit
        problem = problem_of(sections | {"lines": [LINES[1], *wide, extra[2]]})
    found = outside_lines(problem, DECIDES[model])
    assert left_out(problem, model) == set(found)
    assert "market" in found


@pytest.mark.parametrize(
    ("scenario", "model"),
    [("media_mix", "subsidies"), ("media_mix", "joint")]
    + [("noodle_fmcg", model) for model in MODELS],
)
def test_the_model_leaves_out_the_same_lines_of_bundled_scenarios(
    scenario: str, model: str
) -> None:
    problem = build_problem(load(scenario).data)
    assert left_out(problem, model) == set(outside_lines(problem, DECIDES[model]))


def hint_of(sections: dict[str, Any], folder: Path, *, decides: tuple[str, ...]) -> dict[str, str]:
    plan = plan_of(loaded(sections, folder), decides=decides)
    found = verify_plan(plan).findings
    assert {f.path.split(".")[1] for f in found if f.severity is Severity.WARNING} == {
        result.line.name for result in plan.missed_outside
    }
    assert {f.path.split(".")[1] for f in found if f.severity is Severity.ERROR} == {
        result.line.name for result in plan.broken
    }
    return {f.path: str(f.hint) for f in found if f.severity is Severity.WARNING}


def test_the_hint_names_a_model_that_can_move_the_line_or_says_that_none_can(
    tmp_path: Path,
) -> None:
    sections = {name: values for name, values in SECTIONS.items() if name != "targets"}
    sections["lines"] = LINES[:-1]
    hints = hint_of(sections, tmp_path / "a", decides=("spend",))
    assert set(hints) == {"lines.rent", "lines.heads"}
    assert hints["lines.heads"].endswith("solve with the model joint to plan for it")
    assert "no decision changes" in hints["lines.rent"]
    assert "joint" not in hints["lines.rent"]
    del sections["levers"], sections["placements"]
    hints = hint_of(sections, tmp_path / "b", decides=("targets",))
    assert hints["lines.heads"].endswith("solve with the model headcount to plan for it")


def test_the_plan_that_fails_through_no_fault_of_its_own(tmp_path: Path) -> None:
    plan = plan_of(loaded(SECTIONS, tmp_path), decides=("spend",))
    assert [result.line.name for result in plan.missed_outside] == ["rent", "heads"]
    assert plan.broken == ()
    plan = plan_of(loaded(SECTIONS, tmp_path), decides=("people",))
    assert [result.line.name for result in plan.missed_outside] == ["rent"]
    assert [result.line.name for result in plan.broken] == ["heads"]


@pytest.mark.parametrize("model", ["targets", "subsidies", "headcount", "joint"])
def test_solve_and_verify_end_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed, model: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALLOCOPT_LANG", "en")
    written(SECTIONS, tmp_path)
    assert run(["solve", ".", "--model", model, "--out", "run", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    lines = {line["name"]: line for line in found["lines"]}
    assert (lines["rent"]["met"], lines["rent"]["outside"]) == (False, True)
    assert lines["heads"]["outside"] is (model in ("targets", "subsidies"))
    remarks = {(one["path"], one["severity"]) for one in found["remarks"]}
    assert ("lines.rent", "warning") in remarks
    assert run(["verify", "run"]) == 0
    said = capsys.readouterr().out
    assert "warning: rent: 50 元 > 40 元" in said
    assert "it depends on numbers that no decision changes" in said


def test_the_summary_says_so_before_everything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    monkeypatch.chdir(tmp_path)
    written(SECTIONS, tmp_path)
    assert run(["solve", ".", "--model", "subsidies", "--out", "run", "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "HARD LINES MISSED THAT THIS MODEL CANNOT MOVE: 2" in said
    assert "BREAKS HARD LINES" not in said
    assert "warning: line heads is missed, and no decision of this model moves it" in said
