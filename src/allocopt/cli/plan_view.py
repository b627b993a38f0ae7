"""A plan on the screen: what it is worth, which lines it keeps, who gets what."""

import math
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

from rich.console import RenderableType
from rich.text import Text as RichText

from allocopt.cli.findings_view import finding_lines
from allocopt.cli.line_table import line_table
from allocopt.cli.output import listed, show
from allocopt.cli.session import Session
from allocopt.cli.tables import plain_table
from allocopt.plan.plan import Plan, PlanStatus
from allocopt.report.format import NOT_KNOWN, NumberStyle
from allocopt.report.goal import Goal, goal_of
from allocopt.report.line_rows import line_rows
from allocopt.report.summary import (
    QuotaTable,
    SpendRow,
    TargetRow,
    people_rows,
    quota_tables,
    spend_rows,
)
from allocopt.solving.outcome import Stop
from allocopt.text import T, Text

_STOPS: Mapping[str, Text] = {
    Stop.GAP_REACHED: T("the wanted gap was reached"),
    Stop.TIME_LIMIT: T("the time limit was reached"),
    Stop.INTERRUPTED: T("it was interrupted"),
    Stop.OTHER_LIMIT: T("another limit was reached"),
    Stop.ALTERNATIVE: T("it is an alternative, less than the best on purpose"),
    Stop.FAILED: T("the solver failed"),
}


def show_plan(session: Session, plan: Plan, style: NumberStyle, folder: Path) -> None:
    """Write a plan's summary to standard output.

    Parameters
    ----------
    session : Session
    plan : Plan
    style : NumberStyle
    folder : Path
        Run directory that holds all of it.
    """
    goal = goal_of(plan)
    parts: Iterator[RenderableType] = chain(
        _header(session, plan),
        _broken(session, plan),
        _goal(session, plan, goal, style),
        [line_table(session, line_rows(plan), style), ""] if plan.lines else [],
        _targets(session, quota_tables(plan), style),
        _spend(session, plan, style),
        _people(session, plan, style),
        _remarks(session, plan),
        _footer(session, plan, style, folder),
    )
    show(*parts)


def _say(session: Session, text: Text) -> str:
    return text.render(session.language)


def _header(session: Session, plan: Plan) -> Iterator[RenderableType]:
    title = plan.problem.title.render(session.language)
    yield RichText(title, style="bold")
    facts = [
        T("scenario {name}", name=plan.provenance.scenario),
        T("model {name}", name=plan.provenance.model),
    ]
    if plan.provenance.variant:
        facts.append(T("variant {name}", name=plan.provenance.variant))
    facts.extend(T("with {override}", override=text) for text in plan.provenance.overrides)
    yield RichText(listed(session, (_say(session, fact) for fact in facts)))
    yield ""


def _broken(session: Session, plan: Plan) -> Iterator[RenderableType]:
    """Yield warnings that stand before everything else."""
    broken, beyond = len(plan.broken), len(plan.missed_outside)
    if broken:
        text = T("THIS PLAN BREAKS HARD LINES: {count}", count=broken)
        yield RichText(_say(session, text), style="bold red")
        yield ""
    if beyond:
        text = T("HARD LINES MISSED THAT THIS MODEL CANNOT MOVE: {count}", count=beyond)
        yield RichText(_say(session, text), style="bold yellow")
        yield ""


def _goal(session: Session, plan: Plan, goal: Goal, style: NumberStyle) -> Iterator[RenderableType]:
    aim = T("maximize {goal}") if goal.maximized else T("minimize {goal}")
    named = Text(aim.template, (("goal", goal.expression),))
    value = style.value(goal.kind, goal.value)
    yield RichText(_say(session, T("{word}: {said}", word=named, said=value)), style="bold")
    yield _proof(session, plan, goal, style)
    yield ""
    if len(goal.parts) > 1:
        yield _parts(session, goal, style)
        yield ""


def _proof(session: Session, plan: Plan, goal: Goal, style: NumberStyle) -> str:
    """Return what is known of the distance from the best plan."""
    if plan.status is PlanStatus.GIVEN:
        return _say(session, T("made by a rule: how far it is from the best is not known"))
    bound = style.value(goal.kind, goal.bound)
    best = T("no plan can exceed {bound}") if goal.maximized else T("no plan can go below {bound}")
    proof = _say(session, Text(best.template, (("bound", bound),)))
    gap = _say(session, T("gap {gap}", gap=style.share(goal.gap, digits=3)))
    proven = plan.status is PlanStatus.PROVEN
    stop = _STOPS.get(plan.stop, T("another limit was reached"))
    verdict = T("proven") if proven else T("not proven to the wanted gap: {stop}", stop=stop)
    known = proof if bound != NOT_KNOWN else _say(session, T("no bound is known"))
    return _say(session, T("; ")).join((known, gap, _say(session, verdict)))


