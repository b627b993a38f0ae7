"""Targets, spend and people together.

maximize   contribution margin (or the scenario's goals),
           less the price of missed targets, missed soft lines and demand turned away

spend         as in `subsidies.py`: response curves, carry-over, bounds, minimum spend
people        as in `headcount.py`: heads, attrition, ramp, spans, capacity
targets       as in `targets.py`, by year: children sum to the quota; the months are placed
              afterwards, along the profile (`allocopt.solving.cascade`)
shortfall[k] >= year target[k] - year attained[k]
lines         every budget, ratio, floor, cap, band, mix and share of the scenario
"""

from dataclasses import replace

import pyomo.environ as pyo

from allocopt.declare.composition import attained_targets, declare_measures, price_of_unserved
from allocopt.declare.goals import declare_goals, scenario_goals
from allocopt.declare.lines import declare_lines
from allocopt.declare.outputs import expose_decisions
from allocopt.declare.people import (
    declare_departures,
    declare_establishment,
    declare_hiring_limits,
    declare_moves,
    declare_people,
    declare_spans,
    declare_whole_heads,
)
from allocopt.declare.pieces import Pieces
from allocopt.declare.shortfall import declare_target_shortfall
from allocopt.declare.spend import (
    declare_change_limits,
    declare_largest_moves,
    declare_minimum_spend,
    declare_spend,
)
from allocopt.declare.targets import declare_targets, whole_axis
from allocopt.declare.unserved import declare_unserved
from allocopt.measures.decisions import current_decisions
from allocopt.measures.lines import compile_lines
from allocopt.problem import Problem

NEEDS = ("placements",)
DECIDES = ("spend", "people", "targets")


def build_model(problem: Problem, pieces: Pieces) -> pyo.ConcreteModel:
    """Return the joint model of ``problem`` with response curves as ``pieces``."""
    model = pyo.ConcreteModel(name="joint")
    spend = declare_spend(model, problem)
    declare_minimum_spend(model, problem, spend)
    declare_largest_moves(model, problem, spend)
    declare_change_limits(model, problem, spend)
    people = declare_people(model, problem)
    declare_hiring_limits(model, problem, people.arrivals)
    declare_moves(model, problem, people)
    unserved = declare_unserved(model, problem)
    decisions = replace(current_decisions(problem), spend=spend, unserved=unserved, **vars(people))
    cascades = declare_targets(model, problem, by_year=True)
    if cascades:
        decisions = replace(
            decisions,
            target=whole_axis(problem, cascades, stretch=False),
            stretch_target=whole_axis(problem, cascades, stretch=True),
        )
    totals = declare_measures(model, problem, pieces, decisions)
    heads = totals.measures["heads"]
    declare_whole_heads(model, problem, heads)
    declare_departures(model, problem, heads, people)
    declare_establishment(model, problem, heads)
    declare_spans(model, problem, heads)
    penalty = declare_lines(model, problem, compile_lines(problem), totals)
    penalty = penalty + price_of_unserved(problem, unserved)
    if cascades:
        attained = attained_targets(model, problem, pieces, totals)
        penalty = penalty + declare_target_shortfall(model, problem, cascades, attained)
    expose_decisions(model, decisions)
    declare_goals(model, scenario_goals(problem, totals, penalty))
    return model
