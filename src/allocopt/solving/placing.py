"""Placing the targets of a plan: the cascade around what it attains, then whole steps."""

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
    """Place the targets of the best plan; where only targets are decided, round them."""
    if run.best is None or "targets" not in run.formulation.decides or not run.problem.targets:
        return
    follow = follows(run)
    found = with_targets(run, run.best) if follow else _rounded(run, run.best.decisions)
    run.best = run.judge(found)


def follows(run: Run) -> bool:
    """Return whether targets follow what a plan attains: whether more than they is decided."""
    decides = run.formulation.decides
    return "targets" in decides and decides != ("targets",) and bool(run.problem.targets)


def with_targets(run: Run, candidate: Candidate) -> Decisions:
    """Return a plan's decisions with its targets cascaded and in whole steps.

    Spend and people stay as they are. The price of missed targets is kept as low as they
    allow; what freedom is left goes to the cascade's own goals, in their order.

    Parameters
    ----------
    run : Run
        Its cascade is kept for the next plan.
    candidate : Candidate
        A plan with everything but its targets settled.
    """
    run.cascade = cascade_around(run, candidate)
    outcome = run.solve_live(run.cascade, "targets", least=_SECONDS)
    model = run.cascade.model if outcome.has_plan else None
    return _rounded(run, cascaded(candidate, model))


def cascade_around(run: Run, candidate: Candidate) -> LiveModel:
    """Return the cascade that stands, around what a plan attains, or a new one."""
    if run.cascade is None:
        return run.live(build_cascade(run.problem, candidate))
    run.cascade.follow(change_cascade(run.cascade.model, run.problem, candidate))
    return run.cascade


def _rounded(run: Run, decisions: Decisions) -> Decisions:
    def solve(model: pyo.ConcreteModel, stage: str) -> Outcome:
        return run.solve(model, stage, least=_SECONDS)

    return whole_targets(run.problem, decisions, solve)
