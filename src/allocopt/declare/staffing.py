"""People alone: the cheapest staff for a demand, the nearest to wanted heads, whole flows."""

from dataclasses import dataclass, replace

import numpy as np
import pyomo.environ as pyo

from allocopt.arrays import FloatArray
from allocopt.declare.affine import Affine
from allocopt.declare.algebra import ModelAlgebra
from allocopt.declare.composition import as_expressions
from allocopt.declare.goals import GoalRow, declare_goals
from allocopt.declare.lines import Totals, declare_lines
from allocopt.declare.outputs import expose_decisions
from allocopt.declare.people import (
    PeopleFlows,
    declare_departures,
    declare_establishment,
    declare_hiring_limits,
    declare_moves,
    declare_people,
    declare_spans,
    declare_whole_heads,
    group_labels,
)
from allocopt.declare.pieces import exact_pieces
from allocopt.declare.rows import Relation, declare_rows, declare_variables
from allocopt.declare.unserved import declare_unserved
from allocopt.measures.algebra import Values
from allocopt.measures.catalog import UnitKind
from allocopt.measures.decisions import Decisions, current_decisions
from allocopt.measures.engine import people_measures
from allocopt.measures.lines import Line, compile_lines
from allocopt.measures.penalties import unserved_price
from allocopt.problem.problem import Problem

_WORTH_OF_A_HEAD = 10.0
"""What a wanted head is worth, wages: people are there because they bring several times more."""
_WORTH_OF_A_FLOW = 0.3
"""What it is worth that people come and move when the relaxed plan wants them to, wages."""


@dataclass(frozen=True)
class _Staff:
    """People of a model under construction."""

    people: PeopleFlows
    algebra: ModelAlgebra
    measures: dict[str, Values]


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
    unserved = declare_unserved(model, problem)
    decisions = replace(current_decisions(problem), unserved=unserved)
    staff = _declare_staff(model, problem, decisions, whole_flows=False)
    productivity = np.where(np.isfinite(problem.staff.productivity), problem.staff.productivity, 0)
    capacity = staff.measures["effective_heads"] * productivity[:, None]
    staff.algebra.serve(-unserved + demand, capacity)
    declare_whole_heads(model, problem, staff.measures["heads"])
    cost = _declare_rules(model, problem, staff) + (unserved * _worth(problem)).total()
    expose_decisions(model, replace(decisions, **vars(staff.people)))
    declare_goals(model, (GoalRow("staffing", -cost, 0.0, float(problem.money_unit)),))
    return model


def build_near_staff(
    problem: Problem, wanted: FloatArray, *, whole_flows: bool = False
) -> pyo.ConcreteModel:
    """Return the model of whole heads nearest to wanted ones that keep every rule.

        minimize   wages + hiring, release and move cost + worth of heads away from the wanted
        heads[g, t] + below[g, t] - above[g, t] == wanted[g, t]

    Parameters
    ----------
    problem : Problem
    wanted : FloatArray (groups, periods), heads
        Fractions say that nothing is wanted in particular.
    whole_flows : bool
        Whether those who come, go and move are whole, too: far slower.
    """
    model = pyo.ConcreteModel(name="near staff")
    decisions = current_decisions(problem)
    staff = _declare_staff(model, problem, decisions, whole_flows=whole_flows)
    heads = staff.measures["heads"]
    declare_whole_heads(model, problem, heads)
    cost = _declare_rules(model, problem, staff)
    cost = cost + _declare_distance(model, problem, heads, wanted)
    expose_decisions(model, replace(decisions, **vars(staff.people)))
    declare_goals(model, (GoalRow("near staff", -cost, 0.0, float(problem.money_unit)),))
    return model


