"""The solver behind Pyomo: settings that must not depend on what ran before."""

import pyomo.environ as pyo
import pytest

from allocopt.declare.goals import GoalRow, declare_goals
from allocopt.declare.rows import declare_variables
from allocopt.solving.highs import solve_model
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Stop, no_watch


def most_of_two() -> pyo.ConcreteModel:
    """Return max 10 (x + y) with x, y at most 3: 60."""
    model = pyo.ConcreteModel()
    pair = declare_variables(model, "pair", ["x", "y"], shape=(2,), upper=3.0)
    declare_goals(model, (GoalRow("sum", pair.total() * 10.0, 0.0, 10.0),))
    return model


@pytest.mark.parametrize("threads", [(1, 2, 1), (2, 1, 2)])
def test_the_number_of_threads_may_change_between_solves(threads: tuple[int, ...]) -> None:
    for count in threads:
        outcome = solve_model(
            most_of_two(),
            SolveOptions(threads=count),
            time_limit=10.0,
            watch=no_watch,
            stage="test",
        )
        assert outcome.stop is Stop.GAP_REACHED
        assert outcome.objective == pytest.approx(60.0, rel=1e-12)
