"""An allocation found again after a change: what a cold call gives, to the ninth digit."""

from typing import Any

import numpy as np
import pytest

import allocopt as ao
from allocopt.curves import Hill
from allocopt.errors import AllocationError, NoAllocationError

N = 12
GAP = 1e-8
"""With rows, where programs are solved to the ninth digit: values agree within the gap."""
GROUPS = np.kron(np.eye(3), np.ones(4))


def curves(scale: float = 1.0) -> Hill:
    rng = np.random.default_rng(7)
    return Hill(scale * rng.uniform(1, 10, N), rng.uniform(1, 5, N), np.linspace(0.8, 4.0, N))


def same(warm: ao.Allocation, cold: ao.Allocation, rel: float = 1e-9) -> None:
    """Hold two allocations of the same problem against each other; rows are kept to 1e-9."""
    kept = 1e-9 if rel >= GAP else 1e-12
    assert warm.status == cold.status == "proven"
    assert warm.objective == pytest.approx(cold.objective, rel=rel)
    for one, other in ((warm, cold), (cold, warm)):
        assert one.bound >= other.objective - kept * abs(other.objective)


@pytest.mark.parametrize("rows", [(), ((GROUPS, np.full(3, 9.0)),)])
def test_changes_give_what_cold_calls_give(rows: tuple[Any, ...]) -> None:
    session = ao.WhatIf(
        ao.allocate(curves(), 20.0, upper=8.0, constraints=rows, gap=GAP if rows else 1e-10)
    )
    wanted: dict[str, Any] = {"upper": 8.0}
    budget: Any = 20.0
    for change in (
        {"budget": 18.0},
        {"budget": 24.0},
        {"upper": np.linspace(2.0, 8.0, N)},
        {"lower": 0.25},
        {"lower": 0.0, "minimum": 1.0},
        {"budget": 20.0},
    ):
        session.set(**change)
        budget = change.pop("budget", budget)
        wanted |= change
        same(
            session.solve(),
            ao.allocate(curves(), budget, constraints=rows, gap=GAP if rows else 1e-10, **wanted),
            GAP if rows else 1e-9,
        )


def test_a_scale_counts_from_the_first_curves() -> None:
    session = ao.WhatIf(ao.allocate(curves(), 20.0, upper=8.0, gap=1e-10))
    session.set(scale=4.0)
    session.set(scale=2.0)
    same(session.solve(), ao.allocate(curves(2.0), 20.0, upper=8.0, gap=1e-10))
    session.reset()
    same(session.solve(), ao.allocate(curves(), 20.0, upper=8.0, gap=1e-10))


def test_goals_and_their_prices_may_change() -> None:
    session = ao.WhatIf(ao.allocate(curves(), goal=ao.LeastBudget(20.0), upper=8.0, gap=1e-10))
    for goal in (ao.LeastBudget(24.0), ao.MostResponse(20.0, worth=0.8)):
        session.set(goal=goal)
        same(session.solve(), ao.allocate(curves(), goal=goal, upper=8.0, gap=1e-10))


def test_a_call_without_an_answer_leaves_the_session_usable() -> None:
    rows = ((-np.ones((1, N)), np.array([-10.0])),)
    first = ao.allocate(curves(), 20.0, upper=8.0, constraints=rows, gap=GAP)
    session = ao.WhatIf(first)
    session.set(budget=9.0)
    with pytest.raises(NoAllocationError):
        session.solve()
    session.set(budget=20.0)
    same(session.solve(), first, GAP)


def test_an_allocation_after_a_plan_in_the_same_process() -> None:
    """HiGHS keeps one pool of threads, of the size that the plan was solved with."""
    ao.solve("media_mix", model="subsidies", gap=0.05)
    rows = ((-np.ones((1, N)), np.array([-10.0])),)
    with pytest.raises(NoAllocationError):
        ao.allocate(curves(), 9.0, upper=8.0, constraints=rows, gap=GAP)


def test_what_cannot_be_set_is_refused() -> None:
    session = ao.WhatIf(ao.allocate(curves(), goal=ao.LeastBudget(20.0), upper=8.0))
    with pytest.raises(AllocationError, match="no budget"):
        session.set(budget=3.0)
    with pytest.raises(ao.AllocoptError, match="value scale"):
        session.set(scale=[1.0, 2.0])
    session.set(lower=9.0)
    with pytest.raises(AllocationError, match="lower is above upper"):
        session.solve()
