"""Lines: a scenario's limits as linear rows over measures, one per unit and stretch of time."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np

from allocopt.arrays import BoolArray, FloatArray
from allocopt.errors import BoundError, UsageError
from allocopt.measures.algebra import Values
from allocopt.measures.catalog import OverTime, UnitKind
from allocopt.measures.expressions import Expression, LinearForm, Term, parse_expression
from allocopt.problem.axes import Dimension
from allocopt.problem.problem import Problem
from allocopt.problem.targets import scope_selection
from allocopt.scenario.quantities import Quantity, QuantityKind
from allocopt.scenario.schema.limits import LineKind, LineSpec, When
from allocopt.text import Bilingual, T

TOLERANCE = 1e-9
"""Rounding allowed when a line is judged, relative to the sizes compared: on the line is met."""


class Sense(StrEnum):
    """Which side of the bound is allowed."""

    AT_LEAST = ">="
    AT_MOST = "<="
    EQUAL = "=="


_FIELDS = {Sense.AT_LEAST: "at_least", Sense.AT_MOST: "at_most", Sense.EQUAL: "equals"}
"""Where the bound of a sense is written."""


@dataclass(frozen=True)
class Stretch:
    """Periods that a line speaks of.

    Attributes
    ----------
    first, last : int, counted from 0, both included
    label : str
        Such as ``2016``, ``2016-03`` or ``2016-01..2016-03``.
    """

    first: int
    last: int
    label: str

    def weights(self, over_time: OverTime, periods: int) -> FloatArray:
        """Return what each period counts, (periods,): a stock at one end, a flow throughout."""
        weights = np.zeros(periods)
        if over_time is OverTime.LAST:
            weights[self.last] = 1.0
        elif over_time is OverTime.FIRST:
            weights[self.first] = 1.0
        else:
            weights[self.first : self.last + 1] = 1.0
        return weights


@dataclass(frozen=True)
class Line:
    """One limit: an expression over one stretch of time against one bound.

    Attributes
    ----------
    name : str
        Unique: the line's id, then the unit and the stretch where there are several.
    spec : str
        Id of the line in the scenario.
    expression : Expression
    sense : Sense
    bound : float
        元 for money, fraction for shares.
    kind : LineKind
    price : float
        元 per unit of the numerator by which it falls short; 0 unless soft.
    stretch : Stretch
    sentence : Bilingual
    unit : str
        What the left side is counted in: money, volume, heads or share.
    """

    name: str
    spec: str
    expression: Expression
    sense: Sense
    bound: float
    kind: LineKind
    price: float
    stretch: Stretch
    sentence: Bilingual
    unit: str

    def row(self) -> LinearForm:
        """Return the form that must be >= 0 (or == 0): the ratio is multiplied out."""
        top = self.expression.numerator
        if self.expression.denominator is None:
            row = top.plus(LinearForm((), -self.bound))
        else:
            row = top.plus(self.expression.denominator.scaled(-self.bound))
        return row.scaled(-1.0) if self.sense is Sense.AT_MOST else row


@dataclass(frozen=True)
class LineResult:
    """How a plan stands to a line.

    Attributes
    ----------
    line : Line
    lhs : float
        Value of the expression; NaN for a ratio with denominator 0.
    rhs : float
    slack : float
        Distance to the bound, in the left side's unit; negative where it is broken.
    shortfall : float
        By how much the numerator falls short, >= 0, in its own unit.
    met : bool
    penalty : float, 元
    """

    line: Line
    lhs: float
    rhs: float
    slack: float
    shortfall: float
    met: bool
    penalty: float


def compile_lines(problem: Problem) -> tuple[Line, ...]:
    """Return every line of ``problem``, in file order.

    Raises
    ------
    UsageError
        With the first expression or bound that is wrong; `check_line` finds them one by one.
    """
    return tuple(line for spec in problem.lines for line in compile_line(problem, spec))


def compile_line(problem: Problem, spec: LineSpec) -> tuple[Line, ...]:
    """Return the lines that ``spec`` stands for.

    Raises
    ------
    UsageError
        If the expression or a bound is wrong.
    """
    scope = scope_selection(spec.scope)
    units = problem.trees.units.at_level(spec.per) if spec.per else (None,)
    stretches = stretches_of(problem, spec.when, spec.periods)
    lines = []
    for unit in units:
        own = scope if unit is None else scope.narrowed(Dimension.UNITS, unit)
        expression = parse_expression(spec.expression, problem.axes, own)
        _require_values(problem, expression)
        for sense, bound in _bounds(spec):
            _require_kind(expression, sense, bound, spec)
            for stretch in stretches:
                lines.append(
                    Line(
                        name=_name(problem, spec, (unit, stretch, sense), len(stretches)),
                        spec=spec.id,
                        expression=expression,
                        sense=sense,
                        bound=bound.value,
                        kind=spec.kind,
                        price=(spec.price or 0.0) if spec.kind is LineKind.SOFT else 0.0,
                        stretch=stretch,
                        sentence=_sentence(spec),
                        unit=unit_of(expression),
                    )
                )
    return tuple(lines)


def stretches_of(problem: Problem, when: When, periods: tuple[int, ...]) -> tuple[Stretch, ...]:
    """Return the stretches of time that ``when`` and ``periods`` name."""
    labels = problem.calendar.labels
    last = len(labels) - 1
    if when is When.YEAR and not periods:
        return (Stretch(0, last, f"{labels[0]}..{labels[-1]}"),)
    chosen = [period - 1 for period in periods] or list(range(last + 1))
    if when is When.CUMULATIVE:
        return tuple(Stretch(0, t, f"{labels[0]}..{labels[t]}") for t in chosen)
    return tuple(Stretch(t, t, labels[t]) for t in chosen)


def _bounds(spec: LineSpec) -> Iterator[tuple[Sense, Quantity]]:
    if spec.at_least is not None:
        yield Sense.AT_LEAST, spec.at_least
    if spec.at_most is not None:
        yield Sense.AT_MOST, spec.at_most
    if spec.equals is not None:
        yield Sense.EQUAL, spec.equals


def _name(
    problem: Problem,
    spec: LineSpec,
    place: tuple[str | None, Stretch, Sense],
    stretches: int,
) -> str:
    unit, stretch, sense = place
    parts = [unit] if unit is not None else []
    if stretches > 1:
        parts.append(problem.calendar.labels[stretch.last])
    if spec.at_least is not None and spec.at_most is not None:
        parts.append("min" if sense is Sense.AT_LEAST else "max")
    return f"{spec.id}[{','.join(parts)}]" if parts else spec.id


def _sentence(spec: LineSpec) -> Bilingual:
    written = spec.sentence.bilingual()
    return written if written.zh or written.en else spec.title()


def unit_of(expression: Expression) -> str:
    """Return what the left side is counted in: money, volume, heads, share or mixed."""
    if expression.denominator is not None:
        same = expression.numerator.units() == expression.denominator.units()
        return "share" if same else "ratio"
    units = expression.numerator.units()
    return str(next(iter(units))) if len(units) == 1 else "mixed"


def _require_kind(expression: Expression, sense: Sense, bound: Quantity, spec: LineSpec) -> None:
    field = _FIELDS[sense]
    money = expression.denominator is None and UnitKind.MONEY in expression.numerator.units()
    if money and bound.kind is QuantityKind.NUMBER and bound.value != 0:
        raise BoundError(
            T(
                "{text} is an amount of money, its bound {found:g} has no unit; "
                "write it as in '{found:g} 万元'",
                text=spec.expression,
                found=bound.value,
            ),
            field,
        )
    if money and bound.kind in (QuantityKind.SHARE, QuantityKind.POINTS):
        raise BoundError(
            T("{text} is an amount of money, its bound is a percent", text=spec.expression), field
        )
    if not money and bound.kind is QuantityKind.MONEY and expression.denominator is None:
        raise BoundError(T("{text} is not money, its bound is", text=spec.expression), field)


def _require_values(problem: Problem, expression: Expression) -> None:
    """Refuse measures that some selected cell has no number for."""
    optional = {
        "potential": problem.cells.potential,
        "last_year_volume": problem.cells.last_year_volume,
        "last_year_revenue": problem.cells.last_year_revenue,
    }
    forms = (expression.numerator, expression.denominator or LinearForm(()))
    for term in (term for form in forms for term in form.terms):
        values = optional.get(term.measure.name)
        if values is None:
            continue
        axis = problem.axes[term.measure.axis]
        missing = np.flatnonzero((axis.rows(term.selection) != 0) & np.isnan(values))
        if missing.size:
            raise UsageError(
                T(
                    "cell {cell} has no {measure}, which the expression {count} times needs",
                    cell=axis.labels[missing[0]],
                    measure=term.measure.name,
                    count=missing.size,
                )
            )


def term_flow(problem: Problem, term: Term, values: FloatArray) -> FloatArray:
    """Return a term's measure summed over its selection, (..., periods), without coefficient.

    Parameters
    ----------
    problem : Problem
    term : Term
    values : FloatArray (..., rows, periods)
    """
    rows = problem.axes[term.measure.axis].rows(term.selection)
    chosen = np.flatnonzero(rows)
    return np.asarray(
        np.einsum("r,...rt->...t", rows[chosen], values[..., chosen, :]), dtype=np.float64
    )


def over_stretch(flow: Values, over_time: OverTime, stretch: Stretch) -> Values:
    """Return a flow (..., periods) over a stretch: summed, at its end, or at its start."""
    periods = flow.shape[-1]
    return (flow @ stretch.weights(over_time, periods)[:, None])[..., 0]


FlowOf: TypeAlias = Callable[[Term], FloatArray]
"""Gives a term's measure summed over its selection, (..., periods), as `term_flow`."""


