"""Comparisons: strategies planned for a scenario, saved plans beside them, in the same futures."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path

from allocopt.errors import SolveError, UsageError
from allocopt.plan.plan import Plan
from allocopt.plan.rundir import load_plan
from allocopt.scenario.scenario import Scenario
from allocopt.simulation.comparison import Comparison, Contender, Missing, compared
from allocopt.simulation.draws import compile_unknowns
from allocopt.simulation.outcomes import play_of
from allocopt.simulation.sample import Watch, no_watch
from allocopt.simulation.stress import StressOptions
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Watch as SolveWatch
from allocopt.solving.outcome import no_watch as no_solve_watch
from allocopt.strategies import Brief, Strategy
from allocopt.text import Bilingual, T
from allocopt.workflow.plans import prepare
from allocopt.workflow.stressing import StressOrder, uncertainty_for, uncertainty_of

Announce = Callable[[Strategy], None]
"""Gets a strategy before its plan is made."""


def no_announcement(strategy: Strategy) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class PlanningOrder:
    """How strategies make their plans.

    Attributes
    ----------
    model : str
        Name or path: what is decided.
    options : SolveOptions
    watch : callable
        Gets a `Progress` now and then.
    announce : callable
        Gets each strategy in turn.
    """

    model: str = "joint"
    options: SolveOptions = field(default_factory=SolveOptions)
    watch: SolveWatch = no_solve_watch
    announce: Announce = no_announcement


@dataclass(frozen=True)
class Asked:
    """What is to be compared.

    Attributes
    ----------
    strategies : tuple of Strategy
        Planned anew.
    runs : mapping from name to Plan or run directory
        Plans that are there already.
    """

    strategies: tuple[Strategy, ...] = ()
    runs: Mapping[str, Plan | str | Path] = field(default_factory=dict)


def compare_plans(
    scenario: Scenario,
    asked: Asked,
    planning: PlanningOrder,
    order: StressOrder,
    *,
    executor: Executor | None = None,
    watch: Watch = no_watch,
) -> Comparison:
    """Return how plans of a scenario fare in the same futures.

    Parameters
    ----------
    scenario : Scenario
        To plan for and whose uncertainty to draw from.
    asked : Asked
    planning : PlanningOrder
    order : StressOrder
        Its scenario plays no part.
    executor : Executor or None
        Where futures are played; results do not depend on it.
    watch : callable
        Gets the futures played and those of the round.

    Raises
    ------
    RunError
        If a run is missing or unreadable.
    ScenarioError
        If a plan was made for another scenario.
    UsageError
        If there is nothing to compare, two plans have one name, an option is out of range, or
        the scenario says nothing about uncertainty.
    ModelError, SolveError
        If no strategy has a plan.
    """
    options = _options(scenario, order, executor, watch)
    once([*(strategy.name for strategy in asked.strategies), *asked.runs])
    kept = _saved(scenario, asked.runs)
    made, missing = _planned(scenario, asked.strategies, planning)
    contenders = (*made, *kept)
    problem = contenders[0].plan.problem
    problem = replace(problem, uncertainty=scenario.data.uncertainty)
    unknowns = compile_unknowns(problem, order.columns)
    plays = [play_of(problem, one.plan.decisions, unknowns, order.measures) for one in contenders]
    return replace(compared(contenders, plays, options), missing=missing)


def named_runs(folders: Sequence[str | Path]) -> Mapping[str, Path]:
    """Return run directories by the last part of their paths.

    Raises
    ------
    UsageError
        If two have the same.
    """
    names = [Path(one).resolve().name for one in folders]
    once(names)
    return dict(zip(names, map(Path, folders), strict=True))


def once(names: Sequence[str]) -> None:
    """Check that there are names and none comes twice.

    Raises
    ------
    UsageError
    """
    if not names:
        raise UsageError(T("there is nothing to compare: name strategies or runs"))
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise UsageError(T("{name} is compared twice", name=", ".join(twice)))


def _options(
    scenario: Scenario, order: StressOrder, executor: Executor | None, watch: Watch
) -> StressOptions:
    """Return how futures are drawn, checked before time is spent on plans."""
    section = uncertainty_of(scenario)
    options = StressOptions(
        precision=order.precision or section.precision,
        most_draws=order.most_draws or section.most_draws,
        seed=order.seed,
        executor=executor,
        watch=watch,
    )
    options.check()
    return options


def _saved(scenario: Scenario, runs: Mapping[str, Plan | str | Path]) -> tuple[Contender, ...]:
    plans = {name: one if isinstance(one, Plan) else load_plan(one) for name, one in runs.items()}
    for plan in plans.values():
        uncertainty_for(plan, scenario)
    return tuple(Contender(name, Bilingual(name, name), plan) for name, plan in plans.items())


def _planned(
    scenario: Scenario, strategies: Sequence[Strategy], order: PlanningOrder
) -> tuple[tuple[Contender, ...], tuple[Missing, ...]]:
    """Return the plans of strategies, and those that have none.

    Raises
    ------
    SolveError
        If no strategy has a plan.
    """
    if not strategies:
        return (), ()
    task = prepare(scenario, order.model)
    brief = Brief(scenario, task.problem, task.formulation, order.options, order.watch)
    made: list[Contender] = []
    failed: list[tuple[Strategy, SolveError]] = []
    for strategy in strategies:
        order.announce(strategy)
        try:
            made.append(Contender(strategy.name, strategy.title, strategy.plan(brief)))
        except SolveError as error:
            failed.append((strategy, error))
    if failed and not made:
        raise failed[0][1]
    return tuple(made), tuple(Missing(one.name, one.title, why.text) for one, why in failed)
