"""Reverse stress: the smallest joint shock that breaks a line, against closed forms."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.evaluated import ratio_sections
from tests.simulated import driver, of, play
from tests.support import calendar, row
from tests.unit.test_stress import made

import allocopt as ao
from allocopt.cli import run as cli
from allocopt.plan.rundir import save_plan
from allocopt.report.breaking import break_sentences
from allocopt.report.format import NumberStyle
from allocopt.simulation.breaking import line_break
from allocopt.simulation.outcomes import Play
from allocopt.simulation.report import LineBreak
from allocopt.text import Language
from allocopt.workflow.stressing import StressOrder, stress

MONTHS = 3
ADDS, FLOOR = 50.0 * MONTHS, 10.0


def floor_of(*drivers: dict[str, object], **uncertainty: object) -> LineBreak:
    """Return what breaks the floor of 10 under 150 gross adds."""
    sections = ratio_sections() | {"calendar": calendar(MONTHS)}
    game: Play = play(sections, {"drivers": list(drivers), **uncertainty})
    line = next(one for one in game.lines if one.spec == "floor")
    return line_break(game, line)


def demand(name: str, sigma: float, **values: object) -> dict[str, object]:
    return driver(name, "base_volume", distribution=of("lognormal", mu=0.0, sigma=sigma), **values)


def test_one_driver_breaks_a_line_where_the_closed_form_says() -> None:
    found = floor_of(
        demand("d", 1.0), driver("p", "price", distribution=of("normal", mean=1, sd=0.1))
    )
    assert found.distance == pytest.approx(np.log(ADDS / FLOOR), rel=1e-6)
    assert found.broken
    assert found.lhs == pytest.approx(FLOOR, rel=1e-6)
    assert found.lhs < FLOOR
    assert found.parts[0].cause == "d"
    assert found.parts[0].share == pytest.approx(1.0)
    assert found.parts[0].deviations == pytest.approx(-found.distance)


def test_drivers_share_a_shock_by_the_square_of_what_they_do() -> None:
    found = floor_of(demand("a", 1.0), demand("b", 0.5))
    assert found.distance == pytest.approx(np.log(ADDS / FLOOR) / np.sqrt(1.25), rel=1e-6)
    assert {part.cause: part.share for part in found.parts} == {
        "a": pytest.approx(0.8, abs=1e-3),
        "b": pytest.approx(0.2, abs=1e-3),
    }


def test_a_driver_of_every_month_needs_a_larger_shock_of_its_mean() -> None:
    found = floor_of(demand("d", 1.0, each="period"))
    assert found.distance == pytest.approx(np.sqrt(MONTHS) * np.log(ADDS / FLOOR), rel=1e-6)


def test_a_common_factor_has_the_share_of_its_weight() -> None:
    factor = row("market", {"loadings": [{"driver": "d", "weight": 0.6}]})
    found = floor_of(demand("d", 1.0), common_factors=[factor])
    assert found.distance == pytest.approx(np.log(ADDS / FLOOR), rel=1e-6)
    assert {part.cause: part.share for part in found.parts} == {
        "d": pytest.approx(0.64, abs=1e-3),
        "market": pytest.approx(0.36, abs=1e-3),
    }


def test_a_line_that_no_shock_within_reach_breaks_says_so() -> None:
    found = floor_of(demand("d", 0.1))
    assert (found.distance, found.broken, found.parts) == (np.inf, False, ())


def test_numbers_that_cannot_be_break_nothing() -> None:
    found = floor_of(driver("d", "churn", distribution=of("normal", mean=1, sd=1.0)))
    assert not found.broken


def test_without_drivers_there_is_nothing_to_shock() -> None:
    event = row("e", {"probability": 0.5, "impacts": [{"target": "price", "factor": 0.9}]})
    assert not floor_of(events=[event]).broken


def test_the_report_keeps_and_tells_what_breaks_each_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = save_plan(made(tmp_path / "scenario"), tmp_path / "run")
    call = ["stress", str(run), "--max-draws", "512", "--precision", "p=0.9", "--reverse"]
    assert cli([*call, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)["breaks"]
    assert [one["line"] for one in said] == ["expense_ratio", "floor"]
    kept = ao.load_stress(run)
    assert [one.line for one in kept.breaks] == ["expense_ratio", "floor"]
    assert cli(call) == 0
    assert "no joint shock within 8 standard deviations" in capsys.readouterr().out
    assert cli([*call, "--lang", "zh"]) == 0
    assert "没有找到" in capsys.readouterr().out


def test_a_shock_is_told_in_both_languages(tmp_path: Path) -> None:
    uncertain = {"drivers": [demand("d", 1.0) | {"en": "Demand", "zh": "需求"}]}
    plan = made(tmp_path, uncertainty=uncertain)
    report = stress(plan, StressOrder(most_draws=512, reverse=True)).report
    _, english = break_sentences(plan, report, NumberStyle(Language.ENGLISH))
    _, chinese = break_sentences(plan, report, NumberStyle(Language.CHINESE))
    assert "breaks at a joint shock of 2.71 standard deviations" in english
    assert "Demand -2.71 (100 %)" in english
    assert "2.71 个标准差" in chinese
    assert "需求" in chinese
