"""A model that stays in the solver answers as one that is built anew."""

import numpy as np
import pytest

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
from allocopt.solving.outcome import no_watch

OPTIONS = SolveOptions()


def bundled(name: str) -> Problem:
    return build_problem(load_scenario(find_scenario(name)).data)


@pytest.mark.parametrize("name", ["media_mix", "noodle_fmcg"])
def test_replaced_pieces_give_the_bound_of_a_fresh_model(name: str) -> None:
    problem, build = bundled(name), load_formulation("subsidies").build
    live = LiveModel(build(problem, outer_pieces(problem.placements, points=5)), OPTIONS)
    first = live.solve(time_limit=60, watch=no_watch, stage="bound", relaxed=True)
    decisions = exposed_decisions(live.model)
    effort = evaluate(problem, decisions)["effort"]
    finer = outer_pieces(problem.placements, points=5, at=effort[..., None])
    changed = replace_pieces(live.model, finer)
    assert changed is not None
    live.follow(changed)
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
