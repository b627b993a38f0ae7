"""``ao.consistency`` and ``allocopt kpi``: ranges of lines, and what is said."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.scenarios import random_decisions, random_sections
from tests.support import row, written

import allocopt as ao
from allocopt.cli import run
from allocopt.errors import UsageError
from allocopt.measures.lines import compile_lines, judge_line
from allocopt.measures.numbers import evaluate
from allocopt.problem import build_problem
from allocopt.report.kpi_figure import KpiBar, kpi_figure
from allocopt.solving.kpi import Interval, Standing
from allocopt.text import Bilingual

Printed = pytest.CaptureFixture[str]


def line(name: str, expression: str, **rest: object) -> dict[str, object]:
    return row(name, {"expression": expression, **rest})


def tied(folder: Path, lines: list[dict[str, object]]) -> Path:
    """Write a case by hand: spend of 0 to 10 元 brings 2 accounts each, on top of 100."""
    sections = {
        "cells": [{"id": "i", "unit": "u", "product": "p", "channel": "c", "base_volume": 100}],
        "levers": [row("l", {"expense": "budget"})],
        "placements": [
            row(
                "a",
                {"lever": "l", "split_by": "equal", "upper": 10}
                | {"curve": {"family": "linear", "rate": 2}},
            )
        ],
        "lines": lines,
    }
    return written(sections, folder)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_decisions_lie_within_the_ranges(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    sections = random_sections(rng, families=("hill", "power")) | {
        "lines": [
            line("spend", "spend", at_most="90 万元", kind="report"),
            line("volume", "gross_adds", at_least=1, kind="report"),
            line("profit", "contribution", at_least="1 元", kind="report"),
            line("ratio", "spend / revenue", at_most=0.5, kind="report"),
        ]
    }
    scenario = ao.load_scenario(str(written(sections, tmp_path)))
    found = ao.consistency(scenario)
    problem = build_problem(scenario.data)
    lines = compile_lines(problem)
    spread = {one.name: list[float]() for one in lines}
    for _ in range(60):
        measures = evaluate(problem, random_decisions(rng, problem))
        for one in lines:
            spread[one.name].append(judge_line(problem, one, measures).lhs)
    assert [row.line.name for row in found.rows] == [one.name for one in lines]
    for told in found.rows:
        values = spread[told.line.name]
        room = 1e-6 * max(map(abs, values))
        assert told.range.low - room <= min(values) < max(values) <= told.range.high + room
        assert np.isfinite([told.range.low, told.range.high]).all()


def test_command_by_hand(tmp_path: Path, capsys: Printed) -> None:
    lines = [
        line("spend", "spend", at_most="4 元"),
        line("adds", "gross_adds", at_least=120),
        line("many", "gross_adds", at_least=50),
    ]
    file = str(tied(tmp_path, lines).parent)
    # 120 gross adds ask for 10 元 of spend, 4 元 bring 108: they cannot hold together
    assert run(["kpi", file, "--json"]) == 3
    told = {one["name"]: one for one in json.loads(capsys.readouterr().out)["lines"]}
    assert told["adds"]["high"] == pytest.approx(108)
    assert (told["adds"]["standing"], told["adds"]["off"]) == ("conflict", pytest.approx(12))
    assert told["spend"]["low"] == pytest.approx(10)
    assert told["many"]["standing"] == "impossible"
    assert run(["--lang", "zh", "kpi", file]) == 3
    assert "这些" in capsys.readouterr().out
    assert run(["kpi", file, "--line", "addz"]) == 1
    assert "did you mean adds?" in capsys.readouterr().err


def test_a_line_no_decision_moves_is_no_conflict(tmp_path: Path, capsys: Printed) -> None:
    scenario = ao.load_scenario(tied(tmp_path, [line("heads", "heads", at_least=3)]))
    found = ao.consistency(scenario)
    assert [(row.standing, row.off) for row in found.rows] == [(Standing.FIXED, 3.0)]
    assert not found.feasible
    assert run(["kpi", str(tmp_path)]) == 3
    assert "no decision moves it" in capsys.readouterr().out


def test_unknown_lines_are_refused(tmp_path: Path) -> None:
    scenario = ao.load_scenario(tied(tmp_path, [line("spend", "spend", at_most="4 元")]))
    with pytest.raises(UsageError, match="did you mean spend"):
        ao.consistency(scenario, ["spent"])


def test_figure_marks_what_it_cannot_show() -> None:
    def bar(name: str, bound: float, low: float, high: float) -> KpiBar:
        return KpiBar(Bilingual(name, name), name, bound, Interval(low, high), 1.0)

    axes = kpi_figure([bar("in", 1.0, 0.5, 1.5), bar("out", 1.0, -1.0, 3.0)]).axes[0]
    marks = [one.get_marker() for one in axes.lines]
    assert (marks.count("<"), marks.count(">"), marks.count("D")) == (1, 1, 2)
    axes = kpi_figure([bar("in", 1.0, 0.5, 1.5), bar("zero", 0.0, 0.0, 1.0)]).axes[0]
    assert len(axes.get_yticklabels()) == 1
    assert "not drawn: zero" in axes.get_xlabel()
    assert "bar: possible range" in axes.get_xlabel()
    with pytest.raises(ValueError, match="no line"):
        kpi_figure([bar("zero", 0.0, 0.0, 1.0)])
