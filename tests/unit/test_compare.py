"""Plans in the same futures: what is equal, by how much others differ, what is refused."""

import json
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from tests.simulated import driver, of
from tests.strategies import plan_by, scenario

import allocopt as ao
from allocopt.cli import run as cli
from allocopt.errors import ScenarioError, UsageError
from allocopt.plan.plan import Plan
from allocopt.report.comparison import line_rows, verdicts
from allocopt.report.comparison_figure import (
    differences_figure,
    met_figure,
    regret_figure,
    worth_figure,
)
from allocopt.simulation import outcomes, sample
from allocopt.simulation.comparison import Comparison
from allocopt.statistics.estimate import Estimate
from allocopt.strategies import STRATEGIES

NAMES = ("last_year", "potential", "uniform_growth")
LINES = [
    {"id": "most", "expression": "spend", "at_most": "100 元"},
    {"id": "floor", "expression": "revenue", "at_least": "48 元"},
    {"id": "wish", "expression": "revenue", "at_least": "60 元", "kind": "soft", "price": 0.1},
]


@cache
def plans(folder: Path) -> dict[str, Plan]:
    where = scenario(folder, lines=LINES)
    return {name: plan_by(STRATEGIES[name], where) for name in NAMES}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Plan]:
    return plans(tmp_path_factory.mktemp("scenario"))


@pytest.fixture(scope="module")
def found(known: dict[str, Plan]) -> Comparison:
    return compared(known)


def compared(known: dict[str, Plan], **how: object) -> Comparison:
    first = next(iter(known.values()))
    usual: dict[str, Any] = {"max_draws": 4096, "seed": 3, **how}
    found: Comparison = ao.compare(first.scenario, runs=known, **usual)
    return found


def numbers(one: Comparison) -> list[object]:
    """Return everything that is said, but for the time it took."""
    shown = [{**vars(plan), "plan": None} for plan in one.plans]
    return [shown, one.differences, one.regrets.tolist(), one.robustness.values.tolist(), one.best]


def test_a_plan_beside_itself_differs_by_nothing(known: dict[str, Plan]) -> None:
    one = known["potential"]
    twins = compared({"one": one, "other": one})
    (difference,) = twins.differences
    assert (difference.estimate.value, difference.estimate.low, difference.estimate.high) == (
        0,
        0,
        0,
    )
    assert not difference.is_clear
    assert not twins.regrets.any()
    assert [plan.p_best.value for plan in twins.plans] == [0.5, 0.5]
    assert twins.robustness.flips == ()


def test_plans_fare_as_each_does_alone(known: dict[str, Plan], found: Comparison) -> None:
    """The same futures to the last digit as `ao.stress` draws for each plan."""
    for outlook in found.plans:
        alone = ao.stress(known[outlook.name], max_draws=4096, seed=3)
        assert outlook.lines == alone.lines
        assert outlook.measures == alone.measures
    assert found.draws == alone.draws


def test_a_difference_is_that_of_the_means_of_each(found: Comparison) -> None:
    """With an interval far narrower than those of the means: futures are shared."""
    for one in found.differences:
        first, second = (found.plans[k].worth for k in (one.first, one.second))
        assert one.estimate.value == pytest.approx(first.value - second.value, rel=1e-9)
    assert len(found.differences) == 3
    close = found.differences[0]
    apart = found.plans[0].worth.half_width + found.plans[1].worth.half_width
    assert close.estimate.confidence == pytest.approx(1 - 0.05 / 3)
    assert close.estimate.half_width < apart


def test_regret_and_chances_add_up(found: Comparison) -> None:
    assert sum(one.p_best.value for one in found.plans) == pytest.approx(1.0)
    assert np.diag(found.regrets).tolist() == [0.0, 0.0, 0.0]
    # What one is above less what it is below is the difference of the means.
    for one in found.differences:
        i, j = one.first, one.second
        assert found.regrets[j, i] - found.regrets[i, j] == pytest.approx(one.estimate.value)
    # The best plan of each future is above by at least what any one plan is.
    for k, outlook in enumerate(found.plans):
        assert outlook.mean_regret.value >= found.regrets[k].max() - 1e-12
        assert outlook.max_regret >= outlook.mean_regret.value
    assert [one.name for one in found.plans][found.best.plan] == "last_year"


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_workers_change_nothing(
    known: dict[str, Plan],
    found: Comparison,
    pool: type[ThreadPoolExecutor] | type[ProcessPoolExecutor],
) -> None:
    with pool(3) as executor:
        assert numbers(compared(known, executor=executor)) == numbers(found)


