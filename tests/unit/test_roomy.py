"""The point with the most room between a plan and its lines."""

import numpy as np
import pytest
from tests.support import problem_of, row
from tests.unit.test_conflict import spend

from allocopt.declare.outputs import exposed_decisions
from allocopt.solving.catalog import load_formulation
from allocopt.solving.loosened import LooseModel
from allocopt.solving.loosenings import room_of_lines
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import no_watch
from allocopt.solving.roomy import plan_with_room
from allocopt.solving.run import Run

LINES = [
    row("floor", {"expression": "gross_adds", "at_least": 80}),
    row("budget", {"expression": "spend", "at_most": "42 元"}),
    row("soft", {"expression": "gross_adds", "at_least": 500, "kind": "soft", "price": 0.1}),
]


def search(lines: list[dict[str, object]]) -> Run:
    problem, formulation = problem_of(spend({}, {"lines": lines})), load_formulation("subsidies")
    return Run(problem, formulation, SolveOptions(threads=1, time_limit=30), no_watch)


def test_the_room_by_hand() -> None:
    """s 元 bring s + 40 accounts: 42 (1 - t) + 40 = 80 (1 + t) at t = 1/61."""
    run = search(LINES)
    model = run.build(run.problem, run.outer())
    room = room_of_lines(run.problem, model)
    loose = LooseModel(run.live(model), [room], whole=False, options=run.options)
    moves = loose.solve(np.array([-1.0]), np.array([0.05]), time_limit=30)
    assert moves is not None
    assert moves.amounts[0] == pytest.approx(1 / 61, abs=1e-7)
    loose.load(moves)
    assert exposed_decisions(model).spend.sum() == pytest.approx(42 * 60 / 61, abs=1e-5)


def test_a_plan_near_it_keeps_every_line() -> None:
    run = search(LINES)
    plan_with_room(run)
    assert run.best is not None
    assert not run.best.broken(())


def test_without_lines_or_room_nothing_is_offered() -> None:
    nothing = search([LINES[2]])
    plan_with_room(nothing)
    assert nothing.best is None
    tight = [LINES[0], replace_bound(LINES[1], "30 元")]
    impossible = search(tight)
    plan_with_room(impossible)
    assert impossible.best is None


def replace_bound(line: dict[str, object], bound: str) -> dict[str, object]:
    return line | {"at_most": bound}
