"""Numbers worked out by hand, or published, for each family."""

from math import e, exp, log, sqrt, tanh

import numpy as np
import pytest

from allocopt.curves import (
    Adbudg,
    Curve,
    CurveShape,
    Gompertz,
    Hill,
    Linear,
    Logarithmic,
    Logistic,
    Menu,
    MichaelisMenten,
    ModifiedExponential,
    Power,
    SquareRoot,
    Table,
    ThresholdSaturation,
)

HILL = Hill(beta=4.0, ec50=3.0, slope=2.0)
LADDER = Menu([1.0, 3.0, 4.0], [2.0, 3.0, 6.0])
STEP_UP = Table([0.0, 1.0, 2.0, 4.0], [0.0, 1.0, 4.0, 5.0])


@pytest.mark.parametrize(
    ("curve", "effort", "value", "marginal"),
    [
        (Linear(2.0), 3.0, 6.0, 2.0),
        (Power(2.0, 0.5), 9.0, 6.0, 1.0 / 3.0),
        (Logarithmic(2.0, 10.0), 10.0 * (e - 1.0), 2.0, 2.0 / (10.0 * e)),
        (ModifiedExponential(100.0, 0.1), 10.0, 100.0 * (1.0 - 1.0 / e), 10.0 / e),
        (MichaelisMenten(10.0, 5.0), 5.0, 5.0, 0.5),
        (HILL, 3.0, 2.0, 2.0 / 3.0),
        (HILL, 4.0, 64.0 / 25.0, 288.0 / 625.0),
        (Hill(3.0, 2.0, 1.0), 0.0, 0.0, 1.5),
        (Hill(3.0, 2.0, 0.5), 0.0, 0.0, np.inf),
        (Hill(3.0, 2.0, 1.5), 0.0, 0.0, 0.0),
        (Adbudg(1.0, 5.0, 3.0, 2.0), 4.0, 1.0 + 64.0 / 25.0, 288.0 / 625.0),
        (Logistic(10.0, 2.0, 3.0), 3.0, 5.0 * (1.0 - exp(-6.0)), 5.0 * (1.0 + exp(-6.0))),
        (Logistic(3.0, 4.0, 0.0), 0.2, 3.0 * tanh(0.4), 6.0 * (1.0 - tanh(0.4) ** 2)),
        (
            Gompertz(1.0, 1.0, 0.0),
            log(2.0),
            (exp(-0.5) - exp(-1.0)) / (1.0 - exp(-1.0)),
            0.5 * exp(-0.5) / (1.0 - exp(-1.0)),
        ),
        (SquareRoot(35.0 * 0.9, 3000.0), 10_000.0, 3_591.55259, 31.5 / (2.0 * sqrt(13_000.0))),
        (ThresholdSaturation(10.0, 2.0, 6.0), 4.0, 5.0, 2.5),
        (ThresholdSaturation(10.0, 2.0, 6.0), 1.9, 0.0, 0.0),
        (ThresholdSaturation(10.0, 2.0, 6.0), 6.0, 10.0, 0.0),
        (STEP_UP, 1.5, 2.5, 3.0),
        (STEP_UP, 2.0, 4.0, 0.5),
        (STEP_UP, 9.0, 5.0, 0.0),
        (LADDER, 0.5, 0.0, 0.0),
        (LADDER, 3.0, 3.0, 0.0),
        (LADDER, 9.0, 6.0, 0.0),
    ],
    ids=lambda part: part.family if isinstance(part, Curve) else "",
)
def test_value_and_marginal_return(
    curve: Curve, effort: float, value: float, marginal: float
) -> None:
    assert curve.value(effort) == pytest.approx(value, rel=1e-7)
    assert curve.marginal(effort) == pytest.approx(marginal, rel=1e-12)


