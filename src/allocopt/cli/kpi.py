"""``allocopt kpi SCENARIO``: which lines follow from others, which clash, and by how much."""

import math
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from allocopt.cli.failure import Exit, failure_of, report
from allocopt.cli.output import say, say_json, show
from allocopt.cli.places import place_of
from allocopt.cli.scenario_options import scenario_options
from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenCommand, option
from allocopt.cli.tables import plain_table
from allocopt.errors import ScenarioError, UsageError
from allocopt.report.format import NumberStyle
from allocopt.solving.kpi import Standing
from allocopt.solving.outcome import Progress
from allocopt.text import T
from allocopt.workflow.inputs import load

if TYPE_CHECKING:
    from allocopt.workflow.consistency import Consistency, KpiRow

_SECONDS = 600.0
_SAID = {
    Standing.IMPLIED: T("always met"),
    Standing.OPEN: T("open"),
    Standing.CONFLICT: T("conflict"),
    Standing.FIXED: T("broken, no decision moves it"),
    Standing.IMPOSSIBLE: T("the others clash"),
    Standing.UNKNOWN: T("range not known"),
}


def command(session: Session) -> click.Command:
    """Return the command in the session's language."""
    return SpokenCommand(
        session,
        "kpi",
        T(
            "Say of each line of SCENARIO what its figure can be while the hard lines hold, itself "
            "aside: whether its bound is always met, open, or out of reach and by how much. No "
            "plan is made. Exit code 3 if the lines cannot hold together."
        ),
        callback=partial(_kpi, session),
        params=[
            click.Argument(["scenario"]),
            option(
                session,
                ["--line"],
                T("Let this line hold too: what does it ask of the others?"),
                metavar="NAME",
            ),
            click.Option(
                ["--all", "every"],
                is_flag=True,
                help=T("Let soft and report-only lines hold too.").render(session.language),
            ),
            option(
                session,
                ["--time-limit"],
                T("Seconds for all lines. Default: {default:g}.", default=_SECONDS),
                kind=float,
                default=_SECONDS,
                metavar="S",
            ),
            *scenario_options(session),
            option(
                session,
                ["--plot"],
                T("Draw ranges, bounds and trends into this file, such as kpi.png."),
                metavar="FILE",
            ),
        ],
    )


def _kpi(
    session: Session,
    *,
    scenario: str,
    line: str | None,
    every: bool,
    time_limit: float,
    variant: str | None,
    overrides: tuple[str, ...],
    plot: str | None,
) -> int:
    from allocopt.workflow.consistency import consistency

    try:
        loaded = load(scenario, variant=variant, overrides=overrides)
    except ScenarioError as error:
        place = place_of(scenario)
        failure = replace(failure_of(error), folder=place.folder, shown_as=place.shown_as)
        return report(session, failure)
    watch = partial(_tell, session)
    found = consistency(loaded, given=line, every=every, time_limit=time_limit, watch=watch)
    style = NumberStyle(session.language, found.problem.money_unit, found.problem.volume_unit)
    if plot is not None:
        _plot(session, found, Path(plot))
    if session.as_json:
        say_json(_record(found))
    else:
        _show(session, found, style)
    return Exit.OK if found.feasible else Exit.INFEASIBLE


def _tell(session: Session, progress: Progress) -> None:
    if not session.as_json:
        say(session, T("computing {stage}", stage=progress.stage), to_error=True)


def _show(session: Session, found: "Consistency", style: NumberStyle) -> None:
    if not found.rows:
        say(session, T("the scenario has no lines that are not split by unit or period"))
        return
    if found.given is not None:
        say(session, T("{name} holds, beside the hard lines", name=found.given.name))
    heads = (T("line"), T("bound"), T("least"), T("most"), T("as now"), T("standing"), T("off by"))
    cells = [_cells(session, row, style) for row in found.rows]
    show(plain_table(session, heads, cells, numbers=(1, 2, 3, 4, 6)))
    say(session)
    if not found.feasible:
        say(session, T("these lines cannot all hold"))
    if found.asked < len(found.rows):
        count, total = found.asked, len(found.rows)
        say(session, T("stopped after {count} of {total} lines", count=count, total=total))
    say(
        session,
        T(
            "ranges are of a relaxed model (people in fractions, curves from above): the true "
            "ranges lie within; a line that is open here may still be out of reach"
        ),
    )


def _cells(session: Session, row: "KpiRow", style: NumberStyle) -> tuple[str, ...]:
    line, kind = row.line, row.counts

    def shown(value: float) -> str:
        return style.value(kind, value) if math.isfinite(value) else "-"

    return (
        row.title.render(session.language) or line.name,
        f"{line.sense.value} {shown(line.bound)}",
        shown(row.range.low),
        shown(row.range.high),
        shown(row.trend),
        _SAID[row.standing].render(session.language),
        style.difference(kind, row.off) if row.off else "",
    )


def _record(found: "Consistency") -> dict[str, object]:
    return {
        "feasible": found.feasible,
        "given": None if found.given is None else found.given.name,
        "in_force": list(found.in_force),
        "relaxed": True,
        "asked": found.asked,
        "lines": [
            {
                "name": row.line.name,
                "kind": row.line.kind.value,
                "unit": row.line.unit,
                "sense": row.line.sense.value,
                "bound": row.line.bound,
                "low": row.range.low,
                "high": row.range.high,
                "trend": row.trend,
                "standing": row.standing.value,
                "off": row.off,
            }
            for row in found.rows
        ],
    }


def _plot(session: Session, found: "Consistency", file: Path) -> None:
    from allocopt.report.kpi_figure import KpiBar, kpi_figure
    from allocopt.report.lettering import lettering

    bars = [
        KpiBar(row.title, row.line.name, row.line.bound, row.range, row.trend) for row in found.rows
    ]
    try:
        kpi_figure(bars, lettering(session.language)).savefig(file)
    except (ValueError, OSError) as error:
        raise UsageError(T("{file}: {reason}", file=file.as_posix(), reason=str(error))) from error
