"""All measures of a plan from its decisions: the one definition.

Follow `measure`: effort, response, demand, what people can serve, the customer base,
money. The same lines run over numpy arrays (evaluation, audit, simulator) and over a
model's variables (optimizer), see `allocopt.measures.algebra`.
"""

from collections.abc import Mapping

import numpy as np
from scipy.sparse import csr_array

from allocopt.arrays import FloatArray
from allocopt.measures.algebra import Algebra, Values
from allocopt.measures.customers import CustomerFlows, customer_base, surviving_base
from allocopt.measures.decisions import Decisions
from allocopt.measures.effort import effort_of, response_to
from allocopt.measures.people import effective_heads_of, heads_of
from allocopt.measures.world import World
from allocopt.problem.problem import Problem, Staff


def measure(
    algebra: Algebra, problem: Problem, world: World, decisions: Decisions
) -> dict[str, Values]:
    """Return every measure by name, each on its axis (`allocopt.measures.catalog`).

    Parameters
    ----------
    algebra : Algebra
    problem : Problem
    world : World
        Parameters; arrays may have a leading axis of draws.
    decisions : Decisions

    Returns
    -------
    dict from measure name to Values (..., rows, periods)
    """
    people = people_measures(algebra, problem.staff, decisions)
    selling = _selling(
        algebra, problem, world, decisions, effective_heads=people["effective_heads"]
    )
    flows, opening = _customers(algebra, problem, world, selling)
    base = _base_measures(world, flows, opening)
    money = _money(problem, world, selling["gross_adds"], flows)
    money["expense"] = _expense(
        algebra,
        problem,
        world,
        decisions,
        heads=people["heads"],
        gross_adds=selling["gross_adds"],
        revenue=money["revenue"],
    )
    given = {
        name: algebra.constant(values) for name, values in constant_measures(problem, world).items()
    }
    targets = {"target": decisions.target, "stretch_target": decisions.stretch_target}
    return {**given, **people, **selling, **base, **money, **targets}


def constant_measures(problem: Problem, world: World) -> Mapping[str, FloatArray]:
    """Return the measures that no decision changes; yearly ones spread evenly over periods."""
    periods = len(problem.calendar)
    even = np.full(periods, 1.0 / periods)
    return {
        "market_customers": world.market_customers,
        "market_gross_adds": world.market_gross_adds,
        "market_leavers": world.market_leavers,
        "last_year_volume": problem.cells.last_year_volume[:, None] * even,
        "last_year_revenue": problem.cells.last_year_revenue[:, None] * even,
        "potential": problem.cells.potential[:, None] * even,
    }


def people_measures(algebra: Algebra, staff: Staff, decisions: Decisions) -> dict[str, Values]:
    """Return the measures on groups of people, each (..., groups, periods)."""
    heads = heads_of(algebra, staff, decisions)
    return {
        "heads": heads,
        "effective_heads": effective_heads_of(staff, heads, decisions.arrivals),
        "arrivals": decisions.arrivals,
        "releases": decisions.releases,
        "departures": decisions.departures,
        "moves_in": decisions.moves_in,
        "moves_out": decisions.moves_out,
    }


def _selling(
    algebra: Algebra,
    problem: Problem,
    world: World,
    decisions: Decisions,
    *,
    effective_heads: Values,
) -> dict[str, Values]:
    placements = problem.placements
    effort = effort_of(algebra, placements, decisions.spend)
    response = response_to(algebra, placements, effort, world)
    demand = (algebra.total(placements.adds, response) + world.base_volume) * world.season
    capacity = effective_heads * _finite_productivity(problem.staff)
    served = algebra.serve(demand - decisions.unserved, capacity)
    return {
        "spend": decisions.spend,
        "effort": effort,
        "response": response,
        "demand": demand,
        "unserved": demand - served,
        "gross_adds": served,
        "effective_adds": served * world.effective_rate,
    }


def _finite_productivity(staff: Staff) -> FloatArray:
    """Return productivity (groups, 1), 0 for groups that limit nothing."""
    return np.where(np.isfinite(staff.productivity), staff.productivity, 0.0)[:, None]


def _customers(
    algebra: Algebra, problem: Problem, world: World, selling: Mapping[str, Values]
) -> tuple[CustomerFlows, tuple[Values, Values]]:
    """Return the whole base, and the survivors of the opening base at starts and ends."""
    placements, migrates = problem.placements, problem.cells.migrates
    whole = customer_base(
        algebra,
        world,
        "customers",
        joining=selling["effective_adds"],
        kept=algebra.total(placements.keeps, selling["response"]),
        moved=algebra.total(placements.moves, selling["response"]),
        migrates=migrates,
    )
    return whole, surviving_base(algebra, world, whole, migrates)


def _base_measures(
    world: World, flows: CustomerFlows, opening: tuple[Values, Values]
) -> dict[str, Values]:
    opening_start, opening_end = opening
    return {
        "customers_start": flows.start,
        "customers": flows.end,
        "base_customers": opening_end,
        "base_revenue": (opening_start + opening_end) * (world.arpu / 2),
        "saved": flows.saved,
        "moved_in": flows.moved_in,
        "moved_out": flows.moved_out,
        "leavers": flows.start * world.churn - flows.saved,
        "net_adds": flows.end - flows.start,
    }


def _money(
    problem: Problem, world: World, gross_adds: Values, flows: CustomerFlows
) -> dict[str, Values]:
    periods = len(problem.calendar)
    revenue = gross_adds * world.price + (flows.start + flows.end) * (world.arpu / 2)
    at_end = np.zeros(periods)
    at_end[-1] = problem.objective.end_value_periods
    return {
        "revenue": revenue,
        "cost_of_sales": gross_adds * world.unit_cost + revenue * world.cost_share,
        "end_value": flows.end * (world.arpu * (1.0 - world.cost_share) * at_end),
    }


def _expense(
    algebra: Algebra,
    problem: Problem,
    world: World,
    decisions: Decisions,
    *,
    heads: Values,
    gross_adds: Values,
    revenue: Values,
) -> Values:
    """Return the expense of every account, (..., accounts, periods), 元."""
    accounts, staff = problem.accounts, problem.staff
    one_off = (
        decisions.arrivals * staff.hiring_cost[:, None]
        + decisions.releases * staff.release_cost[:, None]
        + decisions.moves_in * staff.move_cost[:, None]
    )
    parts: tuple[tuple[csr_array, Values], ...] = (
        (accounts.of_spend, decisions.spend),
        (accounts.of_wages, heads * world.wage),
        (accounts.of_one_off, one_off),
        (accounts.per_volume, gross_adds),
        (accounts.revenue_share, revenue),
    )
    expense = algebra.constant(world.fixed_cost)
    for matrix, values in parts:
        expense = expense + algebra.total(matrix, values)
    return expense
