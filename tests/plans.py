"""The shortest way from a problem to a plan."""

from allocopt.problem import Problem
from allocopt.solving.candidate import Candidate
from allocopt.solving.catalog import Formulation, load_formulation
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import no_watch
from allocopt.solving.search import Search, search_plan

TIGHT = SolveOptions(gap=1e-5, time_limit=60.0, threads=1, points=24, rounds=8)


def search(problem: Problem, model: str | Formulation, options: SolveOptions = TIGHT) -> Search:
    """Return the whole search of a bundled model, or of one made in a test."""
    formulation = load_formulation(model) if isinstance(model, str) else model
    return search_plan(problem, formulation, options, no_watch)


def solve(problem: Problem, model: str | Formulation, options: SolveOptions = TIGHT) -> Candidate:
    """Return the best plan, after checking what every search owes: a valid bound and kept lines."""
    found = search(problem, model, options)
    assert found.best is not None, found.stop
    if model != "targets":  # a cascade has goals of its own, not the scenario's
        assert found.bound >= found.best.objective - 1e-6 * max(abs(found.best.objective), 1.0)
    assert found.best.broken(found.outside) == 0.0
    return found.best
