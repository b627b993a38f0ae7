"""Fitted curves: a published fit, curves that are known, and another way of computing."""

import csv

import numpy as np
import pytest
from scipy.optimize import curve_fit
from tests.published import published

import allocopt as ao
from allocopt.arrays import FloatArray
from allocopt.curves import make_curve
from allocopt.fitting import Fit, fit_judged

KNOWN: dict[str, dict[str, float]] = {
    "hill": {"beta": 90.0, "ec50": 40.0, "slope": 1.8},
    "adbudg": {"floor": 20.0, "top": 110.0, "ec50": 40.0, "slope": 1.8},
    "michaelis_menten": {"top": 90.0, "halfway": 30.0},
    "modified_exponential": {"top": 90.0, "rate": 0.03},
    "power": {"scale": 9.0, "exponent": 0.5},
    "logarithmic": {"scale": 30.0, "halfway": 20.0},
    "logistic": {"top": 90.0, "rate": 0.08, "midpoint": 40.0},
    "gompertz": {"top": 90.0, "rate": 0.06, "midpoint": 30.0},
}
BASELINE, PRICE, NOISE = 20.0, -3.0, 2.0


def published_rows() -> list[dict[str, float]]:
    text = published("delphi_salesforce_8drugs", "products.csv")
    rows = csv.DictReader(text.splitlines())
    return [{key: float(row[key]) for key in row if key != "product"} for row in rows]


def judged(row: dict[str, float]) -> Fit:
    return fit_judged(
        none=row["resp_0"],
        half=row["resp_50pct"],
        current=row["resp_100pct"],
        one_and_half=row["resp_150pct"],
        saturation=row["resp_saturation"],
        effort_now=row["reps_now"],
        value_now=row["margin"] * row["revenue_now"],
    )


def test_judged_points_give_the_published_curves_and_plan() -> None:
    """Eight products, five judged points each; published by two authors independently."""
    rows = published_rows()
    fits = [judged(row) for row in rows]
    for row, fit in zip(rows, fits, strict=True):
        found = fit.parameters
        worth = row["margin"] * row["revenue_now"]
        assert found["floor"] / worth == pytest.approx(row["fit_min"], rel=1e-5)
        assert found["top"] / worth == pytest.approx(row["fit_max"], rel=1e-5)
        assert found["slope"] == pytest.approx(row["fit_c"], rel=1e-5)
        constant = (found["ec50"] / row["reps_now"]) ** found["slope"]
        assert constant == pytest.approx(row["fit_d"], rel=1e-5)
        assert fit.unidentified == ()
    plan = ao.allocate([fit.curve for fit in fits], goal=ao.MostResponse(700.0, worth=0.057))
    assert plan.objective == pytest.approx(524.2537, abs=1e-4)
    assert plan.spend[-2:].tolist() == [0.0, 0.0]


def history(family: str, seed: int, rows: int = 80) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return spend, price and volume of a known curve; some rows without spend."""
    random = np.random.default_rng(seed)
    spend = random.uniform(0.0, 120.0, rows)
    spend[:10] = 0.0
    price = random.normal(5.0, 2.0, rows)
    base = 0.0 if family == "adbudg" else BASELINE
    rise = make_curve(family, KNOWN[family]).value(spend)
    volume = base + rise + PRICE * (price - price.mean()) + random.normal(0.0, NOISE, rows)
    return spend, price, volume


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("family", list(KNOWN))
def test_a_known_curve_is_found(family: str, seed: int) -> None:
    spend, price, volume = history(family, seed)
    fit = ao.fit_history(spend, volume, family, {"price": price})
    for name, true in KNOWN[family].items():
        assert abs(fit.parameters[name] - true) < 3.0 * fit.standard_errors[name]
        # an error that says nothing would pass above
        assert fit.standard_errors[name] < 0.35 * true
    assert abs(fit.baseline - BASELINE) < 3.0 * fit.baseline_error
    assert abs(fit.controls["price"] - PRICE) < 3.0 * fit.control_errors["price"]
    assert fit.residual_sd == pytest.approx(NOISE, rel=0.3)
    assert fit.unidentified == ()
    assert fit.held == ()


def test_standard_errors_are_what_repetitions_scatter() -> None:
    scores = []
    for seed in range(60):
        spend, _, volume = history("michaelis_menten", 100 + seed)
        fit = ao.fit_history(spend, volume, "michaelis_menten")
        truth = KNOWN["michaelis_menten"]
        scores.append([(fit.parameters[k] - truth[k]) / fit.standard_errors[k] for k in truth])
    # 60 scores of variance 1 scatter by 0.09 around a deviation of 1
    assert np.std(scores, axis=0) == pytest.approx([1.0, 1.0], abs=0.27)


def test_without_noise_the_curve_is_the_true_one() -> None:
    spend = np.linspace(0.0, 120.0, 25)
    for family, truth in KNOWN.items():
        volume = 5.0 + make_curve(family, truth).value(spend)
        fit = ao.fit_history(spend, volume, family)
        lift = 5.0 if "floor" in truth else 0.0
        expected = {k: v + lift * (k in ("floor", "top")) for k, v in truth.items()}
        assert dict(fit.parameters) == pytest.approx(expected, rel=1e-5)
        assert fit.r_squared == pytest.approx(1.0, abs=1e-10)


def test_another_least_squares_agrees() -> None:
    """All parameters at once, as they are, by scipy's ``curve_fit``."""
    spend, price, volume = history("hill", 5)
    fit = ao.fit_history(spend, volume, "hill", {"price": price})
    away = price - price.mean()

    def model(
        x: FloatArray, beta: float, ec50: float, slope: float, base: float, per: float
    ) -> FloatArray:
        power = np.maximum(x, 1e-300) ** slope
        return np.asarray(base + per * away + beta * power / (ec50**slope + power))

    best, covariance = curve_fit(model, spend, volume, p0=[80.0, 50.0, 1.5, 10.0, 0.0])
    found = [*fit.parameters.values(), fit.baseline, fit.controls["price"]]
    assert found == pytest.approx(best, rel=1e-5)
    np.testing.assert_allclose(fit.covariance, covariance[:3, :3], rtol=1e-3)
    assert fit.baseline_error == pytest.approx(np.sqrt(covariance[3, 3]), rel=1e-3)
    assert fit.control_errors["price"] == pytest.approx(np.sqrt(covariance[4, 4]), rel=1e-3)


@pytest.mark.parametrize("family", list(KNOWN))
def test_units_do_not_matter(family: str) -> None:
    spend, _, volume = history(family, 7)
    one = ao.fit_history(spend, volume, family)
    other = ao.fit_history(1e4 * spend, 1e-3 * volume, family)
    points = np.array([0.0, 10.0, 60.0, 110.0])
    np.testing.assert_allclose(other.predict(1e4 * points), 1e-3 * one.predict(points), rtol=1e-6)
    assert other.unidentified == one.unidentified
    assert other.baseline_error == pytest.approx(1e-3 * one.baseline_error, rel=1e-4)


def test_draws_scatter_as_the_covariance_says() -> None:
    spend, _, volume = history("hill", 9, rows=2000)
    fit = ao.fit_history(spend, volume)
    curves = fit.draws(20000, seed=3)
    drawn = np.stack([vars(curves)[name] for name in fit.parameters])
    np.testing.assert_allclose(drawn.mean(axis=1), list(fit.parameters.values()), rtol=2e-3)
    np.testing.assert_allclose(np.cov(drawn), fit.covariance, rtol=0.06)
