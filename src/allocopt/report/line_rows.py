"""Lines of a plan for a reader: one row per line of the scenario, its tightest part shown."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from allocopt.measures.catalog import UnitKind
from allocopt.measures.expressions import Expression
from allocopt.measures.lines import LineResult, Sense
from allocopt.plan.plan import Plan
from allocopt.report.format import Kind
from allocopt.report.summary import kind_of
from allocopt.scenario.quantities import Quantity, QuantityKind
from allocopt.scenario.schema.limits import LineKind, LineSpec
from allocopt.text import Bilingual

_RATIOS = {
    (UnitKind.MONEY, UnitKind.VOLUME): Kind.MONEY_PER_VOLUME,
    (UnitKind.MONEY, UnitKind.HEADS): Kind.MONEY_PER_HEAD,
    (UnitKind.VOLUME, UnitKind.HEADS): Kind.VOLUME_PER_HEAD,
}


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
        counts=_counts(spec, line.expression),
        shortfall_counts=kind_of(line.expression.numerator),
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


def _counts(spec: LineSpec, expression: Expression) -> Kind:
    """Return what the left side counts; a share with a plain bound is read as times."""
    if expression.denominator is None:
        return kind_of(expression.numerator)
    top, bottom = expression.numerator.units(), expression.denominator.units()
    if len(top) != 1 or len(bottom) != 1:
        return Kind.MIXED
    if top == bottom:
        return Kind.TIMES if _is_plain(spec) else Kind.SHARE
    return _RATIOS.get((next(iter(top)), next(iter(bottom))), Kind.MIXED)


def _is_plain(spec: LineSpec) -> bool:
    """Return whether the bound was written as a plain number above 1, not as a percentage."""
    bounds: list[Quantity] = [
        bound for bound in (spec.at_least, spec.at_most, spec.equals) if bound is not None
    ]
    return any(bound.kind is QuantityKind.NUMBER and abs(bound.value) > 1 for bound in bounds)
