"""Placing the targets of the best plan of a search."""

import pyomo.environ as pyo

from allocopt.measures.decisions import Decisions
from allocopt.solving.candidate import Candidate
from allocopt.solving.cascade import build_cascade, cascaded, change_cascade, whole_targets
from allocopt.solving.highs import LiveModel
from allocopt.solving.outcome import Outcome
from allocopt.solving.run import Run

_SECONDS = 20.0
"""Kept for each step, small models all, even when time is up."""


def place(run: Run) -> None:
    """Cascade the best plan's targets around what it attains, in whole steps."""
    if run.best is None or "targets" not in run.formulation.decides or not run.problem.targets:
        return

    def solve(model: pyo.ConcreteModel, stage: str) -> Outcome:
        return run.solve(model, stage, least=_SECONDS)

    decisions = _around(run, run.best) if places(run) else run.best.decisions
    run.best = run.judge(whole_targets(run.problem, decisions, solve))


def places(run: Run) -> bool:
    """Return whether targets follow what a plan attains; alone they stand for themselves."""
    decides = run.formulation.decides
    return "targets" in decides and decides != ("targets",) and bool(run.problem.targets)


def cascade_around(run: Run, candidate: Candidate) -> LiveModel:
    """Return the cascade that stands, around what a plan attains, or a new one."""
    if run.cascade is None:
        return run.live(build_cascade(run.problem, candidate))
    run.cascade.follow(change_cascade(run.cascade.model, run.problem, candidate))
    return run.cascade


def _around(run: Run, candidate: Candidate) -> Decisions:
    run.cascade = cascade_around(run, candidate)
    outcome = run.solve_live(run.cascade, "targets", least=_SECONDS)
    return cascaded(candidate, run.cascade.model if outcome.has_plan else None)
