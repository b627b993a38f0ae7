"""A plan judged on the true curves."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from allocopt.arrays import FloatArray
from allocopt.measures.decisions import Decisions
from allocopt.measures.lines import LineResult, compile_lines, judge_lines
from allocopt.measures.numbers import evaluate
from allocopt.measures.score import ObjectivePart, objective_parts
from allocopt.problem.problem import Problem
from allocopt.scenario.schema.limits import LineKind


@dataclass(frozen=True)
class Candidate:
    """Decisions and what follows from them.

    Attributes
    ----------
    decisions : Decisions
    measures : mapping measure name -> FloatArray (rows, periods)
    lines : tuple of LineResult
    parts : tuple of ObjectivePart
    """

    decisions: Decisions
    measures: Mapping[str, FloatArray]
    lines: tuple[LineResult, ...]
    parts: tuple[ObjectivePart, ...]

    @property
    def objective(self) -> float:
        """Value of the plan, to be maximized."""
        return math.fsum(part.value for part in self.parts)

    def broken(self, outside: tuple[str, ...]) -> float:
        """Return the largest relative miss of a hard line, but for those named ``outside``."""
        missed = [
            result.shortfall / max(abs(result.rhs), abs(result.lhs), 1.0)
            for result in self.lines
            if result.line.kind is LineKind.HARD
            and not result.met
            and result.line.name not in outside
        ]
        return max(missed, default=0.0)


def judge_decisions(
    problem: Problem, decisions: Decisions, *, decides: tuple[str, ...]
) -> Candidate:
    """Return ``decisions`` with measures, lines and objective on the true curves.

    Parameters
    ----------
    problem : Problem
    decisions : Decisions
        Arrays of numbers.
    decides : tuple of str
        What the model decides; missed targets are priced where targets are decided.
    """
    measures = evaluate(problem, decisions)
    results = judge_lines(problem, compile_lines(problem), measures)
    parts = objective_parts(problem, decisions, measures, results, decides=decides)
    return Candidate(decisions, measures, results, parts)


def better(
    first: Candidate | None, second: Candidate | None, outside: tuple[str, ...]
) -> Candidate | None:
    """Return the better plan: one that keeps the hard lines, then the more valuable."""
    if first is None or second is None:
        return second or first
    broken = (first.broken(outside), second.broken(outside))
    if broken[0] != broken[1]:
        return first if broken[0] < broken[1] else second
    return second if second.objective > first.objective else first
