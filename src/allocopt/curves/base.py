"""The response curve: the volume that effort brings in one placement.

One broadcasting rule holds everywhere: the parameters of a curve have some shape P (``dims``),
points have any shape that broadcasts with P by numpy's rules, and the result has the common
shape. ``curve[index]`` indexes the parameters as one would an array of shape P; so a curve of
``n`` placements is evaluated at ``n x periods`` points as ``curve[:, None].value(effort)``.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from types import EllipsisType
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from allocopt.arrays import BoolArray, FloatArray, IntArray, frozen
from allocopt.curves.chords import chord_error
from allocopt.curves.numeric import (
    LARGEST_EFFORT,
    common_shape,
    efforts,
    first_true,
    interval,
    known,
)
from allocopt.curves.parameters import Order, Parameter, Problem, name_problems, order_problems
from allocopt.errors import CurveError
from allocopt.text import Bilingual, T

_Part = int | slice | EllipsisType | IntArray | BoolArray | None
Index = _Part | tuple[_Part, ...]
"""What indexes the parameters of a curve: anything that indexes an array."""


class CurveShape(IntEnum):
    """What is known of the curvature of a curve on efforts of zero and more.

    S_SHAPED: convex up to the inflection, concave after it. STEPPED: constant between jumps.
    GENERAL: anything else that never falls.
    """

    CONCAVE = 0
    S_SHAPED = 1
    CONVEX = 2
    STEPPED = 3
    GENERAL = 4


@dataclass(frozen=True, init=False, eq=False)
class Curve(ABC):
    """A family of curves that never fall, with parameters of one common shape.

    A family says its name, its titles and its parameters, and gives `_value`, `_marginal`,
    `shape`, `inflection` and `supremum`; everything else follows from those, and is overridden
    where a closed form exists. A family of GENERAL or STEPPED shape overrides `_best_response`
    and `_envelope_tangent` too. ``f(0)`` is 0 unless the family says otherwise.
    """

    family: ClassVar[str]
    title: ClassVar[Bilingual]
    parameters: ClassVar[tuple[Parameter, ...]]
    orders: ClassVar[tuple[Order, ...]] = ()

    def __init__(self, *values: ArrayLike) -> None:
        """Check, broadcast and keep one value or array per parameter, in their order.

        Raises
        ------
        CurveError
            If a value is not a number, not finite, or outside its range, or shapes do not fit.
        """
        names = [parameter.name for parameter in self.parameters]
        raise_first(self.check(dict(zip(names, values, strict=True))))
        arrays = [np.asarray(value, dtype=np.float64) for value in values]
        dims = common_shape(*(array.shape for array in arrays))
        for name, array in zip(names, arrays, strict=True):
            object.__setattr__(self, name, frozen(np.broadcast_to(array, dims)))

    @classmethod
    def check(cls, given: Mapping[str, object]) -> list[Problem]:
        """Return everything that is wrong with parameters, by name.

        Parameters
        ----------
        given : mapping from parameter names to values or arrays
        """
        problems = name_problems(cls.parameters, given)
        for parameter in cls.parameters:
            fault = parameter.problem(given[parameter.name]) if parameter.name in given else None
            if fault is not None:
                problems.append((parameter.name, fault))
        if problems:
            return problems
        return order_problems(cls.orders, given)

    @classmethod
    def stack(cls, curves: Sequence[Self]) -> Self:
        """Return one curve of shape (len(curves),) from scalar curves of this family.

        Parameters
        ----------
        curves : sequence of curves of shape () or (1,)
        """
        columns = zip(*(curve._arrays() for curve in curves), strict=True)
        return cls(*(np.concatenate([np.ravel(part) for part in column]) for column in columns))

    def _arrays(self) -> tuple[FloatArray, ...]:
        return tuple(vars(self)[parameter.name] for parameter in self.parameters)

    @property
    def dims(self) -> tuple[int, ...]:
        """The common shape of the parameters."""
        return self._arrays()[0].shape

    def __getitem__(self, index: Index) -> Self:
        """Return the curve whose parameters are ``parameter[index]``."""
        return type(self)(*(array[index] for array in self._arrays()))

    def value(self, x: ArrayLike) -> FloatArray:
        """Return the volume f(x).

        Parameters
        ----------
        x : array_like
            Efforts, finite and at least 0, in the unit that the parameters are in.

        Raises
        ------
        CurveError
            If an effort is negative or not finite, or shapes do not fit.
        """
        return np.asarray(self._value(self._efforts(x)))

    def marginal(self, x: ArrayLike) -> FloatArray:
        """Return the marginal return f'(x), from the right where there is a kink.

        May be ``inf`` at 0.

        Parameters
        ----------
        x : array_like
            Efforts, finite and at least 0.

        Raises
        ------
        CurveError
            If an effort is negative or not finite, or shapes do not fit.
        """
        return np.asarray(self._marginal(self._efforts(x)))

    def value_and_marginal(self, x: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return `value` and `marginal`, which some families give at the price of one.

        Parameters
        ----------
        x : array_like
            Efforts, finite and at least 0.

        Raises
        ------
        CurveError
            If an effort is negative or not finite, or shapes do not fit.
        """
        points = self._efforts(x)
        return np.asarray(self._value(points)), np.asarray(self._marginal(points))

    def inverse(self, y: ArrayLike) -> FloatArray:
        """Return the smallest effort whose volume is at least ``y``, to rounding.

        Parameters
        ----------
        y : array_like
            Volumes. The answer is 0 at or below f(0) and ``inf`` where no effort reaches ``y``.

        Raises
        ------
        CurveError
            If a volume is NaN, or shapes do not fit.
        """
        y = known("volume", y)
        common_shape(self.dims, y.shape)
        start = self._value(np.zeros(()))
        with np.errstate(all="ignore"):
            x = self._inverse(y)
        return np.where(y <= start, 0.0, np.where(y > self.supremum(), np.inf, x))

    def best_response(self, price: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> FloatArray:
        """Return an effort in [lower, upper] with the largest f(x) - price * x.

        Parameters
        ----------
        price : array_like
            Volume per effort; may be infinite. Where it is negative the answer is ``upper``,
            where it is 0 an effort of the same volume.
        lower, upper : array_like
            Finite, ``0 <= lower <= upper``.

        Raises
        ------
        CurveError
            If the bounds are not such, a price is NaN, or shapes do not fit.
        """
        p, low, high = self._problem(price, lower, upper)
        return self._best_response(p, low, high)

    def envelope_tangent(self, lower: ArrayLike, upper: ArrayLike) -> FloatArray:
        """Return where the upper concave envelope over [lower, upper] joins the curve.

        Up to there the envelope is the straight line from (lower, f(lower)), the steepest
        from that point to any other of the curve. It is ``lower`` itself where the curve is
        concave, and ``upper`` where the line never meets the curve before.

        Parameters
        ----------
        lower, upper : array_like
            Finite, ``0 <= lower <= upper``.

        Raises
        ------
        CurveError
            If the bounds are not such, or shapes do not fit.
        """
        _, low, high = self._problem(0.0, lower, upper)
        return self._envelope_tangent(low, high)

    def segment_error(self, left: ArrayLike, right: ArrayLike) -> FloatArray:
        """Return a proven upper bound on the distance of the curve from its chord.

        See `chord_error` for the method. Exact for piecewise linear families.

        Parameters
        ----------
        left, right : array_like
            Ends of the segments: finite, ``0 <= left <= right``.

        Returns
        -------
        FloatArray
            A bound on max |f(x) - chord(x)| over each segment.

        Raises
        ------
        CurveError
            If the ends are not such, or shapes do not fit.
        """
        _, low, high = self._problem(0.0, left, right)
        return self._segment_error(low, high)

    @abstractmethod
    def shape(self) -> IntArray:
        """Return a `CurveShape` per element, shape ``dims``."""

    @abstractmethod
    def inflection(self) -> FloatArray:
        """Return the smallest effort from which on the curve is concave, shape ``dims``.

        0 where it is concave everywhere, ``inf`` where it is convex everywhere.
        """

    @abstractmethod
    def supremum(self) -> FloatArray:
        """Return the limit of f at infinity, shape ``dims``; may be ``inf``."""

    def kinks(self) -> FloatArray:
        """Return efforts where the slope or the value jumps, shape (*dims, k).

        Ascending, padded with ``inf``; a model that is exact there needs them as breakpoints.
        """
        return np.empty((*self.dims, 0))

    @abstractmethod
    def _value(self, x: FloatArray) -> FloatArray:
        """Return f(x) for checked efforts, without a warning."""

    @abstractmethod
    def _marginal(self, x: FloatArray) -> FloatArray:
        """Return f'(x) for checked efforts, without a warning."""

    def _inverse(self, y: FloatArray) -> FloatArray:
        """Return the inverse where f(0) < y <= supremum; anything elsewhere."""
        dims = common_shape(self.dims, y.shape)
        top = np.full(dims, LARGEST_EFFORT)
        x = first_true(lambda point: self._value(point) >= y, np.zeros(dims), top)
        return np.where(self._value(top) >= y, x, np.inf)

    def _known_curvature(self) -> BoolArray:
        """Return which elements are convex up to their inflection and concave after it."""
        return np.isin(self.shape(), (CurveShape.GENERAL, CurveShape.STEPPED), invert=True)

    @cached_property
    def _all_known(self) -> bool:
        return bool(self._known_curvature().all())

    @cached_property
    def _bend(self) -> FloatArray:
        """The inflection, computed once."""
        return self.inflection()

    def _require_curvature(self) -> None:
        if not self._all_known:
            raise CurveError(
                T(
                    "family {family}: curves of no known curvature must compute best responses "
                    "and envelopes themselves",
                    family=self.family,
                )
            )

    def _best_response(self, p: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
        self._require_curvature()
        start = np.clip(self._bend, low, high)
        with np.errstate(all="ignore"):
            point = np.where(p > 0.0, self._concave_best(p, start, high), high)
            # In the convex part an end is best; its right end is where the concave part starts.
            # An infinite price of no effort is NaN, which compares as no gain.
            gain = self._value(point) - self._value(low) - p * (point - low)
        return np.where(gain > 0.0, point, low)

    def _concave_best(self, p: FloatArray, start: FloatArray, high: FloatArray) -> FloatArray:
        """Return the best response to a positive price in [start, high], where f is concave."""
        p, start, high = np.broadcast_arrays(p, start, high)
        x = first_true(lambda point: self._marginal(point) <= p, start, high)
        return np.where(self._marginal(start) <= p, start, x)

    def _envelope_tangent(self, low: FloatArray, high: FloatArray) -> FloatArray:
        self._require_curvature()
        start = np.clip(self.inflection(), low, high)
        base = self._value(low)

        # On the concave side f'(x) (x - low) falls below f(x) - f(low) at the tangent point.
        def past(x: FloatArray) -> BoolArray:
            return self._marginal(x) * (x - low) <= self._value(x) - base

        # A slope may be infinite at 0, where nothing is searched.
        with np.errstate(invalid="ignore"):
            joined = np.where(past(start), start, first_true(past, start, high))
        return np.where(start > low, joined, low)

    def _segment_error(self, left: FloatArray, right: FloatArray) -> FloatArray:
        # What never falls stays within its end values.
        rise = self._value(right) - self._value(left)
        bound = chord_error(self._value, self._marginal, left, right, inflection=self.inflection())
        return np.where(self._known_curvature(), np.minimum(bound, rise), rise)

    def _efforts(self, x: ArrayLike) -> FloatArray:
        points = efforts(x)
        if points.ndim:
            common_shape(self.dims, points.shape)
        return points

    def _problem(
        self, price: ArrayLike, lower: ArrayLike, upper: ArrayLike
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        low, high = interval(lower, upper)
        p = known("price", price)
        dims = common_shape(self.dims, p.shape, low.shape)
        return p, np.broadcast_to(low, dims), np.broadcast_to(high, dims)


def raise_first(problems: Sequence[Problem]) -> None:
    """Raise the first of ``problems`` and count the others.

    Parameters
    ----------
    problems : sequence of (parameter name, text)

    Raises
    ------
    CurveError
        If there is any.
    """
    if not problems:
        return
    first = problems[0][1]
    if len(problems) == 1:
        raise CurveError(first)
    raise CurveError(T("{first} (and {count} more)", first=first, count=len(problems) - 1))
