"""Numbers as planners write them: plain, money, shares, percentage points.

Money becomes 元 and shares become fractions here, once. Everything is read strictly:
``NaN``, infinities, full-width digits, thousands separators and doubled signs are
refused with a message that shows what was found.
"""

import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, NoReturn

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_PLAIN = re.compile(_NUMBER, re.ASCII)
_MONEY = re.compile(rf"({_NUMBER})\s*(元|万元|亿元)", re.ASCII)
_PERCENT = re.compile(rf"({_NUMBER})\s*%", re.ASCII)
_LOOSE = re.compile(
    r"[¥￥]?\s*([+-]?(?:\d{1,3}(?:[, _']\d{3})+|\d+)(?:\.\d+)?)\s*(元|万元?|亿元?)?", re.ASCII
)
"""An amount as people write it: separators of thousands, 万 and 亿 without 元."""
_LONGEST = 100
_HUNDREDTH = Decimal("0.01")
_POINTS = re.compile(rf"({_NUMBER})\s*(?:pp|百分点)", re.ASCII)


class MoneyUnit(StrEnum):
    """What a bare money amount is counted in."""

    YUAN = "元"
    WAN = "万元"
    YI = "亿元"

    @property
    def yuan(self) -> int:
        """Return how many 元 one of this unit is."""
        return {MoneyUnit.YUAN: 1, MoneyUnit.WAN: 10**4, MoneyUnit.YI: 10**8}[self]


class QuantityKind(StrEnum):
    """What a written bound measures."""

    NUMBER = "number"
    MONEY = "money"
    SHARE = "share"
    POINTS = "points"


@dataclass(frozen=True)
class Quantity:
    """A value with the kind that its spelling showed.

    Attributes
    ----------
    value : float
        元 for money, a fraction for shares and percentage points.
    kind : QuantityKind
    """

    value: float
    kind: QuantityKind


def _refuse(code: str, template: str, found: object) -> NoReturn:
    raise PydanticCustomError(code, template, {"found": str(found)})


def _finite(value: float, found: object) -> float:
    if not math.isfinite(value):
        _refuse("not_finite", "{found} is not a finite number", found)
    return value


def is_plain_number(text: str) -> bool:
    """Return whether ``text`` is a plain ASCII decimal, without unit."""
    return len(text) <= _LONGEST and _PLAIN.fullmatch(text) is not None


def narrow(text: str) -> str:
    """Return ``text`` with full-width characters replaced by their plain forms."""
    return unicodedata.normalize("NFKC", text)


@dataclass(frozen=True)
class Meant:
    """How a number that was refused would have to be written.

    Attributes
    ----------
    money : str
        With its unit; empty where no unit was written.
    count : str
        As a plain number.
    """

    money: str
    count: str


def meant(text: str) -> Meant | None:
    """Return what ``text``, which is no number, looks like; None if it does not look like one.

    >>> meant("2,400 万")
    Meant(money='2400 万元', count='24000000')
    """
    match = _LOOSE.fullmatch(narrow(text).strip()) if len(text) <= _LONGEST else None
    if match is None:
        return None
    number = re.sub(r"[, _']", "", match[1])
    if match[2] is None:
        return Meant("", number)
    unit = MoneyUnit(match[2].removesuffix("元") + "元")
    return Meant(f"{number} {unit}", f"{(Decimal(number) * unit.yuan).normalize():f}")


def _amount(match: re.Match[str], factor: Decimal | int, found: object) -> float:
    """Return a matched number times ``factor``, rounded to binary once."""
    try:
        return _finite(float(Decimal(match[1]) * factor), found)
    except ArithmeticError:
        _refuse("not_finite", "{found} is not a finite number", found)


def _matched(pattern: re.Pattern[str], found: object) -> re.Match[str] | None:
    if not isinstance(found, str) or len(found) > _LONGEST:
        return None
    return pattern.fullmatch(found.strip())


def parse_number(found: object) -> float:
    """Return ``found`` as a finite float; strings must be plain ASCII decimals."""
    if isinstance(found, bool) or not isinstance(found, (int, float, str, Decimal)):
        _refuse("not_number", "{found} is not a number", found)
    if not isinstance(found, str):
        try:
            return _finite(float(found), found)
        except OverflowError:
            _refuse("not_finite", "{found} is not a finite number", "...")
    text = found.strip()
    if is_plain_number(text):
        return _finite(float(text), found)
    _refuse_text(text, found)
    return None


