"""Families by name, and what is said about wrong parameters."""

import numpy as np
import pytest

from allocopt.curves import (
    FAMILIES,
    Adbudg,
    Curve,
    Hill,
    Table,
    check_parameters,
    family_named,
    make_curve,
)
from allocopt.errors import CurveError
from allocopt.text import Text


def said(problems: list[tuple[str, Text]]) -> list[tuple[str, str]]:
    return [(name, str(text)) for name, text in problems]


def test_families_are_found_by_name() -> None:
    assert len(FAMILIES) >= 13
    assert family_named("hill") is Hill
    with pytest.raises(CurveError, match="no curve family hil; did you mean hill"):
        family_named("hil")
    with pytest.raises(CurveError, match=r"there are linear, power, .*menu"):
        family_named("qqq")


def test_a_users_families_are_taken_from_their_mapping() -> None:
    mine: dict[str, type[Curve]] = {"steep": Hill}
    curve = make_curve("steep", {"beta": 1.0, "ec50": 2.0, "slope": 9.0}, families=mine)
    assert isinstance(curve, Hill)
    with pytest.raises(CurveError, match="no curve family hill"):
        make_curve("hill", {}, families=mine)


def test_all_problems_are_told_at_once_by_parameter() -> None:
    given = {"beta": -1, "slop": 2.0, "ec50": [1.0, np.nan]}
    assert said(check_parameters("hill", given)) == [
        ("slope", "slope is missing"),
        ("slop", "slop is not a parameter of this family; did you mean slope?"),
        ("beta", "beta must lie in [0, inf): found -1.0"),
        ("ec50", "ec50 must be finite: 1 of 2 values, the first is nan at position 1"),
    ]
    with pytest.raises(CurveError, match=r"slope is missing \(and 3 more\)"):
        make_curve("hill", {"beta": -1, "slop": 2.0, "ec50": [1.0, np.nan]})
    assert check_parameters("hill", {"beta": 1, "ec50": 2, "slope": 3}) == []


@pytest.mark.parametrize(
    ("family", "given", "where", "message"),
    [
        ("power", {"scale": 1, "exponent": 1.2}, "exponent", "(0, 1]: found 1.2"),
        ("power", {"scale": 1, "exponent": 0.0}, "exponent", "(0, 1]: found 0.0"),
        ("linear", {"rate": 1e120}, "rate", "choose another unit"),
        ("linear", {"rate": []}, "rate", "at least one value"),
        ("linear", {"rate": "two"}, "rate", "a number was expected"),
        ("adbudg", {"floor": 3, "top": 2, "ec50": 1, "slope": 1}, "floor", "not exceed top"),
        (
            "threshold_saturation",
            {"top": 1, "threshold": 2, "saturation": 2},
            "threshold",
            "less than saturation",
        ),
        ("table", {"efforts": [0, 1, 1], "values": [0, 1, 2]}, "efforts", "point 2 is 1.0 after"),
        ("table", {"efforts": [0, 1, 2], "values": [0, 3, 2]}, "values", "point 2 is 2.0 after"),
        ("table", {"efforts": [1, 2], "values": [0, 3]}, "efforts", "at effort 0, found 1.0"),
        ("table", {"efforts": [0, 2], "values": [0, 1, 3]}, "values", "equally many"),
        ("table", {"efforts": [], "values": []}, "efforts", "at least one value"),
        ("table", {"efforts": [[0, 1], [0, 1]], "values": [[0, 1], [1, 0]]}, "values", "curve 1:"),
        ("menu", {"efforts": [0, 1], "values": [-1, 1]}, "values", "[0, inf)"),
        ("menu", {"efforts": [0, "b"], "values": [0, 1]}, "efforts", "numbers were expected"),
    ],
)
def test_what_is_wrong_is_named(
    family: str, given: dict[str, object], where: str, message: str
) -> None:
    problems = said(check_parameters(family, given))
    assert [name for name, _ in problems] == [where]
    assert message in problems[0][1]


def test_parameters_that_do_not_fit_each_other_are_refused() -> None:
    with pytest.raises(CurveError, match=r"\(3,\), \(2,\), \(\) do not fit"):
        Hill(np.ones(3), np.ones(2), 1.0)
    with pytest.raises(CurveError, match="different numbers"):
        Adbudg(np.ones(3), np.ones(2), 1.0, 1.0)
    with pytest.raises(CurveError, match="do not fit"):
        Hill(np.ones(3), 1.0, 1.0).value(np.ones(4))


def test_parameters_cannot_be_changed_and_are_copies() -> None:
    beta = np.ones(3)
    curve = Hill(beta, 1.0, 1.0)
    beta[0] = 5.0
    assert curve.beta.tolist() == [1.0, 1.0, 1.0]
    with pytest.raises(ValueError, match="read-only"):
        curve.beta[0] = 2.0
    with pytest.raises(AttributeError):
        curve.beta = beta  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        Table([0.0, 1.0], [0.0, 1.0]).values[0] = 2.0
