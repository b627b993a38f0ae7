"""Small plans played in drawn futures."""

from collections.abc import Mapping
from typing import Any

from tests.support import problem_of

from allocopt.measures.decisions import Decisions, current_decisions
from allocopt.sampling.sobol import SobolStream
from allocopt.simulation.draws import compile_unknowns
from allocopt.simulation.outcomes import Outcomes, Play, play_of
from allocopt.simulation.sample import extended, nothing
from allocopt.simulation.stress import Stressed, StressOptions, stressed


def play(
    sections: Mapping[str, Any], uncertainty: Mapping[str, Any], decisions: Decisions | None = None
) -> Play:
    """Return the current plan of a small scenario (or ``decisions``), ready to be played."""
    problem = problem_of({**sections, "uncertainty": uncertainty})
    return play_of(problem, decisions or current_decisions(problem), compile_unknowns(problem))


def outcomes(played: Play, points: int = 64, seed: int = 1) -> Outcomes:
    """Return 16 replicates of ``points`` futures, arrays (16, points, ...)."""
    return extended(played, SobolStream(seed), nothing(played, 16), points)


def stress(played: Play, draws: int = 2**13, seed: int = 1) -> Stressed:
    """Return a stress test with at most ``draws``."""
    return stressed(played, StressOptions(most_draws=draws, seed=seed))


def driver(name: str, target: str, **values: object) -> dict[str, Any]:
    """Return a driver whose ``distribution`` is given by its family and parameters."""
    return {"id": name, "target": target, **values}


def of(family: str, **parameters: object) -> dict[str, Any]:
    """Return a distribution."""
    return {"family": family, **parameters}
