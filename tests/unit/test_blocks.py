"""A program in blocks: prices bound it, units planned in turn give whole numbers."""

from functools import cache

import numpy as np
import pytest

from allocopt.arrays import FloatArray
from allocopt.declare.pieces import outer_pieces
from allocopt.problem import build_problem
from allocopt.problem.problem import Problem
from allocopt.scenario.bundled import find_scenario
from allocopt.scenario.load import load_scenario
from allocopt.solving.blocks import Split, split_program, unit_of_labels
from allocopt.solving.catalog import load_formulation
from allocopt.solving.decompose import Limits, bound_by_prices, plan_in_turn
from allocopt.solving.highs import LiveModel
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import no_watch

ALLOWANCE = 1.0


@cache
def relaxed_joint() -> tuple[Problem, LiveModel, float]:
    """Return noodle_fmcg, its joint model solved with fractions, and the relaxed value."""
    problem = build_problem(load_scenario(find_scenario("noodle_fmcg")).data)
    pieces = outer_pieces(problem.placements, points=4)
    live = LiveModel(load_formulation("joint").build(problem, pieces), SolveOptions())
    outcome = live.solve(time_limit=60, watch=no_watch, stage="bound", relaxed=True)
    return problem, live, outcome.objective / live.goals[0].scale


def split_with(factor: float) -> tuple[Split, FloatArray]:
    problem, live, _ = relaxed_joint()
    program, variables = live.arrays()
    labels = [v.index()[0] if isinstance(v.index(), tuple) else v.index() for v in variables]
    prices = factor * live.row_prices()
    point = np.array([v.value or 0.0 for v in variables])
    return split_program(program, problem, labels, prices), point


def limits() -> Limits:
    return Limits(allowance=ALLOWANCE, seconds=lambda: 60.0, threads=2, seed=0)


def test_every_column_has_one_owner_and_every_row_one_place() -> None:
    split, _ = split_with(1.0)
    owned = np.concatenate([block.columns[block.own] for block in split.blocks])
    assert np.array_equal(np.sort(owned), np.arange(split.whole.cost.size))
    placed = np.concatenate([split.coupling, *(block.rows for block in split.blocks)])
    assert np.array_equal(np.sort(placed), np.arange(split.whole.row_lower.size))
    assert set(split.people) <= set(split.coupling)


def test_labels_know_their_unit_below_the_root() -> None:
    problem, _, _ = relaxed_joint()
    tops = [node for node, parent in problem.trees.units.parents.items() if parent is not None]
    assert set(unit_of_labels(problem).values()) <= set(range(len(tops)))
    assert len(set(unit_of_labels(problem).values())) > 1


def test_the_duals_of_the_relaxation_bound_no_worse_than_it() -> None:
    """Lagrangian bound with whole numbers in the blocks <= linear bound (Geoffrion 1974)."""
    _, _, relaxed = relaxed_joint()
    split, _ = split_with(1.0)
    bound = bound_by_prices(split, limits())
    assert bound <= relaxed * (1 + 1e-6) + ALLOWANCE * len(split.blocks)


@pytest.mark.parametrize("factor", [0.0, 0.5, 1.0, 1.5])
def test_any_prices_bound_what_a_plan_is_worth(factor: float) -> None:
    """133 949 400 元 is the value of a plan of this scenario (expected.yaml), 1 万元 the unit."""
    split, _ = split_with(factor)
    assert bound_by_prices(split, limits()) >= 13394.94


def test_units_planned_in_turn_are_whole_and_keep_their_own_rows() -> None:
    split, start = split_with(1.0)
    point = plan_in_turn(split, start, limits())
    for block in split.blocks[:-1]:
        own = block.columns[block.own]
        whole = point[own][split.whole.whole[own]]
        assert np.abs(whole - np.round(whole)).max(initial=0.0) <= 1e-5
        activity = split.whole.matrix[block.rows] @ point
        room = 1e-4 * np.maximum(1.0, np.abs(activity))
        assert (activity >= split.whole.row_lower[block.rows] - room).all()
        assert (activity <= split.whole.row_upper[block.rows] + room).all()
