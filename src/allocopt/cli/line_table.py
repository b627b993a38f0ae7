"""The table of lines: left side, bound, slack, and the price of what falls short."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text as RichText

from allocopt.cli.session import Session
from allocopt.cli.tables import plain_table
from allocopt.measures.lines import Sense
from allocopt.report.format import NumberStyle
from allocopt.report.line_rows import LineRow
from allocopt.scenario.schema.limits import LineKind
from allocopt.text import T

if TYPE_CHECKING:
    from rich.table import Table

_SIGNS = {Sense.AT_LEAST: "≥", Sense.AT_MOST: "≤", Sense.EQUAL: "="}
KINDS = {
    LineKind.HARD: T("hard"),
    LineKind.SOFT: T("soft"),
    LineKind.REPORT: T("report"),
}


def line_table(session: Session, rows: Sequence[LineRow], style: NumberStyle) -> "Table":
    """Return the table of lines; one that has several parts shows its tightest.

    Parameters
    ----------
    session : Session
    rows : sequence of LineRow
    style : NumberStyle
    """
    heads = (T("line"), T("kind"), T("plan"), T("bound"), T("slack"), T("standing"))
    cells = [_cells(session, row, style) for row in rows]
    return plain_table(session, heads, cells, numbers=(2, 3, 4))


def _cells(session: Session, row: LineRow, style: NumberStyle) -> tuple[str | RichText, ...]:
    return (
        _name(session, row),
        KINDS[row.kind].render(session.language),
        style.value(row.counts, row.shown.lhs),
        f"{_SIGNS[row.sense]} {style.value(row.counts, row.shown.rhs)}",
        style.difference(row.counts, row.shown.slack),
        RichText(_standing(session, row, style), style=_color(row)),
    )


def _color(row: LineRow) -> str:
    if row.is_met:
        return "green"
    return "bold red" if row.kind is LineKind.HARD else "yellow"


def _name(session: Session, row: LineRow) -> str:
    title = row.name.render(session.language)
    if row.parts == 1:
        return title
    _, _, place = row.shown.line.name.partition("[")
    return f"{title} [{place}"


def _standing(session: Session, row: LineRow, style: NumberStyle) -> str:
    """Return whether the line is met, of how many parts, and what the rest costs."""
    if row.is_met:
        text = T("met") if row.parts == 1 else T("met, all {parts}", parts=row.parts)
        return text.render(session.language)
    short = style.value(row.shortfall_counts, row.shortfall)
    if row.parts == 1:
        text = T("SHORT by {short}", short=short)
    elif row.adds_up or row.parts - row.met == 1:
        text = T(
            "{met} of {parts} met, SHORT by {short}", met=row.met, parts=row.parts, short=short
        )
    else:
        text = T(
            "{met} of {parts} met, the others SHORT by at most {short} each",
            met=row.met,
            parts=row.parts,
            short=short,
        )
    priced = ""
    if row.penalty > 0:
        priced = T(", priced {penalty}", penalty=style.money(row.penalty)).render(session.language)
    return text.render(session.language) + priced
