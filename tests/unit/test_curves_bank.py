"""A bank gives what its members give, in placement order and in both shapes."""

from collections.abc import Callable

import numpy as np
import pytest

from allocopt.arrays import FloatArray
from allocopt.curves import Curve, CurveBank, Gompertz, Hill, Linear, Menu, Power, Table
from allocopt.errors import CurveError

MEMBERS: tuple[Curve, ...] = (
    Hill(4.0, 3.0, 2.0),
    Table([0.0, 1.0, 2.0], [0.0, 1.0, 4.0]),
    Linear(0.5),
    Hill(2.0, 1.0, 0.7),
    Menu([0.0, 3.0], [0.0, 5.0]),
    Table([0.0, 4.0], [1.0, 2.0]),
    Gompertz(3.0, 0.8, 2.0),
)
N = len(MEMBERS)
VALUE = np.array([1.0, 2.0, 3.0, 0.5, 1.0, 10.0, 7.0])
EFFORT = np.array([1.0, 0.5, 4.0, 10.0, 2.0, 1.0, 3.0])
PLAIN = CurveBank.of(MEMBERS)
SCALED = PLAIN.scaled(value=VALUE, effort=EFFORT)

Question = Callable[[Curve, FloatArray], FloatArray]
Answer = Callable[[CurveBank, FloatArray], FloatArray]


@pytest.mark.parametrize("shape", [(N,), (N, 5), (2, N, 5), (2, 3, N, 1)])
def test_values_are_those_of_the_members(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(1).uniform(0.0, 9.0, shape)
    axis = -1 if len(shape) == 1 else -2
    found = SCALED.value(x)
    assert found.shape == shape
    for number, curve in enumerate(MEMBERS):
        points = np.take(x, number, axis=axis) / EFFORT[number]
        expected = VALUE[number] * curve.value(points)
        np.testing.assert_allclose(np.take(found, number, axis=axis), expected, rtol=1e-14)


def test_every_answer_is_in_the_scaled_units() -> None:
    x = np.random.default_rng(2).uniform(0.0, 9.0, (N, 4))
    low, high = 0.3 * x, 0.3 * x + 5.0
    inner = [x / EFFORT[:, None], low / EFFORT[:, None], high / EFFORT[:, None]]
    wide = [curve[None] for curve in MEMBERS]
    stretch, lift = EFFORT[:, None], VALUE[:, None]
    pairs = (
        (SCALED.marginal(x) * stretch / lift, "marginal", inner[:1]),
        (SCALED.inverse(0.1 * x) / stretch, "inverse", [0.1 * x / lift]),
        (SCALED.envelope_tangent(low, high) / stretch, "envelope_tangent", inner[1:]),
        (SCALED.segment_error(low, high) / lift, "segment_error", inner[1:]),
        (
            SCALED.best_response(0.4, low, high) / stretch,
            "best",
            [0.4 * stretch / lift, *inner[1:]],
        ),
    )
    asked: dict[str, Callable[..., FloatArray]] = {
        "marginal": lambda curve, *a: curve.marginal(*a),
        "inverse": lambda curve, *a: curve.inverse(*a),
        "envelope_tangent": lambda curve, *a: curve.envelope_tangent(*a),
        "segment_error": lambda curve, *a: curve.segment_error(*a),
        "best": lambda curve, *a: curve.best_response(*a),
    }
    for found, name, arguments in pairs:
        for number, curve in enumerate(wide):
            expected = asked[name](curve, *(argument[number] for argument in arguments))
            np.testing.assert_allclose(found[number], expected, rtol=1e-9, atol=1e-13)


def test_what_is_known_per_placement_stands_in_placement_order() -> None:
    assert PLAIN.shape().tolist() == [int(curve.shape()) for curve in MEMBERS]
    assert SCALED.inflection().tolist() == pytest.approx(
        [float(curve.inflection()) * scale for curve, scale in zip(MEMBERS, EFFORT, strict=True)]
    )
    assert SCALED.supremum().tolist() == pytest.approx(
        [float(curve.supremum()) * scale for curve, scale in zip(MEMBERS, VALUE, strict=True)]
    )
    assert PLAIN.families() == tuple(curve.family for curve in MEMBERS)
    assert SCALED.kinks()[1].tolist() == [0.0, 0.5, 1.0]
    assert SCALED.kinks()[4].tolist() == [0.0, 6.0, np.inf]
    assert np.all(np.isinf(SCALED.kinks()[0]))
    assert [type(PLAIN.member(number)) for number in range(N)] == [type(m) for m in MEMBERS]


def test_arguments_of_both_shapes_mix() -> None:
    x = np.full((N, 3), 2.0)
    best = SCALED.best_response(0.1, 0.0, x)
    assert best.shape == (N, 3)
    assert np.array_equal(best[:, 0], SCALED.best_response(0.1, 0.0, x[:, 0]))
    assert np.array_equal(best, SCALED.best_response(np.full(N, 0.1), np.zeros(N), x))
    assert SCALED.value(2.0).shape == (N,)


def test_taking_keeps_order_repeats_and_scales() -> None:
    wanted = [6, 1, 1, 0]
    part = SCALED.take(wanted)
    x = np.linspace(0.5, 3.0, 4)
    everything = np.zeros((N, 4))
    everything[:] = x
    whole = SCALED.value(everything)
    assert len(part) == 4
    expected = [float(whole[member, place]) for place, member in enumerate(wanted)]
    assert part.value(x).tolist() == pytest.approx(expected, rel=1e-15)
    assert len(SCALED.take(np.array([], dtype=np.int64))) == 0
    with pytest.raises(IndexError):
        SCALED.take([N])


def test_a_family_of_arrays_is_a_bank_too() -> None:
    powers = Power(np.array([1.0, 2.0]), 0.5)
    bank = CurveBank.from_family(powers)
    assert bank.value([4.0, 9.0]).tolist() == [2.0, 6.0]
    assert bank.value([[4.0], [9.0]]).tolist() == [[2.0], [6.0]]


def test_scales_multiply() -> None:
    twice = CurveBank.of([Linear(1.0)]).scaled(value=3.0).scaled(value=2.0, effort=4.0)
    assert twice.value([8.0]).tolist() == [12.0]


def test_wrong_calls_are_refused() -> None:
    with pytest.raises(CurveError, match=r"shape \(7,\) or \(\.\.\., 7, k\) .* found \(2, 3\)"):
        PLAIN.value(np.ones((2, 3)))
    with pytest.raises(CurveError, match=r"1 of 7 .* position 3"):
        PLAIN.value([0.0, 1.0, 2.0, -1.0, 0.0, 0.0, 0.0])
    with pytest.raises(CurveError, match="placement 1: one curve"):
        CurveBank.of([Linear(1.0), Linear(np.ones(3))])
    with pytest.raises(CurveError, match="one axis"):
        CurveBank.from_family(Linear(np.ones((2, 2))))
    with pytest.raises(CurveError, match="value scale must be positive"):
        PLAIN.scaled(value=0.0)
    with pytest.raises(CurveError, match="one number or 7"):
        PLAIN.scaled(effort=np.ones(3))
    with pytest.raises(CurveError, match="lower end"):
        PLAIN.segment_error(2.0, 1.0)
