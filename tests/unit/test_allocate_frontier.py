"""What every budget brings, each point as good as an allocation of its own."""

import numpy as np
import pytest

import allocopt as ao
from allocopt.curves import Hill
from allocopt.errors import AllocationError


def curves(n: int) -> Hill:
    rng = np.random.default_rng(5)
    return Hill(rng.lognormal(size=n), rng.uniform(0.5, 2.0, n), rng.uniform(0.8, 4.0, n))


def test_points_are_allocations() -> None:
    budgets = np.linspace(0.0, 30.0, 13)
    found = ao.frontier(curves(10), budgets, upper=4.0, gap=1e-7)
    assert found.gap <= 1e-7
    assert (np.diff(found.objective) >= -1e-9).all()
    for number in (0, 3, 7, 12):
        alone = ao.allocate(curves(10), float(budgets[number]), upper=4.0, gap=1e-7)
        assert found.objective[number] == pytest.approx(alone.objective, rel=2e-7)
        np.testing.assert_array_less(found.spend[number].sum(), budgets[number] + 1e-9)


def test_refined_points_lie_where_it_bends() -> None:
    found = ao.frontier(Hill(5.0, [1.0], [0.5]), [0.0, 100.0], upper=100.0, refine=6)
    assert found.budgets.size == 8
    assert np.median(found.budgets) < 50.0


def test_budgets_are_checked() -> None:
    with pytest.raises(AllocationError, match="finite"):
        ao.frontier(curves(2), [1.0, np.nan])
    with pytest.raises(AllocationError, match="below the sum of the lower bounds"):
        ao.frontier(curves(2), [1.0, 9.0], lower=2.0)
