"""A model that stays in the solver answers as one that is built anew."""

import numpy as np
import pytest
from tests.support import problem_of, row

from allocopt.declare.outputs import exposed_decisions
from allocopt.declare.pieces import outer_pieces
from allocopt.declare.response import replace_pieces
from allocopt.measures.numbers import evaluate
from allocopt.problem import build_problem
from allocopt.problem.problem import Problem
from allocopt.scenario.bundled import find_scenario
from allocopt.scenario.load import load_scenario
from allocopt.solving.catalog import load_formulation
from allocopt.solving.highs import LiveModel, solve_model
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Stop, no_watch
from allocopt.solving.search import search_plan

OPTIONS = SolveOptions()


def bundled(name: str) -> Problem:
    return build_problem(load_scenario(find_scenario(name)).data)


@pytest.mark.parametrize("name", ["media_mix", "noodle_fmcg"])
def test_replaced_pieces_give_the_bound_of_a_fresh_model(
    name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    problem, build = bundled(name), load_formulation("subsidies").build
    live = LiveModel(build(problem, outer_pieces(problem.placements, points=5)), OPTIONS)
    first = live.solve(time_limit=60, watch=no_watch, stage="bound", relaxed=True)
    decisions = exposed_decisions(live.model)
    effort = evaluate(problem, decisions)["effort"]
    finer = outer_pieces(problem.placements, points=5, at=effort[..., None])
    changed = replace_pieces(live.model, finer)
    assert changed is not None
    live.follow(changed)
    assert capfd.readouterr() == ("", "")
    second = live.solve(time_limit=60, watch=no_watch, stage="bound", relaxed=True)
    fresh = solve_model(
        build(problem, finer),
        OPTIONS,
        time_limit=60,
        watch=no_watch,
        stage="bound",
        relaxed=True,
    )
    assert second.objective == pytest.approx(fresh.objective, rel=1e-7)
    assert second.objective < first.objective


def test_pieces_that_do_not_fit_are_refused_and_nothing_changes() -> None:
    problem, build = bundled("media_mix"), load_formulation("subsidies").build
    live = LiveModel(build(problem, outer_pieces(problem.placements, points=3)), OPTIONS)
    before = live.solve(time_limit=60, watch=no_watch, stage="bound", relaxed=True)
    assert replace_pieces(live.model, outer_pieces(problem.placements, points=60)) is None
    gated = np.ones(problem.placements.upper.shape, dtype=np.bool_)
    ordered = outer_pieces(problem.placements, points=3, ordered=gated)
    assert replace_pieces(live.model, ordered) is None
    after = live.solve(time_limit=60, watch=no_watch, stage="bound", relaxed=True)
    assert after.objective == pytest.approx(before.objective, rel=1e-9)


def test_goals_in_order_are_solved_whatever_else_the_search_remembers() -> None:
    """Two media of 3 and 2 accounts/元 share 10 元: the first takes all, whatever comes second."""
    problem = problem_of(
        {
            "levers": [row("l", {"expense": "budget"})],
            "placements": [
                row(name, {"lever": "l", "curve": {"family": "linear", "rate": rate}, "upper": 10})
                for name, rate in (("a", 3), ("b", 2))
            ],
            "lines": [row("budget", {"expression": "spend", "at_most": "10 元"})],
            "objective": {
                "goals": [
                    {"expression": "gross_adds"},
                    {"expression": "spend", "sense": "minimize", "slack": 0.0},
                ]
            },
        }
    )
    search = search_plan(problem, load_formulation("subsidies"), OPTIONS, no_watch)
    assert search.stop is Stop.GAP_REACHED
    assert search.best is not None
    assert search.best.objective == pytest.approx(30)
    assert search.best.decisions.spend.ravel() == pytest.approx([10, 0])
