"""Bundled scenarios: every model's plan lies between the best plan known and a proven bound."""

import pytest
from tests.expected import Bracket, brackets

from allocopt.audit import verify_plan
from allocopt.findings import has_errors
from allocopt.plan.plan import PlanStatus
from allocopt.solving.options import SolveOptions
from allocopt.workflow.inputs import load
from allocopt.workflow.plans import solve

GAP = 0.01
ROUNDING = 1e-9
ALL = tuple(brackets())


def is_quick(bracket: Bracket) -> bool:
    return bracket.scenario != "telecom_city" and bracket.variant is None


def assert_within(bracket: Bracket) -> None:
    """Solve, and hold value and bound against the bracket, and the plan against the audit."""
    scenario = load(bracket.scenario, variant=bracket.variant)
    plan = solve(scenario, bracket.model, options=SolveOptions(gap=GAP))
    room = ROUNDING * max(abs(bracket.at_most), 1.0)
    assert plan.objective <= bracket.at_most + room
    assert plan.bound >= bracket.at_least - room
    # the best plan is worth the lower end at least, and this one is within the gap of the best
    assert plan.status is PlanStatus.PROVEN, plan.stop
    assert plan.objective >= bracket.at_least - GAP * abs(plan.objective) - room
    assert not has_errors(verify_plan(plan).findings)


@pytest.mark.parametrize("bracket", [one for one in ALL if is_quick(one)], ids=str)
def test_the_plan_lies_in_its_bracket(bracket: Bracket) -> None:
    assert_within(bracket)


@pytest.mark.slow
@pytest.mark.parametrize("bracket", [one for one in ALL if not is_quick(one)], ids=str)
def test_the_plan_of_a_variant_or_a_city_lies_in_its_bracket(bracket: Bracket) -> None:
    assert_within(bracket)


@pytest.mark.parametrize("bracket", ALL, ids=str)
def test_brackets_are_narrow(bracket: Bracket) -> None:
    assert 0 <= bracket.at_most - bracket.at_least <= GAP * abs(bracket.at_least)
