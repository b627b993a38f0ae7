"""The search unit by unit, on a scenario small enough to be solved whole as well."""

import math

import pytest

from allocopt.problem import build_problem
from allocopt.scenario.bundled import find_scenario
from allocopt.scenario.load import load_scenario
from allocopt.solving import search, units
from allocopt.solving.catalog import load_formulation
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Stop, no_watch


@pytest.fixture
def _taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_MANY_COLUMNS", "_MANY_WHOLE", "_MANY_UNITS"):
        monkeypatch.setattr(units, name, 0)


def found(gap: float) -> search.Search:
    problem = build_problem(load_scenario(find_scenario("noodle_fmcg")).data)
    options = SolveOptions(gap=gap, time_limit=60, rounds=1)
    return search.search_plan(problem, load_formulation("joint"), options, no_watch)


@pytest.mark.usefixtures("_taken_apart")
def test_bound_and_plan_by_units_hold_against_the_model_solved_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    by_units = found(1e-4)
    monkeypatch.undo()
    whole = found(1e-2)
    assert by_units.best is not None
    assert whole.best is not None
    assert not by_units.best.broken(by_units.outside)
    for bound in (by_units.bound, whole.bound):
        for plan in (by_units.best, whole.best):
            assert bound >= plan.objective * (1 - 1e-7)
    assert by_units.gap < 1e-2


@pytest.mark.usefixtures("_taken_apart")
def test_an_interrupt_among_the_units_leaves_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: units.ByUnits) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(search, "plan_few_people", interrupted)
    ended = found(1e-4)
    assert ended.stop is Stop.INTERRUPTED
    assert ended.best is not None
    assert math.isfinite(ended.bound)
