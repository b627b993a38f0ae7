"""What every family of curves promises, held against grids, differences and a plug-in family."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from allocopt.arrays import FloatArray, IntArray
from allocopt.curves import (
    FAMILIES,
    Curve,
    CurveShape,
    Parameter,
    check_parameters,
    make_curve,
)
from allocopt.curves.points import PointCurve
from allocopt.errors import CurveError
from allocopt.text import Bilingual


@dataclass(frozen=True, init=False, eq=False)
class Arctangent(Curve):
    """A user's family that gives the required five methods and relies on the base for the rest.

    f(x) = top * (atan(sharpness * (x - middle)) - atan(-sharpness * middle)).
    """

    family: ClassVar[str] = "arctangent"
    title: ClassVar[Bilingual] = Bilingual("反正切", "Arctangent")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("top", "volume", Bilingual("", "")),
        Parameter("sharpness", "1/effort", Bilingual("", ""), lower_open=True),
        Parameter("middle", "effort", Bilingual("", "")),
    )

    top: FloatArray
    sharpness: FloatArray
    middle: FloatArray

    def __init__(self, top: ArrayLike, sharpness: ArrayLike, middle: ArrayLike) -> None:
        super().__init__(top, sharpness, middle)

    def shape(self) -> IntArray:
        return np.where(self.middle > 0.0, CurveShape.S_SHAPED, CurveShape.CONCAVE).astype(np.int64)

    def inflection(self) -> FloatArray:
        return self.middle

    def supremum(self) -> FloatArray:
        return self.top * (np.pi / 2 + np.arctan(self.sharpness * self.middle))

    def _value(self, x: FloatArray) -> FloatArray:
        bend = self.sharpness**2 * self.middle * (x - self.middle)
        return self.top * np.arctan2(self.sharpness * x, 1.0 - bend)

    def _marginal(self, x: FloatArray) -> FloatArray:
        with np.errstate(over="ignore"):
            steepness = 1.0 + (self.sharpness * (x - self.middle)) ** 2
        return self.top * self.sharpness / steepness


ALL: tuple[type[Curve], ...] = (*FAMILIES.values(), Arctangent)
SMOOTH = tuple(f for f in ALL if f.family not in {"table", "menu", "threshold_saturation"})
every_family = pytest.mark.parametrize("family", ALL, ids=lambda family: family.family)
smooth_family = pytest.mark.parametrize("family", SMOOTH, ids=lambda family: family.family)


@dataclass(frozen=True)
class Case:
    """A curve of shape (n,), and the sizes of effort and volume that suit it."""

    curve: Curve
    effort: float
    volume: float

    def grid(self, points: int = 61) -> FloatArray:
        """Efforts from 0 to far beyond saturation, dense near zero and near the kinks."""
        spread = self.effort * np.geomspace(1e-6, 1e3, points)
        even = self.effort * np.linspace(0.0, 30.0, points)
        kinks = self.curve.kinks().ravel()
        return np.unique(np.concatenate([spread, even, kinks[np.isfinite(kinks)]]))

    @property
    def rounding(self) -> float:
        """What may be lost in the volumes of the grid."""
        return 1e-13 * float(np.abs(self.curve[:, None].value(self.grid())).max(initial=0.0))


EXAMPLES = 12
FEW = 6

FRACTIONS = st.floats(0.02, 10.0)


def _number(parameter: Parameter, case: tuple[float, float]) -> st.SearchStrategy[float]:
    effort, volume = case
    unit = {
        "volume": volume,
        "effort": effort,
        "1/effort": 1.0 / effort,
        "volume/effort": volume / effort,
        "volume/effort^0.5": volume / effort**0.5,
    }
    if parameter.unit == "1":
        return st.floats(0.1, min(parameter.upper, 6.0))
    numbers = FRACTIONS.map(lambda share: share * unit[parameter.unit])
    if parameter.lower_open:
        return numbers
    return st.one_of(numbers, numbers, st.just(0.0))


@st.composite
def _points(draw: st.DrawFn, scale: tuple[float, float], *, from_zero: bool) -> list[list[float]]:
    effort, volume = scale
    steps = draw(st.lists(FRACTIONS, min_size=1, max_size=5))
    gains = draw(
        st.lists(st.one_of(FRACTIONS, st.just(0.0)), min_size=len(steps), max_size=len(steps))
    )
    first = 0.0 if from_zero or draw(st.booleans()) else draw(FRACTIONS)
    xs = first + np.concatenate([[0.0], np.cumsum(steps)])
    ys = draw(FRACTIONS) + np.concatenate([[0.0], np.cumsum(gains)])
    return [list(effort * xs), list(volume * ys)]


@st.composite
def cases(draw: st.DrawFn, family: type[Curve]) -> Case:
    """Curves of one to three placements, in units from a millionth to a milliard."""
    scale = 10.0 ** draw(st.integers(-6, 9)), 10.0 ** draw(st.integers(-6, 9))
    n = draw(st.integers(1, 3))
    if issubclass(family, PointCurve):
        rows = [draw(_points(scale, from_zero=family.from_zero)) for _ in range(n)]
        return Case(family([xs for xs, _ in rows], [ys for _, ys in rows]), *scale)
    values = {
        p.name: np.array([draw(_number(p, scale)) for _ in range(n)]) for p in family.parameters
    }
    for order in family.orders:
        values[order.greater] = values[order.greater] + values[order.lesser]
    return Case(family(*values.values()), *scale)


@st.composite
def bounded(draw: st.DrawFn, family: type[Curve]) -> tuple[Case, FloatArray, FloatArray]:
    """A curve with bounds; the lower is often 0, the width sometimes."""
    case = draw(cases(family))
    low = case.effort * np.array(
        [draw(st.one_of(st.just(0.0), FRACTIONS)) for _ in range(case.curve.dims[0])]
    )
    width = draw(st.one_of(st.just(0.0), FRACTIONS, FRACTIONS, st.floats(1e-6, 1e-3)))
    return case, low, low + case.effort * width


def within(low: FloatArray, high: FloatArray, case: Case) -> FloatArray:
    """Points of [low, high] per placement, kinks among them, shape (n, points)."""
    even = low[:, None] + (high - low)[:, None] * np.linspace(0.0, 1.0, 201)
    points = np.concatenate([even, case.curve.kinks()], axis=1)
    return np.sort(np.clip(points, low[:, None], high[:, None]), axis=1)


def test_every_name_is_unique_and_titles_are_in_both_languages() -> None:
    assert len({family.family for family in ALL}) == len(ALL)
    for family in FAMILIES.values():
        texts = [family.title, *(p.description for p in family.parameters)]
        assert all(text.zh and text.en and text.zh != text.en for text in texts)


@every_family
@given(data=st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_values_never_fall_and_stay_under_the_supremum(
    family: type[Curve], data: st.DataObject
) -> None:
    case = data.draw(cases(family))
    y = case.curve[:, None].value(case.grid())
    assert np.all(np.diff(y, axis=1) >= -case.rounding)
    assert np.all(y <= case.curve.supremum()[:, None] + case.rounding)
    assert np.all(case.curve[:, None].marginal(case.grid()) >= 0.0)
    if family.family not in {"square_root", "adbudg", "table", "menu"}:
        assert np.all(y[:, 0] == 0.0)


@smooth_family
@given(data=st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_difference_quotient_lies_between_the_marginal_returns_of_its_ends(
    family: type[Curve], data: st.DataObject
) -> None:
    case = data.draw(cases(family))
    curve = case.curve[:, None]
    x = case.grid()[1:]
    step = 1e-3 * x
    ends = np.stack(np.broadcast_arrays(curve.marginal(x), curve.marginal(x + step)))
    quotient = (curve.value(x + step) - curve.value(x)) / step
    slack = 1e-12 * ends.max(axis=0) + case.rounding / step
    bends = curve.inflection()
    aside = (bends < x) | (bends > x + step)
    assert np.all((quotient >= ends.min(axis=0) - slack)[aside])
    assert np.all((quotient <= ends.max(axis=0) + slack)[aside])


@every_family
@given(data=st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_the_curvature_is_what_shape_and_inflection_say(
    family: type[Curve], data: st.DataObject
) -> None:
    case = data.draw(cases(family))
    shape, bend = case.curve.shape(), case.curve.inflection()
    x = case.grid()
    slope = case.curve[:, None].marginal(x)
    noise = 1e-9 * np.where(np.isfinite(slope), slope, 0.0).max(axis=1, initial=0.0)
    for row in range(shape.size):
        after = slope[row, x >= bend[row]]
        before = slope[row, x < bend[row]]
        assert np.all(after[1:] <= after[:-1] + noise[row])
        if shape[row] == CurveShape.CONCAVE:
            assert before.size == 0
        if shape[row] == CurveShape.S_SHAPED:
            assert np.all(before[1:] >= before[:-1] - noise[row])


@every_family
@given(data=st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_inverse_is_the_smallest_effort_that_reaches_the_volume(
    family: type[Curve], data: st.DataObject
) -> None:
    case = data.draw(cases(family))
    curve = case.curve[:, None]
    start, reached = curve.value(0.0), curve.value(case.grid())
    share = data.draw(st.floats(0.0, 0.999))
    y = start + share * (reached - start)
    x = curve.inverse(y)
    assert np.all(np.isfinite(x))
    assert np.all(curve.value(x * (1.0 + 1e-10)) >= y - case.rounding)
    # An effort near zero loses its digits to an offset, and its volume loses as many.
    assert np.all((curve.value(x * (1.0 - 1e-9)) <= y + case.rounding) | (x == 0.0))
    assert np.all(curve.inverse(start) == 0.0)
    beyond = case.curve.supremum() * 1.001 + case.volume
    assert np.all(np.isinf(case.curve.inverse(beyond)))


@every_family
@given(data=st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_the_envelope_leaves_along_the_steepest_line(
    family: type[Curve], data: st.DataObject
) -> None:
    case, low, high = data.draw(bounded(family))
    tangent = case.curve.envelope_tangent(low, high)
    assert np.all((tangent >= low) & (tangent <= high))
    x = within(low, high, case)
    rise = case.curve[:, None].value(x) - case.curve.value(low)[:, None]
    slope = np.divide(
        case.curve.value(tangent) - case.curve.value(low),
        tangent - low,
        out=np.zeros_like(low),
        where=tangent > low,
    )
    line = slope[:, None] * (x - low[:, None])
    joined = tangent > low
    assert np.all((rise <= line + 10.0 * case.rounding)[joined])
    # Where it joins at once, nothing but concavity follows.
    assert np.all((case.curve.inflection() <= low)[~joined & (high > low)])


@every_family
@given(data=st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_no_point_of_a_grid_beats_the_best_response(
    family: type[Curve], data: st.DataObject
) -> None:
    case, low, high = data.draw(bounded(family))
    price = data.draw(st.sampled_from([-1.0, 0.0, 1e-3, 0.03, 0.1, 0.3, 1.0, 3.0, 1e3]))
    price = price * data.draw(st.floats(0.5, 2.0)) * case.volume / case.effort
    best = case.curve.best_response(price, low, high)
    assert np.all((best >= low) & (best <= high))
    x = within(low, high, case)
    gains = case.curve[:, None].value(x) - price * x
    slack = case.rounding + 1e-13 * abs(price) * high
    assert np.all(case.curve.value(best) - price * best >= gains.max(axis=1) - slack)


@smooth_family
@given(data=st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_the_marginal_return_at_the_best_response_is_the_price(
    family: type[Curve], data: st.DataObject
) -> None:
    case, low, high = data.draw(bounded(family))
    middle = low + data.draw(st.floats(0.1, 0.9)) * (high - low)
    price = case.curve.marginal(middle)
    best = case.curve.best_response(price, low, high)
    found = case.curve.marginal(best)
    inside = (best > low) & (best < high) & (price > 0.0)
    np.testing.assert_allclose(found[inside], price[inside], rtol=1e-9)


@every_family
@given(data=st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_the_segment_error_covers_every_point_of_the_segment(
    family: type[Curve], data: st.DataObject
) -> None:
    case, low, high = data.draw(bounded(family))
    bound = case.curve.segment_error(low, high)
    x = within(low, high, case)
    y = case.curve[:, None].value(x)
    share = np.divide(
        x - low[:, None],
        (high - low)[:, None],
        out=np.zeros_like(x),
        where=(high > low)[:, None],
    )
    ends = case.curve.value(low), case.curve.value(high)
    chord = ends[0][:, None] + share * (ends[1] - ends[0])[:, None]
    measured = np.abs(y - chord).max(axis=1)
    assert np.all(bound >= measured - 1e-14 * np.abs(y).max(axis=1))
    assert np.all(bound <= ends[1] - ends[0] + case.rounding)


def _answers(curve: Curve, case: Case, x: FloatArray) -> list[FloatArray]:
    """Return everything a curve says about points, in multiples of the case's units."""
    low, high, price = 0.2 * x, 0.2 * x + case.effort, 0.3 * case.volume / case.effort
    return [
        curve.value(x) / case.volume,
        curve.marginal(x) * (case.effort / case.volume),
        curve.inverse(curve.value(x)) / case.effort,
        curve.best_response(price, low, high) / case.effort,
        curve.envelope_tangent(low, high) / case.effort,
        curve.segment_error(low, high) / case.volume,
    ]


