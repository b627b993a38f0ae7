"""``allocopt frontier SCENARIO --vary PATH``: what the best plan is worth as a number varies."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from allocopt.cli.failure import Exit, failure_of, report
from allocopt.cli.frontier_view import record, show_frontier
from allocopt.cli.output import say_json
from allocopt.cli.places import place_of
from allocopt.cli.scenario_options import gap_option, model_option, scenario_options
from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenCommand, option
from allocopt.errors import ScenarioError, UsageError
from allocopt.report.frontier import PointState, ScenarioFrontier
from allocopt.report.goal import aim_of
from allocopt.solving.options import SolveOptions
from allocopt.text import T
from allocopt.workflow.frontier import Sweep, frontier
from allocopt.workflow.inputs import load

_POINTS = 9
_DEFAULTS = SolveOptions()


def command(session: Session) -> click.Command:
    """Return the command in the session's language."""
    return SpokenCommand(
        session,
        "frontier",
        T(
            "Solve SCENARIO at several values of one of its numbers, such as a budget or a floor: "
            "what each is worth at least, by its plan, and at most, by its bound. Ctrl-C keeps "
            "the points so far. Exit code 3 if no value has a plan, 4 if a point is not proven "
            "to the wanted gap."
        ),
        callback=partial(_frontier, session),
        params=[
            click.Argument(["scenario"]),
            *_what(session),
            model_option(session),
            *scenario_options(session),
            *_limits(session),
        ],
    )


def _what(session: Session) -> list[click.Parameter]:
    return [
        option(
            session,
            ["--vary"],
            T("Path of the number, such as lines.budget.at_most."),
            required=True,
            metavar="PATH",
        ),
        option(session, ["--from", "low"], T("One end, such as '2000 万元' or 0.15."), metavar="V"),
        option(session, ["--to", "high"], T("The other end."), metavar="V"),
        option(
            session,
            ["--at", "values"],
            T("A value to solve, instead of --from and --to; repeat it three times or more."),
            multiple=True,
            metavar="V",
        ),
        option(
            session,
            ["--points"],
            T(
                "Points in all; two fifths of them go where it bends. Default: {default}.",
                default=_POINTS,
            ),
            kind=int,
            default=_POINTS,
            metavar="N",
        ),
        option(
            session,
            ["--show", "shown"],
            T("An expression of measures to report too, such as expense; may be repeated."),
            multiple=True,
            metavar="EXPR",
        ),
    ]


def _limits(session: Session) -> list[click.Parameter]:
    return [
        gap_option(session),
        option(
            session,
            ["--time-limit"],
            T("Seconds for each point. Default: {default:g}.", default=_DEFAULTS.time_limit),
            kind=float,
            default=_DEFAULTS.time_limit,
            metavar="S",
        ),
        click.Option(
            ["--prices"],
            is_flag=True,
            help=T("Say the shadow price of the line at every plan, too.").render(session.language),
        ),
        option(
            session,
            ["--plot"],
            T("Draw the frontier into this file, such as frontier.png."),
            metavar="FILE",
        ),
    ]


def _frontier(
    session: Session,
    *,
    scenario: str,
    vary: str,
    low: str | None,
    high: str | None,
    values: tuple[str, ...],
    points: int,
    shown: tuple[str, ...],
    model: str,
    variant: str | None,
    overrides: tuple[str, ...],
    gap: float,
    time_limit: float,
    prices: bool,
    plot: str | None,
) -> int:
    sweep = Sweep(vary, _ends(low, high, values), points, model, shown, prices)
    options = SolveOptions(gap=gap, time_limit=time_limit)
    place = place_of(scenario)
    try:
        loaded = load(scenario, variant=variant, overrides=overrides)
    except ScenarioError as error:
        failure = replace(failure_of(error), folder=place.folder, shown_as=place.shown_as)
        return report(session, failure)
    from allocopt.cli.interrupts import noting_interrupts
    from allocopt.cli.progress import watching
    from allocopt.report.format import NumberStyle
    from allocopt.workflow.plans import prepare

    task = prepare(loaded, model)
    style = NumberStyle(session.language, task.problem.money_unit, task.problem.volume_unit)
    aim = aim_of(task.problem, task.formulation.decides)
    with noting_interrupts() as keys, watching(session, style, aim) as watch:
        found = frontier(loaded, sweep, options=options, watch=watch, stopped=lambda: keys.happened)
    if plot is not None:
        _plot(session, found, Path(plot))
    if session.as_json:
        say_json(record(found))
    else:
        show_frontier(session, found, style)
    return _code(found)


def _ends(low: str | None, high: str | None, values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ends of the grid, or its values.

    Raises
    ------
    UsageError
    """
    if values and low is None and high is None:
        if len(values) < 3:
            raise UsageError(T("give --at three times or more, or --from and --to"))
        return values
    if low is None or high is None or values:
        raise UsageError(T("give --from and --to, or --at three times or more"))
    return low, high


def _plot(session: Session, found: ScenarioFrontier, file: Path) -> None:
    """Draw the figure.

    Raises
    ------
    UsageError
        If the format is not known or there is nothing to draw.
    """
    from allocopt.report.frontier_figure import frontier_figure
    from allocopt.report.lettering import lettering

    try:
        frontier_figure(found, lettering(session.language)).savefig(file)
    except ValueError as error:
        raise UsageError(T("{file}: {reason}", file=file.as_posix(), reason=str(error))) from error


def _code(found: ScenarioFrontier) -> Exit:
    if found.interrupted:
        return Exit.INTERRUPTED
    if not found.planned:
        return Exit.INFEASIBLE
    known = (PointState.PROVEN, PointState.INFEASIBLE)
    return Exit.OK if all(point.state in known for point in found.points) else Exit.LIMIT
