"""Breakpoints: what they must contain, and that the error they state is true and small."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocopt.arrays import FloatArray
from allocopt.curves import (
    Adbudg,
    Breakpoints,
    CurveBank,
    Gompertz,
    Hill,
    Linear,
    Logistic,
    Menu,
    ModifiedExponential,
    Power,
    SquareRoot,
    Table,
    ThresholdSaturation,
    breakpoints,
)
from allocopt.errors import CurveError

MIXED = CurveBank.of(
    [
        Hill(4.0, 3.0, 2.0),
        Hill(4.0, 3.0, 0.5),
        Table([0.0, 1.0, 2.0, 7.0], [0.0, 1.0, 4.0, 5.0]),
        Power(1.0, 0.3),
        Gompertz(3.0, 0.8, 2.0),
        Menu([0.0, 3.0, 5.0], [0.0, 5.0, 6.0]),
        Logistic(3.0, 2.0, 4.0),
        Linear(2.0),
        ThresholdSaturation(9.0, 2.0, 6.0),
        Adbudg(1.0, 6.0, 2.0, 5.0),
        SquareRoot(1.0, 0.0),
        ModifiedExponential(5.0, 0.7),
    ]
)
N = len(MIXED)
STEPPED = 5


def measured(bank: CurveBank, found: Breakpoints) -> FloatArray:
    """Return the largest distance on a grid, kinks and both sides of jumps among the points."""
    low, high = found.x[:, :1], found.x[:, -1:]
    kinks = np.clip(bank.kinks(), low, high)
    grid = low + (high - low) * np.linspace(0.0, 1.0, 1001)
    points = np.concatenate([grid, kinks, np.maximum(np.nextafter(kinks, 0.0), low)], axis=1)
    y = bank.value(points)
    stand_in = np.stack([np.interp(*row) for row in zip(points, found.x, found.y, strict=True)])
    return np.asarray(np.abs(y - stand_in).max(axis=1))


@given(
    lower=st.floats(0.0, 3.0),
    width=st.floats(1e-3, 20.0),
    count=st.integers(2, 40),
    scale=st.sampled_from([1e-6, 1.0, 1e9]),
)
@settings(max_examples=10, deadline=None)
def test_the_stated_error_is_never_exceeded(
    lower: float, width: float, count: int, scale: float
) -> None:
    bank = MIXED.scaled(effort=scale, value=1.0 / scale)
    found = breakpoints(bank, scale * lower, scale * (lower + width), count=count)
    assert np.all(found.error >= measured(bank, found) - 1e-13 / scale)
    assert np.all(np.diff(found.x, axis=1) >= 0.0)
    np.testing.assert_array_equal(found.y, bank.value(found.x))


def test_the_points_that_must_be_there_are_there() -> None:
    low, high, current = np.full(N, 0.5), np.full(N, 9.0), np.linspace(0.5, 9.0, N)
    found = breakpoints(MIXED, low, high, count=8, must_include=current)
    special = [
        low,
        high,
        current,
        MIXED.inflection(),
        MIXED.envelope_tangent(low, high),
        *MIXED.kinks().T,
    ]
    for points in special:
        inside = (points >= low) & (points <= high)
        assert np.all((found.x == points[:, None]).any(axis=1)[inside])


def test_sizes_count_different_points_and_rows_are_padded_with_the_last() -> None:
    found = breakpoints(MIXED, 0.0, 9.0, count=12)
    for row in range(N):
        distinct = np.unique(found.x[row])
        assert found.sizes[row] == distinct.size
        assert np.array_equal(found.x[row, : distinct.size], distinct)
        assert np.all(found.x[row, distinct.size :] == 9.0)
    smooth = np.setdiff1d(np.arange(N), [2, STEPPED, 7, 8])
    assert np.all(found.sizes[smooth] == 12)


def test_straight_pieces_need_no_more_than_their_kinks() -> None:
    found = breakpoints(MIXED, 0.0, 9.0, count=30)
    assert found.sizes[[2, 7, 8]].tolist() == [5, 2, 4]
    assert np.all(found.error[[2, 7, 8]] == 0.0)


def test_a_menu_is_cut_at_its_levels_and_states_its_jumps() -> None:
    found = breakpoints(MIXED, 0.0, 9.0, count=30)
    assert found.x[STEPPED, : found.sizes[STEPPED]].tolist() == [0.0, 3.0, 5.0, 9.0]
    assert found.error[STEPPED] == 5.0


def test_a_tolerance_ends_the_cutting() -> None:
    goal = np.linspace(0.02, 0.2, N)
    found = breakpoints(MIXED, 0.0, 9.0, count=60, tolerance=goal)
    smooth = np.setdiff1d(np.arange(N), [STEPPED])
    assert np.all(found.error[smooth] <= goal[smooth])
    assert np.all(found.sizes[smooth] < 30)


def test_bounds_that_meet_make_one_point() -> None:
    found = breakpoints(MIXED, 2.0, 2.0)
    assert np.all(found.sizes == 1)
    assert np.array_equal(found.x, np.full((N, 1), 2.0))
    assert np.all(found.error == 0.0)


@pytest.mark.parametrize("count", [12, 24, 48])
def test_the_error_is_near_the_best_that_so_many_points_can_have(count: int) -> None:
    """1 - exp(-x) on [0, 5]: the best is (integral of sqrt(|f''|) / segments)**2 / 8 in the limit.

    The integral is 2 (1 - exp(-2.5)).
    """
    bank = CurveBank.of([ModifiedExponential(1.0, 1.0)])
    best = (2.0 * (1.0 - np.exp(-2.5)) / (count - 1)) ** 2 / 8.0
    error = float(breakpoints(bank, 0.0, 5.0, count=count).error[0])
    assert 0.9 * best <= error <= 1.15 * best


def test_wrong_calls_are_refused() -> None:
    with pytest.raises(CurveError, match="lower end"):
        breakpoints(MIXED, 2.0, 1.0)
    with pytest.raises(CurveError, match=r"1 efforts lie outside .* placement 3"):
        breakpoints(MIXED, 0.0, 5.0, must_include=np.where(np.arange(N) == 3, 6.0, 1.0))
    with pytest.raises(CurveError, match="12 rows"):
        breakpoints(MIXED, 0.0, 5.0, must_include=np.ones(3))
    with pytest.raises(CurveError, match="tolerance"):
        breakpoints(MIXED, 0.0, 5.0, tolerance=np.nan)
