"""What a planner decides; everything else follows from it."""

from dataclasses import dataclass

import numpy as np

from allocopt.measures.algebra import Values
from allocopt.problem.problem import Problem


@dataclass(frozen=True)
class Decisions:
    """The decisions of a plan, per period; numbers in a plan, variables in a model.

    Attributes
    ----------
    spend : Values (placements, periods), 元
    unserved : Values (cells, periods), gross adds turned away for want of people
    arrivals, releases, departures, moves_in, moves_out : Values (groups, periods), heads
        Departures are the planned ones: they follow the expected attrition.
    target, stretch_target : Values (targets, periods), in the quota's unit
    """

    spend: Values
    unserved: Values
    arrivals: Values
    releases: Values
    departures: Values
    moves_in: Values
    moves_out: Values
    target: Values
    stretch_target: Values


def current_decisions(problem: Problem) -> Decisions:
    """Return the current plan: present spend, nobody hired or let go, no targets."""
    people = np.zeros_like(problem.staff.wage)
    cells = np.zeros_like(problem.cells.season)
    targets = np.zeros((len(problem.target_cells.quotas), len(problem.calendar)))
    return Decisions(
        spend=problem.placements.current,
        unserved=cells,
        arrivals=people,
        releases=people,
        departures=people,
        moves_in=people,
        moves_out=people,
        target=targets,
        stretch_target=targets,
    )


def nonnegative(decisions: Decisions) -> Decisions:
    """Return decisions in numbers without a solver's rounding below zero."""
    return Decisions(**{name: values.clip(min=0.0) for name, values in vars(decisions).items()})
