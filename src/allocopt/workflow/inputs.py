"""Scenarios in, by name or path, with every check there is."""

from collections.abc import Sequence
from pathlib import Path

from allocopt.findings import Finding
from allocopt.measures.checks import check_expressions
from allocopt.measures.reach import check_reach
from allocopt.problem.checks import check_curves
from allocopt.scenario.bundled import find_scenario
from allocopt.scenario.load import check_scenario, load_scenario, with_values
from allocopt.scenario.scenario import Scenario
from allocopt.simulation.checks import check_uncertainty

CHECKS = (check_curves, check_expressions, check_uncertainty)
"""Checks beyond the loader's own: they need curves, trees, expressions or distributions."""

REACH = (check_reach,)
"""What no plan can keep. Only told when asked for: a solve finds what clashes, and ways out."""


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
    found = find_scenario(path)
    return load_scenario(found, variant=variant, overrides=overrides, checks=CHECKS)


def given(scenario: Scenario | str | Path) -> Scenario:
    """Return a scenario as it is given, or the one that `load` finds."""
    return scenario if isinstance(scenario, Scenario) else load(scenario)


def changed(scenario: Scenario, overrides: Sequence[str]) -> Scenario:
    """Return a scenario with further values set on top, fully checked; no file is read.

    Parameters
    ----------
    scenario : Scenario
    overrides : sequence of str
        Each ``path=value``.

    Raises
    ------
    ScenarioError
        With every finding, if any is an error.
    """
    return with_values(scenario, overrides, CHECKS)


def check(
    path: str | Path, *, variant: str | None = None, overrides: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """Return every finding about a scenario, errors and warnings, in file order.

    Parameters
    ----------
    path : str or Path
    variant : str or None
    overrides : sequence of str

    Raises
    ------
    UsageError
        If there is no such scenario.
    """
    found = find_scenario(path)
    return check_scenario(found, variant=variant, overrides=overrides, checks=(*CHECKS, *REACH))
