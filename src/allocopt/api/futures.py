"""Plans in drawn futures: stress tests, their reports, single futures again."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path

from allocopt.plan.plan import Plan
from allocopt.plan.rundir import load_plan
from allocopt.scenario.scenario import Scenario
from allocopt.simulation.futures import Future
from allocopt.simulation.report import Address, StressReport
from allocopt.simulation.sample import Watch, no_watch
from allocopt.simulation.store import load_report
from allocopt.workflow import inputs, stressing


def stress(
    plan_or_run: Plan | str | Path,
    *,
    precision: Mapping[str, float] | None = None,
    max_draws: int | None = None,
    seed: int = 0,
    scenario: Scenario | str | Path | None = None,
    measures: Sequence[str] = (),
    reverse: bool = False,
    executor: Executor | None = None,
    watch: Watch | None = None,
) -> StressReport:
    """Return what a plan is worth when the world moves as its scenario's uncertainty says.

    Parameters
    ----------
    plan_or_run : Plan, str or Path
        The report of a run directory is saved in it. If the process is stopped before, the
        same call goes on from what was played, with the same results.
    precision : mapping or None
        Half-widths of intervals at 95 %: ``p_met`` absolute, ``mean`` and ``cvar`` relative;
        the scenario's own if None.
    max_draws : int or None
        What ends the test if the precision is not reached; the scenario's own if None.
    seed : int
        Same seed, same futures.
    scenario : Scenario, str, Path or None
        Whose uncertainty to draw from, where the plan was made without it.
    measures : sequence of str
        Further linear expressions of measures to report.
    reverse : bool
        Whether the smallest joint shock that breaks each line is looked for: ``breaks``.
    executor : concurrent.futures.Executor or None
        Where futures are played. Results do not depend on it.
    watch : callable or None
        Gets the futures played so far, and those of this round.

    Raises
    ------
    RunError
        If a run is missing or unreadable.
    ScenarioError
        If the plan was made for another scenario.
    UsageError
        If an option is out of range, or the scenario says nothing about uncertainty.
    """
    order = stressing.StressOrder(
        precision=None if precision is None else stressing.precision_of(precision),
        most_draws=max_draws,
        seed=seed,
        measures=tuple(measures),
        scenario=None if scenario is None else inputs.given(scenario),
        reverse=reverse,
    )
    seen = watch or no_watch
    if isinstance(plan_or_run, Plan):
        return stressing.stress(plan_or_run, order, executor=executor, watch=seen).report
    plan = load_plan(plan_or_run)
    return stressing.stress_run(plan_or_run, plan, order, executor=executor, watch=seen)


def replay(
    run: str | Path,
    replicate: int,
    index: int,
    *,
    scenario: Scenario | str | Path | None = None,
) -> Future:
    """Return one future of the last stress test of a run, played again to the last digit.

    Parameters
    ----------
    run : str or Path
    replicate, index : int
        The address of the future, as in the report's ``worst``.
    scenario : Scenario, str, Path or None
        Whose uncertainty was drawn from, where the plan was made without it.

    Returns
    -------
    Future
        What moved, what struck, what every line comes to, and every measure.

    Raises
    ------
    RunError
        If the run or its report cannot be read.
    UsageError
        If the report has no such future.
    """
    other = None if scenario is None else inputs.given(scenario)
    address = Address(replicate, index)
    return stressing.replayed(load_plan(run), load_report(run), address, other)


def load_stress(folder: str | Path) -> StressReport:
    """Return the report of the last stress test of a run.

    Parameters
    ----------
    folder : str or Path

    Raises
    ------
    RunError
        If there is none, or the plan was changed after it.
    """
    return load_report(folder)
