"""Stress tests of saved plans: what is stored, what is said, what is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex
from tests.evaluated import loaded, plan_of, ratio_sections
from tests.simulated import driver, of
from tests.support import calendar, row

import allocopt as ao
from allocopt.cli import run as cli
from allocopt.errors import RunError, ScenarioError, UsageError
from allocopt.plan.plan import Plan
from allocopt.plan.rundir import save_plan
from allocopt.report.format import NumberStyle
from allocopt.report.futures import story
from allocopt.report.stress_figure import fan_figure, outlook_figure, tornado_figure
from allocopt.text import Language
from allocopt.workflow.stressing import StressOrder, stress, worst_futures

UNCERTAIN: dict[str, Any] = {
    "drivers": [
        driver("price", "price", each="period", distribution=of("lognormal", spread=0.2)),
        driver("demand", "base_volume", distribution=of("lognormal", spread=0.1)),
    ],
    "events": [
        row("rival", {"en": "Rival promotion", "zh": "异网促销", "probability": 0.2, "lasts": 1,
                      "impacts": [{"target": "price", "factor": 0.9}]})
    ],
    "stresses": [row("war", {"impacts": [{"target": "price", "factor": 0.5}]})],
}  # fmt: skip


def made(folder: Path, **sections: object) -> Plan:
    uncertain = {"calendar": calendar(3), "uncertainty": UNCERTAIN, **sections}
    return plan_of(loaded(ratio_sections() | uncertain, folder))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return save_plan(made(tmp_path / "scenario"), tmp_path / "run")


def test_a_report_is_read_back_as_it_was(run: Path) -> None:
    report = ao.stress(run, seed=3, max_draws=8192)
    assert ao.load_stress(run) == report
    assert not list(run.glob(".*"))
    assert [line.name for line in report.lines] == ["expense_ratio", "floor"]
    assert {row.period for row in report.fan} == {"2016-01", "2016-02", "2016-03"}


def test_the_audit_does_not_mind_the_report(run: Path) -> None:
    ao.stress(run, max_draws=8192)
    assert not [one for one in ao.verify(run) if one.severity == "error"]


def test_other_decisions_have_no_report(run: Path) -> None:
    ao.stress(run, max_draws=8192)
    spend = run / "decisions" / "spend.csv"
    before = spend.read_text()
    spend.write_text(before.replace("1000.0", "999.0"))
    assert spend.read_text() != before
    with pytest.raises(RunError, match="of other decisions"):
        ao.load_stress(run)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"allocopt stress"', '"allocopt plan"', "not of this version"),
        ('"draws": 8192', '"draws": "many"', "draws is"),
        ('"p_met": ', '"p_wet": ', "p_met is missing"),
        ('"first": 0', '"first": 7', "was expected"),
        ("{", "(", "no JSON"),
    ],
)
def test_a_spoiled_report_is_an_error_that_says_where(
    run: Path, old: str, new: str, message: str
) -> None:
    ao.stress(run, max_draws=8192)
    file = run / "stress.json"
    file.write_text(file.read_text().replace(old, new, 1))
    with pytest.raises(RunError, match=message):
        ao.load_stress(run)


def test_a_run_without_report(run: Path) -> None:
    with pytest.raises(RunError):
        ao.load_stress(run)


def test_a_plan_made_for_another_scenario(run: Path, tmp_path: Path) -> None:
    same = loaded(
        ratio_sections() | {"calendar": calendar(3), "uncertainty": UNCERTAIN}, tmp_path / "b"
    )
    assert ao.stress(run, scenario=same, max_draws=8192).draws == 8192
    other = loaded(ratio_sections() | {"calendar": calendar(4)}, tmp_path / "c")
    with pytest.raises(ScenarioError, match="another scenario: calendar of ratio"):
        ao.stress(run, scenario=other)


def test_a_scenario_that_says_nothing_about_uncertainty(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing about uncertainty"):
        ao.stress(made(tmp_path, uncertainty={}))


@pytest.mark.parametrize("precision", [{"p": 0.1}, {"p_met": 0.0}, {"mean": 2.0}])
def test_precision_that_cannot_be_meant(tmp_path: Path, precision: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="precision"):
        ao.stress(made(tmp_path), precision=precision)


def test_the_section_changes_no_plan(tmp_path: Path) -> None:
    with_section = made(tmp_path / "a")
    without = made(tmp_path / "b", uncertainty={})
    assert with_section.objective == without.objective
    assert all(
        np.array_equal(values, without.measures[name], equal_nan=True)
        for name, values in with_section.measures.items()
    )


def test_a_named_stress_is_one_future_in_expectation(tmp_path: Path) -> None:
    plan = made(tmp_path)
    (war,) = stress(plan, StressOrder(most_draws=512)).report.stresses
    assert war.totals["revenue"] == pytest.approx(plan.measures["revenue"].sum() / 2, rel=1e-12)
    assert war.missed == ("expense_ratio",)
    assert war.impossible == ""


def test_the_worst_futures_are_rows_of_the_run(tmp_path: Path) -> None:
    plan = made(tmp_path)
    found = stress(plan, StressOrder(most_draws=8192, seed=4))
    worst = worst_futures(plan, found.report)
    revenue = found.outcomes.measures[..., 1]
    assert [one.totals["revenue"] for one in worst] == sorted(revenue.ravel())[:10]
    for one in worst:
        row_ = (one.address.replicate, one.address.index)
        assert np.array_equal(one.lhs, found.outcomes.lhs[row_], equal_nan=True)
        assert one.measures["revenue"].sum() == pytest.approx(one.totals["revenue"])


def test_a_future_is_told_in_both_languages(tmp_path: Path) -> None:
    plan = made(tmp_path)
    report = stress(plan, StressOrder(most_draws=8192, seed=4)).report
    future = worst_futures(plan, report)[0]
    english = story(plan, future, NumberStyle(Language.ENGLISH))
    chinese = story(plan, future, NumberStyle(Language.CHINESE))
    assert "lower than expected" in english
    assert "低于预期" in chinese
    struck = [strike.event for strike in future.strikes]
    assert ("Rival promotion strikes" in english) == bool(struck)
    place = f"{future.address.replicate}/{future.address.index}"
    assert place in english
    assert place in chinese


def test_figures_show_the_report(tmp_path: Path) -> None:
    plan = made(tmp_path)
    report = stress(plan, StressOrder(most_draws=8192)).report
    (axes,) = outlook_figure(plan, report).axes
    widths = [bar.get_width() for bar in axes.patches]  # type: ignore[attr-defined]
    assert widths == pytest.approx([100 * line.p_met for line in report.lines])
    (axes,) = tornado_figure(plan, report, "expense_ratio").axes
    ranks = [bar.get_width() for bar in axes.patches]  # type: ignore[attr-defined]
    assert np.abs(ranks).tolist() == sorted(np.abs(ranks), reverse=True)
    signs = {
        to_hex(bar.get_facecolor()): rank > 0 for bar, rank in zip(axes.patches, ranks, strict=True)
    }
    assert sorted(signs.values()) == [False, True]
    (axes,) = fan_figure(plan, report).axes
    expected = plan.measures["revenue"].sum(axis=0).cumsum()
    drawn = [row.p50 - x for row, x in zip(report.fan, expected, strict=True)]
    assert np.asarray(axes.lines[0].get_ydata()) == pytest.approx(np.array(drawn))
    with pytest.raises(ValueError, match="nothing goes with"):
        tornado_figure(plan, report, "no such line")


KEYS = {"draws", "replicates", "seed", "lines", "measures", "precision_reached", "seconds"}


def test_the_command_prints_the_report_as_json(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli(["stress", str(run), "--max-draws", "8192", "--seed", "7", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said.keys() >= KEYS
    assert said["lines"][0].keys() >= {"name", "p_met", "low", "high", "cvar_shortfall"}
    assert said["measures"][0].keys() >= {"name", "mean", "low", "high", "p5", "p50", "p95"}
    assert (said["draws"], said["replicates"], said["seed"]) == (8192, 16, 7)


def test_a_precision_that_is_not_reached_ends_with_5(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["stress", str(run), "--precision", "mean=0.0000001", "--max-draws", "512"]
    assert cli(call) == 5
    assert "NOT REACHED" in capsys.readouterr().out
    assert cli([*call, "--lang", "zh", "--worst", "2"]) == 5
    assert "未达到" in capsys.readouterr().out


@pytest.mark.parametrize("precision", ["p", "p=many", "q=0.1"])
def test_a_wrong_precision_ends_with_1(
    run: Path, precision: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli(["stress", str(run), "--precision", precision]) == 1
    assert "precision" in capsys.readouterr().err


def test_no_run_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli(["stress", str(tmp_path / "none")]) == 1
    assert "error" in capsys.readouterr().err


def test_one_future_is_replayed_by_its_address(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = ao.stress(run, seed=5, max_draws=8192)
    worst = report.worst[0]
    found = ao.replay(run, worst.replicate, worst.index)
    row = stress(ao.load_plan(run), StressOrder(most_draws=8192, seed=5)).outcomes
    np.testing.assert_array_equal(found.lhs, row.lhs[worst.replicate, worst.index])
    address = f"{worst.replicate}/{worst.index}"
    assert cli(["replay", str(run), address, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [one["lhs"] for one in said["lines"]] == found.lhs.tolist()
    assert (said["seed"], said["replicate"], said["index"]) == (5, worst.replicate, worst.index)
    assert cli(["replay", str(run), address, "--lang", "zh"]) == 0
    assert address in capsys.readouterr().out


@pytest.mark.parametrize("address", ["16/0", "0/512", "3", "a/b", "-1/2"])
def test_a_future_that_is_not_there_is_refused(
    run: Path, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    ao.stress(run, max_draws=8192)
    assert cli(["replay", "--lang", "en", "--", str(run), address]) == 1
    assert "future" in capsys.readouterr().err
