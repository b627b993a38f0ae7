"""What single placements can take, and what lines allow them together."""

from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.measures.expressions import Term
from allocopt.measures.lines import Line, Sense, compile_lines
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem
from allocopt.scenario.schema.limits import LineKind


def spend_bounds(problem: Problem) -> tuple[FloatArray, FloatArray]:
    """Return the least and most spend, (placements, periods) each: bounds and largest moves."""
    placements = problem.placements
    share = placements.largest_move[:, None]
    room = np.where(np.isnan(share), np.inf, placements.current * share)
    lower = np.maximum(placements.lower, placements.current - room)
    upper = np.minimum(placements.upper, placements.current + room)
    return lower, np.maximum(upper, lower)


@dataclass(frozen=True, eq=False)
class Budget:
    """An upper limit on a sum of spend alone.

    Attributes
    ----------
    name : str
        Of the line.
    spec : str
        Its id in the scenario; empty if no line says so.
    weights : FloatArray (placements, periods)
        What a yuan counts, at least 0.
    room : float
        元 that the weighted spend may come to.
    """

    name: str
    spec: str
    weights: FloatArray
    room: float


def budgets_of(problem: Problem) -> tuple[Budget, ...]:
    """Return the hard lines that limit nothing but spend, in file order."""
    found = (_budget(problem, line) for line in compile_lines(problem))
    return tuple(budget for budget in found if budget is not None)


def cost_lines(problem: Problem) -> tuple[str, ...]:
    """Return the ids of hard upper limits on spend or expense, alone or over something else."""
    return tuple(
        dict.fromkeys(
            line.spec
            for line in compile_lines(problem)
            if line.kind is LineKind.HARD
            and line.sense is Sense.AT_MOST
            and all(
                term.measure.name in ("spend", "expense") and term.coefficient > 0
                for term in line.expression.numerator.terms
            )
        )
    )


def pool_of(problem: Problem) -> tuple[Budget, ...]:
    """Return the budgets; where no line limits the spend, today's total is one."""
    budgets = budgets_of(problem)
    limited = sum((budget.weights for budget in budgets), np.zeros_like(problem.placements.upper))
    if not budgets or not (limited > 0).all():
        budgets = (*budgets, whole_spend(problem, float(problem.placements.current.sum())))
    return budgets


def whole_spend(problem: Problem, amount: float) -> Budget:
    """Return the budget under which all spend together is at most ``amount`` 元."""
    return Budget("", "", np.ones_like(problem.placements.upper), amount)


def _budget(problem: Problem, line: Line) -> Budget | None:
    form = line.expression.numerator
    limits = line.kind is LineKind.HARD and line.sense is Sense.AT_MOST
    if not limits or line.expression.denominator is not None:
        return None
    weights, room = np.zeros_like(problem.placements.upper), line.bound - form.constant
    for term in form.terms:
        part = _of_spend(problem, line, term)
        if part is None:
            return None
        weights, room = weights + part[0], room - part[1]
    if not (weights > 0).any() or (weights < 0).any():
        return None
    return Budget(line.name, line.spec, weights, room)


def _of_spend(problem: Problem, line: Line, term: Term) -> tuple[FloatArray, float] | None:
    """Return what a yuan of each spend adds to a term, and what is there without any.

    None where something else moves it, too.
    """
    periods = len(problem.calendar)
    when = line.stretch.weights(term.measure.over_time, periods) * term.coefficient
    rows = problem.axes[term.measure.axis].rows(term.selection)
    if term.measure.axis is AxisName.PLACEMENTS and term.measure.name == "spend":
        return np.outer(rows, when), 0.0
    if term.measure.name != "expense":
        return None
    accounts = problem.accounts
    others = (
        accounts.of_wages,
        accounts.of_one_off,
        accounts.per_volume,
        accounts.revenue_share,
    )
    if any(np.abs(matrix.T @ rows).any() for matrix in others):
        return None
    return np.outer(accounts.of_spend.T @ rows, when), float(rows @ accounts.fixed @ when)