def flow_in(problem: Problem, measures: Mapping[str, FloatArray]) -> FlowOf:
    """Return what sums measures (..., rows, periods) for single terms."""
    return lambda term: term_flow(problem, term, measures[term.measure.name])


def form_value(
    problem: Problem, form: LinearForm, measures: Mapping[str, FloatArray], stretch: Stretch
) -> FloatArray:
    """Return the value of ``form`` over ``stretch``, shape (...)."""
    return value_and_size(form, flow_in(problem, measures), stretch)[0]


@dataclass(frozen=True, eq=False)
class Standing:
    """How measures, with or without an axis of draws, stand to a line.

    Attributes
    ----------
    lhs : FloatArray (...)
        Value of the expression; NaN for a ratio with denominator 0.
    over : FloatArray (...)
        By how much the numerator passes the bound; negative where there is room.
    met : BoolArray (...)
    """

    lhs: FloatArray
    over: FloatArray
    met: BoolArray

    @property
    def shortfall(self) -> FloatArray:
        """By how much the numerator falls short, >= 0, (...)."""
        return np.asarray(np.where(self.met, 0.0, self.over))


def standing(problem: Problem, line: Line, flow_of: FlowOf) -> Standing:
    """Return how measures, given as sums over selections, stand to ``line``.

    Being exactly on a line is meeting it; a ratio is judged multiplied out, so that a
    denominator of 0 needs no special case.
    """
    expression, stretch = line.expression, line.stretch
    top, size = value_and_size(expression.numerator, flow_of, stretch)
    bottom: FloatArray = np.ones(())
    if expression.denominator is not None:
        bottom, _ = value_and_size(expression.denominator, flow_of, stretch)
    row = top - line.bound * bottom
    over = {Sense.AT_LEAST: -row, Sense.AT_MOST: row, Sense.EQUAL: np.abs(row)}[line.sense]
    room = TOLERANCE * np.maximum(size + np.abs(line.bound * bottom), 1.0)
    return Standing(
        lhs=np.divide(top, bottom, out=np.full(row.shape, np.nan), where=bottom != 0),
        over=np.asarray(over),
        met=np.asarray(over <= room + cents_left(problem, line)),
    )


