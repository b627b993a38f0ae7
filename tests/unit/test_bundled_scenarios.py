"""What the bundled scenarios hold is what their ``expected.yaml`` says, key by key."""

import math
from collections.abc import Callable, Mapping

import pytest
from tests.expected import expected, variants_of

from allocopt.problem import Problem, build_problem
from allocopt.problem.axes import AxisName, Dimension
from allocopt.scenario.bundled import bundled_scenarios
from allocopt.scenario.scenario import Scenario
from allocopt.solving.catalog import bundled_models, load_formulation, missing_sections
from allocopt.workflow.inputs import load

NAMES = bundled_scenarios()


@pytest.fixture(scope="module", params=NAMES)
def scenario(request: pytest.FixtureRequest) -> Scenario:
    return load(request.param)


@pytest.fixture(scope="module")
def problem(scenario: Scenario) -> Problem:
    return build_problem(scenario.data)


def at_level(problem: Problem, level: str) -> int:
    return len(problem.trees.units.at_level(level))


def districts(scenario: Scenario) -> int:
    """Return the inner nodes of the second tree below its root."""
    [tree] = scenario.data.trees
    units = {unit.id for unit in scenario.data.units}
    return sum(node.parent is not None and node.id not in units for node in tree.nodes)


SECTIONS = (
    "units", "products", "channels", "cells", "market", "placements", "staff", "lines", "targets",
)  # fmt: skip


def test_counts(scenario: Scenario, problem: Problem) -> None:
    wanted = expected(scenario.name)["counts"]
    found = {name: len(vars(scenario.data)[name]) for name in SECTIONS}
    found["periods"] = len(problem.calendar)
    if "districts" in wanted:
        found["operating_units"] = at_level(problem, "operating_unit")
        found["grids"] = at_level(problem, "grid")
        found["districts"] = districts(scenario)
    assert found == wanted


def test_models_that_find_what_they_need(scenario: Scenario, problem: Problem) -> None:
    able = {
        name for name in bundled_models() if not missing_sections(load_formulation(name), problem)
    }
    assert able == set(expected(scenario.name)["models"])


@pytest.mark.parametrize("name", NAMES)
def test_variants(name: str) -> None:
    assert variants_of(name) == expected(name)["variants"]


def test_brackets_name_models_and_variants_that_there_are(scenario: Scenario) -> None:
    wanted = expected(scenario.name)
    assert set(wanted["objective_yuan"]) <= set(wanted["models"])
    for variants in wanted["objective_yuan"].values():
        assert set(variants) <= {"default", *wanted["variants"]}


def bound_of(scenario: Scenario, line: str) -> float:
    """Return the upper bound of a line."""
    [spec] = [spec for spec in scenario.data.lines if spec.id == line]
    assert spec.at_most is not None
    return spec.at_most.value


def pledged(scenario: Scenario) -> float:
    stretch = scenario.data.targets[0].stretch
    assert stretch is not None
    return stretch.value


AMOUNTS: Mapping[str, Callable[[Scenario, Problem], float]] = {
    "budget_yuan": lambda scenario, _: bound_of(scenario, "annual_budget"),
    "quota_yuan": lambda scenario, _: scenario.data.targets[0].quota.value,
    "pledged_yuan": lambda scenario, _: pledged(scenario),
    "last_year_revenue_yuan": lambda _, problem: math.fsum(problem.cells.last_year_revenue),
    "opening_heads": lambda _, problem: math.fsum(problem.staff.opening),
}


def test_amounts(scenario: Scenario, problem: Problem) -> None:
    wanted = {name: value for name, value in expected(scenario.name).items() if name in AMOUNTS}
    assert {name: AMOUNTS[name](scenario, problem) for name in wanted} == pytest.approx(wanted)


def base(problem: Problem, product: str) -> float:
    """Return the customers of a product at the start."""
    rows = problem.axes[AxisName.CELLS].members[Dimension.PRODUCTS][product]
    return math.fsum(problem.cells.opening_customers[rows])


def test_the_city_opens_as_the_sources_say() -> None:
    scenario = load("telecom_city")
    data, problem = scenario.data, build_problem(scenario.data)
    mobile, broadband = base(problem, "mobile"), base(problem, "broadband")
    market = math.fsum(row.customers for row in data.market if row.product == "mobile")
    found = {
        "mobile": mobile,
        "mobile_4g": base(problem, "mobile_4g"),
        "broadband": broadband,
        "broadband_ftth": base(problem, "broadband_ftth"),
        "user_share": round(mobile / market, 4),
        "fourg_share": round(base(problem, "mobile_4g") / mobile, 4),
        "ftth_share": round(base(problem, "broadband_ftth") / broadband, 4),
        "promoters": math.fsum(row.heads for row in data.staff if row.role == "promoter"),
    }
    assert found == expected("telecom_city")["opening"]


def test_the_city_is_where_its_schedules_say_by_may() -> None:
    profiles = {profile.id: profile for profile in load("telecom_city").data.profiles}
    wanted = expected("telecom_city")["schedule_by_may"]
    found = {name: 100 * math.fsum(profiles[name].weights[:5]) for name in wanted}
    assert found == pytest.approx(wanted, abs=0.005)


def test_every_key_is_one_that_a_test_reads(scenario: Scenario) -> None:
    read = {"counts", "models", "variants", "objective_yuan", "opening", "schedule_by_may"}
    assert set(expected(scenario.name)) <= read | set(AMOUNTS)
