"""``allocopt runs diff A B``: how two runs differ."""

from functools import partial

import click

from allocopt.cli.failure import Exit
from allocopt.cli.output import say, say_json, show
from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenCommand
from allocopt.cli.tables import plain_table
from allocopt.plan.diff import RunDifference, diff_runs
from allocopt.text import T

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
    """Return the command in the session's language."""
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
