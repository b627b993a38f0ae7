"""What is left out of a model because it can never matter does not change its value."""

import numpy as np
import pytest

from allocopt.declare import targets
from allocopt.declare.affine import Affine
from allocopt.declare.pieces import outer_pieces
from allocopt.problem import build_problem
from allocopt.problem.problem import Problem
from allocopt.scenario.bundled import find_scenario
from allocopt.scenario.load import load_scenario
from allocopt.solving.catalog import load_formulation
from allocopt.solving.highs import LiveModel
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import no_watch


def relaxed(problem: Problem) -> tuple[float, int]:
    """Return value and rows of the joint model with whole numbers relaxed."""
    model = load_formulation("joint").build(problem, outer_pieces(problem.placements, points=4))
    outcome = LiveModel(model, SolveOptions(threads=1)).solve(
        time_limit=60, watch=no_watch, stage="bound", relaxed=True
    )
    return outcome.objective, outcome.rows


def noodles() -> Problem:
    return build_problem(load_scenario(find_scenario("noodle_fmcg")).data)


def test_targets_by_year_are_worth_what_targets_by_month_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    value, rows = relaxed(noodles())
    monkeypatch.setattr(targets, "_profile_will_do", lambda _: False)
    by_month, more_rows = relaxed(noodles())
    assert value == pytest.approx(by_month, rel=1e-7)
    assert rows < more_rows


def test_rows_that_cannot_bind_are_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    value, rows = relaxed(noodles())

    def unknown(values: Affine) -> tuple[np.ndarray, np.ndarray]:
        return np.full(values.shape, -np.inf), np.full(values.shape, np.inf)

    monkeypatch.setattr(Affine, "range", unknown)
    with_all, more_rows = relaxed(noodles())
    assert value == pytest.approx(with_all, rel=1e-7)
    assert rows < more_rows
