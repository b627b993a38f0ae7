"""Mean response over draws: the bound lies above every plan, the value is the true mean."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import allocopt as ao
from allocopt.allocation.averaged import AveragedCurves
from allocopt.curves import Hill
from allocopt.errors import AllocationError


def draws_of(seed: int, n: int, count: int) -> Hill:
    """Return draws of S-shaped and concave curves."""
    rng = np.random.default_rng(seed)
    return Hill(
        rng.lognormal(0.0, 0.5, n) * rng.lognormal(0.0, 0.3, (count, n)),
        rng.uniform(0.5, 2.0, n) * rng.lognormal(0.0, 0.3, (count, n)),
        rng.uniform(0.5, 4.0, n) * rng.lognormal(0.0, 0.2, (count, n)),
    )


@given(seed=st.integers(0, 10**6))
@settings(max_examples=10, deadline=None)
def test_the_mean_is_never_above_its_cover(seed: int) -> None:
    draws = draws_of(seed, 3, 40)
    low, high = np.array([0.0, 0.3, 1.0]), np.array([4.0, 2.0, 8.0])
    cover = AveragedCurves.over(draws, low, high)
    for at in (np.array([0.7, 1.1, 3.0]), np.array([0.1, 0.4, 7.0])):
        cover = cover.finer(at)
        points = np.linspace(low, high, 301)
        true = np.array([cover.value(row) for row in points])
        above = cover.above()[None, :].value(points)
        assert (above >= true * (1 - 1e-12)).all()


@given(seed=st.integers(0, 10**6))
@settings(max_examples=5, deadline=None)
def test_no_plan_on_a_grid_is_above_the_bound(seed: int) -> None:
    draws, upper, budget = draws_of(seed, 2, 30), np.array([3.0, 4.0]), 2.5
    found = ao.allocate(draws, budget, upper=upper, gap=1e-5)
    assert found.status == "proven"
    assert found.objective == pytest.approx(float(draws.value(found.spend).mean(axis=0).sum()))
    first = np.linspace(0.0, 2.5, 251)
    values = [
        float(draws.value(np.array([x, min(budget - x, 4.0)])).mean(axis=0).sum()) for x in first
    ]
    assert max(values) <= found.bound * (1 + 1e-12)
    assert max(values) <= found.objective * (1 + 2e-5)


def test_equal_draws_are_one_curve() -> None:
    one = Hill([3.0, 2.0, 4.0], [1.0, 0.5, 2.0], [2.5, 0.8, 3.0])
    same = Hill(*(np.tile(row, (5, 1)) for row in (one.beta, one.ec50, one.slope)))
    alone = ao.allocate(one, 3.0, upper=4.0, gap=1e-9)
    mean = ao.allocate(same, 3.0, upper=4.0, gap=1e-6)
    assert mean.objective == pytest.approx(alone.objective, rel=2e-6)
    assert mean.bound >= alone.objective


def test_other_goals_are_refused() -> None:
    with pytest.raises(AllocationError, match="most response"):
        ao.allocate(draws_of(1, 2, 3), goal=ao.LeastBudget(1.0), upper=2.0)
