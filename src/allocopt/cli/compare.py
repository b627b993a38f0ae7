"""``allocopt compare SCENARIO``: strategies and saved plans in the same drawn futures."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from allocopt.cli.drawing import drawing_options, numbers_of, watching_futures
from allocopt.cli.failure import Exit, failure_of, report
from allocopt.cli.output import say, say_json
from allocopt.cli.places import place_of
from allocopt.cli.scenario_options import gap_option, model_option, scenario_options
from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenCommand, option
from allocopt.errors import ScenarioError, UsageError
from allocopt.text import T

if TYPE_CHECKING:
    from allocopt.scenario.scenario import Scenario
    from allocopt.simulation.comparison import Comparison
    from allocopt.solving.options import SolveOptions
    from allocopt.strategies import Strategy
    from allocopt.workflow.contenders import Asked
    from allocopt.workflow.stressing import StressOrder

_SECONDS = 600.0


def command(session: Session) -> click.Command:
    """Return the command in the session's language."""
    return SpokenCommand(
        session,
        "compare",
        T(
            "Plan SCENARIO by several strategies and replay the plans, and saved ones, in the "
            "same drawn futures: by how much one is better, how often, which lines each keeps, "
            "and by which measure another would win. Without --strategy and --run all "
            "strategies. Exit code 5 if the wanted precision was not reached."
        ),
        callback=partial(_compare, session),
        params=[
            click.Argument(["scenario"]),
            *_what(session),
            model_option(session),
            *scenario_options(session),
            gap_option(session),
            *_limits(session),
        ],
    )


def _what(session: Session) -> list[click.Parameter]:
    return [
        option(
            session,
            ["--strategy", "strategies"],
            T("A strategy to plan by, see docs/strategies.md; may be repeated."),
            multiple=True,
            metavar="NAME",
        ),
        option(
            session,
            ["--run", "runs"],
            T("The plan in this run directory beside them; may be repeated."),
            multiple=True,
            metavar="RUN",
        ),
        option(
            session,
            ["--out"],
            T("Folder to write: every plan as a run, comparison.json and the figures."),
            metavar="DIR",
        ),
    ]


def _limits(session: Session) -> list[click.Parameter]:
    precision = T(
        "Half-width of intervals: p=0.01 of probabilities, mean=0.001 of differences "
        "(share of the best plan's worth), cvar=0.01 of the worst shortfalls (share of "
        "the bound). May be given several times. Default: what the scenario says."
    )
    return [
        option(
            session,
            ["--time-limit"],
            T("Seconds for each plan that is solved. Default: {default:g}.", default=_SECONDS),
            kind=float,
            default=_SECONDS,
            metavar="S",
        ),
        *drawing_options(session, precision),
    ]


def _compare(
    session: Session,
    *,
    scenario: str,
    strategies: tuple[str, ...],
    runs: tuple[str, ...],
    out: str | None,
    model: str,
    variant: str | None,
    overrides: tuple[str, ...],
    gap: float,
    time_limit: float,
    precision: tuple[str, ...],
    max_draws: int | None,
    seed: int,
) -> int:
    from allocopt.solving.options import SolveOptions
    from allocopt.workflow.contenders import Asked, named_runs
    from allocopt.workflow.inputs import load
    from allocopt.workflow.stressing import StressOrder, precision_of

    if out is not None and Path(out).exists():
        raise UsageError(T("{folder} is there already; it is never overwritten", folder=out))
    asked = Asked(_chosen(strategies, runs), named_runs(runs) if runs else {})
    wanted = precision_of(numbers_of(precision)) if precision else None
    order = StressOrder(wanted, max_draws, seed)
    options = SolveOptions(gap=gap, time_limit=time_limit)
    place = place_of(scenario)
    try:
        loaded = load(scenario, variant=variant, overrides=overrides)
    except ScenarioError as error:
        failure = replace(failure_of(error), folder=place.folder, shown_as=place.shown_as)
        return report(session, failure)
    found = _found(session, loaded, asked, order, planning=(model, options))
    _told(session, found, out)
    return Exit.OK if found.precision_reached else Exit.IMPRECISE


def _chosen(names: tuple[str, ...], runs: tuple[str, ...]) -> "tuple[Strategy, ...]":
    from allocopt.strategies import STRATEGIES, strategy_named

    wanted = names or (() if runs else tuple(STRATEGIES))
    return tuple(strategy_named(name) for name in wanted)


def _found(
    session: Session,
    scenario: "Scenario",
    asked: "Asked",
    order: "StressOrder",
    *,
    planning: "tuple[str, SolveOptions]",
) -> "Comparison":
    from allocopt.cli.progress import watching
    from allocopt.report.format import NumberStyle
    from allocopt.report.goal import aim_of
    from allocopt.workflow.contenders import (
        PlanningOrder,
        compare_plans,
        field_of,
        options_of,
    )
    from allocopt.workflow.plans import prepare

    model, options = planning
    task = prepare(scenario, model)
    style = NumberStyle(session.language, task.problem.money_unit, task.problem.volume_unit)
    aim = aim_of(task.problem, task.formulation.decides)

    def announce(strategy: "Strategy") -> None:
        if not sys.stderr.isatty():
            say(session, T("planning: {strategy}", strategy=strategy.title), to_error=True)

    with ThreadPoolExecutor(os.cpu_count()) as executor:
        drawing = options_of(scenario, order, executor)
        with watching(session, style, aim) as solving:
            field = field_of(scenario, asked, PlanningOrder(model, options, solving, announce))
        with watching_futures(session) as watch:
            return compare_plans(scenario, field, order, replace(drawing, watch=watch))


def _told(session: Session, found: "Comparison", out: str | None) -> None:
    """Write the comparison to the screen and into a folder."""
    if session.as_json:
        from allocopt.simulation.comparison_record import comparison_record

        say_json(comparison_record(found))
    else:
        from allocopt.cli.compare_view import show_comparison

        show_comparison(session, found)
    if out is not None:
        from allocopt.cli.compare_files import save_comparison

        save_comparison(session, found, Path(out))
        say(session, T("saved in {folder}", folder=Path(out).as_posix()), to_error=session.as_json)
