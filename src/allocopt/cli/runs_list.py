"""``allocopt runs list [DIR]``: the runs of a folder."""

from functools import partial
from pathlib import Path

import click

from allocopt.cli.failure import Exit
from allocopt.cli.findings_view import finding_lines
from allocopt.cli.output import say, say_json, show
from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenCommand
from allocopt.cli.tables import plain_table
from allocopt.plan.header import RunHeader, RunList, list_runs
from allocopt.report.format import NumberStyle
from allocopt.text import T

_ROOT = "runs"
# PlanStatus, whose module would make the list wait for numpy
_STATUS = {"proven": T("proven"), "limit": T("not proven"), "given": T("by a rule")}


def command(session: Session) -> click.Command:
    """Return the command in the session's language."""
    return SpokenCommand(
        session,
        "list",
        T(
            "List the runs in the folder DIR, oldest first; in runs/ by default. Runs that "
            "cannot be read are named; exit code 1 if there are no others."
        ),
        callback=partial(_list, session),
        params=[click.Argument(["folder"], metavar="[DIR]", default=_ROOT)],
    )


def _list(session: Session, *, folder: str) -> int:
    found = list_runs(folder)
    if session.as_json:
        _say_record(session, found, folder)
    else:
        _show(session, found, folder)
    return Exit.USAGE if found.damaged and not found.headers else Exit.OK


def _say_record(session: Session, found: RunList, folder: str) -> None:
    runs = [
        {"folder": (Path(folder) / one.name).as_posix(), **one.as_record()} for one in found.headers
    ]
    findings = [one.as_record(session.language) for one in found.damaged]
    say_json({"runs": runs, "findings": findings})


def _show(session: Session, found: RunList, folder: str) -> None:
    if found.headers:
        _show_table(session, found.headers)
    elif not found.damaged:
        say(session, T("no runs in {folder}", folder=folder))
    shown_as = Path(folder).as_posix()
    for line in finding_lines(session, found.damaged, folder=None, shown_as=shown_as):
        say(session, line, to_error=True)


def _show_table(session: Session, headers: tuple[RunHeader, ...]) -> None:
    heads = (
        T("run"),
        T("scenario"),
        T("variant"),
        T("model"),
        T("objective"),
        T("gap"),
        T("status"),
    )
    show(plain_table(session, heads, [_cells(session, one) for one in headers], numbers=(4, 5)))


def _cells(session: Session, header: RunHeader) -> tuple[str, ...]:
    style = NumberStyle(session.language)
    status = _STATUS.get(header.status)
    unit = header.counted_in.render(session.language) if header.counted_in else ""
    return (
        header.name,
        header.scenario,
        header.variant or "-",
        header.model,
        f"{header.objective:,.2f} {unit}",
        style.share(header.gap, digits=3),
        status.render(session.language) if status else header.status,
    )
