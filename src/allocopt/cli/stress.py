"""``allocopt stress RUN``: what a plan is worth when the world moves."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from allocopt.cli.drawing import drawing_options, numbers_of, watching_futures
from allocopt.cli.failure import Exit
from allocopt.cli.output import say, say_json
from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenCommand, option
from allocopt.text import T

if TYPE_CHECKING:
    from allocopt.plan.plan import Plan
    from allocopt.simulation.futures import Future
    from allocopt.simulation.report import StressReport

_TOP = 5


def command(session: Session) -> click.Command:
    """Return the command in the session's language."""
    return SpokenCommand(
        session,
        "stress",
        T(
            "Replay the plan in the folder RUN in many drawn futures, as the scenario's section "
            "'uncertainty' describes them: for each line the probability that it is met, with an "
            "interval at 95 %. Draws are doubled until the precision is reached; exit code 5 if a "
            "limit ended it before. The report is saved in the run directory. If a test is "
            "stopped, the same command goes on from what was played."
        ),
        callback=partial(_stress, session),
        params=[click.Argument(["run"]), *_options(session)],
    )


def _options(session: Session) -> list[click.Parameter]:
    precision = T(
        "Half-width of intervals: p=0.01 of probabilities, mean=0.001 of means (share of "
        "them), cvar=0.01 of the worst shortfalls (share of the bound). May be given "
        "several times. Default: what the scenario says."
    )
    return [*drawing_options(session, precision), *_more_options(session)]


def _more_options(session: Session) -> list[click.Parameter]:
    return [
        option(
            session,
            ["--scenario"],
            T(
                "Draw from the uncertainty of this scenario; it must agree with the plan's in all "
                "else."
            ),
            metavar="SCENARIO",
        ),
        option(
            session,
            ["--top"],
            T("Drivers to show per line, the strongest first. Default: {default}.", default=_TOP),
            kind=int,
            default=_TOP,
            metavar="N",
        ),
        option(
            session,
            ["--worst"],
            T("Tell the N worst futures, at most 10."),
            kind=int,
            default=0,
            metavar="N",
        ),
        _reverse_option(session),
    ]


def _reverse_option(session: Session) -> click.Option:
    about = T(
        "Find for each line the smallest joint shock of all drivers, in standard deviations, that "
        "breaks it."
    )
    return click.Option(["--reverse"], is_flag=True, help=about.render(session.language))


def _stress(
    session: Session,
    *,
    run: str,
    precision: tuple[str, ...],
    max_draws: int | None,
    seed: int,
    scenario: str | None,
    top: int,
    worst: int,
    reverse: bool,
) -> int:
    from allocopt.plan.rundir import load_plan
    from allocopt.simulation.store import report_record
    from allocopt.workflow import inputs
    from allocopt.workflow.stressing import StressOrder, precision_of, stress_run, worst_futures

    wanted = precision_of(numbers_of(precision)) if precision else None
    plan = load_plan(run)
    other = inputs.load(scenario) if scenario is not None else None
    order = StressOrder(wanted, max_draws, seed, scenario=other, reverse=reverse)
    with ThreadPoolExecutor(os.cpu_count()) as executor, watching_futures(session) as watch:
        report = stress_run(run, plan, order, executor=executor, watch=watch)
    stories = _stories(session, plan, worst_futures(plan, report, worst, other))
    if session.as_json:
        say_json({**report_record(report), **({"stories": stories} if worst else {})})
    else:
        from allocopt.cli.stress_view import show_stress

        show_stress(session, plan, report, top=top)
        for story in stories:
            say(session, story)
            say(session)
        _say_resumed(session, report)
        say(session, T("saved in {folder}", folder=Path(run).as_posix()))
    return Exit.OK if report.precision_reached else Exit.IMPRECISE


def _say_resumed(session: Session, report: "StressReport") -> None:
    """Say what came from a test that was stopped."""
    if report.resumed:
        say(
            session,
            T("{count} futures come from a test that was stopped before", count=report.resumed),
        )
    if report.damaged:
        say(
            session,
            T(
                "kept parts of a stopped test could not be read, their futures were played "
                "again: {files}",
                files=", ".join(report.damaged),
            ),
        )


def _stories(session: Session, plan: "Plan", futures: "tuple[Future, ...]") -> list[str]:
    from allocopt.report.format import NumberStyle
    from allocopt.report.futures import story

    style = NumberStyle(session.language, plan.problem.money_unit, plan.problem.volume_unit)
    return [story(plan, future, style) for future in futures]
