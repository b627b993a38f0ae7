"""Lines of a plan for a reader: one row per line of the scenario, its tightest part shown."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from allocopt.measures.lines import LineResult, Sense
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
    shortfall, penalty : float
        Summed over all parts; the penalty in 元.
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
        shortfall=math.fsum(result.shortfall for result in results),
        penalty=math.fsum(result.penalty for result in results),
    )


def _tightness(result: LineResult) -> tuple[bool, float]:
    """Return what orders the parts of a line: those not met first, then by relative slack."""
    slack = result.slack if math.isfinite(result.slack) else 0.0
    return result.met, slack / max(abs(result.rhs), 1e-12)
