"""A stress report on the screen: each line's probability, what goes with it, key figures."""

from collections.abc import Iterator
from itertools import chain

from rich.console import RenderableType
from rich.text import Text as RichText

from allocopt.cli.line_table import KINDS
from allocopt.cli.output import listed, show
from allocopt.cli.session import Session
from allocopt.cli.tables import plain_table
from allocopt.plan.plan import Plan
from allocopt.report.breaking import break_sentences
from allocopt.report.format import NumberStyle
from allocopt.report.stress import (
    OutlookRow,
    driver_titles,
    measure_kinds,
    outlook_rows,
    strongest,
)
from allocopt.scenario.schema.limits import LineKind
from allocopt.simulation.report import StressReport
from allocopt.text import T

_SURE = 0.95
_LIKELY = 0.5


def show_stress(session: Session, plan: Plan, report: StressReport, *, top: int) -> None:
    """Write a stress report to standard output.

    Parameters
    ----------
    session : Session
    plan : Plan
    report : StressReport
    top : int
        Drivers to show.
    """
    style = NumberStyle(session.language, plan.problem.money_unit, plan.problem.volume_unit)
    rows = outlook_rows(plan, report.lines)
    parts: Iterator[RenderableType] = chain(
        _header(session, plan, report, style),
        [_lines(session, rows, style), ""] if rows else [],
        [_measures(session, plan, report, style), ""],
        _drivers(session, plan, report, top),
        _stresses(session, plan, report, style),
        _breaks(plan, report, style),
        _impossible(session, report),
    )
    show(*parts)


def _header(
    session: Session, plan: Plan, report: StressReport, style: NumberStyle
) -> Iterator[RenderableType]:
    yield RichText(plan.problem.title.render(session.language), style="bold")
    drawn = T(
        "{draws} futures in {replicates} replicates, seed {seed}, {seconds}",
        draws=f"{report.draws:,}",
        replicates=report.replicates,
        seed=report.seed,
        seconds=style.seconds(report.seconds),
    )
    reached = T("the wanted precision was reached")
    if not report.precision_reached:
        reached = T("THE WANTED PRECISION WAS NOT REACHED")
    yield (
        T("; ")
        .render(session.language)
        .join((drawn.render(session.language), reached.render(session.language)))
    )
    yield ""


def _lines(session: Session, rows: tuple[OutlookRow, ...], style: NumberStyle) -> RenderableType:
    heads = (
        T("line"),
        T("kind"),
        T("plan"),
        T("P(met)"),
        T("from"),
        T("to"),
        T("worst 5 % short by"),
    )
    cells = [
        (
            _name(session, row),
            KINDS[row.kind].render(session.language),
            style.value(row.counts, row.plan.lhs),
            RichText(style.share(row.shown.p_met, digits=1), style=_color(row)),
            style.share(row.shown.low, digits=1),
            style.share(row.shown.high, digits=1),
            style.value(row.shortfall_counts, row.shown.cvar_shortfall),
        )
        for row in rows
    ]
    return plain_table(session, heads, cells, numbers=(2, 3, 4, 5, 6))


def _name(session: Session, row: OutlookRow) -> str:
    title = row.name.render(session.language)
    if row.parts == 1:
        return title
    _, _, place = row.shown.name.partition("[")
    return f"{title} [{place}"


def _color(row: OutlookRow) -> str:
    if row.shown.p_met >= _SURE:
        return "green"
    return "bold red" if row.kind is LineKind.HARD and row.shown.p_met < _LIKELY else "yellow"


def _measures(
    session: Session, plan: Plan, report: StressReport, style: NumberStyle
) -> RenderableType:
    kinds = measure_kinds(plan, report)
    heads = (T("measure"), T("mean"), T("5 %"), T("median"), T("95 %"))
    cells = [
        (
            one.name,
            *(style.value(kinds[one.name], x) for x in (one.mean, one.p5, one.p50, one.p95)),
        )
        for one in report.measures
    ]
    return plain_table(session, heads, cells, numbers=(1, 2, 3, 4))


def _drivers(
    session: Session, plan: Plan, report: StressReport, top: int
) -> Iterator[RenderableType]:
    """Yield what goes with the goal and with each line that may well be missed."""
    titles = driver_titles(plan)
    rows = [row for row in outlook_rows(plan, report.lines) if row.shown.p_met < _SURE]
    outcomes = [(report.measures[0].name, report.measures[0].name)]
    outcomes += [(_name(session, row), row.shown.name) for row in rows]
    cells = []
    for shown, outcome in outcomes:
        pulls = strongest(report, outcome, top)
        said = (
            f"{titles[pull.driver].render(session.language)} {pull.rank:+.2f}" for pull in pulls
        )
        cells.append((shown, listed(session, said)))
    heads = (T("what goes with it (rank correlation)"), T("strongest first"))
    yield plain_table(session, heads, cells)
    yield ""


def _stresses(
    session: Session, plan: Plan, report: StressReport, style: NumberStyle
) -> Iterator[RenderableType]:
    """Yield what the plan comes to in each named stress."""
    if not report.stresses:
        return
    titles = {row.id: row.title() for row in plan.problem.uncertainty.stresses}
    goal, kinds = report.measures[0].name, measure_kinds(plan, report)
    hard = {one.line.name for one in plan.lines if one.line.kind is LineKind.HARD and one.met}
    cells = [
        (
            titles[one.stress].render(session.language),
            style.value(kinds[goal], one.totals[goal]),
            listed(session, [name for name in one.missed if name in hard]),
        )
        for one in report.stresses
    ]
    heads = (T("named stress"), T("{goal}", goal=goal), T("hard lines that it breaks"))
    yield plain_table(session, heads, cells, numbers=(1,))
    yield ""


def _breaks(plan: Plan, report: StressReport, style: NumberStyle) -> Iterator[RenderableType]:
    """Yield the smallest shock that breaks each line."""
    if report.breaks:
        yield from map(RichText, break_sentences(plan, report, style))
        yield ""


def _impossible(session: Session, report: StressReport) -> Iterator[RenderableType]:
    for target, count in report.impossible.items():
        text = T(
            "{count} futures cannot be, because {target} is out of range in them; they count as "
            "misses of every line",
            count=count,
            target=target,
        )
        yield RichText(text.render(session.language), style="yellow")
