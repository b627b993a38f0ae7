"""By potential: budgets and quotas in proportion to what a place could bring."""

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.problem.problem import Problem
from allocopt.strategies.bounds import pool_of
from allocopt.strategies.filling import poured
from allocopt.strategies.rule import Choice, Rule
from allocopt.strategies.yardsticks import Yardstick, assumed, fed_cells, potential_shares
from allocopt.text import T


def decide(problem: Problem) -> Choice:
    """Return spend and quotas in proportion to potential.

    spend[a, t] = s * sum of the potential of the cells that a feeds, where t is open to it
    """
    weights, shares = _potential(problem), potential_shares(problem)
    opened = (problem.placements.upper > 0).astype(np.float64)
    spend = poured(problem, weights.values[:, None] * opened, pool_of(problem))
    return Choice(spend, shares.values, weights.remarks + shares.remarks)


def _potential(problem: Problem) -> Yardstick:
    """Return the potential of placements (placements,); what full effort brings where not given."""
    known: FloatArray = problem.cells.potential
    if not np.isnan(known).any():
        return Yardstick(fed_cells(problem) @ known)
    placements = problem.placements
    return Yardstick(
        placements.curves.value(placements.upper.max(axis=1, initial=0.0)),
        assumed(T("potential is not given for all cells: what full effort brings stands for it")),
    )


RULE = Rule(
    name="potential",
    title=T("By potential"),
    about=T("budgets and quotas in proportion to potential"),
    source="Lilien, Kotler and Moorthy, Marketing Models (1992): territory potential",
    decide=decide,
)
