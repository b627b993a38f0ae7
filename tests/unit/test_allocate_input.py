"""What ``ao.allocate`` refuses, and how it says so; what it does at its limits."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import ArrayLike

import allocopt as ao
from allocopt.arrays import FloatArray, IntArray
from allocopt.curves import Curve, CurveShape, Hill, Menu, Parameter
from allocopt.errors import AllocationError, CurveError, InfeasibleError
from allocopt.text import Bilingual, Language

THREE = Hill([90.0, 60.0, 75.0], [40.0, 30.0, 55.0], [2.5, 0.9, 3.0])

WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"lower": [1.0, 2.0]}, r"lower: one number or 3, .* found shape \(2,\)"),
    ({"lower": "many"}, "lower: numbers were expected"),
    ({"upper": [1.0, np.nan, np.nan]}, r"upper is not a finite number at 2 placements: \[1\] nan"),
    ({"lower": [0.0, -1.0, 0.0]}, r"lower is below 0 at 1 placements: \[1\] -1"),
    ({"lower": 5.0, "upper": [9.0, 4.0, 3.0]}, r"at 2 placements: \[1\] 5 > 4, \[2\] 5 > 3"),
    ({"lower": 40.0}, "the budget 100 is below the sum of the lower bounds, 120; 20 are missing"),
    ({"upper": 30.0, "spend_all": True}, "above the sum of the upper bounds, 90; 10 would be left"),
    ({"budget": -1.0}, "the budget is -1.0; a number of at least 0"),
    ({"budget": float("nan")}, "the budget is nan"),
    ({"budget": None}, "either a budget or a goal is needed"),
    ({"goal": ao.LeastBudget(10.0)}, "either a budget or a goal is needed, and not both"),
    ({"budget": None, "goal": ao.LeastBudget(10.0)}, "upper: finite bounds are needed"),
    ({"max_moves": 1}, "max_moves needs current"),
    ({"max_moves": 1, "current": 60.0, "upper": 50.0}, "3 placements must move.*60"),
    ({"whole": True, "lower": 1.2, "upper": 1.7}, "nothing is allowed .* of 3 placements"),
    ({"constraints": [(np.ones((1, 2)), 1.0)]}, r"constraints\[0\]: A has shape \(1, 2\)"),
    ({"constraints": [(np.ones(3), np.nan)]}, r"constraints\[0\]: a number is not finite"),
    ({"constraints": [5]}, r"constraints\[0\]: a pair"),
    ({"uses": [(np.ones((2, 2)), 1.0)]}, r"uses\[0\]: a finite use"),
)


@pytest.mark.parametrize(("given", "message"), WRONG, ids=[str(n) for n in range(len(WRONG))])
def test_contradictions_are_named(given: dict[str, Any], message: str) -> None:
    budget = given.pop("budget", 100.0)
    with pytest.raises(AllocationError, match=message) as caught:
        ao.allocate(THREE, budget, **given)
    assert isinstance(caught.value, ValueError)
    assert caught.value.text.render(Language.CHINESE) != str(caught.value)


def test_no_curves_or_something_else_are_refused() -> None:
    with pytest.raises(AllocationError, match="curves: curves of"):
        ao.allocate([3.0], 1.0)
    with pytest.raises(CurveError, match="nan"):
        ao.allocate(Hill([1.0, np.nan], 1.0, 1.0), 1.0)


@dataclass(frozen=True, init=False, eq=False)
class Bump(Curve):
    """A user's family that is said to be concave but falls past its peak."""

    family: ClassVar[str] = "bump"
    title: ClassVar[Bilingual] = Bilingual("凸起", "Bump")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("peak", "effort", Bilingual("峰值", "Peak")),
    )

    peak: FloatArray

    def __init__(self, peak: ArrayLike) -> None:
        super().__init__(peak)

    def shape(self) -> IntArray:
        return np.full(self.dims, CurveShape.CONCAVE, dtype=np.int64)

    def inflection(self) -> FloatArray:
        return np.zeros(self.dims)

    def supremum(self) -> FloatArray:
        return np.full(self.dims, np.inf)

    def _value(self, x: FloatArray) -> FloatArray:
        return x * (2.0 * self.peak - x)

    def _marginal(self, x: FloatArray) -> FloatArray:
        return 2.0 * (self.peak - x)


def test_a_curve_that_falls_is_refused_with_the_point() -> None:
    with pytest.raises(AllocationError, match=r"placement 1 falls between 5 and 5\.3"):
        ao.allocate(Bump([20.0, 5.0]), 20.0, upper=10.0)
    assert ao.allocate(Bump([20.0, 10.0]), 20.0, upper=10.0).status == "proven"


def test_what_cannot_be_kept_is_infeasible() -> None:
    with pytest.raises(InfeasibleError):
        ao.allocate(THREE, 100.0, constraints=[(-np.ones(3), -120.0)])
    with pytest.raises(InfeasibleError):
        ao.allocate(THREE, goal=ao.LeastBudget(1e6), upper=100.0)


def test_no_time_still_gives_a_plan_with_its_bound() -> None:
    rng = np.random.default_rng(0)
    curves = Hill(rng.lognormal(size=30), rng.uniform(0.5, 2.0, 30), rng.uniform(2.0, 4.0, 30))
    found = ao.allocate(curves, 15.0, upper=4.0, gap=0.0, time_limit=1e-9)
    assert found.bound >= found.objective > 0.0
    assert found.gap < 0.1


def test_a_menu_stands_on_its_levels() -> None:
    menu = Menu([[0.0, 3.0, 7.0], [2.0, 5.0, 6.0]], [[0.0, 4.0, 5.0], [1.0, 2.0, 9.0]])
    found = ao.allocate(menu, 9.5, upper=7.0)
    assert found.spend.tolist() == [3.0, 6.0]
    assert found.objective == found.bound == 13.0


def test_prices_are_what_one_more_unit_brings() -> None:
    found = ao.allocate(THREE, 100.0, upper=80.0, gap=1e-12)
    more = ao.allocate(THREE, 100.001, upper=80.0, gap=1e-12)
    assert (more.objective - found.objective) / 0.001 == pytest.approx(found.prices[0], rel=1e-4)
