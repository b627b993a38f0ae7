"""One program of fixed pieces given to HiGHS whole, and the search of this project, in one run.

    python benchmarks/joint.py                       telecom_city, to 1e-3, at most 600 s each
    python benchmarks/joint.py media_mix subsidies   another scenario and model

The fixed program has binaries for every curve that is not concave. Its gap is what HiGHS
says of that program, whose pieces lie above the curves; the gap of the search is on the
true curves.
"""

import sys
import time

import numpy as np

from allocopt.declare.pieces import outer_pieces
from allocopt.problem import build_problem
from allocopt.problem.problem import Problem
from allocopt.solving.catalog import Formulation, load_formulation
from allocopt.solving.highs import LiveModel
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import no_watch
from allocopt.solving.search import search_plan
from allocopt.workflow.inputs import load

MILLION = 1e6
OPTIONS = SolveOptions(gap=1e-3, time_limit=600.0)
FIXED = 24
"""Points per curve of the fixed program."""


def fixed_pieces(problem: Problem, formulation: Formulation) -> tuple[float, float, float]:
    """Return seconds, value and bound of the whole program as HiGHS ends with it."""
    since = time.perf_counter()
    everywhere = np.ones(problem.placements.upper.shape, dtype=np.bool_)
    pieces = outer_pieces(problem.placements, points=FIXED, ordered=everywhere)
    live = LiveModel(formulation.build(problem, pieces), OPTIONS)
    outcome = live.solve(time_limit=OPTIONS.time_limit, watch=no_watch, stage="fixed pieces")
    return time.perf_counter() - since, outcome.objective, outcome.bound


def searched(problem: Problem, formulation: Formulation) -> tuple[float, float, float]:
    """Return seconds, value and bound of the search, on the true curves."""
    since = time.perf_counter()
    found = search_plan(problem, formulation, OPTIONS, no_watch)
    value = found.best.objective if found.best is not None else float("nan")
    return time.perf_counter() - since, value, found.bound


def main(scenario: str = "telecom_city", model: str = "joint") -> None:
    """Measure one scenario and model both ways."""
    problem, formulation = build_problem(load(scenario).data), load_formulation(model)
    say = sys.stdout.write
    say(f"{scenario} {model}, values and bounds in millions of the goal's unit\n")
    reference = 0.0
    for name, way in (("search", searched), (f"{FIXED} fixed points", fixed_pieces)):
        seconds, value, bound = way(problem, formulation)
        reference = reference or seconds
        times, gap = seconds / reference, (bound - value) / abs(value)
        say(f"{name:16s} {seconds:7.1f} s  {times:5.2f} x  value {value / MILLION:10.4f}")
        say(f"  bound {bound / MILLION:10.4f}  gap {gap:.3%}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:3])
