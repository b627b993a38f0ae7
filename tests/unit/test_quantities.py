"""Numbers, money, shares and percentage points, read strictly."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from allocopt.scenario.quantities import (
    Bound,
    Cost,
    Meant,
    Money,
    MoneyUnit,
    Number,
    Parameter,
    Quantity,
    QuantityKind,
    Share,
    SignedShare,
    is_plain_number,
    meant,
)

MONEY = TypeAdapter(Money)
SHARE = TypeAdapter(Share)
SIGNED = TypeAdapter(SignedShare)
NUMBER = TypeAdapter(Number)
BOUND = TypeAdapter(Bound)


def money(found: object, unit: str = "元") -> float:
    return float(MONEY.validate_python(found, context={"money_unit": unit}))


def code(adapter: TypeAdapter[float], found: object) -> str:
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python(found)
    return str(caught.value.errors()[0]["type"])


@pytest.mark.parametrize(
    ("text", "written", "count"),
    [
        ("2400万", "2400 万元", "24000000"),
        ("3000 万", "3000 万元", "30000000"),
        ("2,400 万元", "2400 万元", "24000000"),
        ("2，400 万元", "2400 万元", "24000000"),
        ("2 400.5 元", "2400.5 元", "2400.5"),
        ("1.2亿", "1.2 亿元", "120000000"),
        ("¥3,000", "", "3000"),
    ],
)
def test_amounts_as_people_write_them_are_understood_for_the_hint(
    text: str, written: str, count: str
) -> None:
    assert meant(text) == Meant(written, count)
    if written:
        assert money(written) == float(count)


@pytest.mark.parametrize(
    "text", ["2,40 万元", "1,2345", "many", "3 万人", "", "3 %", "万", "1.2.3"]
)
def test_other_texts_are_not_taken_for_amounts(text: str) -> None:
    assert meant(text) is None


@pytest.mark.parametrize(
    ("found", "unit", "yuan"),
    [
        (3, "元", 3.0),
        (3, "万元", 30_000.0),
        (0.3, "万元", 3_000.0),
        ("0.3", "亿元", 30_000_000.0),
        ("3 万元", "元", 30_000.0),
        ("3万元", "亿元", 30_000.0),
        (" 46750 万元 ", "元", 467_500_000.0),
        ("500 元", "万元", 500.0),
        ("1.1e3 元", "万元", 1100.0),
        (-2, "万元", -20_000.0),
    ],
)
def test_money_is_counted_in_yuan(found: object, unit: str, yuan: float) -> None:
    assert money(found, unit) == yuan


@given(cents=st.integers(-(10**15), 10**15))
def test_money_in_any_unit_is_the_nearest_float_to_the_exact_amount(cents: int) -> None:
    exact = Fraction(cents, 100)
    for unit in MoneyUnit:
        written = Decimal(cents) / 100 / unit.yuan
        assert money(f"{written:f} {unit.value}") == float(exact)


@pytest.mark.parametrize(
    ("found", "share"),
    [
        (0.15, 0.15),
        ("15 %", 0.15),
        ("15%", 0.15),
        ("100 %", 1.0),
        (1, 1.0),
        ("0.5 %", 0.005),
        (0, 0),
    ],
)
def test_share_is_a_fraction(found: object, share: float) -> None:
    assert SHARE.validate_python(found) == share


@given(hundredths=st.integers(0, 10_000))
def test_percent_and_fraction_are_the_same_share(hundredths: int) -> None:
    percent = f"{Decimal(hundredths) / 100:f} %"
    assert SHARE.validate_python(percent) == float(Fraction(hundredths, 10_000))
    assert SIGNED.validate_python(f"-{percent}") == -float(Fraction(hundredths, 10_000))


@pytest.mark.parametrize(
    ("found", "kind", "value"),
    [
        ("18 %", QuantityKind.SHARE, 0.18),
        ("1.5 pp", QuantityKind.POINTS, 0.015),
        ("1.5 百分点", QuantityKind.POINTS, 0.015),
        ("3 万元", QuantityKind.MONEY, 30_000.0),
        ("7", QuantityKind.NUMBER, 7.0),
        (7, QuantityKind.NUMBER, 7.0),
    ],
)
def test_bound_shows_its_kind(found: object, kind: QuantityKind, value: float) -> None:
    assert BOUND.validate_python(found) == Quantity(value, kind)


def test_percent_and_percentage_point_are_different_bounds() -> None:
    assert BOUND.validate_python("1 %") != BOUND.validate_python("1 pp")


@pytest.mark.parametrize("found", [float("nan"), float("inf"), "nan", "-inf", ".inf", "1e999"])
def test_nothing_infinite(found: object) -> None:
    adapters: tuple[TypeAdapter[float], ...] = (NUMBER, MONEY, SHARE)
    for adapter in adapters:
        assert code(adapter, found) == "not_finite"


@pytest.mark.parametrize(
    "found",
    ["", " ", "1,000", "1_000", "0x10", "--3", "+-3", "12 apples", True, None, [], {}, "1 2"],
)
def test_nothing_that_is_no_number(found: object) -> None:
    assert code(NUMBER, found) == "not_number"


@pytest.mark.parametrize(
    "found", ["\uff11\uff12", "\uff11.5", "15\uff05", "\uff13 万元", "\u3000\uff13"]
)
def test_full_width_characters_are_named_as_such(found: str) -> None:
    assert code(SHARE, found) == "wide_digits"


@pytest.mark.parametrize("found", ["1e999999999 万元", "1e400 元"])
def test_money_beyond_all_bounds(found: str) -> None:
    assert code(MONEY, found) == "not_finite"


def test_numbers_of_many_digits_cost_no_time() -> None:
    assert code(NUMBER, "9" * 1_000_000) == "not_number"
    assert code(NUMBER, 10**5000) == "not_finite"
    assert not is_plain_number("1" * 101)


@pytest.mark.parametrize(
    ("found", "expected"),
    [(15, "percent_not_share"), (-3, "percent_not_share"), ("3 pp", "points_not_share")],
)
def test_share_refuses_what_is_no_share(found: object, expected: str) -> None:
    assert code(SHARE, found) == expected


def test_money_refuses_a_percent() -> None:
    assert code(MONEY, "3 %") == "percent_not_money"


def test_cost_is_not_negative() -> None:
    assert code(TypeAdapter(Cost), "-1 元") == "greater_than_equal"


def test_parameter_is_a_number_or_several() -> None:
    adapter: TypeAdapter[object] = TypeAdapter(Parameter)
    assert adapter.validate_python("3") == 3.0
    assert adapter.validate_python("1|2|3.5") == (1.0, 2.0, 3.5)
    assert adapter.validate_python([1, "2"]) == (1.0, 2.0)
    with pytest.raises(ValidationError):
        adapter.validate_python("1||2")


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_float_is_read_back(value: float) -> None:
    assert NUMBER.validate_python(repr(value)) == value
    assert math.copysign(1, NUMBER.validate_python(value)) == math.copysign(1, value)
