"""Lines of a plan for a reader: one row per line of the scenario, its tightest part shown."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from allocopt.measures.catalog import OverTime
from allocopt.measures.lines import Line, LineResult, Sense
from allocopt.plan.kinds import Kind
from allocopt.plan.plan import Plan
from allocopt.plan.wording import expression_kind, form_kind
from allocopt.scenario.schema.limits import LineKind, LineSpec
from allocopt.text import Bilingual


@dataclass(frozen=True)
class LineRow:
    """A line of the scenario.

    Attributes
    ----------
    name : Bilingual
    sentence : Bilingual
    kind : LineKind
    counts : Kind
        What left side, right side and slack count.
    shortfall_counts : Kind
        What the shortfall counts: the numerator of a ratio.
    sense : Sense
    parts, met : int
        Into how many (units, periods) the line falls, and how many of them are met.
    shown : LineResult
        The only part, or the one with the least slack.
    shortfall : float
        Over all parts: their sum where they add up, else that of the worst part.
    adds_up : bool
        Whether shortfalls of parts may be added: not of people in several months, who may be
        the same, not of ratios, and not of stretches that overlap.
    penalty : float
        Summed over all parts, 元.
    """

    name: Bilingual
    sentence: Bilingual
    kind: LineKind
    counts: Kind
    shortfall_counts: Kind
    sense: Sense
    parts: int
    met: int
    shown: LineResult
    shortfall: float
    adds_up: bool
    penalty: float

    @property
    def is_met(self) -> bool:
        """Whether every part is met."""
        return self.met == self.parts


def line_rows(plan: Plan) -> tuple[LineRow, ...]:
    """Return one row per line (and bound) of the scenario, in file order."""
    specs = {spec.id: spec for spec in plan.problem.lines}
    groups: dict[tuple[str, Sense], list[LineResult]] = {}
    for result in plan.lines:
        groups.setdefault((result.line.spec, result.line.sense), []).append(result)
    return tuple(_row(specs[name], results) for (name, _), results in groups.items())


def _row(spec: LineSpec, results: Sequence[LineResult]) -> LineRow:
    shown = min(results, key=_tightness)
    line = shown.line
    shortfalls = [result.shortfall for result in results]
    adds_up = _adds_up([result.line for result in results])
    return LineRow(
        name=spec.title(),
        sentence=line.sentence,
        kind=line.kind,
        counts=expression_kind(line.expression),
        shortfall_counts=form_kind(line.expression.numerator),
        sense=line.sense,
        parts=len(results),
        met=sum(result.met for result in results),
        shown=shown,
        shortfall=math.fsum(shortfalls) if adds_up else max(shortfalls),
        adds_up=adds_up,
        penalty=math.fsum(result.penalty for result in results),
    )


def _adds_up(lines: Sequence[Line]) -> bool:
    """Return whether shortfalls of the parts of a line may be added."""
    expression = lines[0].expression
    if expression.denominator is not None:
        return False
    stretches = sorted({(line.stretch.first, line.stretch.last) for line in lines})
    if len(stretches) == 1:
        return True
    flows = all(term.measure.over_time is OverTime.SUM for term in expression.numerator.terms)
    return flows and all(before[1] < after[0] for before, after in pairwise(stretches))


def _tightness(result: LineResult) -> tuple[bool, float]:
    """Return what orders the parts of a line: those not met first, then by relative slack."""
    slack = result.slack if math.isfinite(result.slack) else 0.0
    return result.met, slack / max(abs(result.rhs), 1e-12)