@pytest.mark.parametrize(
    ("curve", "volume", "effort"),
    [
        (HILL, 64.0 / 25.0, 4.0),
        (HILL, 4.0, np.inf),
        (Adbudg(1.0, 5.0, 3.0, 2.0), 3.0, 3.0),
        (Adbudg(1.0, 5.0, 3.0, 2.0), 0.5, 0.0),
        (SquareRoot(2.0, 9.0), 10.0, 16.0),
        (ThresholdSaturation(10.0, 2.0, 6.0), 5.0, 4.0),
        (ThresholdSaturation(10.0, 2.0, 6.0), 10.0, 6.0),
        (STEP_UP, 2.5, 1.5),
        (STEP_UP, 5.0, 4.0),
        (STEP_UP, 5.1, np.inf),
        (LADDER, 2.0, 1.0),
        (LADDER, 2.1, 3.0),
        (LADDER, 6.1, np.inf),
        (Linear(0.0), 1.0, np.inf),
    ],
)
def test_inverse(curve: Curve, volume: float, effort: float) -> None:
    assert curve.inverse(volume) == pytest.approx(effort)


@pytest.mark.parametrize(
    ("curve", "price", "upper", "effort"),
    [
        (Power(2.0, 0.5), 1.0 / 3.0, 100.0, 9.0),
        (Logarithmic(2.0, 10.0), 0.1, 100.0, 10.0),
        (ModifiedExponential(100.0, 0.1), 1.0, 100.0, log(10.0) / 0.1),
        (MichaelisMenten(10.0, 5.0), 0.5, 100.0, 5.0),
        (HILL, 288.0 / 625.0, 100.0, 4.0),
        # 4 x / (9 + x^2) is 2 / 3 at most: above that price nothing pays.
        (HILL, 0.67, 100.0, 0.0),
        (HILL, 0.66, 100.0, 3.0300),
        (Linear(2.0), 1.9, 7.0, 7.0),
        (Linear(2.0), 2.1, 7.0, 0.0),
        (Logistic(3.0, 4.0, 0.0), 6.0 * (1.0 - tanh(0.4) ** 2), 5.0, 0.2),
        (Gompertz(1.0, 1.0, 0.0), 0.5 * exp(-0.5) / (1.0 - exp(-1.0)), 9.0, log(2.0)),
        (ThresholdSaturation(10.0, 2.0, 6.0), 1.6, 10.0, 6.0),
        (ThresholdSaturation(10.0, 2.0, 6.0), 1.7, 10.0, 0.0),
        (STEP_UP, 1.9, 10.0, 2.0),
        (STEP_UP, 2.1, 10.0, 0.0),
        (LADDER, 1.3, 10.0, 4.0),
        (LADDER, 1.6, 10.0, 1.0),
        (LADDER, 2.1, 10.0, 0.0),
        (LADDER, 1.3, 3.5, 1.0),
    ],
)
def test_best_response(curve: Curve, price: float, upper: float, effort: float) -> None:
    assert curve.best_response(price, 0.0, upper) == pytest.approx(effort, rel=1e-4)


def test_the_advertising_budget_of_one_quarter() -> None:
    """The Quick Tour sheet: spend 17,093 for a profit of 15,093, at 9 of margin per unit."""
    quarter = SquareRoot(9.0 * 35.0 * 0.9, 3000.0)
    spend = quarter.best_response(1.0, 0.0, 100_000.0)
    assert spend == pytest.approx(17_093, abs=0.5)
    assert quarter.value(spend) - spend - 8_000.0 == pytest.approx(15_093, abs=0.5)


@pytest.mark.parametrize(
    ("curve", "inflection", "tangent"),
    [
        (HILL, sqrt(3.0), 3.0),
        (Hill(4.0, 3.0, 1.0), 0.0, 0.0),
        (Adbudg(1.0, 5.0, 3.0, 2.0), sqrt(3.0), 3.0),
        (Logistic(10.0, 2.0, 3.0), 3.0, None),
        (Gompertz(10.0, 2.0, 3.0), 3.0, None),
        (ThresholdSaturation(10.0, 2.0, 6.0), 2.0, 6.0),
        (STEP_UP, 1.0, 2.0),
        (LADDER, 4.0, 1.0),
        (Power(2.0, 0.5), 0.0, 0.0),
    ],
)
def test_inflection_and_tangent_from_zero(
    curve: Curve, inflection: float, tangent: float | None
) -> None:
    assert curve.inflection() == pytest.approx(inflection)
    point = curve.envelope_tangent(0.0, 50.0)
    if tangent is None:
        assert curve.marginal(point) * point == pytest.approx(float(curve.value(point)))
    else:
        assert point == pytest.approx(tangent)


