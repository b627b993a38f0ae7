"""Every strategy on the bundled city: a plan that loads, verifies, and says what it breaks."""

from functools import cache
from pathlib import Path

import pytest
from tests.strategies import plan_by

import allocopt as ao
from allocopt.plan.plan import Plan
from allocopt.solving.options import SolveOptions
from allocopt.strategies import STRATEGIES

pytestmark = pytest.mark.slow


@cache
def city_plan(name: str) -> Plan:
    return plan_by(STRATEGIES[name], ao.load_scenario("telecom_city"), SolveOptions(gap=5e-3))


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_plan_of_the_city_breaks_nothing_but_what_it_names(name: str, tmp_path: Path) -> None:
    plan = city_plan(name)
    run = ao.save_plan(plan, tmp_path / "run")
    assert ao.load_plan(run).objective == plan.objective
    errors = {one.path for one in ao.verify(run) if one.severity == "error"}
    assert errors == {f"lines.{one.line.spec}" for one in plan.broken}


def test_the_optimizer_is_best_of_those_that_keep_the_lines() -> None:
    best = city_plan("optimized")
    assert not best.broken
    kept = [city_plan(name) for name in STRATEGIES if not city_plan(name).broken]
    assert all(plan.objective <= best.objective * (1 + best.gap) for plan in kept)