def test_the_size_of_tasks_and_blocks_changes_nothing(
    known: dict[str, Plan], found: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample, "_TASK", outcomes.BLOCK)
    assert numbers(compared(known)) == numbers(found)
    monkeypatch.setattr(outcomes, "BLOCK", outcomes.BLOCK // 2)
    assert numbers(compared(known)) == numbers(found)


def test_the_order_of_plans_changes_their_order_alone(
    known: dict[str, Plan], found: Comparison
) -> None:
    turned = compared(dict(reversed(known.items())))
    assert turned.regrets[::-1, ::-1] == pytest.approx(found.regrets)
    assert [one.worth for one in turned.plans][::-1] == [one.worth for one in found.plans]
    assert turned.best.plan == len(NAMES) - 1 - found.best.plan


def test_a_sure_plan_wins_by_deviation_and_a_rich_one_by_the_mean(tmp_path: Path) -> None:
    """All on the first place, whose response is certain, or on the second, richer and uncertain.

    Worth of the first is 3 * 10 = 30 in every future; of the second 40 times a factor of mean 1.
    """
    luck = driver("luck", "response", scope={"placements": ["b"]},
                  distribution=of("uniform", low=0.5, high=1.5))  # fmt: skip
    where = scenario(tmp_path, uncertainty={"drivers": [luck]}, targets=[], lines=LINES[:1])
    made = plan_by(STRATEGIES["potential"], where)
    sure, rich = (with_spend(made, spend) for spend in ([[100.0], [0.0]], [[0.0], [100.0]]))
    one = compared({"sure": sure, "rich": rich}, max_draws=8192)
    assert one.plans[0].worth.value == pytest.approx(30.0)
    assert one.plans[1].worth.value == pytest.approx(40.0, rel=1e-3)
    # 40 u is above 30 where u > 0.75: three quarters of [0.5, 1.5]; the tail is 40 * 0.525.
    assert one.plans[1].p_best.value == pytest.approx(0.75, abs=2e-3)
    assert one.plans[1].tail.value == pytest.approx(21.0, rel=1e-3)
    # Regret of the sure plan: integral of 40 u - 30 over u in (0.75, 1.5) = 20 * 0.75 ** 2.
    assert one.regrets[0, 1] == pytest.approx(20 * 0.75**2, rel=2e-3)
    assert one.plans[0].max_regret == pytest.approx(30.0, rel=2e-3)
    assert one.plans[1].max_regret == pytest.approx(10.0, rel=2e-3)
    winners = {str(one.metric): (str(one.winners[0]), one.flips) for one in verdicts(one)}
    assert winners["expected value"] == ("rich", False)
    assert winners["standard deviation"] == ("sure", True)
    assert winners["mean value in the worst twentieth"] == ("sure", True)
    assert winners["largest regret"] == ("rich", False)


def with_spend(plan: Plan, spend: list[list[float]]) -> Plan:
    return replace(plan, decisions=replace(plan.decisions, spend=np.array(spend)))


def test_hard_lines_count_together_and_soft_ones_cost(found: Comparison) -> None:
    """The budget is kept by all three; so the hard lines hold where the floor does."""
    for one in found.plans:
        by_name = {line.name: line for line in one.lines}
        assert by_name["most"].p_met == 1.0
        assert one.p_hard.value == by_name["floor"].p_met
        revenue = one.measures[0].mean
        assert one.worth.value < revenue
    assert [str(row.name) for row in line_rows(found)] == ["floor", "wish"]


def test_futures_that_cannot_be_are_misses_without_worth(tmp_path: Path) -> None:
    odd = driver(
        "odd", "effective_rate", acts="value", distribution=of("uniform", low=0.5, high=1.1)
    )
    where = scenario(tmp_path, uncertainty={"drivers": [odd]}, lines=LINES)
    known = {name: plan_by(STRATEGIES[name], where) for name in NAMES[:2]}
    one = compared(known, max_draws=512)
    gone = one.impossible["effective_rate"]
    assert gone == pytest.approx(512 / 6, abs=8)
    assert one.worths[0].size + one.left_out + gone == one.draws
    assert np.isfinite(one.worths).all()
    assert all(plan.p_hard.value <= 1 - gone / 512 for plan in one.plans)
    free = scenario(tmp_path / "free", uncertainty={"drivers": [odd]}, lines=[])
    known = {name: plan_by(STRATEGIES[name], free) for name in NAMES[2:]}
    (alone,) = compared(known, max_draws=512).plans
    assert alone.p_hard.value == 1 - gone / 512


def test_precision_is_that_of_differences(known: dict[str, Plan]) -> None:
    few = compared(known, precision={"mean": 0.02}, max_draws=2**16)
    assert few.precision_reached
    more = compared(known, precision={"mean": 2e-5}, max_draws=2**16)
    assert more.draws > few.draws
    top = more.plans[more.best.plan].worth.value
    assert all(one.estimate.half_width <= 2e-5 * top for one in more.differences)
    assert not compared(known, precision={"mean": 1e-9}, max_draws=512).precision_reached


def test_strategies_are_planned_and_stand_beside_plans(tmp_path: Path) -> None:
    where = scenario(tmp_path / "s", lines=LINES)
    run = ao.save_plan(plan_by(STRATEGIES["potential"], where), tmp_path / "mine")
    one = ao.compare(where, ["potential", STRATEGIES["last_year"]], [run], max_draws=512)
    assert [plan.name for plan in one.plans] == ["potential", "last_year", "mine"]
    assert isinstance(one.plans[0].worth, Estimate)
    assert one.plans[0].worth == one.plans[2].worth


def test_figures_show_every_plan(found: Comparison) -> None:
    drawn = [draw(found) for draw in (worth_figure, regret_figure, met_figure)]
    assert all(isinstance(one, Figure) for one in drawn)
    labels = [text.get_text() for text in drawn[0].axes[0].get_yticklabels()]
    assert labels == list(NAMES)
    shown = [text.get_text() for text in drawn[1].axes[0].texts]
    assert shown == [f"{value:,.2f}" for value in found.regrets.ravel()]
    pairs = [text.get_text() for text in differences_figure(found).axes[0].get_yticklabels()]
    assert len(pairs) == 3
    assert len(drawn[2].axes[0].patches) == 2 * len(NAMES)


def test_what_cannot_be_compared(known: dict[str, Plan], tmp_path: Path) -> None:
    one = known["potential"]
    other = scenario(tmp_path / "other", budget=90.0)
    with pytest.raises(ScenarioError, match="made for another scenario: lines of"):
        ao.compare(other, runs={"one": one})
    with pytest.raises(UsageError, match="nothing to compare"):
        ao.compare(one.scenario, [])
    with pytest.raises(UsageError, match="potential is compared twice"):
        ao.compare(one.scenario, ["potential"], {"potential": one})
    with pytest.raises(UsageError, match="no strategy luck; known are last_year"):
        ao.compare(one.scenario, ["luck"])
    with pytest.raises(UsageError, match="says nothing about uncertainty"):
        ao.compare(scenario(tmp_path / "sure", uncertainty={}), ["potential"])
    with pytest.raises(UsageError, match="the seed is -1"):
        ao.compare(one.scenario, ["potential"], seed=-1)


@pytest.fixture
def folder(tmp_path: Path) -> str:
    scenario(tmp_path / "small", lines=LINES)
    return str(tmp_path / "small")


CALL = ("--strategy", "last_year", "--strategy", "uniform_growth", "--max-draws", "512")


def test_the_command_tells_and_saves(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "found"
    assert cli(["compare", folder, *CALL, "--out", str(out)]) == 5
    said = capsys.readouterr().out
    assert "Last year pro rata" in said
    assert "P(hard lines)" in said
    assert "元" in said
    names = {one.name for one in out.iterdir()}
    assert names == {"plans", "comparison.json", "worth.png", "regret.png", "differences.png",
                     "lines.png"}  # fmt: skip
    findings = ao.verify(out / "plans" / "last_year")
    assert not [one for one in findings if one.severity == "error"]
    assert not [one for one in tmp_path.iterdir() if "unfinished" in one.name]
    record = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
    assert cli(["compare", folder, *CALL, "--json"]) == 5
    printed = json.loads(capsys.readouterr().out)
    assert printed["differences"] == record["differences"]
    assert [one["name"] for one in printed["plans"]] == ["last_year", "uniform_growth"]
    assert cli(["compare", folder, *CALL, "--out", str(out)]) == 1
    assert "is there already" in capsys.readouterr().err


def test_the_command_speaks_chinese(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli(["compare", folder, *CALL, "--lang", "zh"]) == 5
    said = capsys.readouterr().out
    assert "按上年比例" in said
    assert "平均价值" in said


@pytest.mark.parametrize(
    ("call", "code", "said"),
    [
        (["--strategy", "lastyear"], 1, "there is no strategy lastyear; known are last_year"),
        (["--run", "nowhere"], 1, "nowhere"),
        (["--strategy", "last_year", "--strategy", "last_year"], 1, "compared twice"),
        (["--strategy", "last_year", "--precision", "p"], 1, "--precision"),
        (["--strategy", "last_year", "--max-draws", "3"], 1, "3 draws at most"),
    ],
)
def test_wrong_calls_say_why(
    call: list[str], code: int, said: str, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli(["compare", folder, *call]) == code
    assert said in capsys.readouterr().err