def test_the_tangent_stops_at_the_upper_bound() -> None:
    assert HILL.envelope_tangent(0.0, 2.0) == 2.0
    assert HILL.envelope_tangent(2.0, 2.0) == 2.0
    assert HILL.envelope_tangent(5.0, 9.0) == 5.0


@pytest.mark.parametrize(
    ("curve", "left", "right", "least", "most"),
    [
        # x**0.5 on [0, 1]: 1/4 at x = 1/4.
        (Power(1.0, 0.5), 0.0, 1.0, 0.25, 0.2501),
        # f' = 50 / (5 + x)**2 meets the chord's slope 1 at 5 (sqrt(2) - 1): 10 (1.5 - sqrt(2)).
        (MichaelisMenten(10.0, 5.0), 0.0, 5.0, 0.85786, 1.001),
        # Convex: about f'' (1.05) / 8 * 0.1**2.
        (HILL, 1.0, 1.1, 5.03e-4, 5.05e-4),
        (Linear(3.0), 0.0, 5.0, 0.0, 0.0),
        (ThresholdSaturation(10.0, 2.0, 6.0), 0.0, 6.0, 10.0 / 3.0 - 1e-12, 10.0 / 3.0 + 1e-12),
        (STEP_UP, 0.0, 2.0, 1.0, 1.0),
        # Just before the last level: 3 against a chord of 6.
        (LADDER, 1.0, 4.0, 3.0, 3.0),
    ],
)
def test_segment_error(curve: Curve, left: float, right: float, least: float, most: float) -> None:
    assert least <= float(curve.segment_error(left, right)) <= most


def test_the_hill_curve_as_powers_of_effort() -> None:
    rng = np.random.default_rng(7)
    beta, ec50, slope = rng.uniform(1, 9, 50), rng.uniform(1, 9, 50), rng.uniform(0.2, 6, 50)
    curve = Hill(beta, ec50, slope)
    x = rng.uniform(0, 30, (20, 50))
    powers = beta * x**slope / (ec50**slope + x**slope)
    np.testing.assert_allclose(curve.value(x), powers, rtol=1e-13)
    np.testing.assert_allclose(curve.value_of_log(np.log(x)), powers, rtol=1e-12)
    assert np.all(curve.value_of_log(-np.inf) == 0.0)


def test_draws_of_parameters_meet_points_by_the_rules_of_numpy() -> None:
    draws = Hill(np.ones((7, 1)), np.array([1.0, 2.0, 3.0]), 1.0)
    assert draws.dims == (7, 3)
    assert draws.value([1.0, 2.0, 3.0]).shape == (7, 3)
    assert draws[..., None].value(np.ones((3, 12))).shape == (7, 3, 12)
    assert draws[2, 1].dims == ()


def test_the_shape_of_a_table_follows_its_slopes() -> None:
    tables = Table(
        [
            [0.0, 1.0, 2.0, 3.0],
            [0.0, 1.0, 2.0],
            [0.0, 1.0, 2.0, 3.0, 4.0],
            [0.0],
            [0.0, 0.1, 0.2, 0.3],
        ],
        [
            [0.0, 3.0, 5.0, 6.0],
            [1.0, 1.0, 4.0],
            [0.0, 2.0, 3.0, 5.0, 5.0],
            [7.0],
            [0.0, 0.1, 0.2, 0.30000000000000004],
        ],
    )
    concave, s_shaped, general = CurveShape.CONCAVE, CurveShape.S_SHAPED, CurveShape.GENERAL
    assert tables.shape().tolist() == [concave, s_shaped, general, concave, concave]
    assert tables.inflection().tolist() == [0.0, 1.0, 2.0, 0.0, 0.0]
    assert tables.supremum().tolist() == [6.0, 4.0, 5.0, 7.0, 0.30000000000000004]
    assert tables.sizes.tolist() == [4, 3, 5, 1, 4]


def test_ragged_and_square_points_make_the_same_table() -> None:
    square = Table(np.array([[0.0, 1.0], [0.0, 2.0]]), np.array([[0.0, 1.0], [1.0, 2.0]]))
    ragged = Table([[0.0, 1.0], [0.0, 2.0]], [[0.0, 1.0], [1.0, 2.0]])
    assert square.dims == ragged.dims == (2,)
    assert np.array_equal(square.value([0.7, 0.7]), ragged.value([0.7, 0.7]))
    assert Table([0.0, 1.0], [0.0, 1.0]).dims == ()
