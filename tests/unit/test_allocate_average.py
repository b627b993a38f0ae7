"""Mean response over draws: the bound lies above every plan, the value is the true mean."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import allocopt as ao
from allocopt.allocation.averaged import AveragedCurves
from allocopt.allocation.drawblocks import DrawBlocks
from allocopt.curves import Hill, Table
from allocopt.curves.base import Curve
from allocopt.errors import AllocationError


def draws_of(seed: int, n: int, count: int) -> Hill:
    """Return draws of S-shaped and concave curves."""
    rng = np.random.default_rng(seed)
    return Hill(
        rng.lognormal(0.0, 0.5, n) * rng.lognormal(0.0, 0.3, (count, n)),
        rng.uniform(0.5, 2.0, n) * rng.lognormal(0.0, 0.3, (count, n)),
        rng.uniform(0.5, 4.0, n) * rng.lognormal(0.0, 0.2, (count, n)),
    )


def tables_of(seed: int, n: int, count: int) -> Table:
    """Return draws of lines that bend both ways more than once."""
    rng = np.random.default_rng(seed)
    efforts = np.cumsum(rng.uniform(0.1, 1.5, (count, n, 6)), axis=-1)
    efforts[..., 0] = 0.0
    return Table(efforts, np.cumsum(rng.uniform(0.0, 1.0, (count, n, 6)), axis=-1))


@pytest.mark.parametrize("make", [draws_of, tables_of])
@given(seed=st.integers(0, 10**6))
@settings(max_examples=10, deadline=None)
def test_the_mean_is_never_above_its_cover(
    make: Callable[[int, int, int], Curve], seed: int
) -> None:
    draws = make(seed, 3, 40)
    low, high = np.array([0.0, 0.3, 1.0]), np.array([4.0, 2.0, 8.0])
    cover = AveragedCurves.over(DrawBlocks(draws), low, high, np.array([0.5, 0.3, 9.0]))
    for at in (np.array([0.7, 1.1, 3.0]), np.array([0.1, 2.0, 7.0]), high, low):
        cover = cover.finer(at, np.array([0.4, 0.1, 0.02]))
        points = np.linspace(low, high, 301)
        true = draws[:, None].value(points).mean(axis=0)
        above = cover.above()[None, :].value(points)
        assert (above >= true * (1 - 1e-12)).all()


def test_the_cover_meets_the_mean_where_it_is_measured() -> None:
    draws, at = draws_of(3, 3, 40), np.array([0.7, 1.1, 3.0])
    cover = AveragedCurves.over(DrawBlocks(draws), np.zeros(3), np.full(3, 8.0), at)
    np.testing.assert_allclose(cover.above().value(at), draws.value(at).mean(axis=0), rtol=1e-12)


def test_blocks_sum_over_all_draws_by_their_weights() -> None:
    draws, at = draws_of(4, 400, 500), np.linspace(0.0, 3.0, 400)
    weights = np.random.default_rng(0).dirichlet(np.ones(500))
    blocks, values = DrawBlocks(draws), draws.value(at)
    np.testing.assert_allclose(blocks.value(at), values.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(blocks.weighted(weights).value(at), weights @ values, rtol=1e-12)
    np.testing.assert_allclose(blocks.totals(at), values.sum(axis=1), rtol=1e-12)


@given(seed=st.integers(0, 10**6))
@example(seed=55)  # vertical tangents at both ends of a segment without width
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
