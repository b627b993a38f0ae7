"""Scenarios without a plan: which lines and limits clash, and when only whole numbers do."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.support import calendar, problem_of, row, written

from allocopt.cli import run
from allocopt.declare.pieces import Pieces, exact_pieces, outer_pieces
from allocopt.problem import Problem
from allocopt.solving.catalog import load_formulation
from allocopt.solving.conflict import conflicting_lines
from allocopt.solving.limits import limit_named
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import no_watch
from allocopt.solving.run import Run

Printed = pytest.CaptureFixture[str]
CELL = {"id": "i", "unit": "u", "product": "p", "channel": "c", "price": 10}


def spend(more: dict[str, Any], sections: dict[str, Any]) -> dict[str, Any]:
    """Return two placements, up to 40 元 each: two accounts per 元 and one."""
    base = {"lever": "l", "upper": 40, "split_by": "equal"}
    a = base | {"curve": {"family": "linear", "rate": 2}} | more
    b = base | {"current": 20, "curve": {"family": "linear", "rate": 1}}
    return {
        "cells": [CELL],
        "levers": [row("l", {"expense": "budget"})],
        "placements": [row("a", a), row("b", b)],
        "objective": {"goals": [{"expression": "revenue"}]},
        **sections,
    }


def people(
    role: dict[str, Any], group: dict[str, Any], sections: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return five sellers and a chief over three months, with more of the sellers' role."""
    chief = {"expense": "budget", "wage": 1, "span": {"of": "seller", "at_least": 4}}
    return {
        "cells": [CELL],
        "calendar": calendar(3),
        "roles": [row("seller", {"expense": "budget", "wage": 1} | role), row("chief", chief)],
        "staff": [
            {"id": "s", "role": "seller", "unit": "u", "heads": 5} | group,
            {"id": "k", "role": "chief", "unit": "u", "heads": 1, "least": 1},
        ],
        **(sections or {}),
    }


def targets(more: dict[str, Any]) -> dict[str, Any]:
    """Return a quota of 240 accounts on two units that had 100 each last year."""
    cells = [CELL | {"last_year_volume": 100}]
    return {
        "units": [row("city"), row("u", {"parent": "city"}), row("v", {"parent": "city"})],
        "products": [row("p"), row("q")],
        "cells": [*cells, cells[0] | {"id": "j", "unit": "v", "product": "q"}],
        "calendar": calendar(4),
        "targets": [row("adds", {"measure": "gross_adds", "quota": 240} | more)],
    }


def pin(unit: str, values: dict[str, Any]) -> dict[str, Any]:
    return row(f"pin_{unit}", {"scope": {"units": [unit]}} | values)


BUDGET = row("budget", {"expression": "spend", "at_most": "30 元"})
FREE = row("free", {"expression": "spend", "at_most": "70 元"})


def volume(least: float) -> dict[str, Any]:
    return row("volume", {"expression": "gross_adds", "at_least": least})


def heads(values: dict[str, Any]) -> dict[str, Any]:
    return row("people", {"expression": 'heads(roles="seller")'} | values)


CASES: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    # 30 元 bring 60 accounts at most
    "lines": ("subsidies", spend({}, {"lines": [BUDGET, volume(80), FREE]}), {"budget", "volume"}),
    # 80 元 bring 120, and there is money enough
    "line and bounds": (
        "subsidies",
        spend({}, {"lines": [BUDGET | {"at_most": "90 元"}, volume(121)]}),
        {"volume", "placements.bounds"},
    ),
    "largest move": (
        "subsidies",
        spend({"current": 50, "largest_move": "10 %"}, {}),
        {"placements.bounds", "placements.largest_move[a]"},
    ),
    "change limits": (
        "subsidies",
        spend({"current": 50}, {"change_limits": [row("few", {"at_most": 0})]}),
        {"placements.bounds", "change_limits[a]"},
    ),
    "span": (
        "headcount",
        people({}, {"most": 3}),
        {"staff.heads[s]", "staff.heads[k]", "roles.span[k]"},
    ),
    "hiring": (
        "headcount",
        people({"max_hires": 1}, {"least": 10}),
        {"staff.heads[s]", "roles.hiring[seller]"},
    ),
    "lead time": (
        "headcount",
        people({"lead_time": 2}, {"least": 6}),
        {"staff.heads[s]", "roles.hiring[s]"},
    ),
    "attrition": (
        "headcount",
        people({"lead_time": 3, "attrition": "20 %"}, {"least": 5}),
        {"staff.heads[s]", "roles.hiring[s]", "roles.attrition[s]"},
    ),
    "nobody is let go": (
        "headcount",
        people({"can_release": False}, {"most": 4}),
        {"staff.heads[s]", "roles.can_release[s]", "roles.attrition[s]"},
    ),
    "line and heads": (
        "headcount",
        people({}, {"most": 10}, {"lines": [heads({"at_least": 20})]}),
        {"people", "staff.heads[s]"},
    ),
    # 120 a unit is the most that 20 % growth allows
    "growth": (
        "targets",
        targets({"max_growth": "20 %", "pins": [pin("u", {"at_least": 121})]}),
        {"targets.pins[pin_u]", "targets.max_growth[adds:u:p]"},
    ),
    # both months together are half the year by the even profile
    "cumulative": (
        "targets",
        targets(
            {"cumulative": [{"period": 2, "share": "60 %"}], "pins": [pin("u", {"at_least": 5})]}
        ),
        {
            "targets.pins[pin_u]",
            "targets.profile[adds:u:p]",
            "targets.cumulative[adds:u:p]",
        },
    ),
    # pins of different periods are not added up when the scenario is read
    "quota": (
        "targets",
        targets(
            {"pins": [pin("u", {"at_least": 130}), pin("v", {"at_least": 30, "periods": [1]})]}
        ),
        {
            "targets.quota",
            "targets.pins[pin_u]",
            "targets.pins[pin_v]",
            "targets.profile[adds:v:q]",
        },
    ),
}


