"""The public functions: ``import allocopt as ao``."""

from collections.abc import Sequence
from pathlib import Path

from allocopt.audit import verify_plan, verify_run
from allocopt.findings import Finding
from allocopt.plan.plan import Plan
from allocopt.plan.rundir import load_plan, save_plan
from allocopt.scenario.scenario import Scenario
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Watch, no_watch
from allocopt.workflow import consistency as kpis
from allocopt.workflow import inputs, plans

__all__ = [
    "check_scenario",
    "consistency",
    "load_plan",
    "load_scenario",
    "save_plan",
    "solve",
    "verify",
]


def load_scenario(
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
    return inputs.load(path, variant=variant, overrides=overrides)


def check_scenario(
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
    return inputs.check(path, variant=variant, overrides=overrides)


def consistency(
    scenario: Scenario | str | Path,
    lines: Sequence[str] | None = None,
    *,
    given: str | None = None,
    every: bool = False,
    model: str = "joint",
    watch: Watch | None = None,
) -> kpis.Consistency:
    """Return which lines follow from others, which clash, and what each key figure can be.

    Parameters
    ----------
    scenario : Scenario, str or Path
    lines : sequence of str or None
        Ids or full names; None for all lines that are not split by unit or period.
    given : str or None
        A line that is to hold too: ranges then are what it asks of the others.
    every : bool
        Let soft and report-only lines among ``lines`` hold too, not hard ones alone.
    model : str
        Name, or path of a model file, which runs with the user's rights.
    watch : callable or None
        Gets a `Progress` before each line.

    Returns
    -------
    Consistency
        Ranges of the relaxed model, which contain the true ones (docs/kpi.md).

    Raises
    ------
    ScenarioError, UsageError, ModelError
        If the scenario cannot be used, there is no such line, or the model has no lines.
    """
    chosen = scenario if isinstance(scenario, Scenario) else inputs.load(scenario)
    return kpis.consistency(
        chosen, lines, given=given, every=every, model=model, watch=watch or no_watch
    )


def solve(
    scenario: Scenario | str | Path,
    model: str = "joint",
    *,
    gap: float = 1e-3,
    time_limit: float = 600.0,
    threads: int = 2,
    seed: int = 0,
    watch: Watch | None = None,
) -> Plan:
    """Return the plan of a bundled model, or of a model file, for ``scenario``.

    Parameters
    ----------
    scenario : Scenario, str or Path
        What `load_scenario` returned, or the path or bundled name that it would take.
    model : str
        Name, or path of a model file, which runs with the user's rights.
    gap : float
        Wanted distance of the plan from the best possible, share of the objective.
    time_limit : float
        Seconds for the whole search.
    threads : int
    seed : int
        Of the solver's own randomness: same seed and threads, same plan.
    watch : callable or None
        Gets a `Progress` now and then.

    Raises
    ------
    ScenarioError
        With every finding, if the scenario at a path or of a name cannot be used.
    UsageError
        If there is no such scenario or model, or an option is out of range.
    ModelError
        If a model file breaks its contract, or the scenario lacks what the model needs.
    InfeasibleError
        If no plan satisfies every hard line.
    NoPlanInTimeError
        If a limit ended the search before the first plan.
    SolveError
        If the solver failed.
    """
    options = SolveOptions(gap=gap, time_limit=time_limit, threads=threads, seed=seed)
    chosen = scenario if isinstance(scenario, Scenario) else inputs.load(scenario)
    return plans.solve(chosen, model, options=options, watch=watch or no_watch)


def verify(plan_or_run: Plan | str | Path) -> tuple[Finding, ...]:
    """Return what the audit of a plan, or of a run directory, finds.

    Parameters
    ----------
    plan_or_run : Plan, str or Path

    Raises
    ------
    RunError
        If a run is missing or cannot be read.
    """
    if isinstance(plan_or_run, Plan):
        return verify_plan(plan_or_run).findings
    return verify_run(plan_or_run).findings
