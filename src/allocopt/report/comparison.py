"""A comparison for a reader: which lines tell plans apart, who wins by what."""

from collections.abc import Mapping
from dataclasses import dataclass

from allocopt.measures.expressions import parse_expression
from allocopt.plan.kinds import Kind
from allocopt.plan.wording import form_kind
from allocopt.problem.axes import Selection
from allocopt.report.stress import OutlookRow, outlook_rows
from allocopt.scenario.schema.limits import LineKind
from allocopt.simulation.comparison import Comparison
from allocopt.text import Bilingual, Text

_SHARES = frozenset({"holds", "cvar_shortfall"})
_NUMBERS = frozenset({"signal_to_noise"})


@dataclass(frozen=True)
class LineRow:
    """A line of the scenario with every plan's part that is least likely met.

    Attributes
    ----------
    name : Bilingual
    kind : LineKind
    of_plans : tuple of OutlookRow
        In the order of the plans.
    """

    name: Bilingual
    kind: LineKind
    of_plans: tuple[OutlookRow, ...]


@dataclass(frozen=True)
class Verdict:
    """Who wins by a metric.

    Attributes
    ----------
    metric : Text
    winners : tuple of Text or Bilingual
    value : float
        Of the winners.
    kind : Kind or None
        What it counts; None for a bare number.
    flips : bool
        Whether no winner by the first metric wins here.
    """

    metric: Text
    winners: tuple[Text | Bilingual, ...]
    value: float
    kind: Kind | None
    flips: bool


def line_rows(found: Comparison) -> tuple[LineRow, ...]:
    """Return the lines of the scenario that some plan may miss, in file order."""
    columns = [outlook_rows(one.plan, one.lines) for one in found.plans]
    rows = (
        LineRow(of_plans[0].name, of_plans[0].kind, of_plans)
        for of_plans in zip(*columns, strict=True)
    )
    return tuple(row for row in rows if min(one.shown.p_met for one in row.of_plans) < 1.0)


def telling_rows(found: Comparison) -> tuple[LineRow, ...]:
    """Return the lines that some plans keep more often than others, in file order."""
    return tuple(
        row for row in line_rows(found) if len({one.shown.p_met for one in row.of_plans}) > 1
    )


def goal_kind(found: Comparison) -> Kind:
    """Return what the worth of plans counts."""
    problem = found.plans[0].plan.problem
    goal = problem.objective.goals[0].expression
    return form_kind(parse_expression(goal, problem.axes, Selection()).numerator)


def verdicts(found: Comparison) -> tuple[Verdict, ...]:
    """Return who wins by each metric."""
    table, money = found.robustness, goal_kind(found)
    kinds: Mapping[str, Kind | None] = {
        **dict.fromkeys(_SHARES, Kind.SHARE),
        **dict.fromkeys(_NUMBERS, None),
    }
    return tuple(
        Verdict(
            metric=metric.title,
            winners=tuple(found.plans[number].title for number in table.winners(k)),
            value=float(table.values[table.winners(k)[0], k]),
            kind=kinds.get(metric.name, money),
            flips=k in table.flips,
        )
        for k, metric in enumerate(table.metrics)
    )
