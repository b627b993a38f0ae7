"""Ways out of infeasible scenarios: amounts solved by hand, and a full solve of each."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.support import calendar, row, written
from tests.unit.test_conflict import CASES, WHOLE, spend

import allocopt as ao
from allocopt.cli import run
from allocopt.errors import InfeasibleError
from allocopt.waysout import WayOut

Printed = pytest.CaptureFixture[str]
ALL = {**CASES, **WHOLE}


def ways_of(folder: Path, model: str, sections: dict[str, Any]) -> InfeasibleError:
    """Return the error of a solve, after every way out was tried by a solve of its own."""
    written(sections, folder)
    with pytest.raises(InfeasibleError) as caught:
        ao.solve(ao.load_scenario(folder), model, time_limit=60)
    for way in caught.value.ways_out:
        plan = ao.solve(ao.load_scenario(folder, overrides=way.overrides), model, gap=0.1)
        assert not plan.broken
        assert not [found for found in ao.verify(plan) if str(found.severity) == "error"]
    return caught.value


def said(way: WayOut) -> tuple[str, ...]:
    return tuple(text.partition(".")[2] for text in way.overrides)


BY_HAND: dict[str, set[tuple[str, ...]]] = {
    # 30 元 bring 60 accounts; 80 need 40 元; half way, 35 元 bring 70
    "lines": {
        ("volume.at_least=60",),
        ("budget.at_most=40 元",),
        ("budget.at_most=35 元", "volume.at_least=70"),
    },
    # five people, one more in each month from the first on; ten from the first month on
    "hiring": {
        ("s.least=6",),
        ("seller.max_hires=5",),
        ("seller.max_hires=3", "s.least=8"),
    },
    # 50 元 today, at most 10 % less, but 40 元 at most
    "change limits": {("a.upper=50 元", "b.upper=50 元"), ("few.at_most=1",)},
    # 100 accounts last year: 121 are 21 % more
    "growth": {
        ("adds.pins.pin_u.at_least=120",),
        ("adds.max_growth=21 %",),
        ("adds.pins.pin_u.at_least=120.5", "adds.max_growth=20.5 %"),
    },
    "quota": {
        ("adds.quota=250",),
        ("adds.pins.pin_u.at_least=120",),
        # a quarter of v's year: 110 accounts
        ("adds.pins.pin_v.at_least=27.5",),
    },
    # an equality must be met exactly: the next whole numbers, and no rounding outward
    "people": {("people.equals=5",), ("people.equals=6",)},
    "minimum spend": {("a.minimum=5 元",), ("five.equals=0 元",), ("five.equals=20 元",)},
}


@pytest.mark.parametrize("case", BY_HAND)
def test_smallest_amounts_by_hand(case: str, tmp_path: Path) -> None:
    model, sections, _ = ALL[case]
    error = ways_of(tmp_path, model, sections)
    assert {said(way) for way in error.ways_out} == BY_HAND[case]
    assert all(way.enlarged == 1.0 for way in error.ways_out)
    assert not error.dropped
    assert not error.cut_short


def ratio() -> dict[str, Any]:
    """Return 40 元 at most that bring 2 accounts of 10 元 each: spend is 5 % of revenue."""
    lines = [
        row("share", {"expression": "spend / revenue", "at_most": "4 %", "en": "Spend share"}),
        row("floor", {"expression": "revenue", "at_least": "400 元", "en": "Revenue floor"}),
    ]
    return spend({}, {"lines": lines})


def test_a_ratio_moves_in_percentage_points(tmp_path: Path, capsys: Printed) -> None:
    error = ways_of(tmp_path, "subsidies", ratio())
    sentences = [str(change.sentence) for way in error.ways_out for change in way.changes]
    assert "raise Spend share from 4 % to 5 % (by 1 percentage points)" in sentences
    assert "lower Revenue floor from 400 to 0 元" in sentences
    assert run(["solve", str(tmp_path), "--model", "subsidies", "--lang", "zh"]) == 3
    told = capsys.readouterr().err
    assert "把Spend share从 4 % 提高到 5 %（提高 1 个百分点）" in told
    assert "--set 'lines.share.at_most=5 %'" in told


def test_json_has_them_and_nothing_is_written(tmp_path: Path, capsys: Printed) -> None:
    model, sections, _ = CASES["lines"]
    written(sections, tmp_path)
    out = tmp_path / "run"
    call = ["solve", str(tmp_path), "--model", model, "--json", "--out", str(out)]
    assert run(call) == 3
    record = json.loads(capsys.readouterr().out)["error"]
    first = record["ways_out"][0]
    assert first["overrides"] == ["lines.volume.at_least=60"]
    assert first["changes"][0]["sentence"] == "lower volume from 80 to 60 accounts"
    assert first["changes"][0]["least_change"] == pytest.approx(20)
    assert first["verified"]
    assert not out.exists()
    assert run([*call, "--no-repairs"]) == 3
    assert "ways_out" not in json.loads(capsys.readouterr().out)["error"]


def test_without_time_they_are_said_to_be_cut_short(tmp_path: Path) -> None:
    model, sections, _ = CASES["lines"]
    written(sections, tmp_path)
    with pytest.raises(InfeasibleError) as caught:
        ao.solve(ao.load_scenario(tmp_path), model, time_limit=1e-3)
    assert caught.value.conflict
    assert caught.value.cut_short
    assert not caught.value.ways_out


def test_a_norm_is_lowered_where_it_is_stated(tmp_path: Path) -> None:
    sections = {
        "units": [row("u", {"category": "urban"})],
        "cells": [{"id": "i", "unit": "u", "product": "p", "channel": "c"}],
        "calendar": calendar(2),
        "roles": [
            row("seller", {"expense": "budget", "wage": 1, "max_hires": 1, "norm": {"urban": 9}})
        ],
        "staff": [{"id": "s", "role": "seller", "unit": "u", "heads": 5}],
    }
    error = ways_of(tmp_path, "headcount", sections)
    # the first period comes first: five people, and one who is hired
    assert {said(way) for way in error.ways_out} >= {
        ("seller.norm.urban=6",),
        ("seller.max_hires=4",),
    }


@pytest.mark.parametrize("case", BY_HAND)
def test_as_in_a_large_model(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole numbers relaxed, and the plan made near the relaxed point: every way holds."""
    monkeypatch.setattr("allocopt.solving.repairs._FEW_COLUMNS", 0)
    model, sections, _ = ALL[case]
    error = ways_of(tmp_path, model, sections)
    assert error.ways_out or case in ("people", "minimum spend", "change limits")
    for way in error.ways_out:
        assert way.enlarged >= 1.0 - 1e-9


def test_a_way_that_contains_another_is_left_out(tmp_path: Path) -> None:
    model, sections, _ = ALL["lines"]
    ways = ways_of(tmp_path, model, sections).ways_out
    changed = [{(c.path, c.after > c.before) for c in way.changes} for way in ways]
    assert len(changed) == len({frozenset(one) for one in changed})
    least = {
        c.path: abs(c.after - c.before)
        for way in ways
        if len(way.changes) == 1
        for c in way.changes
    }
    both = next(way for way in ways if len(way.changes) == 2)
    assert all(abs(c.after - c.before) < least[c.path] for c in both.changes)
