"""The parameters that a plan meets: expected ones, or drawn ones."""

from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.problem.problem import Problem


@dataclass(frozen=True)
class World:
    """What the engine multiplies with; every array may have a leading axis of draws.

    Attributes
    ----------
    season, base_volume, price, unit_cost, arpu, cost_share, churn, effective_rate, migration :
        FloatArray (..., cells, periods)
    opening_customers : FloatArray (..., cells), accounts
    response_scale : FloatArray (..., placements, periods), factor on the response
    effort_scale : FloatArray (..., placements, periods), factor on the effort that works
    wage : FloatArray (..., groups, periods), 元/head/period
    fixed_cost : FloatArray (..., accounts, periods), 元/period
    market_customers, market_gross_adds, market_leavers : FloatArray (..., rows, periods)
    """

    season: FloatArray
    base_volume: FloatArray
    price: FloatArray
    unit_cost: FloatArray
    arpu: FloatArray
    cost_share: FloatArray
    churn: FloatArray
    effective_rate: FloatArray
    migration: FloatArray
    opening_customers: FloatArray
    response_scale: FloatArray
    effort_scale: FloatArray
    wage: FloatArray
    fixed_cost: FloatArray
    market_customers: FloatArray
    market_gross_adds: FloatArray
    market_leavers: FloatArray


def expected_world(problem: Problem) -> World:
    """Return the world as the scenario expects it."""
    cells = problem.cells
    return World(
        season=cells.season,
        base_volume=cells.base_volume,
        price=cells.price,
        unit_cost=cells.unit_cost,
        arpu=cells.arpu,
        cost_share=cells.cost_share,
        churn=cells.churn,
        effective_rate=cells.effective_rate,
        migration=cells.migration,
        opening_customers=cells.opening_customers,
        response_scale=np.ones_like(problem.placements.upper),
        effort_scale=np.ones_like(problem.placements.upper),
        wage=problem.staff.wage,
        fixed_cost=problem.accounts.fixed,
        market_customers=problem.market.customers,
        market_gross_adds=problem.market.gross_adds,
        market_leavers=problem.market.leavers,
    )
