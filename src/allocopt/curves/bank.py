"""Many placements, each with a curve of its own family, evaluated at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from allocopt.arrays import FloatArray, IntArray, frozen
from allocopt.curves.base import Curve
from allocopt.curves.numeric import efforts, interval, known, numbers
from allocopt.curves.parameters import LARGEST, SMALLEST
from allocopt.errors import CurveError
from allocopt.text import T

_Rule = Callable[..., FloatArray]


@dataclass(frozen=True, eq=False)
class _Group:
    """The placements of one family: their curves as a vector, and where they stand."""

    curve: Curve
    column: Curve
    where: IntArray


@dataclass(frozen=True, eq=False)
class CurveBank:
    """Curves of ``n`` placements, in placement order.

    Placement ``a`` has f_a(x) = value_scale[a] * curve_a(x / effort_scale[a]).

    Every array that a method takes or returns is of shape (n,), one number per placement, or of
    shape (..., n, k), where the axis before the last runs over placements and the last over
    periods, or breakpoints, or whatever the caller has; a single number stands for all.

    Attributes
    ----------
    groups : tuple
        One per family.
    value_scale, effort_scale : FloatArray of shape (n,)
        Greater than 0.
    """

    groups: tuple[_Group, ...]
    value_scale: FloatArray
    effort_scale: FloatArray

    @classmethod
    def of(cls, curves: Sequence[Curve]) -> Self:
        """Return the bank of scalar curves, one per placement, of any families.

        Parameters
        ----------
        curves : sequence of curves of shape () or (1,)

        Raises
        ------
        CurveError
            If one of them is an array of several curves.
        """
        members: dict[type[Curve], list[int]] = {}
        for number, curve in enumerate(curves):
            if curve.dims not in ((), (1,)):
                raise CurveError(
                    T(
                        "placement {number}: one curve was expected, found {dims} of them",
                        number=number,
                        dims=str(curve.dims),
                    )
                )
            members.setdefault(type(curve), []).append(number)
        stacked = (
            (family.stack([curves[number] for number in numbers]), numbers)
            for family, numbers in members.items()
        )
        groups = tuple(_group(curve, np.array(where)) for curve, where in stacked)
        return cls(groups, frozen(np.ones(len(curves))), frozen(np.ones(len(curves))))

    @classmethod
    def from_family(cls, curve: Curve) -> Self:
        """Return the bank of placements that share a family.

        Parameters
        ----------
        curve : Curve of shape (n,)

        Raises
        ------
        CurveError
            If the curve's parameters are not of one axis.
        """
        if len(curve.dims) != 1:
            raise CurveError(
                T("a curve of one axis was expected, found {dims}", dims=str(curve.dims))
            )
        ones = frozen(np.ones(curve.dims))
        return cls((_group(curve, np.arange(curve.dims[0])),), ones, ones)

    def scaled(self, *, value: ArrayLike = 1.0, effort: ArrayLike = 1.0) -> Self:
        """Return the bank with both axes stretched further.

        Parameters
        ----------
        value, effort : array_like of shape () or (n,)
            Factors greater than 0: f(x) becomes value * f(x / effort).

        Raises
        ------
        CurveError
            If a factor is not positive and finite, or there are not n of them.
        """
        return type(self)(
            self.groups,
            frozen(self.value_scale * _factors("value scale", value, len(self))),
            frozen(self.effort_scale * _factors("effort scale", effort, len(self))),
        )

    def take(self, indices: ArrayLike) -> Self:
        """Return the bank of some placements, in the order of ``indices``; repeats are kept.

        Parameters
        ----------
        indices : array_like of int, shape (m,)

        Raises
        ------
        IndexError
            If an index is outside the bank.
        """
        wanted = np.arange(len(self))[np.asarray(indices, dtype=np.int64)]
        groups = []
        for group in self.groups:
            row = np.full(len(self), -1, dtype=np.int64)
            row[group.where] = np.arange(group.where.size)
            rows = row[wanted]
            where = np.flatnonzero(rows >= 0)
            if where.size:
                groups.append(_group(group.curve[rows[where]], where))
        scales = frozen(self.value_scale[wanted]), frozen(self.effort_scale[wanted])
        return type(self)(tuple(groups), *scales)

    def member(self, placement: int) -> Curve:
        """Return the curve of one placement, of shape (), before both scales.

        Parameters
        ----------
        placement : int

        Raises
        ------
        IndexError
            If there is no such placement.
        """
        for group in self.groups:
            row = np.flatnonzero(group.where == placement)
            if row.size:
                return group.curve[int(row[0])]
        raise IndexError(placement)

    def families(self) -> tuple[str, ...]:
        """Return the name of the family of each placement."""
        names = [""] * len(self)
        for group in self.groups:
            for placement in group.where:
                names[placement] = group.curve.family
        return tuple(names)

    def __len__(self) -> int:
        return int(self.value_scale.size)

    def value(self, x: ArrayLike) -> FloatArray:
        """Return the volumes; see `Curve.value`.

        Parameters
        ----------
        x : array_like of shape (), (n,) or (..., n, k)

        Raises
        ------
        CurveError
            If an effort is negative or not finite, or the shape does not fit.
        """
        (x,), v, e = self._lift(efforts(x))
        if self._unscaled:
            return self._each(lambda curve, x: curve.value(x), x)
        return v * self._each(lambda curve, x: curve.value(x), x / e)

    def marginal(self, x: ArrayLike) -> FloatArray:
        """Return the marginal returns; see `Curve.marginal`.

        Parameters
        ----------
        x : array_like of shape (), (n,) or (..., n, k)

        Raises
        ------
        CurveError
            If an effort is negative or not finite, or the shape does not fit.
        """
        (x,), v, e = self._lift(efforts(x))
        return v / e * self._each(lambda curve, x: curve.marginal(x), x / e)

    def inverse(self, y: ArrayLike) -> FloatArray:
        """Return the smallest efforts that bring at least ``y``; see `Curve.inverse`.

        Parameters
        ----------
        y : array_like of shape (), (n,) or (..., n, k)

        Raises
        ------
        CurveError
            If a volume is NaN, or the shape does not fit.
        """
        (y,), v, e = self._lift(known("volume", y))
        return e * self._each(lambda curve, y: curve.inverse(y), y / v)

    def best_response(self, price: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> FloatArray:
        """Return the efforts with the largest f(x) - price * x; see `Curve.best_response`.

        Parameters
        ----------
        price, lower, upper : array_like of shape (), (n,) or (..., n, k)

        Raises
        ------
        CurveError
            If bounds are not finite, negative or crossed, a price is NaN, or shapes do not fit.
        """
        ends = efforts(lower), efforts(upper)
        (p, *bounds), v, e = self._lift(known("price", price), *ends)
        low, high = interval(*bounds)
        found = self._each(
            lambda curve, p, low, high: curve.best_response(p, low, high),
            p * (e / v),
            low / e,
            high / e,
        )
        return np.clip(e * found, low, high)

    def checked_best_response(
        self, price: FloatArray, lower: FloatArray, upper: FloatArray
    ) -> FloatArray:
        """Return `best_response` of arrays (n,) that are known to be in order.

        Prices without NaN, ``0 <= lower <= upper``: checks cost as much as curves where a
        search asks thousands of times.
        """
        if self._unscaled:
            return self._each(_best, price, lower, upper)
        e = self.effort_scale
        found = self._each(_best, price * (e / self.value_scale), lower / e, upper / e)
        return np.asarray(np.clip(e * found, lower, upper))

    def checked_value(self, x: FloatArray) -> FloatArray:
        """Return `value` of efforts (n,) that are known to be finite and not below 0."""
        if self._unscaled:
            return self._each(_value, x)
        return self.value_scale * self._each(_value, x / self.effort_scale)

    def envelope_tangent(self, lower: ArrayLike, upper: ArrayLike) -> FloatArray:
        """Return where the concave envelopes join the curves; see `Curve.envelope_tangent`.

        Parameters
        ----------
        lower, upper : array_like of shape (), (n,) or (..., n, k)

        Raises
        ------
        CurveError
            If bounds are not finite, negative or crossed, or shapes do not fit.
        """
        bounds, _, e = self._lift(efforts(lower), efforts(upper))
        low, high = interval(*bounds)
        found = self._each(lambda curve, *ends: curve.envelope_tangent(*ends), low / e, high / e)
        return np.clip(e * found, low, high)

    def segment_error(self, left: ArrayLike, right: ArrayLike) -> FloatArray:
        """Return bounds on the distance of curves from chords; see `Curve.segment_error`.

        Parameters
        ----------
        left, right : array_like of shape (), (n,) or (..., n, k)

        Raises
        ------
        CurveError
            If ends are not finite, negative or crossed, or shapes do not fit.
        """
        bounds, v, e = self._lift(efforts(left), efforts(right))
        low, high = interval(*bounds)
        return v * self._each(lambda curve, *ends: curve.segment_error(*ends), low / e, high / e)

    def shape(self) -> IntArray:
        """Return a `CurveShape` per placement, shape (n,)."""
        result = np.empty(len(self), dtype=np.int64)
        for group in self.groups:
            result[group.where] = group.curve.shape()
        return result

    def inflection(self) -> FloatArray:
        """Return the efforts from which on the curves are concave, shape (n,)."""
        return self.effort_scale * self._each(lambda curve: curve.inflection())

    def supremum(self) -> FloatArray:
        """Return the limits of the curves at infinity, shape (n,)."""
        return self.value_scale * self._each(lambda curve: curve.supremum())

    def kinks(self) -> FloatArray:
        """Return the efforts where slope or value jump, shape (n, k), padded with ``inf``."""
        found = [(group.where, group.curve.kinks()) for group in self.groups]
        width = max((kinks.shape[-1] for _, kinks in found), default=0)
        result = np.full((len(self), width), np.inf)
        for where, kinks in found:
            result[where, : kinks.shape[-1]] = kinks
        return result * self.effort_scale[:, None]

    @cached_property
    def _unscaled(self) -> bool:
        """Whether all scales are 1: a pass over the points costs a tenth of a curve's value."""
        return bool(np.all(self.effort_scale == 1.0) and np.all(self.value_scale == 1.0))

    @cached_property
    def _one_family(self) -> bool:
        """Whether all placements are of one family, in their own order."""
        return len(self.groups) == 1 and bool(
            np.array_equal(self.groups[0].where, np.arange(len(self)))
        )

    def _lift(self, *arrays: FloatArray) -> tuple[list[FloatArray], FloatArray, FloatArray]:
        """Return arrays and both scales with their placement axes lined up."""
        n = len(self)
        wide = any(array.ndim > 1 for array in arrays)
        for array in arrays:
            if array.ndim and array.shape[-2 if array.ndim > 1 else 0] != n:
                raise CurveError(
                    T(
                        "an array of shape ({n},) or (..., {n}, k) was expected, found {shape}",
                        n=n,
                        shape=str(array.shape),
                    )
                )
        axis = (slice(None), None) if wide else slice(None)
        lifted = [np.broadcast_to(array, n)[axis] if array.ndim < 2 else array for array in arrays]
        return lifted, self.value_scale[axis], self.effort_scale[axis]

    def _each(self, rule: _Rule, *arrays: FloatArray) -> FloatArray:
        """Return ``rule(curve, *arrays)`` family by family, put together in placement order."""
        wide = bool(arrays) and arrays[0].ndim > 1
        if self._one_family:
            group = self.groups[0]
            return rule(group.column if wide else group.curve, *arrays)
        shape = np.broadcast_shapes((len(self), 1) if wide else (len(self),), *_shapes(arrays))
        result = np.empty(shape)
        for group in self.groups:
            index = (..., group.where, slice(None)) if wide else group.where
            curve = group.column if wide else group.curve
            result[index] = rule(curve, *(array[index] for array in arrays))
        return result


def _best(curve: Curve, price: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    return curve._best_response(price, low, high)


def _value(curve: Curve, x: FloatArray) -> FloatArray:
    return np.asarray(curve._value(x))


def _group(curve: Curve, where: IntArray) -> _Group:
    return _Group(curve, curve[:, None], where)


def _shapes(arrays: Sequence[FloatArray]) -> list[tuple[int, ...]]:
    return [array.shape for array in arrays]


def _factors(what: str, given: ArrayLike, n: int) -> FloatArray:
    factors = numbers(what, given)
    if factors.shape not in ((), (n,)):
        raise CurveError(
            T(
                "{what}: one number or {n} were expected, found {size}",
                what=what,
                n=n,
                size=factors.size,
            )
        )
    bad = ~((factors >= SMALLEST) & (factors <= LARGEST))
    if bad.any():
        first = float(factors[bad].flat[0])
        raise CurveError(
            T("{what} must be positive and finite, found {first}", what=what, first=first)
        )
    return factors