@every_family
@given(data=st.data())
@settings(max_examples=FEW, deadline=None)
def test_arrays_give_what_their_elements_give(family: type[Curve], data: st.DataObject) -> None:
    case = data.draw(cases(family))
    n = case.curve.dims[0]
    x = case.effort * np.array([[0.0, 0.7], [1.3, 8.0]])[:, None, :]
    together = _answers(case.curve[:, None], case, x)
    for row, placement, point in np.ndindex(2, n, 2):
        alone = _answers(case.curve[placement], case, x[row, 0, point])
        for whole, single in zip(together, alone, strict=True):
            assert whole.shape == (2, n, 2)
            assert np.shape(single) == ()
            assert whole[row, placement, point] == pytest.approx(float(single), rel=1e-9, abs=1e-12)


@every_family
@given(data=st.data())
@settings(max_examples=FEW, deadline=None)
def test_stacking_the_elements_gives_the_curve_back(
    family: type[Curve], data: st.DataObject
) -> None:
    case = data.draw(cases(family))
    singles = [case.curve[number] for number in range(case.curve.dims[0])]
    again = family.stack(singles)
    assert again.dims == case.curve.dims
    x = case.grid()
    assert np.array_equal(again[:, None].value(x), case.curve[:, None].value(x))


@every_family
@given(data=st.data())
@settings(max_examples=FEW, deadline=None)
def test_extreme_efforts_give_numbers(family: type[Curve], data: st.DataObject) -> None:
    case = data.draw(cases(family))
    x = np.array([0.0, 5e-324, 1e-300, 1e-100, 1e-30, 1e30, 1e100])
    y = case.curve[:, None].value(x)
    assert np.all(np.isfinite(y))
    assert not np.any(np.isnan(case.curve[:, None].marginal(x)))
    assert np.all(np.isfinite(case.curve[:, None].marginal(x[4:])))
    for price in (0.0, 1e-30, 1.0, 1e30):
        best = case.curve.best_response(price, 0.0, 1e30)
        assert np.all((best >= 0.0) & (best <= 1e30))
    assert np.all(case.curve.best_response(np.inf, 2.0, 3.0) == 2.0)
    assert np.all(case.curve.best_response(-np.inf, 2.0, 3.0) == 3.0)