def _parts(session: Session, goal: Goal, style: NumberStyle) -> RenderableType:
    rows = [
        (part.name.render(session.language), style.difference(part.kind, part.value))
        for part in goal.parts
    ]
    heads = (T("what it consists of"), T("value"))
    return plain_table(session, heads, rows, numbers=(1,))


def _targets(
    session: Session, tables: tuple[QuotaTable, ...], style: NumberStyle
) -> Iterator[RenderableType]:
    """Yield the first quota by unit, the others in total."""
    if not tables:
        return
    heads = (T("targets"), T("target"), T("pledged"), T("expected"), T("fulfilled"))
    rows = [_target_cells(session, row, style, "  ") for row in tables[0].units]
    rows.insert(0, _target_cells(session, tables[0].total, style, ""))
    rows.extend(_target_cells(session, table.total, style, "") for table in tables[1:])
    yield plain_table(session, heads, rows, numbers=(1, 2, 3, 4))
    yield ""


def _target_cells(
    session: Session, row: TargetRow, style: NumberStyle, indent: str
) -> tuple[str, ...]:
    return (
        f"{indent}{row.name.render(session.language)}",
        style.value(row.kind, row.target),
        style.value(row.kind, row.stretch),
        style.value(row.kind, row.attained),
        style.share(row.fulfilled, digits=1),
    )


def _spend(session: Session, plan: Plan, style: NumberStyle) -> Iterator[RenderableType]:
    rows = spend_rows(plan)
    if not rows:
        return
    heads = (T("spend"), T("current plan"), T("this plan"), T("change"), T("brings"))
    cells: list[tuple[str, ...]] = [
        (
            row.name.render(session.language),
            style.money(row.current),
            style.money(row.planned),
            style.money(row.planned - row.current, sign=True),
            style.volume(round(row.response)),
        )
        for row in rows
    ]
    if len(rows) > 1:
        cells.append(_spend_total(session, rows, style))
    yield plain_table(session, heads, cells, numbers=(1, 2, 3, 4))
    yield ""


def _spend_total(
    session: Session, rows: tuple[SpendRow, ...], style: NumberStyle
) -> tuple[str, ...]:
    current = math.fsum(row.current for row in rows)
    planned = math.fsum(row.planned for row in rows)
    return (
        _say(session, T("total")),
        style.money(current),
        style.money(planned),
        style.money(planned - current, sign=True),
        "",
    )


def _people(session: Session, plan: Plan, style: NumberStyle) -> Iterator[RenderableType]:
    rows = people_rows(plan)
    if not rows:
        return
    heads = (
        T("people by role"),
        T("start"),
        T("end"),
        T("arrive"),
        T("leave"),
        T("let go"),
        T("moved"),
    )
    cells = [
        (
            row.name.render(session.language),
            *(
                style.heads(number)
                for number in (
                    row.start,
                    row.end,
                    row.arrivals,
                    row.departures,
                    row.releases,
                    row.moves,
                )
            ),
        )
        for row in rows
    ]
    yield plain_table(session, heads, cells, numbers=(1, 2, 3, 4, 5, 6))
    yield ""


def _remarks(session: Session, plan: Plan) -> Iterator[RenderableType]:
    for line in finding_lines(session, plan.remarks, folder=None):
        yield RichText.from_ansi(line)
    if plan.remarks:
        yield ""


def _footer(
    session: Session, plan: Plan, style: NumberStyle, folder: Path
) -> Iterator[RenderableType]:
    words = {
        "load": T("load"),
        "prepare": T("prepare"),
        "build": T("build"),
        "solver": T("solver"),
        "judge": T("judge"),
        "write": T("write"),
    }
    stages = [
        f"{_say(session, words[stage]) if stage in words else stage} {style.seconds(seconds)}"
        for stage, seconds in plan.seconds.items()
    ]
    yield _say(session, T("time: {stages}", stages=listed(session, stages)))
    yield _say(session, T("run directory: {folder}", folder=folder.as_posix()))
