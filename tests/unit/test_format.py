"""Numbers as text: a unit on every number, the sign of zero never shown."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocopt.plan.kinds import Kind
from allocopt.report.format import NOT_KNOWN, NumberStyle
from allocopt.text import Bilingual, Language

ENGLISH = NumberStyle(Language.ENGLISH, 10_000, Bilingual("户", "accounts"))
CHINESE = NumberStyle(Language.CHINESE, 10_000, Bilingual("户", "accounts"))


@pytest.mark.parametrize(
    ("yuan", "unit", "text"),
    [
        (467_500_000.0, 10_000, "46,750.00 万元"),
        (467_600_000.0, 100_000_000, "4.68 亿元"),
        (467_500_000.0, 1, "467,500,000.00 元"),
        (-8_440_000.0, 10_000, "-844.00 万元"),
        (0.34, 10_000, "0.34 元"),
        (0.0, 10_000, "0.00 万元"),
        (-0.0, 10_000, "0.00 万元"),
        (-0.001, 10_000, "0.00 元"),
        (100.0, 10_000, "0.01 万元"),
        (99.99, 10_000, "99.99 元"),
    ],
)
def test_money(yuan: float, unit: int, text: str) -> None:
    assert NumberStyle(Language.CHINESE, unit).money(yuan) == text
    assert NumberStyle(Language.ENGLISH, unit).money(yuan) == text


def test_signed_money() -> None:
    assert CHINESE.money(8_440_000.0, sign=True) == "+844.00 万元"
    assert CHINESE.money(0.0, sign=True) == "0.00 万元"


def test_counts() -> None:
    assert CHINESE.volume(68_000.0) == "68,000 户"
    assert ENGLISH.volume(68_000.0) == "68,000 accounts"
    assert CHINESE.volume(12.25) == "12.2 户"
    assert CHINESE.volume(12_345.678) == "12,346 户"
    assert CHINESE.heads(38.0) == "38 人"
    assert ENGLISH.heads(37.5) == "37.5 people"
    assert ENGLISH.heads(-1.0, sign=True) == "-1 person"


def test_percent_and_points_differ() -> None:
    assert CHINESE.share(0.062) == "6.20 %"
    assert CHINESE.points(0.0149) == "+1.49 个百分点"
    assert ENGLISH.points(-0.0149) == "-1.49 pp"
    # the difference of two shares is in points, of two amounts in money
    assert ENGLISH.difference(Kind.SHARE, 0.01) == "+1.00 pp"
    assert ENGLISH.difference(Kind.MONEY, 1e6) == "+100.00 万元"


def test_ratios_of_different_things() -> None:
    assert CHINESE.value(Kind.MONEY_PER_VOLUME, 52.0) == "52.00 元/户"
    assert CHINESE.value(Kind.TIMES, 2.61426) == "2.6143 倍"
    assert ENGLISH.value(Kind.VOLUME_PER_HEAD, 72.0) == "72.00 accounts/person"


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("unknown", [math.nan, math.inf, -math.inf])
def test_what_is_not_known_is_said_without_a_unit(kind: Kind, unknown: float) -> None:
    assert CHINESE.value(kind, unknown) == NOT_KNOWN
    assert CHINESE.difference(kind, unknown) == NOT_KNOWN


@given(st.sampled_from(list(Kind)), st.floats(-1e15, 1e15), st.sampled_from([ENGLISH, CHINESE]))
def test_every_number_has_a_unit(kind: Kind, value: float, style: NumberStyle) -> None:
    for text in (style.value(kind, value), style.difference(kind, value)):
        assert re.fullmatch(r"[+-]?[\d,]+(\.\d+)? \S.*", text), text
        assert not re.match(r"[+-]0(\.0+)? ", text), text


@given(st.floats(-1e12, 1e12))
def test_money_is_read_back_within_half_a_digit(yuan: float) -> None:
    number, unit = CHINESE.money(yuan).split(" ")
    factor = {"元": 1, "万元": 10_000}[unit]
    assert abs(float(number.replace(",", "")) * factor - yuan) <= 0.005 * factor * (1 + 1e-9)
