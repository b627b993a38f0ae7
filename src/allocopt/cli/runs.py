"""``allocopt runs list [DIR]`` and ``allocopt runs diff A B``: plans that were made."""

from functools import partial
from pathlib import Path

import click

from allocopt.cli.failure import Exit
from allocopt.cli.output import say, say_json, show
from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenCommand, SpokenGroup
from allocopt.cli.tables import plain_table
from allocopt.plan.diff import RunDifference, diff_runs
from allocopt.plan.header import RunHeader, list_runs
from allocopt.report.format import NumberStyle
from allocopt.text import T

_ROOT = "runs"
_MOST_ROWS = 15
_SECTIONS = {
    "input": T("input"),
    "option": T("option"),
    "model": T("model"),
    "objective": T("objective"),
    "line": T("line"),
    "decision": T("decision"),
}


def command(session: Session) -> click.Command:
    """Return the group in the session's language."""
    members = {
        "list": (T("list the runs of a folder, oldest first"), _list_command),
        "diff": (T("show how two runs differ"), _diff_command),
    }
    about = T("List plans that were made, or compare two.")
    return SpokenGroup(session, "runs", about, members=members)


def _list_command(session: Session) -> click.Command:
    return SpokenCommand(
        session,
        "list",
        T("List the runs in the folder DIR, oldest first; in runs/ by default."),
        callback=partial(_list, session),
        params=[click.Argument(["folder"], metavar="[DIR]", default=_ROOT)],
    )


def _list(session: Session, *, folder: str) -> int:
    found = list_runs(folder)
    if session.as_json:
        records = [
            {"folder": (Path(folder) / one.name).as_posix(), **one.as_record()} for one in found
        ]
        say_json({"runs": records})
        return Exit.OK
    if not found:
        say(session, T("no runs in {folder}", folder=folder))
        return Exit.OK
    heads = (
        T("run"),
        T("scenario"),
        T("variant"),
        T("model"),
        T("objective, base unit"),
        T("gap"),
        T("status"),
    )
    show(plain_table(session, heads, [_cells(session, one) for one in found], numbers=(4, 5)))
    return Exit.OK


def _cells(session: Session, header: RunHeader) -> tuple[str, ...]:
    style = NumberStyle(session.language)
    return (
        header.name,
        header.scenario,
        header.variant or "-",
        header.model,
        f"{header.objective:,.2f}",
        style.share(header.gap, digits=3),
        header.status,
    )


def _diff_command(session: Session) -> click.Command:
    return SpokenCommand(
        session,
        "diff",
        T("Show how run B differs from run A: inputs, options, objective, lines, decisions."),
        callback=partial(_diff, session),
        params=[click.Argument(["before"], metavar="A"), click.Argument(["after"], metavar="B")],
    )


def _diff(session: Session, *, before: str, after: str) -> int:
    found = diff_runs(before, after)
    if session.as_json:
        say_json({"differences": [one.as_record() for one in found]})
        return Exit.OK
    if not found:
        say(session, T("no difference"))
        return Exit.OK
    for section in _SECTIONS:
        _show_section(session, section, [one for one in found if one.section == section])
    say(session, T("amounts are in base units: 元, shares as fractions"))
    return Exit.OK


def _show_section(session: Session, section: str, found: list[RunDifference]) -> None:
    if not found:
        return
    heads = (T("what"), T("name"), T("in A"), T("in B"))
    rows = [_difference_cells(session, one) for one in _largest_first(found)[:_MOST_ROWS]]
    show(plain_table(session, heads, rows, numbers=() if section == "input" else (2, 3)))
    more = len(found) - _MOST_ROWS
    if more > 0:
        word = _SECTIONS[section]
        say(session, T("and {count} more of {section}; see --json", count=more, section=word))
    say(session)


def _difference_cells(session: Session, found: RunDifference) -> tuple[str, ...]:
    word = _SECTIONS[found.section].render(session.language)
    return (word, found.name, _shown(found.before), _shown(found.after))


def _largest_first(found: list[RunDifference]) -> list[RunDifference]:
    """Return differences by size; those that are not of numbers keep their order, first."""
    return sorted(found, key=lambda one: -_size(one))


def _size(found: RunDifference) -> float:
    pair = [one for one in (found.before, found.after) if isinstance(one, int | float)]
    return abs(pair[0] - pair[1]) if len(pair) == 2 else float("inf")


def _shown(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:,.12g}" if isinstance(value, float) else str(value)
