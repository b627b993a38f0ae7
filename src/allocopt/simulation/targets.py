"""What can be uncertain: where each target's numbers stand, and what they may be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.measures.world import World
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem
from allocopt.scenario.schema.uncertainty import Target


@dataclass(frozen=True)
class Place:
    """Where the numbers of a target are.

    Attributes
    ----------
    axis : AxisName
    expected : callable
        Problem and expected world -> FloatArray (rows, periods), what is expected; (rows,) for
        what is counted once.
    most : float
        Largest number that a future can have; 0 is the least of all.
    """

    axis: AxisName
    expected: Callable[[Problem, World], FloatArray]
    most: float = np.inf


def _cells(of: Callable[[World], FloatArray], most: float = np.inf) -> Place:
    return Place(AxisName.CELLS, lambda _, world: of(world), most)


def _market(of: Callable[[World], FloatArray]) -> Place:
    return Place(AxisName.MARKET, lambda _, world: of(world))


def _none_yet(problem: Problem, world: World) -> FloatArray:
    del world
    return np.zeros_like(problem.staff.wage)


def _all_of_it(problem: Problem, world: World) -> FloatArray:
    del world
    return np.ones_like(problem.staff.wage)


PLACES: Mapping[Target, Place] = {
    Target.RESPONSE: Place(AxisName.PLACEMENTS, lambda _, w: w.response_scale),
    Target.EFFORT: Place(AxisName.PLACEMENTS, lambda _, w: w.effort_scale),
    Target.BASE_VOLUME: _cells(lambda w: w.base_volume),
    Target.OPENING_CUSTOMERS: _cells(lambda w: w.opening_customers),
    Target.CHURN: _cells(lambda w: w.churn, 1.0),
    Target.ARPU: _cells(lambda w: w.arpu),
    Target.PRICE: _cells(lambda w: w.price),
    Target.EFFECTIVE_RATE: _cells(lambda w: w.effective_rate, 1.0),
    Target.MIGRATION: _cells(lambda w: w.migration, 1.0),
    Target.UNIT_COST: _cells(lambda w: w.unit_cost),
    Target.COST_SHARE: _cells(lambda w: w.cost_share, 1.0),
    Target.FIXED_COST: Place(AxisName.ACCOUNTS, lambda _, w: w.fixed_cost),
    Target.WAGE: Place(AxisName.GROUPS, lambda _, w: w.wage),
    Target.HIRING_SUCCESS: Place(AxisName.GROUPS, _all_of_it, 1.0),
    Target.HIRING_DELAY: Place(AxisName.GROUPS, _none_yet),
    Target.ATTRITION: Place(AxisName.GROUPS, _all_of_it),
    Target.MARKET_CUSTOMERS: _market(lambda w: w.market_customers),
    Target.MARKET_GROSS_ADDS: _market(lambda w: w.market_gross_adds),
    Target.MARKET_LEAVERS: _market(lambda w: w.market_leavers),
}

OF_PEOPLE = (Target.HIRING_SUCCESS, Target.HIRING_DELAY, Target.ATTRITION)
"""What decides who is really there; everything else is a number of the `World`."""

TARGETS = tuple(Target)
"""In the order that the status of a future counts them."""
