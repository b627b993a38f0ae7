"""How amounts and lines read: money in the scenario's unit, shares in percent."""

import math

from allocopt.measures.catalog import DERIVED, UnitKind
from allocopt.measures.expressions import Expression, LinearForm, parse_expression
from allocopt.measures.lines import Line, LineResult, Sense
from allocopt.plan.kinds import YUAN, Kind, unit_name
from allocopt.plan.labels import counted_in, money_symbol, unit_sign
from allocopt.problem.axes import Selection
from allocopt.problem.problem import Problem
from allocopt.text import Bilingual, T, Text

_SIGNS = {Sense.AT_LEAST: "<", Sense.AT_MOST: ">", Sense.EQUAL: "≠"}
_MOST_DIGITS = 12
_OUTLAYS = frozenset({"spend", "expense", "cost_of_sales"})
_RATIOS = {
    (Kind.MONEY, Kind.VOLUME): Kind.MONEY_PER_VOLUME,
    (Kind.MONEY, Kind.HEADS): Kind.MONEY_PER_HEAD,
    (Kind.VOLUME, Kind.HEADS): Kind.VOLUME_PER_HEAD,
}


def form_kind(form: LinearForm) -> Kind:
    """Return what a linear form counts."""
    units = form.units()
    return Kind(str(next(iter(units)))) if len(units) == 1 else Kind.MIXED


def expression_kind(expression: Expression) -> Kind:
    """Return what the value of an expression counts.

    What money brings per money spent is counted in times, any other ratio of like to like
    is a share.
    """
    top, bottom = expression.numerator, expression.denominator
    if bottom is None:
        return form_kind(top)
    kinds = (form_kind(top), form_kind(bottom))
    if top.units() != bottom.units():
        return _RATIOS.get(kinds, Kind.MIXED)
    returns = _names(bottom) <= _OUTLAYS and not _names(top) <= _OUTLAYS
    return Kind.TIMES if returns else Kind.SHARE


def _names(form: LinearForm) -> frozenset[str]:
    return frozenset(term.measure.name for term in form.terms)


def objective_kind(problem: Problem, decides: tuple[str, ...]) -> Kind:
    """Return what the objective of a plan counts: its first goal, or what it does not place.

    Parameters
    ----------
    problem : Problem
    decides : tuple of str
        What the model decides; one of targets alone has no other goal than placing them.
    """
    if decides == ("targets",):
        return Kind.MONTHLY_TARGETS
    goal = problem.objective.goals[0].expression
    return expression_kind(parse_expression(goal, problem.axes, Selection()))


def objective_unit(problem: Problem, decides: tuple[str, ...]) -> Bilingual:
    """Return what objective and bound are counted in, money in 元; see `objective_kind`."""
    return unit_name(objective_kind(problem, decides), problem.volume_unit)


def part_signs(problem: Problem, count: int, decides: tuple[str, ...]) -> list[str]:
    """Return what the first ``count`` parts of an objective are counted in, for a table.

    Beside a goal of any unit penalties are money; what is not placed is counted alike.
    """
    own = objective_unit(problem, decides)
    alike = objective_kind(problem, decides) is Kind.MONTHLY_TARGETS
    return [unit_sign(YUAN if number and not alike else own) for number in range(count)]


def line_unit_sign(problem: Problem, line: Line) -> str:
    """Return what the left side of ``line`` is counted in, as one text for a table; money in 元."""
    return unit_sign(unit_name(expression_kind(line.expression), problem.volume_unit))


def plain_number(value: float, digits: int = 2) -> str:
    """Return a number with the digits that matter: no exponent, no long tails.

    Parameters
    ----------
    value : float
    digits : int
        After the point, where the number is at least 1; small numbers get more.
    """
    if not math.isfinite(value):
        return "-"
    if value == round(value):
        return f"{value:.0f}"
    wanted = digits if abs(value) >= 1 else digits - math.floor(math.log10(abs(value)))
    text = f"{value:.{min(wanted, _MOST_DIGITS)}f}"
    return text.rstrip("0").rstrip(".")


def telling_digits(value: float, other: float) -> int:
    """Return how many digits tell two numbers apart that are not the same."""
    enough = (n for n in range(2, _MOST_DIGITS) if plain_number(value, n) != plain_number(other, n))
    return 2 if value == other else next(enough, 2)


def amount_text(problem: Problem, value: float, kind: UnitKind, digits: int = 2) -> Text:
    """Return an amount with its unit, money in the scenario's money unit.

    Parameters
    ----------
    problem : Problem
    value : float
        元 for money.
    kind : UnitKind
    digits : int
        See `plain_number`.
    """
    if kind is UnitKind.MONEY:
        number = plain_number(value / problem.money_unit, digits)
        return T("{number} {unit}", number=number, unit=money_symbol(problem))
    unit = counted_in(problem, kind)
    return T("{number} {unit}", number=plain_number(value, digits), unit=unit)


