"""``ao.fit_history`` and ``ao.fit_judged``: what they refuse, and what they leave open."""

from typing import Any

import numpy as np
import pytest

import allocopt as ao
from allocopt.curves import FAMILIES, Hill
from allocopt.errors import FitError
from allocopt.fitting import FORMS
from allocopt.text import Language

SPEND = np.linspace(0.0, 120.0, 40)
VOLUME = 20.0 + Hill(90.0, 40.0, 1.8).value(SPEND)
NOISE = np.random.default_rng(0).normal(0.0, 2.0, 40)

WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"spend": [1.0, 2.0]}, "volume has 40 rows, spend has 2"),
    ({"controls": {"price": [1.0]}}, "price has 1 rows, spend has 40"),
    ({"spend": np.where(SPEND > 60.0, np.nan, SPEND)}, "spend in row 21 is nan"),
    ({"volume": np.where(SPEND > 60.0, np.inf, SPEND)}, "volume in row 21 is inf"),
    ({"controls": {"price": np.where(SPEND > 60, np.nan, 1)}}, "price in row 21 is nan"),
    ({"spend": SPEND - 1.0}, r"spend in row 1 is -1\.0; it is below 0"),
    ({"spend": "many"}, "spend: one number per row|spend: numbers were expected"),
    ({"spend": SPEND[None, :]}, r"spend: one number per row was expected, found shape \(1, 40\)"),
    ({"spend": SPEND[:4], "volume": VOLUME[:4]}, "4 rows are too few for beta, ec50, slope, base"),
    ({"family": "hil"}, "no curve of family hil can be fitted; known: hill"),
    ({"family": "menu"}, "no curve of family menu can be fitted; known: hill, adbudg"),
    ({"controls": {"slope": SPEND}}, "the control slope has the name of a parameter"),
)
JUDGED = {"none": 0.3, "half": 0.5, "current": 1.0, "one_and_half": 1.4, "saturation": 1.6}


@pytest.mark.parametrize(("changed", "message"), WRONG)
def test_what_is_refused(changed: dict[str, Any], message: str) -> None:
    given = {"spend": SPEND, "volume": VOLUME, **changed}
    with pytest.raises(FitError, match=message) as caught:
        ao.fit_history(**given)
    assert isinstance(caught.value, ValueError)
    assert caught.value.text.render(Language.CHINESE) != str(caught.value)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"half": float("nan")}, "half is nan"),
        ({"none": -0.1}, "none is -0.1; a number of at least 0"),
        ({"current": 0.4}, r"current \(0.4\) is below half \(0.5\)"),
        ({"effort_now": 0.0}, "effort_now is 0.0; a number above 0"),
        ({"value_now": float("inf")}, "value_now is inf"),
    ],
)
def test_judgments_that_are_refused(changed: dict[str, float], message: str) -> None:
    with pytest.raises(FitError, match=message):
        ao.fit_judged(**{**JUDGED, **changed})


def test_judged_points_are_in_the_units_asked_for() -> None:
    one = ao.fit_judged(**JUDGED)
    other = ao.fit_judged(**JUDGED, effort_now=20.0, value_now=300.0)
    assert other.parameters["ec50"] == pytest.approx(20.0 * one.parameters["ec50"])
    assert other.parameters["top"] == pytest.approx(300.0 * one.parameters["top"])
    assert other.parameters["slope"] == pytest.approx(one.parameters["slope"])


@pytest.mark.parametrize("family", list(FORMS))
def test_a_constant_effort_tells_nothing(family: str) -> None:
    fit = ao.fit_history(np.full(40, 5.0), VOLUME, family)
    own = [one.name for one in FAMILIES[family].parameters]
    assert set(own) <= set(fit.unidentified)
    assert {"baseline", "floor"} & set(fit.unidentified)
    assert np.isnan(list(fit.standard_errors.values())).all()
    with pytest.raises(FitError, match="nothing can be drawn: the data does not identify"):
        fit.draws(5)


