"""A stress report for a reader: a row per line of the scenario, its least likely part shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allocopt.measures.expressions import parse_expression
from allocopt.measures.lines import LineResult
from allocopt.plan.kinds import Kind
from allocopt.plan.plan import Plan
from allocopt.plan.wording import expression_kind, form_kind
from allocopt.problem.axes import Selection
from allocopt.scenario.schema.limits import LineKind
from allocopt.simulation.report import LineOutlook, Pull, StressReport
from allocopt.text import Bilingual


@dataclass(frozen=True)
class OutlookRow:
    """A line of the scenario in drawn futures.

    Attributes
    ----------
    name : Bilingual
    kind : LineKind
    counts, shortfall_counts : Kind
        What its left side counts, and its shortfall.
    parts : int
        Into how many (units, periods) the line falls.
    shown : LineOutlook
        The only part, or the one that is least likely to be met.
    plan : LineResult
        How the plan itself stands there.
    """

    name: Bilingual
    kind: LineKind
    counts: Kind
    shortfall_counts: Kind
    parts: int
    shown: LineOutlook
    plan: LineResult


def outlook_rows(plan: Plan, lines: Sequence[LineOutlook]) -> tuple[OutlookRow, ...]:
    """Return one row per line of the scenario, in file order."""
    titles = {spec.id: spec.title() for spec in plan.problem.lines}
    groups: dict[str, list[tuple[LineOutlook, LineResult]]] = {}
    for outlook, result in zip(lines, plan.lines, strict=True):
        groups.setdefault(result.line.spec, []).append((outlook, result))
    return tuple(_row(titles[name], parts) for name, parts in groups.items())


def _row(title: Bilingual, parts: Sequence[tuple[LineOutlook, LineResult]]) -> OutlookRow:
    shown, result = min(parts, key=lambda part: part[0].p_met)
    expression = result.line.expression
    return OutlookRow(
        name=title,
        kind=result.line.kind,
        counts=expression_kind(expression),
        shortfall_counts=form_kind(expression.numerator),
        parts=len(parts),
        shown=shown,
        plan=result,
    )


def measure_kinds(plan: Plan, report: StressReport) -> Mapping[str, Kind]:
    """Return what each reported measure counts."""
    axes = plan.problem.axes
    return {
        one.name: form_kind(parse_expression(one.name, axes, Selection()).numerator)
        for one in report.measures
    }


def strongest(report: StressReport, outcome: str, top: int) -> tuple[Pull, ...]:
    """Return what goes most with an outcome, a line's name or a measure; the strongest first."""
    own = [pull for pull in report.pulls if pull.outcome == outcome and pull.rank != 0.0]
    return tuple(sorted(own, key=lambda pull: -abs(pull.rank))[:top])


def driver_titles(plan: Plan) -> Mapping[str, Bilingual]:
    """Return the names of drivers, common factors and events by their ids."""
    section = plan.problem.uncertainty
    rows = (*section.drivers, *section.common_factors, *section.events)
    return {row.id: row.title() for row in rows}