def amount_and_bound(
    problem: Problem, value: float, bound: float, kind: UnitKind
) -> tuple[Text, Text]:
    """Return an amount and the bound it is held against, with digits that tell them apart."""
    unit = problem.money_unit if kind is UnitKind.MONEY else 1
    digits = telling_digits(value / unit, bound / unit)
    return amount_text(problem, value, kind, digits), amount_text(problem, bound, kind, digits)


def form_amount(problem: Problem, value: float, form: LinearForm, digits: int = 2) -> Text:
    """Return a value of ``form`` with its unit, without one where it mixes several."""
    units = form.units()
    if len(units) == 1:
        return amount_text(problem, value, next(iter(units)), digits)
    return T("{number}", number=plain_number(value, digits))


def form_unit_sign(problem: Problem, form: LinearForm) -> str:
    """Return what ``form`` is counted in as one text for a table, money in 元."""
    return unit_sign(unit_name(form_kind(form), problem.volume_unit))


def form_title(form: LinearForm) -> Text:
    """Return what a form adds up, in the words of the measures."""
    parts = tuple((term.coefficient, term.measure.name) for term in form.terms)
    for derived in DERIVED.values():
        if parts == derived.parts and not form.constant:
            return T("{measure}", measure=derived.title)
    titles = list(dict.fromkeys(term.measure.title for term in form.terms))
    if len(titles) == 1:
        return T("{measure}", measure=titles[0])
    return T("the left side")


def side_text(problem: Problem, line: Line, value: float, digits: int = 2) -> Text:
    """Return a value of a line's left or right side with its unit."""
    kind = expression_kind(line.expression)
    if kind is Kind.SHARE:
        return T("{number} %", number=plain_number(value * 100.0, digits))
    if line.expression.denominator is None:
        return form_amount(problem, value, line.expression.numerator, digits)
    number = plain_number(value, max(digits, kind.digits))
    return T("{number} {unit}", number=number, unit=unit_name(kind, problem.volume_unit))


def _sides(problem: Problem, result: LineResult) -> tuple[Text, Text]:
    """Return both sides of a line, with digits that tell them apart."""
    line = result.line
    kind = expression_kind(line.expression)
    unit = {Kind.SHARE: 0.01, Kind.MONEY: float(problem.money_unit)}.get(kind, 1.0)
    digits = 2 if result.met else telling_digits(result.lhs / unit, result.rhs / unit)
    return (
        side_text(problem, line, result.lhs, digits),
        side_text(problem, line, result.rhs, digits),
    )


def broken_text(problem: Problem, result: LineResult) -> Text:
    """Return by how much a line is missed: both sides, and the amount of its numerator.

    Such as ``expense_ratio: 20.3 % > 20 %; expense is 123.45 万元 too high``.
    """
    line = result.line
    form = line.expression.numerator
    lhs, rhs = _sides(problem, result)
    values = {
        "line": line.name,
        "lhs": lhs,
        "sign": _SIGNS[line.sense],
        "rhs": rhs,
        "what": form_title(form),
        "amount": form_amount(problem, result.shortfall, form),
    }
    if line.sense is Sense.AT_MOST:
        return T("{line}: {lhs} {sign} {rhs}; {what} is {amount} too high", **values)
    if line.sense is Sense.AT_LEAST:
        return T("{line}: {lhs} {sign} {rhs}; {what} is {amount} too low", **values)
    return T("{line}: {lhs} {sign} {rhs}; {what} is {amount} away", **values)


def result_text(problem: Problem, result: LineResult) -> Text:
    """Return how a plan stands to a line: what is left, or by how much it is missed."""
    if not result.met:
        return broken_text(problem, result)
    line = result.line
    lhs, rhs = _sides(problem, result)
    values = {
        "line": line.name,
        "lhs": lhs,
        "sign": str(line.sense),
        "rhs": rhs,
        "slack": _slack_text(problem, result),
    }
    if line.sense is Sense.EQUAL or result.slack <= 0 or math.isnan(result.slack):
        return T("{line}: {lhs} {sign} {rhs}; on the line", **values)
    return T("{line}: {lhs} {sign} {rhs}; {slack} to spare", **values)


def _slack_text(problem: Problem, result: LineResult) -> Text:
    """Return the slack of a line; between shares it is in percentage points."""
    if expression_kind(result.line.expression) is Kind.SHARE:
        return T("{number} percentage points", number=plain_number(result.slack * 100.0))
    return side_text(problem, result.line, result.slack)
