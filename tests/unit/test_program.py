"""Programs as arrays: what may be rounded, and the relaxed program that stays in the solver."""

import highspy
import numpy as np
import pytest
from scipy.sparse import csr_array

from allocopt.solving.program import Program, RelaxedProgram, roundable, solve_program


@pytest.fixture(autouse=True)
def _fresh_threads() -> None:
    # Another test may have left HiGHS with another number of threads; models reset it as well.
    highspy.Highs.resetGlobalScheduler(True)


def program() -> Program:
    """Maximize 3 a + 2 b with a + b <= 4.5, b <= 2 a; both whole, from 0 to 5."""
    return Program(
        cost=np.array([3.0, 2.0]),
        lower=np.zeros(2),
        upper=np.full(2, 5.0),
        whole=np.ones(2, dtype=np.bool_),
        matrix=csr_array(np.array([[1.0, 1.0], [-2.0, 1.0]])),
        row_lower=np.full(2, -np.inf),
        row_upper=np.array([4.5, 0.0]),
    )


def test_columns_that_can_step_to_a_whole_number_alone() -> None:
    # At (1.5, 3): a may fall to no whole number (b <= 2 a) but rises to none (a + b) either.
    found = roundable(program(), np.array([1.5, 3.0]))
    assert found.tolist() == [False, True]
    # At (2.5, 1.5): both may fall.
    assert roundable(program(), np.array([2.5, 1.5])).tolist() == [True, True]


def test_a_start_is_kept_where_nothing_better_is_allowed() -> None:
    start = np.array([4.0, 0.0])
    answer = solve_program(program(), allowance=100.0, time_limit=10.0, seed=0, start=start)
    assert answer.objective >= 12.0
    assert answer.bound >= answer.objective


def test_held_columns_stay_and_prices_follow() -> None:
    relaxed = RelaxedProgram(program(), highspy.HighsBasis(), threads=1, seed=0)
    free = relaxed.solve(np.array([False, False]), np.zeros(2), time_limit=10.0)
    assert free is not None
    assert free.objective == pytest.approx(13.5)
    held = relaxed.solve(np.array([True, False]), np.array([1.0, 0.0]), time_limit=10.0)
    assert held is not None
    assert held.values.tolist() == pytest.approx([1.0, 2.0])
    assert held.prices.tolist() == pytest.approx([0.0, 2.0])
    none = relaxed.solve(np.array([True, True]), np.array([0.0, 1.0]), time_limit=10.0)
    assert none is None
