"""People alone: the cheapest whole staff for a given demand."""

from dataclasses import replace

import numpy as np
import pyomo.environ as pyo

from allocopt.arrays import FloatArray
from allocopt.declare.algebra import ModelAlgebra
from allocopt.declare.composition import as_expressions
from allocopt.declare.goals import GoalRow, declare_goals
from allocopt.declare.lines import Totals, declare_lines
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
from allocopt.declare.pieces import exact_pieces
from allocopt.declare.unserved import declare_unserved
from allocopt.measures.catalog import UnitKind
from allocopt.measures.decisions import current_decisions
from allocopt.measures.engine import people_measures
from allocopt.measures.lines import Line, compile_lines
from allocopt.measures.penalties import unserved_price
from allocopt.problem.problem import Problem


def build_staffing(problem: Problem, demand: FloatArray) -> pyo.ConcreteModel:
    """Return the model of people alone for a fixed demand.

        minimize   wages + hiring, release and move cost + worth of demand turned away

    with every rule about people and the lines that speak of people only. It is the
    headcount part of a joint plan once its spend is known, and small enough to be solved
    to the end.

    Parameters
    ----------
    problem : Problem
    demand : FloatArray (cells, periods), gross adds/period
    """
    model = pyo.ConcreteModel(name="staffing")
    people = declare_people(model, problem)
    declare_hiring_limits(model, problem, people.arrivals)
    declare_moves(model, problem, people)
    unserved = declare_unserved(model, problem)
    decisions = replace(current_decisions(problem), unserved=unserved, **vars(people))
    algebra = ModelAlgebra(model, problem, exact_pieces(problem.placements, decisions.spend))
    measures = people_measures(algebra, problem.staff, as_expressions(model, decisions))
    heads = measures["heads"]
    productivity = np.where(np.isfinite(problem.staff.productivity), problem.staff.productivity, 0)
    algebra.serve(-unserved + demand, measures["effective_heads"] * productivity[:, None])
    declare_whole_heads(model, problem, heads)
    declare_departures(model, problem, heads, people)
    declare_establishment(model, problem, heads)
    declare_spans(model, problem, heads)
    totals = Totals(model, problem, measures)
    lines = tuple(line for line in compile_lines(problem) if _on_people(line))
    cost = declare_lines(model, problem, lines, totals)
    staff = problem.staff
    cost = cost + (heads * staff.wage).total() + (unserved * _worth(problem)).total()
    for flow, price in (
        (people.arrivals, staff.hiring_cost),
        (people.releases, staff.release_cost),
        (people.moves_in, staff.move_cost),
    ):
        cost = cost + (flow * price[:, None]).total()
    expose_decisions(model, decisions)
    declare_goals(model, (GoalRow("staffing", -cost, 0.0, float(problem.money_unit)),))
    return model


def _on_people(line: Line) -> bool:
    forms = [line.expression.numerator]
    if line.expression.denominator is not None:
        forms.append(line.expression.denominator)
    return all(form.units() == {UnitKind.HEADS} for form in forms)


def _worth(problem: Problem) -> FloatArray:
    """Return what a gross add turned away costs: its price and the margin it would have brought."""
    cells, periods = problem.cells, len(problem.calendar)
    left = periods - np.arange(periods) + problem.objective.end_value_periods
    margin = cells.price * (1 - cells.cost_share) - cells.unit_cost
    lasting = cells.effective_rate * cells.arpu * (1 - cells.cost_share) * left
    return np.asarray(unserved_price(problem) + np.maximum(margin + lasting, 0.0))
