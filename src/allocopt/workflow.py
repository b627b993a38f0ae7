"""The whole way through, in calls that the command line and notebooks share."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from allocopt.findings import Finding
from allocopt.measures.checks import check_expressions
from allocopt.plan import Plan
from allocopt.problem import build_problem
from allocopt.problem.checks import check_curves
from allocopt.scenario.load import check_scenario, load_scenario
from allocopt.scenario.scenario import Scenario
from allocopt.solving.answer import answer
from allocopt.solving.catalog import load_formulation
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Watch, no_watch

CHECKS = (check_curves, check_expressions)
"""Checks beyond the loader's own: they need curves, trees or the expression language."""


def load(
    path: str | Path, *, variant: str | None = None, overrides: Sequence[str] = ()
) -> Scenario:
    """Return the scenario at ``path``, or the bundled one of that name, fully checked.

    Parameters
    ----------
    path : str or Path
    variant : str or None
        Name of an overlay of the scenario.
    overrides : sequence of str
        Single values set on top, as ``path=value``.

    Raises
    ------
    ScenarioError
        With every finding, if any is an error.
    UsageError
        If there is no such scenario.
    """
    return load_scenario(path, variant=variant, overrides=overrides, checks=CHECKS)


def check(
    path: str | Path, *, variant: str | None = None, overrides: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """Return every finding about a scenario, errors and warnings, in file order."""
    return check_scenario(path, variant=variant, overrides=overrides, checks=CHECKS)


def solve(
    scenario: Scenario,
    model: str = "joint",
    *,
    options: SolveOptions | None = None,
    watch: Watch = no_watch,
) -> Plan:
    """Return the plan of a bundled model (or a model file) for ``scenario``.

    Parameters
    ----------
    scenario : Scenario
    model : str
        Name, or path of a model file, which runs with the user's rights.
    options : SolveOptions or None
    watch : callable
        Gets a `Progress` now and then.

    Raises
    ------
    UsageError, ModelError, InfeasibleError, NoPlanInTimeError, SolveError
        See `allocopt.solving.answer.answer` and `allocopt.solving.catalog`.
    """
    started = time.monotonic()
    formulation = load_formulation(model)
    problem = build_problem(scenario.data)
    prepared = time.monotonic() - started
    plan = answer(scenario, problem, formulation, options or SolveOptions(), watch)
    return replace(plan, seconds={"prepare": prepared, **plan.seconds})