def told(
    folder: Path, model: str, sections: dict[str, Any], capsys: Printed, *more: str
) -> tuple[str, dict[str, Any]]:
    """Return what ``solve`` says to a reader, and its ``--json``; without ways out."""
    written(sections, folder)
    call = ["solve", str(folder), "--model", model, "--no-repairs", *more]
    assert run(call) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert run([*call, "--json"]) == 3
    error: dict[str, Any] = json.loads(capsys.readouterr().out)["error"]
    return err, error


@pytest.mark.parametrize("case", CASES)
def test_what_clashes_is_named(case: str, tmp_path: Path, capsys: Printed) -> None:
    model, sections, names = CASES[case]
    err, error = told(tmp_path, model, sections, capsys, "--lang", "en")
    assert error["exit_code"] == 3
    found = {one["name"] for one in error["conflict"]}
    assert {name.partition("[")[0] for name in found} == {n.partition("[")[0] for n in names}
    # where it bites is left to the solver if there is a choice
    assert found <= names
    for one in error["conflict"]:
        # a limit's bounds are the scenario's rows, a line's stand beside its sentence
        assert (one["bound"] is None) is (limit_named(one["name"]) is not None)
        beside = f" (in force: {one['bound']})" if one["bound"] else ""
        assert f"  {one['name']}  {one['sentence']}{beside}" in err.splitlines()
        assert "." not in one["name"] or one["sentence"]
    assert "loosen one of them" in error["hint"]


def test_limits_alone_are_not_said_to_be_lines(tmp_path: Path, capsys: Printed) -> None:
    model, sections, _ = CASES["hiring"]
    err, error = told(tmp_path, model, sections | {"lines": [FREE]}, capsys, "--lang", "en")
    assert error["message"] == (
        "no plan keeps every limit, whatever the lines; in conflict: "
        "least and largest heads (s), hiring limits and lead times of roles (seller)"
    )
    assert "price" not in error["hint"]
    assert error["message"] in err


def test_in_chinese(tmp_path: Path, capsys: Printed) -> None:
    model, sections, _ = CASES["hiring"]
    err, error = told(tmp_path, model, sections, capsys, "--lang", "zh")
    assert "人数上下限" in err
    assert {one["name"]: one["sentence"] for one in error["conflict"]} == {
        "staff.heads[s]": "人数上下限",
        "roles.hiring[seller]": "岗位的招聘上限和到岗周期",
    }


WHOLE: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    "people": ("headcount", people({}, {}, {"lines": [heads({"equals": 5.5})]}), {"people"}),
    "minimum spend": (
        "subsidies",
        spend(
            {"minimum": 20},
            {"lines": [row("five", {"expression": 'spend(placements="a")', "equals": "5 元"})]},
        ),
        {"five", "placements.minimum[a]"},
    ),
}


@pytest.mark.parametrize("case", WHOLE)
def test_whole_numbers_alone_are_to_blame(case: str, tmp_path: Path, capsys: Printed) -> None:
    model, sections, _ = WHOLE[case]
    err, error = told(tmp_path, model, sections, capsys, "--lang", "en")
    assert "no plan keeps every limit in whole numbers" in error["message"]
    assert "no plan keeps every limit in whole numbers" in err
    assert "clash" not in error["message"]


@pytest.mark.parametrize("case", WHOLE)
def test_what_clashes_in_whole_numbers(case: str) -> None:
    model, sections, names = WHOLE[case]
    problem, formulation = problem_of(sections), load_formulation(model)

    def named(*, whole: bool) -> set[str]:
        search = Run(problem, formulation, SolveOptions(threads=1, time_limit=30), no_watch)
        return set(conflicting_lines(search, _pieces(problem, model), whole=whole))

    assert named(whole=False) == set()
    assert named(whole=True) == names


def _pieces(problem: Problem, model: str) -> Pieces:
    if model == "subsidies":
        return outer_pieces(problem.placements, points=6)
    return exact_pieces(problem.placements, problem.placements.current)


def test_a_limit_on_nothing(tmp_path: Path, capsys: Printed) -> None:
    """Unit u does not sell q: a floor there is a row without variables."""
    scope = {"scope": {"units": ["u"], "products": ["q"]}}
    sections = targets({"pins": [pin("u", scope | {"at_least": 1})]})
    err, error = told(tmp_path, "targets", sections, capsys, "--lang", "en")
    assert [one["name"] for one in error["conflict"]] == ["targets.pins"]
    assert "cannot hold whatever is decided; it belongs to pins and bounds of targets" in err


def test_what_the_clash_does_not_need_is_left_out(tmp_path: Path, capsys: Printed) -> None:
    """80 accounts need 40 元, 20 of them on a: each limit alone clashes with the floor."""
    lines = [
        row("volume", {"expression": "gross_adds", "at_least": 80}),
        row("budget", {"expression": "spend", "at_most": "30 元"}),
        row("on_a", {"expression": 'spend(placements="a")', "at_most": "10 元"}),
    ]
    _, error = told(tmp_path, "subsidies", spend({}, {"lines": lines}), capsys, "--lang", "en")
    named = {one["name"] for one in error["conflict"]}
    assert named in ({"volume", "budget"}, {"volume", "on_a"})
