"""``allocopt runs diff A B``: how two runs differ."""

import math
from functools import partial

import click

from allocopt.cli.failure import Exit
from allocopt.cli.output import say, say_json, show
from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenCommand
from allocopt.cli.tables import plain_table
from allocopt.plan.diff import RunDifference, diff_runs
from allocopt.plan.wording import plain_number, telling_digits
from allocopt.text import T, Text

_MOST_ROWS = 15
_SECTIONS = {
    "input": T("input"),
    "option": T("option"),
    "model": T("model"),
    "objective": T("objective"),
    "line": T("line"),
    "decision": T("decision"),
}


_TEXT_SECTIONS = ("input", "model")
"""Sections whose values are texts, which may be long and are folded."""
_SHA256_SHOWN = 12
_MOST_DIGITS = 6
_LINE_SIDES = {
    "lhs": T("{line}: left side"),
    "rhs": T("{line}: right side"),
    "met": T("{line}: met"),
}
_NAMES = {
    "objective": T("objective"),
    "bound": T("bound of the objective"),
    "gap": T("gap"),
    "model": T("model"),
    "sha256": T("SHA-256 of the model file"),
    "status": T("status"),
}
_VALUES = {
    "true": T("yes"),
    "false": T("no"),
    "proven": T("proven"),
    "limit": T("not proven"),
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
    show(plain_table(session, heads, rows, numbers=() if section in _TEXT_SECTIONS else (2, 3)))
    more = len(found) - _MOST_ROWS
    if more > 0:
        word = _SECTIONS[section]
        say(session, T("and {count} more of {section}; see --json", count=more, section=word))
    say(session)


def _difference_cells(session: Session, found: RunDifference) -> tuple[str, ...]:
    word = _SECTIONS[found.section].render(session.language)
    before, after = (_shown(session, found, value) for value in (found.before, found.after))
    return (word, _name(session, found), before, after)


def _name(session: Session, found: RunDifference) -> str:
    """Return what differs, in the user's words where the program named it."""
    name = found.name
    if found.section == "line":
        line, _, side = name.rpartition(" ")
        return Text(_LINE_SIDES[side].template, (("line", line),)).render(session.language)
    if found.section == "objective" and name.startswith("part "):
        return T("part {part}", part=name.removeprefix("part ")).render(session.language)
    if found.section in {"model", "objective"}:
        return _NAMES[name].render(session.language)
    return name


def _largest_first(found: list[RunDifference]) -> list[RunDifference]:
    """Return differences by size; those that are not of numbers keep their order, first."""
    return sorted(found, key=lambda one: -_size(one))


def _size(found: RunDifference) -> float:
    pair = [one for one in (found.before, found.after) if isinstance(one, int | float)]
    return abs(pair[0] - pair[1]) if len(pair) == 2 else float("inf")


def _shown(session: Session, found: RunDifference, value: object) -> str:
    """Return a value with the digits that tell it from the other one, and no long tail."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return _number(value, _digits(found))
    if found.name == "sha256" and found.section == "model":
        return str(value)[:_SHA256_SHOWN]
    if found.section in {"line", "model"} and value in _VALUES:
        return _VALUES[str(value)].render(session.language)
    return str(value)


def _digits(found: RunDifference) -> int:
    pair = [float(one) for one in (found.before, found.after) if isinstance(one, int | float)]
    return min(telling_digits(*pair), _MOST_DIGITS) if len(pair) == 2 else 2


def _number(value: float, digits: int) -> str:
    """Return a number with separators of thousands; short where it is whole."""
    if 0 < abs(value) < 10**-_MOST_DIGITS:
        return f"{value:.2g}"
    plain = plain_number(value, digits)
    if abs(value) < 1000 or not math.isfinite(value):
        return plain
    whole, point, rest = plain.partition(".")
    return f"{int(whole):,}{point}{rest}"