@every_family
@given(data=st.data())
@settings(max_examples=5, deadline=None)
def test_efforts_that_are_none_are_refused(family: type[Curve], data: st.DataObject) -> None:
    curve = data.draw(cases(family)).curve[0]
    for bad in (-1e-9, np.nan, np.inf):
        with pytest.raises(CurveError, match=r"1 of 2 .* position 1"):
            curve.value([1.0, bad])
    with pytest.raises(CurveError, match="lower end"):
        curve.best_response(0.1, 2.0, 1.0)
    with pytest.raises(CurveError, match="price"):
        curve.best_response(np.nan, 0.0, 1.0)
    with pytest.raises(CurveError, match="volume"):
        curve.inverse(np.nan)


def test_a_family_of_unknown_curvature_must_answer_for_itself() -> None:
    @dataclass(frozen=True, init=False, eq=False)
    class Unknown(Arctangent):
        def shape(self) -> IntArray:
            return np.full(self.dims, CurveShape.GENERAL, dtype=np.int64)

    curve = Unknown(1.0, 1.0, 1.0)
    assert curve.segment_error(0.0, 2.0) == curve.value(2.0)
    with pytest.raises(CurveError, match="family arctangent: curves of no known curvature"):
        curve.best_response(0.1, 0.0, 2.0)
    with pytest.raises(CurveError, match="family arctangent: curves of no known curvature"):
        curve.envelope_tangent(0.0, 2.0)


