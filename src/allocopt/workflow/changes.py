"""From moves of limits to changes of a scenario: rounded outward, in words, as overrides."""

import math
from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from allocopt.plan.labels import money_symbol
from allocopt.problem.problem import Problem
from allocopt.scenario.scenario import Scenario
from allocopt.solving.loosening import Counted, Loosening
from allocopt.text import Bilingual, T, Text
from allocopt.waysout import Change

_DIGITS = 3
"""Of a change, before it is rounded outward."""
_NEARLY = Decimal("0.999999")
"""The solver's rounding must not move an amount to its next step; a plan shows if it will do."""
_EXACT_DIGITS = 7
_PERCENT = Decimal(100)


def change_of(scenario: Scenario, problem: Problem, move: tuple[Loosening, float]) -> Change:
    """Return the change of a scenario that a move is, rounded outward to three digits.

    Parameters
    ----------
    scenario : Scenario
    problem : Problem
    move : (Loosening, amount in the value's own unit)
    """
    one, amount = move
    factor = _factor(problem, one.counted)
    before = Decimal(repr(one.value)) * factor
    after = rounded_outward(before, Decimal(repr(float(amount))) * factor, one)
    value = float(after / factor)
    return Change(
        path=one.path,
        sentence=_sentence(problem, one, _titled(scenario, one.what), (before, after)),
        before=one.value,
        after=value,
        least=float(amount),
        overrides=tuple(_overrides(scenario, problem, one, after)),
    )


def rounded_outward(before: Decimal, amount: Decimal, one: Loosening) -> Decimal:
    """Return ``before`` moved by at least ``amount``, on a step of three digits of the amount."""
    if one.exact:
        moved = before + amount if one.raised else before - amount
        return moved.quantize(Decimal(1).scaleb(amount.adjusted() - _EXACT_DIGITS + 1))
    wanted = amount * _NEARLY
    step = Decimal(1).scaleb(amount.adjusted() - _DIGITS + 1)
    if one.whole:
        step = max(step.quantize(Decimal(1), ROUND_FLOOR), Decimal(1))
    if one.raised:
        return ((before + wanted) / step).quantize(Decimal(1), ROUND_CEILING) * step
    lowered = ((before - wanted) / step).quantize(Decimal(1), ROUND_FLOOR) * step
    return max(lowered, Decimal(0)) if before >= 0 and math.isfinite(one.most) else lowered


def _factor(problem: Problem, counted: Counted) -> Decimal:
    """Return what a value is multiplied by to be written."""
    if counted is Counted.MONEY:
        return Decimal(1) / Decimal(problem.money_unit)
    if counted in (Counted.SHARE, Counted.POINTS, Counted.FACTOR):
        return _PERCENT
    return Decimal(1)


def _titled(scenario: Scenario, what: Text) -> Text:
    """Return ``what`` with the titles of the roles and placements that it names."""
    data = scenario.data
    roles = {row.id: row.title() for row in data.roles}
    placements = {row.id: row.title() for row in data.placements}
    titles: dict[str, dict[str, Bilingual]] = {"role": roles, "of": roles, "name": placements}
    return Text(
        what.template,
        tuple((key, titles.get(key, {}).get(str(value), value)) for key, value in what.values),
    )


def _plain(value: Decimal) -> str:
    text = f"{value.normalize():f}"
    return "0" if text in ("-0", "") else text


def _shown(value: Decimal) -> str:
    whole, point, rest = _plain(value).partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.lstrip("-") != "0" else whole + point + rest


def _sentence(problem: Problem, one: Loosening, what: Text, ends: tuple[Decimal, Decimal]) -> Text:
    before, after = ends
    if one.counted is Counted.FACTOR:
        return T("raise {what} by {by} %", what=what, by=_shown(after - before))
    amounts = {"what": what, "before": _shown(before), "after": _shown(after)}
    if one.counted in (Counted.SHARE, Counted.POINTS):
        by = _shown(abs(after - before))
        if one.raised:
            return T(
                "raise {what} from {before} % to {after} % (by {by} percentage points)",
                **amounts,
                by=by,
            )
        return T(
            "lower {what} from {before} % to {after} % (by {by} percentage points)",
            **amounts,
            by=by,
        )
    if one.counted is Counted.NUMBER:
        if one.raised:
            return T("raise {what} from {before} to {after}", **amounts)
        return T("lower {what} from {before} to {after}", **amounts)
    unit = _unit(problem, one.counted)
    if one.raised:
        return T("raise {what} from {before} to {after} {unit}", **amounts, unit=unit)
    return T("lower {what} from {before} to {after} {unit}", **amounts, unit=unit)


def _unit(problem: Problem, counted: Counted) -> Text | Bilingual:
    if counted is Counted.MONEY:
        symbol = money_symbol(problem)
        return Bilingual(symbol, symbol)
    return T("people") if counted is Counted.PEOPLE else problem.volume_unit


def _overrides(
    scenario: Scenario, problem: Problem, one: Loosening, after: Decimal
) -> Iterator[str]:
    if one.counted is not Counted.FACTOR:
        yield f"{one.path}={_written(problem, one.counted, after)}"
        return
    unit = Decimal(problem.money_unit)
    for row in scenario.data.placements:
        if row.upper > 0:
            upper = Decimal(repr(row.upper)) / unit * after / _PERCENT
            yield f"placements.{row.id}.upper={_written(problem, Counted.MONEY, upper)}"


def _written(problem: Problem, counted: Counted, value: Decimal) -> str:
    sign = {
        Counted.MONEY: f" {money_symbol(problem)}",
        Counted.SHARE: " %",
        Counted.POINTS: " pp",
    }.get(counted, "")
    return f"{_plain(value)}{sign}"
