"""Stress tests of plans: what is drawn comes from the plan's scenario, or from a later one."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from allocopt.errors import ScenarioError, UsageError
from allocopt.plan.csv_files import sha256
from allocopt.plan.plan import Plan
from allocopt.problem.problem import Problem
from allocopt.scenario.scenario import Scenario
from allocopt.scenario.schema.uncertainty import Precision, UncertaintySection
from allocopt.simulation.breaking import line_breaks
from allocopt.simulation.columns import DrawnColumns
from allocopt.simulation.draws import compile_unknowns
from allocopt.simulation.futures import Future, future_at
from allocopt.simulation.outcomes import BLOCK, Play, play_of
from allocopt.simulation.parts import Parts
from allocopt.simulation.report import Address, StressReport
from allocopt.simulation.sample import Watch, no_watch
from allocopt.simulation.store import PARTS, save_report
from allocopt.simulation.stress import Stressed, StressOptions, stressed
from allocopt.text import T


@dataclass(frozen=True)
class StressOrder:
    """What is asked for; None stands for what the scenario says.

    Attributes
    ----------
    precision : Precision or None
    most_draws : int or None
    seed : int
    measures : tuple of str
        Further expressions to report.
    scenario : Scenario or None
        Whose uncertainty to draw from; the plan's own if None.
    columns : DrawnColumns or None
        Of an earlier run: what it draws keeps its columns.
    keep : Path or None
        Where to keep what is played, for a test of the same plan, section, seed and measures
        that is to go on from there.
    reverse : bool
        Whether the smallest shock that breaks each line is looked for.
    """

    precision: Precision | None = None
    most_draws: int | None = None
    seed: int = 0
    measures: tuple[str, ...] = ()
    scenario: Scenario | None = None
    columns: DrawnColumns | None = None
    keep: Path | None = None
    reverse: bool = False


def stress(
    plan: Plan, order: StressOrder, *, executor: Executor | None = None, watch: Watch = no_watch
) -> Stressed:
    """Return what ``plan`` is worth when the world moves.

    Parameters
    ----------
    plan : Plan
    order : StressOrder
    executor : Executor or None
        Where futures are played; results do not depend on it.
    watch : callable
        Gets the futures played and those of the round; then the lines whose smallest shock was
        looked for, and how many there are.

    Raises
    ------
    ScenarioError
        If the plan was made for another scenario than the one to draw from.
    UsageError, SamplingError
        If an option is out of range, or there is nothing to draw.
    """
    section = uncertainty_for(plan, order.scenario)
    play = play_with(plan, section, order)
    parts = None if order.keep is None else Parts(order.keep / _mark(plan, play, order.seed))
    options = StressOptions(
        precision=order.precision or section.precision,
        most_draws=order.most_draws or section.most_draws,
        seed=order.seed,
        executor=executor,
        watch=watch,
        parts=parts,
    )
    found = stressed(play, options)
    if not order.reverse:
        return found
    breaks = line_breaks(play, found.report.lines, watch=watch)
    return replace(found, report=replace(found.report, breaks=breaks))


def stress_run(
    run: str | Path,
    plan: Plan,
    order: StressOrder,
    *,
    executor: Executor | None = None,
    watch: Watch = no_watch,
) -> StressReport:
    """Stress the plan of a run directory, and save the report there.

    What is played is kept in the run until the report is saved: if the process is stopped, the
    same call goes on from there, with the same results.

    Parameters
    ----------
    run : str or Path
    plan : Plan
        Of the run.
    order, executor, watch
        As for `stress`.

    Raises
    ------
    RunError
        If the run cannot be written.
    ScenarioError, UsageError, SamplingError
        As for `stress`.
    """
    kept = replace(order, keep=Path(run) / PARTS)
    found = stress(plan, kept, executor=executor, watch=watch)
    save_report(found.report, run)
    if found.parts is not None:
        found.parts.discard()
    return found.report


def _mark(plan: Plan, play: Play, seed: int) -> str:
    """Return a name that only the same futures of the same plan have."""
    scenario, uncertainty = plan.scenario, play.problem.uncertainty
    record = {
        "version": version("allocopt"),
        "files": {file.name: file.sha256 for file in scenario.files},
        "variant": scenario.variant,
        "overrides": scenario.overrides,
        "uncertainty": uncertainty.model_dump(mode="json"),
        "decisions": {name: sha256(x.tobytes()) for name, x in vars(plan.decisions).items()},
        "measures": [name for name, _ in play.measures],
        "columns": play.unknowns.columns.to_record(),
        "seed": seed,
        "block": BLOCK,
    }
    return sha256(json.dumps(record, sort_keys=True).encode())[:32]


def worst_futures(
    plan: Plan, report: StressReport, count: int = 10, scenario: Scenario | None = None
) -> tuple[Future, ...]:
    """Return the futures in which a plan is worth least, replayed, the worst first.

    Parameters
    ----------
    plan : Plan
    report : StressReport
        Of the plan.
    count : int
        At most as many as the report points at.
    scenario : Scenario or None
        Whose uncertainty the report was drawn from; the plan's own if None.
    """
    section = uncertainty_for(plan, scenario)
    play = play_with(plan, section, StressOrder(columns=report.columns))
    return tuple(future_at(play, report.seed, address) for address in report.worst[:count])


def replayed(
    plan: Plan, report: StressReport, address: Address, scenario: Scenario | None = None
) -> Future:
    """Return one future of a report, played again to the last digit.

    Parameters
    ----------
    plan : Plan
    report : StressReport
        Of the plan.
    address : Address
    scenario : Scenario or None
        Whose uncertainty the report was drawn from; the plan's own if None.

    Raises
    ------
    UsageError
        If the report has no such future.
    """
    points = report.draws // report.replicates
    if not (0 <= address.replicate < report.replicates and 0 <= address.index < points):
        raise UsageError(
            T(
                "there is no future {found}; replicates are 0 to {replicates}, futures of each 0 "
                "to {points}",
                found=f"{address.replicate}/{address.index}",
                replicates=report.replicates - 1,
                points=points - 1,
            )
        )
    play = play_with(plan, uncertainty_for(plan, scenario), StressOrder(columns=report.columns))
    return future_at(play, report.seed, address)


def precision_of(given: Mapping[str, float]) -> Precision:
    """Return the precision that names and half-widths ask for; what is not named is not watched.

    Raises
    ------
    UsageError
        If a name is unknown or a number is not above 0.
    """
    known = Precision.model_fields
    for name, value in given.items():
        if name not in known:
            raise UsageError(
                T("{name} has no precision; use {names}", name=name, names=", ".join(known))
            )
        if not 0 < value < 1:
            raise UsageError(
                T(
                    "the precision {name} is {found}, expected is between 0 and 1",
                    name=name,
                    found=value,
                )
            )
    return Precision.model_validate({name: given.get(name) for name in known})


def play_with(plan: Plan, section: UncertaintySection, order: StressOrder) -> Play:
    """Return the plan ready to be played with what ``section`` says is uncertain."""
    problem: Problem = replace(plan.problem, uncertainty=section)
    unknowns = compile_unknowns(problem, order.columns)
    return play_of(problem, plan.decisions, unknowns, order.measures)


def uncertainty_for(plan: Plan, scenario: Scenario | None) -> UncertaintySection:
    """Return the section to draw from.

    Raises
    ------
    ScenarioError
        If ``scenario`` differs from the plan's in more than its uncertainty.
    UsageError
        If the section is empty.
    """
    if scenario is not None:
        differing = _differences(plan.scenario, scenario)
        if differing:
            raise ScenarioError(
                T(
                    "the plan was made for another scenario: {sections} of {name} differ",
                    sections=", ".join(differing),
                    name=scenario.name,
                )
            )
    return uncertainty_of(scenario or plan.scenario)


def uncertainty_of(scenario: Scenario) -> UncertaintySection:
    """Return what a scenario says is uncertain.

    Raises
    ------
    UsageError
        If that is nothing.
    """
    section = scenario.data.uncertainty
    if not section.drivers and not section.events:
        raise UsageError(
            T("the scenario {name} says nothing about uncertainty", name=scenario.name)
        )
    return section


def _differences(one: Scenario, other: Scenario) -> Sequence[str]:
    """Return the sections that two scenarios have otherwise, but for uncertainty."""
    return [
        name
        for (name, value), (_, theirs) in zip(one.data, other.data, strict=True)
        if name != "uncertainty" and value != theirs
    ]
