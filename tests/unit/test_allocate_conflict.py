"""Which limits of an allocation clash, and the smallest ways out."""

from typing import Any

import numpy as np
import pytest

import allocopt as ao
from allocopt.curves import Hill, Linear
from allocopt.errors import NoAllocationError
from allocopt.text import Language

THREE = Hill([90.0, 60.0, 75.0], [40.0, 30.0, 55.0], [2.5, 0.9, 3.0])
ALL = np.ones(3)
PAIRS = (np.array([[1.0, 1.0, 0.0], [0.0, -1.0, -1.0]]), np.array([30.0, -110.0]))


@pytest.mark.parametrize(
    ("given", "clash"),
    [
        ({"constraints": [(-ALL, -120.0)]}, {"budget": 20.0, "constraints[0]": 20.0}),
        ({"constraints": [PAIRS]}, {"budget": 10.0, "constraints[0][1]": 10.0}),
        (
            {"constraints": [PAIRS, (ALL, 105.0)]},
            {"constraints[0][1]": 10.0},
        ),
        (
            {"current": 10.0, "max_moves": 1, "constraints": [(-ALL, -100.0)], "upper": 60.0},
            {"constraints[0]": 20.0, "max_moves": 1.0},
        ),
    ],
)
def test_limits_that_clash_and_the_way_out(given: dict[str, Any], clash: dict[str, float]) -> None:
    with pytest.raises(NoAllocationError) as caught:
        ao.allocate(THREE, 100.0, **given)
    assert set(clash) <= set(caught.value.conflict)
    assert {name: caught.value.repairs[name] for name in clash} == pytest.approx(clash)
    assert all(name in str(caught.value) for name in clash)
    assert "相互冲突" in caught.value.text.render(Language.CHINESE)


def test_a_repair_helps() -> None:
    matrix, limits = PAIRS
    ao.allocate(THREE, 110.0, constraints=[PAIRS])
    ao.allocate(THREE, 100.0, constraints=[(matrix, limits + np.array([0.0, 10.0]))])
    with pytest.raises(NoAllocationError):
        ao.allocate(THREE, 100.0, constraints=[(matrix, limits + np.array([0.0, 9.9]))])


def test_a_response_out_of_reach() -> None:
    with pytest.raises(NoAllocationError) as caught:
        ao.allocate(THREE, goal=ao.LeastBudget(1000.0), upper=100.0)
    most = float(THREE.value(np.full(3, 100.0)).sum())
    assert caught.value.repairs == pytest.approx({"response": 1000.0 - most})


def test_the_campaign_whose_budget_is_short() -> None:
    """Offers to two clusters: the budget must grow by 400 (Cohen, 2004)."""
    profit, cost = (
        np.array([2000.0, 1000.0, 3000.0, 2000.0]),
        np.array([200.0, 100.0, 300.0, 200.0]),
    )
    least = (np.array([[-1.0, 0.0, -1.0, 0.0], [0.0, -1.0, 0.0, -1.0]]), [-2.0, -2.0])
    sizes = (np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]]), [5.0, 5.0])
    hurdle = (1.2 * cost - profit, 0.0)

    def plan(budget: float) -> ao.Allocation:
        rows = [(cost, budget), least, sizes, hurdle]
        return ao.allocate(Linear(profit), 10.0, upper=5.0, whole=True, constraints=rows)

    with pytest.raises(NoAllocationError) as caught:
        plan(200.0)
    assert caught.value.repairs["constraints[0]"] == pytest.approx(400.0)
    found = plan(600.0)
    assert found.objective == pytest.approx(6000.0)
    assert float(found.spend @ cost) == pytest.approx(600.0)
