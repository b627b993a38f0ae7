"""What a unit of response is worth and what a yuan of spend costs, by the scenario's first goal."""

from dataclasses import dataclass, field, replace

import numpy as np

from allocopt.arrays import FloatArray, IntArray
from allocopt.measures.decisions import Decisions, current_decisions
from allocopt.measures.effort import effort_of
from allocopt.measures.engine import measure
from allocopt.measures.expressions import parse_expression
from allocopt.measures.lines import Stretch, form_value
from allocopt.measures.numbers import Numbers
from allocopt.measures.world import expected_world
from allocopt.problem.axes import Selection
from allocopt.problem.problem import Placements, Problem
from allocopt.scenario.schema.limits import Sense

_DRAWS = 128
"""Bumps that the engine takes at once: its arrays stay small."""
_BUMP = 1e-3
"""Of a unit of response, share of today's largest; of spend, share of the money unit."""


@dataclass(frozen=True)
class GivenResponse(Numbers):
    """Evaluates with responses that are given, whatever the effort.

    Attributes
    ----------
    response : FloatArray (..., placements, periods)
    """

    response: FloatArray = field(default_factory=lambda: np.zeros(()))

    def respond(self, effort: FloatArray) -> FloatArray:
        """Return the given response."""
        del effort
        return self.response


@dataclass(frozen=True, eq=False)
class Margins:
    """What the goal gains at the margin of today's plan, people following demand at no cost.

    Attributes
    ----------
    response : FloatArray (placements, periods)
        Of one more unit that a placement's curve gives.
    spend : FloatArray (placements,)
        Of a yuan spent, before what it brings: -1 where the goal counts expense, 0 where not.
    """

    response: FloatArray
    spend: FloatArray

    def gain(self, problem: Problem, spend: FloatArray, rows: IntArray) -> FloatArray:
        """Return what the spend of some placements gains, (..., rows).

        Parameters
        ----------
        problem : Problem
        spend : FloatArray (..., rows, periods), 元
        rows : IntArray (rows,)
            Which placements.
        """
        placements = _some(problem.placements, rows)
        effort = effort_of(Numbers(problem), placements, spend)
        brought = (self.response[rows] * placements.curves.value(effort)).sum(axis=-1)
        return np.asarray(brought + self.spend[rows] * spend.sum(axis=-1))


def _some(placements: Placements, rows: IntArray) -> Placements:
    """Return placements with what effort and response need of some rows alone."""
    return replace(
        placements,
        curves=placements.curves.take(rows),
        carry_over=placements.carry_over[rows],
        on_horizon=placements.on_horizon[rows],
        upper=placements.upper[rows],
    )


def margins(problem: Problem) -> Margins:
    """Return the margins of the first goal at today's plan.

    Differences of the measures themselves: what a response is worth includes the customers that
    stay for the rest of the horizon, as far as the goal counts them.
    """
    unlimited = replace(
        problem.staff, productivity=np.full_like(problem.staff.productivity, np.inf)
    )
    problem = replace(problem, staff=unlimited)
    today = current_decisions(problem)
    response = problem.placements.curves.value(
        effort_of(Numbers(problem), problem.placements, today.spend)
    )
    base = _goal(problem, today, response)
    bump = max(_BUMP * float(response.max(initial=0.0)), _BUMP)
    gained = [
        np.broadcast_to(_goal(problem, today, response + bumps) - base, len(bumps))
        for bumps in _one_at_a_time(response.shape, bump)
    ]
    by_response = np.concatenate(gained).reshape(response.shape) / bump
    return Margins(by_response, _by_spend(problem, today, response, base))


def _by_spend(
    problem: Problem, today: Decisions, response: FloatArray, base: FloatArray
) -> FloatArray:
    count = len(problem.placements.levers)
    yuan = _BUMP * float(problem.money_unit)
    found = []
    for start in range(0, count, _DRAWS):
        more = np.eye(count)[start : start + _DRAWS, :, None] * yuan
        spend = today.spend + more
        gained = _goal(problem, replace(today, spend=spend), response) - base
        # A goal that does not count spend has no axis of draws.
        found.append(np.broadcast_to(gained, len(more)))
    periods = len(problem.calendar)
    return np.concatenate(found) / (yuan * periods) if found else np.zeros(0)


def _one_at_a_time(shape: tuple[int, ...], bump: float) -> list[FloatArray]:
    """Return arrays (draws, placements, periods), each draw with one place bumped."""
    count = int(np.prod(shape))
    found = []
    for start in range(0, count, _DRAWS):
        rows = np.arange(start, min(start + _DRAWS, count))
        bumps = np.zeros((rows.size, count))
        bumps[np.arange(rows.size), rows] = bump
        found.append(bumps.reshape(rows.size, *shape))
    return found


def _goal(problem: Problem, decisions: Decisions, response: FloatArray) -> FloatArray:
    """Return the first goal, to be maximized, with responses given, (...)."""
    goal = problem.objective.goals[0]
    form = parse_expression(goal.expression, problem.axes, Selection()).numerator
    algebra = GivenResponse(problem, response=response)
    found = measure(algebra, problem, expected_world(problem), decisions)
    whole = Stretch(0, len(problem.calendar) - 1, "")
    sign = 1.0 if goal.sense is Sense.MAXIMIZE else -1.0
    return np.asarray(sign * form_value(problem, form, found, whole))
