"""What a model optimizes."""

from dataclasses import dataclass

import pyomo.environ as pyo
from pyomo.core.expr import LinearExpression

from allocopt.declare.affine import Affine
from allocopt.declare.lines import Totals
from allocopt.errors import UsageError
from allocopt.measures.expressions import parse_expression
from allocopt.measures.lines import Stretch
from allocopt.problem.axes import Selection
from allocopt.problem.problem import Problem
from allocopt.scenario.schema.limits import Goal, Sense
from allocopt.text import T


@dataclass(frozen=True)
class GoalRow:
    """One goal of a model, to be maximized.

    Attributes
    ----------
    name : str
    value : Affine of shape ()
        To be maximized; a goal to minimize is its negative.
    slack : float
        What later goals may give up of it, share of its value.
    scale : float
        Value divided by it is what the solver sees.
    """

    name: str
    value: Affine
    slack: float
    scale: float


def goal_value(totals: Totals, goal: Goal) -> Affine:
    """Return the goal's expression over the horizon, shape (), in its own unit.

    Raises
    ------
    UsageError
        If it is not a linear expression of measures.
    """
    expression = parse_expression(goal.expression, totals.problem.axes, Selection())
    if expression.denominator is not None:
        raise UsageError(T("{text}: a goal cannot be a ratio", text=goal.expression))
    labels = totals.problem.calendar.labels
    return totals.form(expression.numerator, Stretch(0, len(labels) - 1, labels[-1]))


def scenario_goals(problem: Problem, totals: Totals, penalty: Affine) -> tuple[GoalRow, ...]:
    """Return the scenario's goals in order; penalties of soft limits count against the first.

    Raises
    ------
    UsageError
        If a goal is not a linear expression of measures.
    """
    rows = []
    for number, goal in enumerate(problem.objective.goals):
        value = goal_value(totals, goal)
        signed = value if goal.sense is Sense.MAXIMIZE else -value
        if number == 0:
            signed = signed - penalty
        rows.append(GoalRow(goal.expression, signed, goal.slack, float(problem.money_unit)))
    return tuple(rows)


def declare_goals(model: pyo.ConcreteModel, goals: tuple[GoalRow, ...]) -> None:
    """Declare one objective per goal, the first one active; they are solved in order."""
    model.allocopt_goals = goals
    for number, goal in enumerate(goals):
        matrix = goal.value.coefficients()
        expression = LinearExpression(
            constant=float(goal.value.constant) / goal.scale,
            linear_coefs=(matrix.data / goal.scale).tolist(),
            linear_vars=[goal.value.columns.variables[c] for c in matrix.indices.tolist()],
        )
        objective = pyo.Objective(expr=expression, sense=pyo.maximize, doc=goal.name)
        model.add_component(f"goal_{number + 1}", objective)
        if number:
            objective.deactivate()
