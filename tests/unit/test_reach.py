"""Limits out of reach: by hand, never a false alarm, and ranges that hold every plan."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.scenarios import random_decisions, random_sections
from tests.support import problem_of, row, scenario, written
from tests.unit.test_conflict import people, pin, spend, targets

import allocopt as ao
from allocopt.errors import InfeasibleError
from allocopt.measures.numbers import evaluate
from allocopt.measures.ranges import measure_ranges
from allocopt.measures.reach import check_reach

FAMILIES = ("linear", "hill", "modified_exponential", "table", "power")


def found(sections: dict[str, Any]) -> dict[str, str]:
    return {one.path: str(one.message) for one in check_reach(scenario(sections))}


def line(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [row("line", values)]


def test_a_floor_above_all_upper_bounds() -> None:
    reachable = line({"expression": "gross_adds", "at_least": 120})
    assert not found(spend({}, {"lines": reachable}))
    above = found(spend({}, {"lines": line({"expression": "gross_adds", "at_least": 121})}))
    assert above == {
        "lines.line.at_least": "line line asks for 121 accounts; within the bounds of all "
        "decisions no plan reaches more than 120 accounts"
    }
    money = line({"expression": "spend", "at_least": "81 元"})
    assert (
        "no plan reaches more than 80 元"
        in found(spend({}, {"lines": money}))["lines.line.at_least"]
    )


def test_lower_bounds_above_a_budget() -> None:
    budget = line({"expression": "spend", "at_most": "29 元"})
    told = found(spend({"lower": 30, "current": 30}, {"lines": budget}))
    assert "no plan has less than 30 元" in told["lines.line.at_most"]


def test_a_ratio_out_of_reach() -> None:
    """80 元 bring 1 200 元 at best: two thirds of ten per cent of it are missing."""
    share = line({"expression": "spend / revenue", "at_least": "10 %"})
    assert not found(spend({}, {"lines": share}))
    fixed = spend({"lower": 40, "current": 40}, {})
    fixed["placements"][1] |= {"lower": 40, "current": 40}
    told = found(fixed | {"lines": line({"expression": "spend / revenue", "at_most": "6 %"})})
    assert "missed by 8 元 at least" in told["lines.line.at_most"]


def test_norms_beyond_hiring() -> None:
    told = found(people({"max_hires": 1}, {"least": 10}))
    assert "add up to 10 people, but at most 6 can be there in period 1" in told["roles.seller"]
    assert not found(people({"max_hires": 5}, {"least": 10}))
    assert (
        "at most 5 can be there in period 1"
        in found(people({"lead_time": 2}, {"least": 6}))["roles.seller"]
    )


def test_a_quota_above_its_ceilings() -> None:
    pins = [pin("u", {"at_most": 100}), pin("v", {"at_most": 130})]
    told = found(targets({"pins": pins}))
    assert "leave room for 230 of the 240" in told["targets.adds.quota"]
    assert (
        "leave room for 220 of the 240"
        in found(targets({"max_growth": "10 %"}))["targets.adds.quota"]
    )
    assert not found(targets({"max_growth": "20 %"}))


@pytest.mark.parametrize("seed", range(40))
def test_ranges_hold_every_plan(seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem = problem_of(random_sections(rng, families=FAMILIES))
    ranges = measure_ranges(problem)
    for _ in range(5):
        decisions = random_decisions(rng, problem)
        for name, values in evaluate(problem, decisions).items():
            slack = 1e-9 * (1.0 + np.abs(values))
            inside = (values >= ranges[name].low - slack) & (values <= ranges[name].high + slack)
            assert inside.all(), name


@pytest.mark.parametrize("seed", range(12))
def test_what_is_flagged_has_no_plan(seed: int, tmp_path: Path) -> None:
    """Bounds are drawn around what is reachable; every alarm is checked by a solve."""
    rng = np.random.default_rng(seed)
    sections = random_sections(rng, families=("linear", "hill"), periods=2)
    problem = problem_of(sections)
    reached = measure_ranges(problem)["revenue"].high.sum()
    at_least = f"{reached * float(rng.choice([0.7, 0.97, 1.001, 1.03])):.2f} 元"
    sections["lines"] = line({"expression": "revenue", "at_least": at_least})
    written(sections, tmp_path)
    if not list(check_reach(scenario(sections))):
        return
    with pytest.raises(InfeasibleError):
        ao.solve(ao.load_scenario(tmp_path), gap=0.1, time_limit=60, repairs=False)


def test_check_says_it_and_solve_goes_on(tmp_path: Path) -> None:
    written(spend({}, {"lines": line({"expression": "gross_adds", "at_least": 121})}), tmp_path)
    assert [one.path for one in ao.check_scenario(tmp_path)] == ["lines.line.at_least"]
    assert ao.load_scenario(tmp_path).warnings == ()