@pytest.mark.parametrize("name", FAMILIES)
def test_every_parameter_is_checked_by_name(name: str) -> None:
    family = FAMILIES[name]
    missing = check_parameters(name, {})
    assert [where for where, _ in missing] == [p.name for p in family.parameters]
    for parameter in family.parameters:
        good: dict[str, object] = {p.name: [0.0, 1.0] if p.many else 0.5 for p in family.parameters}
        for wrong in (np.nan, np.inf, "a lot", -1e200):
            given = good | {parameter.name: [0.0, wrong] if parameter.many else wrong}
            assert parameter.name in [where for where, _ in check_parameters(name, given)]
    with pytest.raises(CurveError, match="missing"):
        make_curve(name, {})


@every_family
@given(data=st.data())
@settings(max_examples=5, deadline=None)
def test_a_negative_zero_is_no_effort(family: type[Curve], data: st.DataObject) -> None:
    curve = data.draw(cases(family)).curve
    assert np.all(curve.value(-0.0) == curve.value(0.0))
    assert np.all(curve.marginal(-0.0) == curve.marginal(0.0))


@every_family
@given(data=st.data())
@settings(max_examples=FEW, deadline=None)
def test_value_and_marginal_together_are_what_they_are_alone(
    family: type[Curve], data: st.DataObject
) -> None:
    case = data.draw(cases(family))
    curve, x = case.curve[:, None], case.grid()
    value, marginal = curve.value_and_marginal(x)
    assert np.array_equal(value, curve.value(x))
    alone = curve.marginal(x)
    size = 1e-12 * np.where(np.isfinite(alone), alone, 0.0) + case.rounding / np.maximum(x, 1e-250)
    with np.errstate(invalid="ignore"):
        assert np.all((np.abs(marginal - alone) <= size) | (marginal == alone))
