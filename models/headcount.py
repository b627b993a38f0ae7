"""People by role, unit and period, with spend as in the current plan.

    maximize   the scenario's goals, less the price of demand turned away

    heads[g,t]     = heads[g,t-1] + arrivals - releases - departures + moves in - moves out
    departures     follow the expected attrition, in whole people
    effective      = heads less what newcomers still lack while they learn
    served volume <= productivity * effective heads
    spans          led heads <= span * leading heads; staffing norms; hiring limits, lead time

With a goal of contribution this is least cost for the volume that pays.
"""

from dataclasses import replace

import pyomo.environ as pyo

from allocopt.declare.composition import declare_measures, price_of_unserved
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
from allocopt.declare.unserved import declare_unserved
from allocopt.measures.decisions import current_decisions
from allocopt.measures.lines import compile_lines
from allocopt.problem import Problem

NEEDS = ("staff",)
DECIDES = ("people",)


def build_model(problem: Problem, pieces: Pieces) -> pyo.ConcreteModel:
    """Return the headcount model of ``problem``; ``pieces`` play no part with spend given."""
    model = pyo.ConcreteModel(name="headcount")
    people = declare_people(model, problem)
    declare_hiring_limits(model, problem, people.arrivals)
    declare_moves(model, problem, people)
    unserved = declare_unserved(model, problem)
    decisions = replace(current_decisions(problem), unserved=unserved, **vars(people))
    totals = declare_measures(model, problem, pieces, decisions)
    heads = totals.measures["heads"]
    declare_whole_heads(model, problem, heads)
    declare_departures(model, problem, heads, people)
    declare_establishment(model, problem, heads)
    declare_spans(model, problem, heads)
    penalty = declare_lines(model, problem, compile_lines(problem), totals)
    penalty = penalty + price_of_unserved(problem, unserved)
    expose_decisions(model, decisions)
    declare_goals(model, scenario_goals(problem, totals, penalty))
    return model
