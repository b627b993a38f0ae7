"""Targets of every unit, product and month from the quotas given from above.

    sum of targets + unplaced = quota             at the top; inner nodes are sums of leaves
    stretch >= target, sum of stretch + unplaced = pledged quota
    pins, floors, ceilings; growth on last year at most g
    |target - profile * year| <= slack            months follow the schedule profile
    sum of months <= p >= share * year            months secure the quarter

In order: least unplaced; for the optimized method the smallest largest target / potential;
closeness to the reference shares (the method's weights, or last year's); smooth months.
Whole units are then placed exactly by controlled rounding (`allocopt.declare.rounding`).
"""

from dataclasses import replace

import pyomo.environ as pyo

from allocopt.declare.goals import declare_goals
from allocopt.declare.outputs import expose_decisions
from allocopt.declare.pieces import Pieces
from allocopt.declare.targets import cascade_goals, declare_targets, whole_axis
from allocopt.measures.decisions import current_decisions
from allocopt.problem import Problem

NEEDS = ("targets",)
DECIDES = ("targets",)


def build_model(problem: Problem, pieces: Pieces) -> pyo.ConcreteModel:
    """Return the cascade of every quota of ``problem``; ``pieces`` play no part."""
    del pieces
    model = pyo.ConcreteModel(name="targets")
    cascades = declare_targets(model, problem)
    decisions = replace(
        current_decisions(problem),
        target=whole_axis(problem, cascades, stretch=False),
        stretch_target=whole_axis(problem, cascades, stretch=True),
    )
    expose_decisions(model, decisions)
    declare_goals(model, cascade_goals(model, cascades))
    return model
