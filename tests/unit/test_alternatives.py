"""Alternatives: far from the plan and one another, worth nearly as much, and kept lines."""

from pathlib import Path

import numpy as np
import pytest
from tests.support import cell, row, written

import allocopt as ao
from allocopt.cli import run
from allocopt.errors import UsageError
from allocopt.findings import has_errors

Printed = pytest.CaptureFixture[str]


def scenario(folder: Path, curves: dict[str, dict[str, object]]) -> ao.Scenario:
    """Return placements of up to 6 万元 each under a budget of 6; an account brings 10 元."""
    return ao.load_scenario(
        written(
            {
                "title": {"zh": "小例子", "en": "Tiny"},
                "cells": [cell("i", {"price": "10 元"})],
                "levers": [row("l", {"expense": "budget"})],
                "placements": [
                    row(name, {"lever": "l", "curve": curve, "upper": 6, "split_by": "equal"})
                    for name, curve in curves.items()
                ],
                "lines": [
                    row("cap", {"expression": "spend", "at_most": "6 万元"}),
                    row("share", {"expression": "gross_adds", "at_least": 1000}),
                ],
                "objective": {"goals": [{"expression": "revenue"}]},
            },
            folder,
            money_unit="万元",
        )
    )


def root(scale: float) -> dict[str, object]:
    """Return the curve ``scale * sqrt(effort)``, effort in 万元."""
    return {"family": "square_root", "scale": scale, "offset": 0}


LINE = {"family": "linear", "rate": 100_000}


def test_money_moves_as_a_whole_between_equals(tmp_path: Path) -> None:
    """Two straight curves alike: of x and 6 - x the farther end is 2 max(x, 6 - x) away."""
    plan = ao.solve(scenario(tmp_path, {"a": LINE, "b": LINE}), "subsidies", gap=1e-6)
    found = ao.alternatives(plan, 1).found
    spend = plan.decisions.spend.sum(axis=1)
    assert found[0].distance == pytest.approx(2 * spend.max(), rel=1e-2)
    assert found[0].loss <= 0.01
    assert {change.id for change in found[0].changes} == {"a", "b"}
    assert len(found[0].more) == len(found[0].less) == 1


def test_no_farther_plan_is_within_reach(tmp_path: Path) -> None:
    """On 200 000 sqrt(x) + 100 000 sqrt(y) the farthest plan is found on a grid, too."""
    plan = ao.solve(scenario(tmp_path, {"a": root(2e5), "b": root(1e5)}), "subsidies", gap=1e-6)
    found = ao.alternatives(plan, 1, within=0.02).found[0]
    x, y = np.meshgrid(np.linspace(0, 6, 1201), np.linspace(0, 6, 1201))
    value = 10 * (2e5 * np.sqrt(x) + 1e5 * np.sqrt(y))
    kept = (x + y <= 6) & (value >= 0.98 * plan.objective)
    before = plan.decisions.spend.sum(axis=1) / 1e4
    apart = np.where(kept, np.abs(x - before[0]) + np.abs(y - before[1]), 0.0)
    assert 0.95 * apart.max() <= found.distance / 1e4 <= 1.01 * apart.max()
    assert found.loss <= 0.02


def test_all_of_them_differ_and_pass_the_audit(tmp_path: Path) -> None:
    curves = {"a": root(2e5), "b": root(2e5), "c": root(1e5), "d": LINE}
    plan = ao.solve(scenario(tmp_path, curves), "subsidies", gap=1e-6)
    found = ao.alternatives(plan, 3, within=0.01)
    assert len(found.found) == 3
    places = [plan.decisions.spend.sum(axis=1)]
    for one in found.found:
        assert one.plan.objective >= 0.99 * plan.objective
        assert not has_errors(ao.verify(one.plan))
        assert not one.plan.broken
        place = one.plan.decisions.spend.sum(axis=1)
        assert one.nearest == pytest.approx(
            min(float(np.abs(place - other).sum()) for other in places)
        )
        assert one.nearest > 2_000
        places.append(place)
    assert list(found.tables["alternatives"]["alternative"]) == [1, 2, 3]
    assert found.tables["changes"]["difference"].abs().gt(0).all()


def test_the_command_says_who_gets_more(tmp_path: Path, capsys: Printed) -> None:
    out = tmp_path / "run"
    scenario(tmp_path, {"a": root(2e5), "b": root(1e5)})
    call = ["solve", str(tmp_path / "scenario.yaml"), "--model", "subsidies", "--gap", "1e-6"]
    assert run([*call, "--out", str(out)]) == 0
    kept = tmp_path / "others"
    capsys.readouterr()
    asked = ["explain", str(out), "--alternatives", "1", "--within", "1 %"]
    assert run([*asked, "--out", str(kept)]) == 0
    assert "alternative 1: more for" in capsys.readouterr().out
    assert run(["verify", str(kept / "alternative-1")]) == 0
    assert run([*asked, "--lang", "zh"]) == 0
    assert "备选方案 1：增加" in capsys.readouterr().out
    assert run([*asked, "--out", str(kept)]) == 1
    assert run(["explain", str(out), "--alternatives", "1", "--within", "5"]) == 1
    assert "write a share" in capsys.readouterr().err


def test_a_model_of_targets_has_none() -> None:
    small = Path(__file__).parents[1] / "data" / "small"
    plan = ao.solve(ao.load_scenario(small), "targets")
    with pytest.raises(UsageError, match="targets alone"):
        ao.alternatives(plan)


@pytest.mark.slow
def test_people_change_in_whole_heads() -> None:
    small = Path(__file__).parents[1] / "data" / "small"
    plan = ao.solve(ao.load_scenario(small), "headcount", gap=0.05)
    found = ao.alternatives(plan, 1, within=0.01, time_limit=60)
    assert len(found.found) == 1
    one = found.found[0]
    heads = one.plan.measures["heads"]
    assert (heads == heads.round()).all()
    assert one.loss <= 0.01
    assert one.distance > 0.5
    assert not one.plan.broken
