"""Comparisons of strategies and plans: ``ao.compare``."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from allocopt.plan.plan import Plan
from allocopt.scenario.scenario import Scenario
from allocopt.simulation.comparison import Comparison
from allocopt.simulation.sample import Watch, no_watch
from allocopt.solving.options import SolveOptions
from allocopt.strategies import STRATEGIES, Strategy, strategy_named
from allocopt.workflow.contenders import (
    Asked,
    PlanningOrder,
    compare_plans,
    field_of,
    named_runs,
    options_of,
)
from allocopt.workflow.inputs import given
from allocopt.workflow.stressing import StressOrder, precision_of


def compare(
    scenario: Scenario | str | Path,
    strategies: Sequence[str | Strategy] | None = None,
    runs: Mapping[str, Plan | str | Path] | Sequence[str | Path] = (),
    *,
    model: str = "joint",
    options: SolveOptions | None = None,
    precision: Mapping[str, float] | None = None,
    max_draws: int | None = None,
    seed: int = 0,
    measures: Sequence[str] = (),
    executor: Executor | None = None,
    watch: Watch | None = None,
) -> Comparison:
    """Return how strategies and saved plans fare in the same drawn futures of a scenario.

    Parameters
    ----------
    scenario : Scenario, str or Path
        Whose uncertainty to draw from.
    strategies : sequence of str or Strategy, or None
        Names as in `allocopt.strategies.STRATEGIES`, or objects of your own, each planned anew;
        all that there are if None and no runs are given.
    runs : mapping from name to Plan, str or Path; or sequence of str or Path
        Plans that are there already; runs without a name go by that of their directory.
    model : str
        Name or path of a model: what strategies decide.
    options : SolveOptions or None
        Gap and limits of strategies that solve.
    precision : mapping or None
        As in `stress`; ``mean`` is that of differences, as a share of the best plan's worth.
    max_draws : int or None
    seed : int
    measures : sequence of str
    executor : concurrent.futures.Executor or None
        Where futures are played. Results do not depend on it.
    watch : callable or None
        Gets the futures played so far, and those of this round.

    Raises
    ------
    RunError
        If a run is missing or unreadable.
    ScenarioError
        If the scenario cannot be used, or a plan was made for another one.
    UsageError
        If a strategy is unknown, a name comes twice, an option is out of range, or the scenario
        says nothing about uncertainty.
    ModelError, SolveError
        If no strategy has a plan; single ones without are in ``missing``.
    """
    chosen = given(scenario)
    wanted = (() if runs else tuple(STRATEGIES)) if strategies is None else tuple(strategies)
    found = [strategy_named(one) if isinstance(one, str) else one for one in wanted]
    order = StressOrder(
        precision=None if precision is None else precision_of(precision),
        most_draws=max_draws,
        seed=seed,
        measures=tuple(measures),
    )
    named = runs if isinstance(runs, Mapping) else named_runs(runs) if runs else {}
    drawing = options_of(chosen, order, executor)
    planning = PlanningOrder(model, options or SolveOptions())
    field = field_of(chosen, Asked(tuple(found), named), planning)
    return compare_plans(chosen, field, order, replace(drawing, watch=watch or no_watch))
