"""Which lines a model's decisions can move at all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.audit.claims import Facts
from allocopt.measures.decisions import Decisions
from allocopt.measures.lines import Line, form_value
from allocopt.measures.numbers import evaluate
from allocopt.problem.problem import Problem

_TRIES = 3
_STILL = 1e-12
_PEOPLE = ("arrivals", "releases", "departures", "moves_in", "moves_out")
_TARGETS = ("target", "stretch_target")


def outside_lines(facts: Facts, lines: tuple[Line, ...]) -> frozenset[str]:
    """Return the names of lines that nothing the model decided can change.

    Decisions of the decided kinds are drawn at random (fixed seed) a few times; a line
    whose row keeps its value in every draw is outside the model's reach.

    Parameters
    ----------
    facts : Facts
    lines : tuple of Line
    """
    generator = np.random.default_rng(0)
    draws = [_drawn(facts, generator) for _ in range(_TRIES)]
    worlds = [evaluate(facts.problem, draw) for draw in draws]
    return frozenset(line.name for line in lines if _still(facts.problem, line, worlds))


def _still(problem: Problem, line: Line, worlds: Sequence[Mapping[str, FloatArray]]) -> bool:
    row = line.row()
    values = [float(form_value(problem, row, measures, line.stretch)) for measures in worlds]
    return max(values) - min(values) <= _STILL * max(abs(value) for value in [1.0, *values])


def _drawn(facts: Facts, generator: np.random.Generator) -> Decisions:
    problem, decisions = facts.problem, facts.decisions
    if "spend" in facts.decides:
        spend = generator.random(decisions.spend.shape) * problem.placements.upper
        decisions = replace(decisions, spend=spend)
    if "people" in facts.decides:
        flows = {name: generator.random(decisions.arrivals.shape) for name in _PEOPLE}
        decisions = replace(decisions, **flows)
    if "targets" in facts.decides:
        layers = {name: generator.random(decisions.target.shape) for name in _TARGETS}
        decisions = replace(decisions, **layers)
    return decisions
