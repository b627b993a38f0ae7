"""Spend per placement and period, with people as they are.

    maximize   the scenario's goals, less the price of soft lines that are missed

    effort[a,t]   = spend[a,t] + carry_over[a] * effort[a,t-1]
    volume[i,t]   = base + sum_a share[a,i] * season[i,t] * f_a(effort[a,t]) - unserved[i,t]
    customers     = customers before - leavers + kept + effective volume
    lines         budgets, ratios, floors, caps on sums of these
    lower <= spend <= upper, minimum efficient spend, largest move, at most k changes

People stay as they are at the start; what they cannot serve is turned away at a price.
"""

from dataclasses import replace

import pyomo.environ as pyo

from allocopt.declare.composition import declare_measures, price_of_unserved
from allocopt.declare.goals import declare_goals, scenario_goals
from allocopt.declare.lines import declare_lines
from allocopt.declare.outputs import expose_decisions
from allocopt.declare.pieces import Pieces
from allocopt.declare.spend import (
    declare_change_limits,
    declare_largest_moves,
    declare_minimum_spend,
    declare_spend,
)
from allocopt.declare.unserved import declare_unserved
from allocopt.measures.decisions import current_decisions
from allocopt.measures.lines import compile_lines
from allocopt.problem import Problem

NEEDS = ("placements",)
DECIDES = ("spend",)


def build_model(problem: Problem, pieces: Pieces) -> pyo.ConcreteModel:
    """Return the subsidy model of ``problem`` with response curves as ``pieces``."""
    model = pyo.ConcreteModel(name="subsidies")
    spend = declare_spend(model, problem)
    declare_minimum_spend(model, problem, spend)
    declare_largest_moves(model, problem, spend)
    declare_change_limits(model, problem, spend)
    unserved = declare_unserved(model, problem)
    decisions = replace(current_decisions(problem), spend=spend, unserved=unserved)
    totals = declare_measures(model, problem, pieces, decisions)
    penalty = declare_lines(model, problem, compile_lines(problem), totals)
    penalty = penalty + price_of_unserved(problem, unserved)
    expose_decisions(model, decisions)
    declare_goals(model, scenario_goals(problem, totals, penalty))
    return model
