"""Plans replayed: the same measures and the same lines as everywhere, over drawn worlds."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import BoolArray, FloatArray, IntArray
from allocopt.measures.decisions import Decisions
from allocopt.measures.engine import measure
from allocopt.measures.lines import Line, compile_lines, standing
from allocopt.measures.numbers import Numbers
from allocopt.problem.problem import Problem
from allocopt.simulation.people import people_there
from allocopt.simulation.worlds import POSSIBLE, Worlds


@dataclass(frozen=True, eq=False)
class Replay:
    """A plan to be replayed.

    Attributes
    ----------
    problem : Problem
    decisions : Decisions
    lines : tuple of Line
    """

    problem: Problem
    decisions: Decisions
    lines: tuple[Line, ...]

    @classmethod
    def of(cls, problem: Problem, decisions: Decisions) -> "Replay":
        """Return the replay of a plan against every line of its scenario."""
        return cls(problem, decisions, compile_lines(problem))

    def measures(self, worlds: Worlds) -> Mapping[str, FloatArray]:
        """Return every measure in the worlds, arrays (n, rows, periods) or (rows, periods)."""
        decisions = self.decisions
        if worlds.people is not None:
            decisions = people_there(self.problem.staff, decisions, worlds.people)
        return measure(Numbers(self.problem), self.problem, worlds.world, decisions)
