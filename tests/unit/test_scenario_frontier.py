"""Frontiers of scenarios: worked out by hand, a band of plan and bound, refined where it bends."""

import json
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from tests.unit.test_alternatives import root, scenario

import allocopt as ao
from allocopt.cli import run
from allocopt.errors import ScenarioError, UsageError
from allocopt.report.frontier import FrontierPoint, PointState
from allocopt.report.refining import next_value, reconciled
from allocopt.scenario.knob import Easing, knob_of
from allocopt.solving.options import SolveOptions

Printed = pytest.CaptureFixture[str]
TIGHT = SolveOptions(gap=1e-4, time_limit=30, threads=1)
BUDGET = "lines.cap.at_most"


def best(budget: np.ndarray) -> np.ndarray:
    """Return 10 (200 000 sqrt(x) + 100 000 sqrt(B - x)) at x = 4 B / 5, 元, for B in 万元."""
    return np.asarray(1e6 * np.sqrt(5 * budget))


@pytest.fixture
def two(tmp_path: Path) -> ao.Scenario:
    return scenario(tmp_path, {"a": root(2e5), "b": root(1e5)})


def test_a_budget_against_what_it_brings(two: ao.Scenario) -> None:
    found = ao.scenario_frontier(
        two, BUDGET, ("0.2 万元", 6), points=7, model="subsidies", show=("spend",), options=TIGHT
    )
    table = found.tables["points"]
    budgets = table["value"].to_numpy() / 1e4
    assert len(budgets) == 7
    assert (budgets[0], budgets[-1]) == pytest.approx((0.2, 6.0))
    assert table["goal"].to_numpy() == pytest.approx(best(budgets), rel=1e-3)
    assert (table["goal"] <= table["bound"] * (1 + 1e-9)).all()
    assert (table["bound"] >= best(budgets) * (1 - 1e-9)).all()
    assert table["goal"].is_monotonic_increasing
    assert table["spend"].to_numpy() == pytest.approx(budgets * 1e4, rel=1e-3)
    # a root bends most where it starts: the points beyond the grid of five stand there
    assert (budgets < 1.65).sum() >= 3
    assert found.slopes() == tuple(sorted(found.slopes(), reverse=True))


def test_prices_agree_with_solving_again(two: ao.Scenario) -> None:
    """At 3 万元 another 元 brings 1e6 sqrt(5) / (2 sqrt(3)) per 万元."""
    values = ("2.9 万元", "3 万元", "3.1 万元")
    found = ao.scenario_frontier(
        two, BUDGET, values, points=3, model="subsidies", prices=True, options=TIGHT
    )
    price = found.points[1].price
    assert price == pytest.approx(1e2 * np.sqrt(5 / 3) / 2, rel=0.01)
    least, most = found.slope_range(1)[0], found.slope_range(0)[1]
    assert least <= price <= most


def test_a_floor_that_cannot_be_reached_is_a_point(two: ao.Scenario) -> None:
    """At 6 万元 both bring 100 000 sqrt(30) = 547 723 accounts: no more is possible."""
    found = ao.scenario_frontier(
        two,
        "lines.share.at_least",
        (100_000, 600_000),
        points=4,
        model="subsidies",
        options=TIGHT,
    )
    states = {point.value: point.state for point in found.points}
    assert states[100_000] is PointState.PROVEN
    assert states[600_000] is PointState.INFEASIBLE
    assert set(found.points[-1].conflict) == {"cap", "share"}
    feasible = [value for value, state in states.items() if state is PointState.PROVEN]
    assert max(feasible) < 547_723


def _point(value: float, objective: float, bound: float) -> FrontierPoint:
    # any object that is not None stands for the plan
    plan: ao.Plan = cast(Any, object())
    return FrontierPoint(value, PointState.PROVEN, objective, bound, plan=plan)


def test_neighbors_prove_each_other() -> None:
    """A plan of a smaller budget fits a larger one; a bound of a larger holds for a smaller."""
    points = (_point(1, 10, 14), _point(2, 9, 12), _point(3, 13, 13.5))
    first, second, third = reconciled(points, Easing.UP)
    assert (first.objective, first.bound) == (10, 12)
    assert (second.objective, second.taken_from) == (10, 1)
    assert (third.objective, third.bound) == (13, 13.5)
    assert reconciled(points, Easing.UNKNOWN) == points
    closed = FrontierPoint(0.5, PointState.INFEASIBLE)
    assert reconciled((closed, *points), Easing.UP)[0] == closed


def test_the_next_point_goes_where_it_bends() -> None:
    line = [_point(x, 5.0 * min(x, 3.2), 5.0 * min(x, 3.2)) for x in range(7)]
    assert next_value(tuple(line)) == pytest.approx(3.5)
    blurred = [_point(x, 5.0 * min(x, 3.2), 99.0) for x in range(7)]
    assert next_value(tuple(blurred)) is not None


def test_numbers_are_read_in_their_own_unit(two: ao.Scenario) -> None:
    knob = knob_of(two, BUDGET, (1, 2))
    assert knob.override(35_000) == "lines.cap.at_most=3.5 万元"
    with pytest.raises(UsageError, match="one kind of number"):
        knob_of(two, BUDGET, ("5 %", 2))
    with pytest.raises(UsageError, match="not a number"):
        knob_of(two, BUDGET, ("much", 2))


def test_bad_calls_are_refused(two: ao.Scenario) -> None:
    with pytest.raises(UsageError, match="two different"):
        ao.scenario_frontier(two, BUDGET, (2, 2), model="subsidies")
    with pytest.raises(UsageError, match="points"):
        ao.scenario_frontier(two, BUDGET, (1, 2), points=1, model="subsidies")
    with pytest.raises(ScenarioError):
        ao.scenario_frontier(two, "lines.nothing.at_most", (1, 2), model="subsidies")


def test_the_command_in_both_languages(two: ao.Scenario, tmp_path: Path, capsys: Printed) -> None:
    picture = tmp_path / "frontier.png"
    call = ["frontier", str(tmp_path / "scenario.yaml"), "--vary", BUDGET, "--model", "subsidies"]
    call += ["--from", "1", "--to", "6 万元", "--points", "3", "--gap", "1e-3"]
    assert two.name == "test"
    assert run([*call, "--plot", str(picture), "--show", "gross_adds"]) == 0
    shown = capsys.readouterr().out
    assert "547.72 万元" in shown
    assert "proven" in shown
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert run([*call, "--lang", "zh"]) == 0
    assert "每增加 1.00 万元" in capsys.readouterr().out
    assert run([*call, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [point["value"] for point in found["points"]] == pytest.approx([1e4, 3.5e4, 6e4])
    assert run([*call, "--at", "3"]) == 1


@pytest.mark.slow
def test_prices_of_media_mix_agree_with_solving_again() -> None:
    """The price at 3 000 万元 lies between the slopes on its two sides, as far as proven."""
    found = ao.scenario_frontier(
        "media_mix",
        "lines.annual_budget.at_most",
        (2600, 3000, 3400),
        points=3,
        model="subsidies",
        prices=True,
        options=SolveOptions(gap=2e-3, time_limit=60),
    )
    least, most = found.slope_range(1)[0], found.slope_range(0)[1]
    assert least <= found.points[1].price <= most
