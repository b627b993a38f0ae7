"""Stand-ins for curves: above or below, touching where they must, levels and nothing else."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.scenarios import UPPER, random_curve
from tests.support import calendar, problem_of, row

from allocopt.arrays import FloatArray
from allocopt.declare.pieces import Pieces, inner_pieces, outer_pieces
from allocopt.problem.problem import Placements

FAMILIES = ("linear", "table", "hill", "modified_exponential", "square_root", "power")


def placements_of(
    curves: list[dict[str, Any]], more: dict[str, Any] | None = None, periods: int = 1
) -> Placements:
    return problem_of(
        {
            "calendar": calendar(periods) | {"windows": [row("first", {"start": 1, "end": 1})]},
            "levers": [row("l", {"expense": "budget"})],
            "placements": [
                row(f"p{number}", {"lever": "l", "curve": curve, "upper": UPPER, **(more or {})})
                for number, curve in enumerate(curves)
            ],
        }
    ).placements


def along(
    placements: Placements, pieces: Pieces, a: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return efforts, stand-in and curve of a placement on a fine grid and on all breakpoints."""
    line = pieces.x[a, 0]
    x = np.unique(np.concatenate([np.linspace(line[0], line[-1], 300), line]))
    return x, np.interp(x, line, pieces.y[a, 0]), placements.curves.take([a]).value(x[None, :])[0]


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    points=st.integers(2, 20),
    ordered=st.booleans(),
    # where answers sat: nowhere yet, at nothing (a root's tangent is vertical there), anywhere
    places=st.lists(st.just(0.0) | st.floats(1e-9, 1), max_size=3),
)
@example(seed=0, points=8, ordered=False, places=[0.0])
def test_outer_pieces_lie_nowhere_below_the_curve(
    seed: int, points: int, ordered: bool, places: list[float]
) -> None:
    rng = np.random.default_rng(seed)
    placements = placements_of([random_curve(rng, family) for family in FAMILIES])
    gates = np.ones(placements.upper.shape, dtype=np.bool_) if ordered else None
    at = placements.upper[:, :, None] * np.array(places) if places else None
    pieces = outer_pieces(placements, points=points, ordered=gates, at=at)
    for a in range(len(FAMILIES)):
        _, line, true = along(placements, pieces, a)
        assert np.all(line >= true - 1e-9 * max(true.max(), 1.0))
        if ordered or placements.curves.inflection()[a] <= 0:
            assert np.all(line - true <= pieces.error[a] * (1 + 1e-9) + 1e-9)
        if not pieces.ordered[a, 0]:
            widths = np.diff(pieces.x[a, 0])
            slopes = np.diff(pieces.y[a, 0])[widths > 0] / widths[widths > 0]
            assert np.all(np.diff(slopes) <= 1e-6 * np.abs(slopes).max())


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    # money comes in cents: an effort is nothing, or more than a billionth of the largest
    place=st.just(0.0) | st.floats(1e-9, 1),
    radius=st.sampled_from([0.05, 1e-3, 1e-5]),
)
def test_inner_pieces_lie_nowhere_above_the_curve_and_touch_it_at_the_plan(
    seed: int, place: float, radius: float
) -> None:
    rng = np.random.default_rng(seed)
    placements = placements_of([random_curve(rng, family) for family in FAMILIES])
    effort = np.full(placements.upper.shape, place * UPPER)
    pieces = inner_pieces(placements, effort, points=8, radius=radius)
    for a in range(len(FAMILIES)):
        _, line, true = along(placements, pieces, a)
        size = max(true.max(), 1.0)
        assert np.all(line <= true + 1e-7 * size)
        at_plan = np.interp(effort[a, 0], pieces.x[a, 0], pieces.y[a, 0])
        assert at_plan == pytest.approx(placements.curves.value(effort)[a, 0], abs=1e-6 * size)


def test_more_points_never_stand_farther_off() -> None:
    rng = np.random.default_rng(7)
    placements = placements_of([random_curve(rng, family) for family in FAMILIES[2:]])
    errors = [outer_pieces(placements, points=points).error for points in (4, 8, 16, 32)]
    for coarse, fine in itertools.pairwise(errors):
        assert np.all(fine <= coarse * (1 + 1e-9))


MENU = {"family": "menu", "efforts": [10, 40, 70], "values": [1, 5, 6]}


def test_a_menu_is_its_levels() -> None:
    """Neither a bound of 60, nor nothing, nor efforts asked for are levels."""
    placements = placements_of([MENU], {"upper": 60})
    pieces = outer_pieces(placements, points=12, at=np.full((1, 1), 33.3))
    assert np.unique(pieces.x).tolist() == [10, 40]
    assert np.unique(pieces.y).tolist() == [1, 5]
    inner = inner_pieces(placements, np.full((1, 1), 40.0), points=12, radius=0.05)
    assert np.unique(inner.x).tolist() == [10, 40]


def test_a_menu_stands_at_nothing_while_its_window_is_closed() -> None:
    pieces = outer_pieces(placements_of([MENU], {"window": "first"}, periods=2), points=4)
    assert 0.0 not in pieces.x[0, 0]
    assert 0.0 in pieces.x[0, 1]


def test_effort_that_carries_over_widens_the_range() -> None:
    """Half carries over: at most 100, 150, 175 in three months."""
    curve = {"family": "linear", "rate": 1}
    pieces = outer_pieces(placements_of([curve], {"carry_over": 0.5}, periods=3), points=4)
    assert pieces.x.max() == pytest.approx(175)


def test_no_placements_have_no_pieces() -> None:
    placements = problem_of({}).placements
    assert outer_pieces(placements, points=5).x.shape[0] == 0
    assert inner_pieces(placements, np.zeros((0, 1)), points=5, radius=0.1).x.shape[0] == 0