def _refuse_text(text: str, found: str) -> NoReturn:
    if text.lower().lstrip("+-") in {"nan", "inf", "infinity", ".nan", ".inf"}:
        _refuse("not_finite", "{found} is not a finite number", found)
    plain = narrow(text)
    if (
        len(text) <= _LONGEST
        and plain != text
        and any(p.fullmatch(plain) for p in (_PLAIN, _MONEY, _PERCENT, _POINTS))
    ):
        _refuse("wide_digits", "{found} is written with full-width characters", found)
    _refuse("not_number", "{found} is not a number", found)


def parse_share(found: object) -> float:
    """Return ``found``, such as ``0.15`` or ``"15 %"``, as a fraction."""
    if match := _matched(_PERCENT, found):
        return _amount(match, _HUNDREDTH, found)
    if _matched(_POINTS, found):
        _refuse("points_not_share", "{found} is in percentage points, a share is expected", found)
    value = parse_number(found)
    if abs(value) > 1:
        _refuse("percent_not_share", "{found} looks like a percent, a share is expected", found)
    return value


def _money_unit(info: ValidationInfo) -> MoneyUnit:
    context: dict[str, Any] = info.context or {}
    return MoneyUnit(context.get("money_unit", MoneyUnit.YUAN))


def parse_money(found: object, info: ValidationInfo) -> float:
    """Return ``found`` in 元: a bare number counts in the scenario's money unit."""
    if match := _matched(_MONEY, found):
        return _amount(match, MoneyUnit(match[2]).yuan, found)
    if _matched(_PERCENT, found):
        _refuse("percent_not_money", "{found} is a percent, an amount of money is expected", found)
    value = parse_number(found)
    return _finite(float(Decimal(str(value)) * _money_unit(info).yuan), found)


def parse_quantity(found: object) -> Quantity:
    """Return ``found`` with the kind that its spelling shows.

    ``15 %`` is a share, ``1.5 pp`` percentage points, ``3 万元`` money, ``7`` a number.
    """
    if isinstance(found, Quantity):
        return found
    if match := _matched(_MONEY, found):
        return Quantity(_amount(match, MoneyUnit(match[2]).yuan, found), QuantityKind.MONEY)
    if match := _matched(_PERCENT, found):
        return Quantity(_amount(match, _HUNDREDTH, found), QuantityKind.SHARE)
    if match := _matched(_POINTS, found):
        return Quantity(_amount(match, _HUNDREDTH, found), QuantityKind.POINTS)
    return Quantity(parse_number(found), QuantityKind.NUMBER)


def parse_parameter(found: object) -> float | tuple[float, ...]:
    """Return a curve's parameter: a number, or several as a list or as ``1|2|3``."""
    if isinstance(found, str) and "|" in found:
        found = found.split("|")
    if isinstance(found, (list, tuple)):
        return tuple(parse_number(one) for one in found)
    return parse_number(found)


def parse_statistic(found: object) -> float | tuple[float, ...]:
    """Return a distribution's parameter: numbers, money in 元, or shares, one or several."""
    if isinstance(found, str) and "|" in found:
        found = found.split("|")
    if isinstance(found, (list, tuple)):
        return tuple(parse_quantity(one).value for one in found)
    return parse_quantity(found).value


_NUMBER_SCHEMA = {"type": ["number", "string"]}
_MONEY_SCHEMA = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": "(元|万元|亿元)$"}]}
_SHARE_SCHEMA = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": "%$"}]}

Number = Annotated[float, BeforeValidator(parse_number), WithJsonSchema({"type": "number"})]
NonNegative = Annotated[
    float,
    BeforeValidator(parse_number),
    Field(ge=0),
    WithJsonSchema({"type": "number", "minimum": 0}),
]
Positive = Annotated[
    float,
    BeforeValidator(parse_number),
    Field(gt=0),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0}),
]
Share = Annotated[
    float, BeforeValidator(parse_share), Field(ge=0, le=1), WithJsonSchema(_SHARE_SCHEMA)
]
SignedShare = Annotated[float, BeforeValidator(parse_share), WithJsonSchema(_SHARE_SCHEMA)]
Money = Annotated[float, BeforeValidator(parse_money), WithJsonSchema(_MONEY_SCHEMA)]
Cost = Annotated[float, BeforeValidator(parse_money), Field(ge=0), WithJsonSchema(_MONEY_SCHEMA)]
Parameter = Annotated[
    float | tuple[float, ...],
    BeforeValidator(parse_parameter),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}}]}),
]
Bound = Annotated[Quantity, BeforeValidator(parse_quantity), WithJsonSchema(_NUMBER_SCHEMA)]
Statistic = Annotated[
    float | tuple[float, ...],
    BeforeValidator(parse_statistic),
    WithJsonSchema({"anyOf": [_NUMBER_SCHEMA, {"type": "array", "items": _NUMBER_SCHEMA}]}),
]
