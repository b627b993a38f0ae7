"""The objective of a plan, from its measures: the same sum that a model maximizes."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.measures.attainment import attained
from allocopt.measures.decisions import Decisions
from allocopt.measures.expressions import parse_expression
from allocopt.measures.lines import LineResult, Stretch, form_value
from allocopt.measures.numbers import Numbers
from allocopt.measures.penalties import unserved_price
from allocopt.problem.axes import Selection
from allocopt.problem.problem import Problem
from allocopt.problem.quota import quotas_of
from allocopt.scenario.schema.limits import Sense


@dataclass(frozen=True)
class ObjectivePart:
    """One summand of the objective.

    Attributes
    ----------
    name : str
        A goal's expression, or what a penalty is for.
    value : float
        元 (or the goal's unit); penalties are negative.
    """

    name: str
    value: float


def objective_parts(
    problem: Problem,
    decisions: Decisions,
    measures: Mapping[str, FloatArray],
    results: tuple[LineResult, ...],
    *,
    decides: tuple[str, ...],
) -> tuple[ObjectivePart, ...]:
    """Return the first goal and every penalty; their sum is the objective, to be maximized.

    Parameters
    ----------
    problem : Problem
    decisions : Decisions
    measures : mapping measure name -> FloatArray (rows, periods)
    results : tuple of LineResult
    decides : tuple of str
        What the model decided. Missed targets are priced where targets are decided; where
        nothing else is, the objective is what could not be placed.
    """
    if decides == ("targets",):
        return unplaced_parts(problem, decisions)
    goal = problem.objective.goals[0]
    expression = parse_expression(goal.expression, problem.axes, Selection())
    whole = Stretch(0, len(problem.calendar) - 1, "")
    value = float(form_value(problem, expression.numerator, measures, whole))
    sign = 1.0 if goal.sense is Sense.MAXIMIZE else -1.0
    parts = [ObjectivePart(goal.expression, sign * value)]
    parts.extend(
        ObjectivePart(result.line.name, -result.penalty) for result in results if result.penalty > 0
    )
    unserved = float((measures["unserved"] * unserved_price(problem)).sum())
    if unserved > 0:
        parts.append(ObjectivePart("unserved", -unserved))
    if "targets" in decides:
        parts.extend(target_penalties(problem, decisions, measures))
    return tuple(parts)


def unplaced_parts(problem: Problem, decisions: Decisions) -> tuple[ObjectivePart, ...]:
    """Return what of each quota is not placed, in average monthly targets, as a negative number."""
    parts = []
    for quota in quotas_of(problem):
        layers = ((quota.total, decisions.target), (quota.stretch, decisions.stretch_target))
        over = sum(float(values[quota.rows].sum()) - total for total, values in layers)
        parts.append(ObjectivePart(f"unplaced {quota.spec.id}", min(over, 0.0) / quota.unit))
    return tuple(parts)


def target_penalties(
    problem: Problem, decisions: Decisions, measures: Mapping[str, FloatArray]
) -> tuple[ObjectivePart, ...]:
    """Return the price of missed and unplaced targets, per quota that states one."""
    reached = attained(Numbers(problem), problem, measures).sum(axis=-1)
    wanted = decisions.target.sum(axis=-1)
    parts = []
    for quota in quotas_of(problem):
        if quota.spec.shortfall_price is None:
            continue
        short = np.maximum(wanted[quota.rows] - reached[quota.rows], 0.0).sum()
        unplaced = max(quota.total - float(wanted[quota.rows].sum()), 0.0)
        price = quota.spec.shortfall_price * (float(short) + unplaced)
        if price > 0:
            parts.append(ObjectivePart(f"target {quota.spec.id}", -price))
    return tuple(parts)