@pytest.mark.parametrize("family", ["hill", "michaelis_menten", "modified_exponential"])
def test_far_below_saturation_the_saturation_is_open(family: str) -> None:
    fit = ao.fit_history(SPEND, 3.0 * SPEND + 2.0 * NOISE, family)
    top, reach = (one.name for one in FAMILIES[family].parameters[:2])
    straight = family == "hill" and fit.parameters["slope"] > 1.0
    assert straight or {top, reach} <= set(fit.unidentified)
    with pytest.raises(FitError, match=f"does not identify {top}, {reach}"):
        fit.draws(5)
    # the response where there is data is known all the same
    assert fit.predict(60.0) == pytest.approx(180.0, rel=0.03)


@pytest.mark.parametrize("family", list(FORMS))
def test_noise_is_no_response(family: str) -> None:
    fit = ao.fit_history(SPEND, 100.0 + NOISE, family)
    inner = {one.name for one in FORMS[family].inner}
    assert {FORMS[family].amplitude, *inner} <= set(fit.unidentified)


@pytest.mark.parametrize("family", list(FORMS))
def test_volume_that_falls_with_spend_has_no_response(family: str) -> None:
    fit = ao.fit_history(SPEND, 200.0 - SPEND, family)
    assert FORMS[family].amplitude in fit.unidentified
    assert fit.curve.value(120.0) == pytest.approx(fit.curve.value(0.0))


def test_a_control_that_is_constant_is_open_and_the_rest_is_not() -> None:
    fit = ao.fit_history(SPEND, VOLUME + NOISE, "hill", {"fixed": np.full(40, 0.1)})
    assert fit.unidentified == ("fixed",)
    assert fit.draws(3).dims == (3,)


def test_a_control_that_goes_with_spend_leaves_the_curve_open() -> None:
    fit = ao.fit_history(SPEND, 3.0 * SPEND + NOISE, "power", {"twin": 2.0 * SPEND})
    assert {"scale", "exponent"} <= set(fit.unidentified)


def test_an_end_of_the_familys_range_is_held_and_said() -> None:
    fit = ao.fit_history(SPEND, SPEND**1.5 + NOISE, "power")
    assert fit.held == ("exponent",)
    assert fit.parameters["exponent"] == pytest.approx(1.0)
    assert np.isnan(fit.standard_errors["exponent"])
    assert (vars(fit.draws(10))["exponent"] == fit.parameters["exponent"]).all()


def test_a_floor_is_never_below_zero() -> None:
    fit = ao.fit_history(SPEND[5:], VOLUME[5:] - 40.0 + NOISE[5:], "adbudg")
    assert fit.parameters["floor"] == 0.0
    assert fit.held == ("floor",)


def test_draws_are_seeded_and_in_range() -> None:
    fit = ao.fit_history(SPEND, VOLUME + NOISE, "logistic")
    first, again, other = fit.draws(50, seed=1), fit.draws(50, seed=1), fit.draws(50, seed=2)
    assert first.dims == (50,)
    assert (vars(first)["top"] == vars(again)["top"]).all()
    assert (vars(first)["top"] != vars(other)["top"]).any()
    assert (vars(first)["midpoint"] >= 0.0).all()
    with pytest.raises(FitError, match="the number of draws is 0"):
        fit.draws(0)


def test_the_band_holds_the_curve_and_widens_with_its_share() -> None:
    fit = ao.fit_history(SPEND, VOLUME + NOISE)
    low, high = fit.band([0.0, 40.0, 110.0])
    assert (low < fit.predict([0.0, 40.0, 110.0])).all()
    assert (fit.predict([0.0, 40.0, 110.0]) < high).all()
    narrow_low, narrow_high = fit.band([0.0, 40.0, 110.0], share=0.5)
    assert ((narrow_high - narrow_low) < (high - low)).all()
    assert (high - low).max() < 6.0


def test_rows_without_spend_tell_the_baseline() -> None:
    few = ao.fit_history(SPEND[10:], (VOLUME + NOISE)[10:])
    spend = np.concatenate([np.zeros(10), SPEND[10:]])
    volume = np.concatenate([20.0 + NOISE[:10], (VOLUME + NOISE)[10:]])
    assert ao.fit_history(spend, volume).baseline_error < 0.5 * few.baseline_error


def test_the_same_data_gives_the_same_fit() -> None:
    one, other = (ao.fit_history(SPEND, VOLUME + NOISE) for _ in range(2))
    assert dict(one.parameters) == dict(other.parameters)