def value_and_size(
    form: LinearForm, flow_of: FlowOf, stretch: Stretch
) -> tuple[FloatArray, FloatArray]:
    """Return the value of ``form``, and the sum of its terms' sizes: the scale of rounding."""
    total = np.asarray(form.constant, dtype=np.float64)
    size = np.abs(total)
    for term in form.terms:
        part = term.coefficient * over_stretch(flow_of(term), term.measure.over_time, stretch)
        total, size = total + part, size + np.abs(part)
    return total, size


def judge_line(problem: Problem, line: Line, measures: Mapping[str, FloatArray]) -> LineResult:
    """Return how the plan with these measures (no axis of draws) stands to ``line``."""
    found = standing(problem, line, flow_in(problem, measures))
    lhs, shortfall = float(found.lhs), float(found.shortfall)
    distance = lhs - line.bound
    slack = {Sense.AT_LEAST: distance, Sense.AT_MOST: -distance, Sense.EQUAL: -abs(distance)}
    return LineResult(
        line=line,
        lhs=lhs,
        rhs=line.bound,
        slack=slack[line.sense],
        shortfall=shortfall,
        met=bool(found.met),
        penalty=shortfall * line.price,
    )


def cents_left(problem: Problem, line: Line) -> float:
    """Return what payments in whole cents may leave of an equality on money, 元."""
    if line.sense is not Sense.EQUAL:
        return 0.0
    payments = 0
    for term in line.expression.numerator.terms:
        if term.measure.unit is UnitKind.MONEY:
            rows = problem.axes[term.measure.axis].rows(term.selection)
            payments += int(np.count_nonzero(rows)) * (line.stretch.last + 1 - line.stretch.first)
    return 0.01 * payments


def judge_lines(
    problem: Problem, lines: tuple[Line, ...], measures: Mapping[str, FloatArray]
) -> tuple[LineResult, ...]:
    """Return how the plan stands to each line, in order."""
    return tuple(judge_line(problem, line, measures) for line in lines)