def build_whole_flows(problem: Problem, heads: FloatArray, relaxed: Decisions) -> pyo.ConcreteModel:
    """Return the model of whole arrivals, departures and moves behind given heads.

        minimize   wages + hiring, release and move cost + worth of flows away from relaxed ones

    It has no answer where only fractions of people lead to these heads.

    Parameters
    ----------
    problem : Problem
    heads : FloatArray (groups, periods)
        Whole for whole roles; others follow their own rules.
    relaxed : Decisions
        With flows as fractions: they know when people are worth most, costs alone do not.
    """
    model = pyo.ConcreteModel(name="whole flows")
    decisions = current_decisions(problem)
    staff = _declare_staff(model, problem, decisions, whole_flows=True)
    labels, periods = group_labels(problem), len(problem.calendar)
    whole = np.flatnonzero(problem.staff.whole)
    declare_rows(
        model,
        "given_heads",
        [labels[g * periods + t] for g in whole for t in range(periods)],
        staff.measures["heads"][whole] - np.round(heads[whole]),
        relation=Relation.ZERO,
        doc="heads are the given ones",
    )
    cost = _declare_rules(model, problem, staff)
    price = problem.staff.wage[whole].ravel() * _WORTH_OF_A_FLOW
    names = [labels[g * periods + t] for g in whole for t in range(periods)]
    for flow in ("arrivals", "moves_in", "moves_out"):
        wanted = np.asarray(vars(relaxed)[flow])[whole].ravel()
        rows = vars(staff.people)[flow][whole]
        flat = Affine(rows.columns, rows.matrix, rows.constant.ravel())
        away = _declare_away(model, (f"{flow}_away", names), flat, wanted)
        cost = cost + (away * price).total()
    expose_decisions(model, replace(decisions, **vars(staff.people)))
    declare_goals(model, (GoalRow("whole flows", -cost, 0.0, float(problem.money_unit)),))
    return model


def _declare_staff(
    model: pyo.ConcreteModel, problem: Problem, decisions: Decisions, *, whole_flows: bool
) -> _Staff:
    people = declare_people(model, problem, whole=whole_flows)
    declare_hiring_limits(model, problem, people.arrivals)
    declare_moves(model, problem, people)
    everything = replace(decisions, **vars(people))
    algebra = ModelAlgebra(model, problem, exact_pieces(problem.placements, decisions.spend))
    measures = people_measures(algebra, problem.staff, as_expressions(model, everything))
    return _Staff(people, algebra, measures)


def _declare_rules(model: pyo.ConcreteModel, problem: Problem, staff: _Staff) -> Affine:
    """Declare what holds for people alone; return what they cost and their lines miss, 元."""
    heads, people = staff.measures["heads"], staff.people
    declare_departures(model, problem, heads, people)
    declare_establishment(model, problem, heads)
    declare_spans(model, problem, heads)
    totals = Totals(model, problem, staff.measures)
    lines = tuple(line for line in compile_lines(problem) if _on_people(line))
    cost = declare_lines(model, problem, lines, totals)
    prices = problem.staff
    for flow, price in (
        (heads, prices.wage),
        (people.arrivals, prices.hiring_cost[:, None]),
        (people.releases, prices.release_cost[:, None]),
        (people.moves_in, prices.move_cost[:, None]),
    ):
        cost = cost + (flow * price).total()
    return cost


def _declare_distance(
    model: pyo.ConcreteModel, problem: Problem, heads: Affine, wanted: FloatArray
) -> Affine:
    """Declare how far heads are from the wanted ones; return what that costs, shape (), 元."""
    firm = np.flatnonzero((np.abs(wanted - np.round(wanted)) <= 1e-6).ravel())
    labels = [group_labels(problem)[k] for k in firm]
    wage = np.maximum(problem.staff.wage, problem.staff.wage.mean()).ravel()[firm]
    chosen = heads[np.unravel_index(firm, wanted.shape)]
    away = _declare_away(model, ("wanted", labels), chosen, np.round(wanted.ravel()[firm]))
    cost: Affine = (away * (wage * _WORTH_OF_A_HEAD)).total()
    return cost


def _declare_away(
    model: pyo.ConcreteModel,
    place: tuple[str, list[tuple[str, str]]],
    values: Affine,
    wanted: FloatArray,
) -> Affine:
    """Return how far ``values`` are from ``wanted``, above or below; (n,)."""
    name, labels = place
    sides = declare_variables(
        model,
        name,
        [(side, *label) for side in ("above", "below") for label in labels],
        shape=(2, len(labels)),
        doc="people away from those wanted",
    )
    declare_rows(
        model,
        f"{name}_split",
        labels,
        values - wanted - sides[0] + sides[1],
        relation=Relation.ZERO,
        doc="people are those wanted, but for what is above or below",
    )
    distance: Affine = sides[0] + sides[1]
    return distance


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
