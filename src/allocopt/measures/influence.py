"""Which lines a model's decisions can move at all: one notion for search, plan and audit."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.measures.decisions import Decisions, current_decisions
from allocopt.measures.lines import Line, compile_lines, form_value
from allocopt.measures.numbers import evaluate
from allocopt.problem.problem import Problem
from allocopt.scenario.schema.limits import LineKind

_STILL = 1e-12
_PEOPLE = ("arrivals", "releases", "departures", "moves_in", "moves_out")
_TARGETS = ("target", "stretch_target")
_SHARES = (0.0, 0.003, 0.1, 0.5, 1.0)
"""How far draws go: small ones show what saturates, large ones what has room before it counts."""
_TURNOVER = 3.0
"""People who come and go per period in the widest draw, shares of the people at the start."""


def outside_lines(problem: Problem, decides: Collection[str]) -> tuple[str, ...]:
    """Return the names of hard and soft lines that no decision of a model can move.

    Decisions of the decided kinds are drawn at random (fixed seed) a few times: spend within
    its bounds, people and targets freely. A line whose row keeps its value in every draw is
    outside the model's reach. What the model does not decide stands as in the current plan.

    Parameters
    ----------
    problem : Problem
    decides : collection of str
        What the model decides: spend, people, targets.

    Returns
    -------
    tuple of str, in file order
    """
    lines = [line for line in compile_lines(problem) if line.kind is not LineKind.REPORT]
    if not lines:
        return ()
    with np.errstate(all="ignore"):
        worlds = [evaluate(problem, draw) for draw in _draws(problem, decides)]
        return tuple(line.name for line in lines if _still(problem, line, worlds))


def _still(problem: Problem, line: Line, worlds: Sequence[Mapping[str, FloatArray]]) -> bool:
    row = line.row()
    values = [float(form_value(problem, row, measures, line.stretch)) for measures in worlds]
    return max(values) - min(values) <= _STILL * max(abs(value) for value in [1.0, *values])


def _draws(problem: Problem, decides: Collection[str]) -> Iterator[Decisions]:
    generator = np.random.default_rng(0)
    for share in _SHARES:
        decisions = current_decisions(problem)
        if "spend" in decides:
            decisions = replace(decisions, spend=_spend(problem, generator, share))
        if "people" in decides:
            decisions = replace(decisions, **_people(problem, generator, share))
        if "spend" in decides or "people" in decides:
            unserved = _unserved(problem, decisions, generator, share)
            decisions = replace(decisions, unserved=unserved)
        if "targets" in decides:
            shape = decisions.target.shape
            decisions = replace(decisions, **{name: generator.random(shape) for name in _TARGETS})
        yield decisions


def _spend(problem: Problem, generator: np.random.Generator, share: float) -> FloatArray:
    placements = problem.placements
    room = share * (placements.upper - placements.lower)
    return placements.lower + generator.random(room.shape) * room


def _people(
    problem: Problem, generator: np.random.Generator, share: float
) -> dict[str, FloatArray]:
    staff = problem.staff
    most = _TURNOVER * share * (staff.opening + 1.0)[:, None]
    return {name: generator.random(staff.wage.shape) * most for name in _PEOPLE}


def _unserved(
    problem: Problem, decisions: Decisions, generator: np.random.Generator, share: float
) -> FloatArray:
    """Return demand turned away where people are limited: all of it in the widest draw."""
    staff = problem.staff
    limited = np.isfinite(staff.productivity).astype(np.float64)
    served = np.asarray(staff.serves.T @ limited) > 0
    demand = evaluate(problem, decisions)["demand"]
    part = 1.0 - (1.0 - share) * generator.random(demand.shape)
    return np.where(served[:, None], part * demand, 0.0)
