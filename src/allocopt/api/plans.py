"""Scenarios and plans: load, solve, verify, explain, what if."""

from collections.abc import Sequence
from pathlib import Path
from typing import overload

from allocopt.allocation.allocation import Allocation
from allocopt.allocation.whatif import AllocationWhatIf
from allocopt.audit import verify_plan, verify_run
from allocopt.errors import RunError
from allocopt.findings import Finding, has_errors
from allocopt.plan.plan import Plan
from allocopt.plan.rundir import load_plan, save_plan
from allocopt.report.alternatives import Alternatives
from allocopt.report.explain import Explanation
from allocopt.report.frontier import ScenarioFrontier
from allocopt.scenario.scenario import Scenario
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Watch, no_watch
from allocopt.text import T
from allocopt.workflow import consistency as kpis
from allocopt.workflow import explaining, inputs, plans
from allocopt.workflow.alternatives import alternatives as find_alternatives
from allocopt.workflow.frontier import Sweep, frontier
from allocopt.workflow.whatif import PlanWhatIf

__all__ = [
    "WhatIf",
    "alternatives",
    "check_scenario",
    "consistency",
    "explain",
    "load_plan",
    "load_scenario",
    "save_plan",
    "scenario_frontier",
    "solve",
    "verify",
]


@overload
def WhatIf(result: Plan, model: str | None = None) -> PlanWhatIf: ...


@overload
def WhatIf(result: Allocation, model: None = None) -> AllocationWhatIf: ...


def WhatIf(  # noqa: N802 - it makes a session, one kind for plans and one for allocations
    result: Plan | Allocation, model: str | None = None
) -> PlanWhatIf | AllocationWhatIf:
    """Return a session in which a plan or an allocation is changed and solved again, quickly.

    Parameters
    ----------
    result : Plan or Allocation
        Of `solve`, `load_plan` or `allocate`.
    model : str or None
        Path of the model file, where the plan is not of a bundled model.

    Raises
    ------
    UsageError
        If the plan's model is not at hand, or is not the file that the plan was made with.
    AllocationError
        If the allocation does not say what was asked for.
    """
    if isinstance(result, Allocation):
        return AllocationWhatIf(result)
    return PlanWhatIf(result, model)


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
    chosen = inputs.given(scenario)
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
    repairs: bool = True,
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
    repairs : bool
        Where no plan is possible: whether ways out are looked for, within the time limit.

    Raises
    ------
    ScenarioError
        With every finding, if the scenario at a path or of a name cannot be used.
    UsageError
        If there is no such scenario or model, or an option is out of range.
    ModelError
        If a model file breaks its contract, or the scenario lacks what the model needs.
    InfeasibleError
        If no plan satisfies every hard line; ``ways_out`` are changes with which one does.
    NoPlanInTimeError
        If a limit ended the search before the first plan.
    SolveError
        If the solver failed.
    """
    options = SolveOptions(gap=gap, time_limit=time_limit, threads=threads, seed=seed)
    chosen = inputs.given(scenario)
    return plans.solve(chosen, model, options=options, watch=watch or no_watch, repairs=repairs)


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


def explain(
    plan_or_run: Plan | str | Path, *, model: str | None = None, watch: Watch | None = None
) -> Explanation:
    """Return what lines are worth at a plan, and why each placement got its money.

    Parameters
    ----------
    plan_or_run : Plan, str or Path
        A run directory is verified first.
    model : str or None
        Path of the model file, where the plan is not of a bundled model.
    watch : callable or None
        Gets a `Progress` now and then.

    Raises
    ------
    RunError
        If a run is missing or unreadable, or its audit finds an error.
    UsageError
        If the plan's model is not at hand, is not the file that the plan was made with, or
        decides neither spend nor people.
    SolveError
        If the program around the plan has no prices.
    """
    return explaining.explain(_sound(plan_or_run), model, watch=watch or no_watch)


def alternatives(
    plan_or_run: Plan | str | Path,
    count: int = 3,
    *,
    within: float = 0.01,
    time_limit: float = 600.0,
    model: str | None = None,
    watch: Watch | None = None,
) -> Alternatives:
    """Return plans worth nearly as much as a plan, as different from it and one another as found.

    Parameters
    ----------
    plan_or_run : Plan, str or Path
        A run directory is verified first.
    count : int
    within : float
        Share of the plan's value that may be given up.
    time_limit : float
        Seconds for all of them.
    model : str or None
        Path of the model file, where the plan is not of a bundled model.
    watch : callable or None
        Gets a `Progress` now and then.

    Raises
    ------
    RunError
        If a run is missing or unreadable, or its audit finds an error.
    UsageError
        If an option is out of range, the plan's model is not at hand, or it decides neither
        spend nor people.
    """
    return find_alternatives(
        _sound(plan_or_run),
        count,
        within=within,
        time_limit=time_limit,
        model=model,
        watch=watch or no_watch,
    )


def _sound(plan_or_run: Plan | str | Path) -> Plan:
    """Return the plan of a run that passes its audit.

    Raises
    ------
    RunError
    """
    if isinstance(plan_or_run, Plan):
        return plan_or_run
    errors = [one for one in verify_run(plan_or_run).findings if has_errors((one,))]
    if errors:
        text = T("the run does not pass its audit: {reason}", reason=errors[0].message)
        raise RunError(text)
    return load_plan(plan_or_run)


def scenario_frontier(
    scenario: Scenario | str | Path,
    vary: str,
    values: Sequence[float | str],
    *,
    points: int = 9,
    model: str = "joint",
    show: Sequence[str] = (),
    prices: bool = False,
    options: SolveOptions | None = None,
    watch: Watch | None = None,
) -> ScenarioFrontier:
    """Return what the best plan of a scenario is worth as one of its numbers varies.

    Parameters
    ----------
    scenario : Scenario, str or Path
    vary : str
        Path of the number, such as ``lines.budget.at_most`` or ``lines.revenue_floor.at_least``.
    values : sequence of float or str
        Two ends of a range that is divided evenly, or three values and more that are all
        solved. Bare numbers count in the unit that the scenario writes the number in.
    points : int
        How many points in all; those beyond the grid go where the frontier bends.
    model : str
    show : sequence of str
        Expressions of measures, such as ``expense``, to report at every point.
    prices : bool
        Compute the line's shadow price by duals at every plan, too.
    options : SolveOptions or None
        For each point.
    watch : callable or None
        Gets a `Progress` now and then.

    Raises
    ------
    UsageError
        If the path leads to no number, or a value or an expression is wrong.
    ScenarioError
        If a value contradicts the scenario.
    ModelError, SolveError
        As for `solve`; a value without a plan is a point of the frontier, no error.
    """
    chosen = inputs.given(scenario)
    sweep = Sweep(vary, tuple(values), points, model, tuple(show), prices)
    return frontier(chosen, sweep, options=options, watch=watch or no_watch)
