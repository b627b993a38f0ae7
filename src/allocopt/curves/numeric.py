"""Small vectorized tools that every curve family shares."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from allocopt.arrays import BoolArray, FloatArray
from allocopt.errors import CurveError
from allocopt.text import T

LARGEST_EFFORT = 1e150
"""Efforts above this are refused, so that products with parameters stay finite."""


def numbers(what: str, values: ArrayLike) -> FloatArray:
    """Return ``values`` as a float64 array.

    Parameters
    ----------
    what : str
        What the values are, for the message.
    values : array_like

    Raises
    ------
    CurveError
        If they are not numbers, or rows of different lengths.
    """
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise CurveError(T("{what}: numbers were expected", what=what)) from None


def efforts(values: ArrayLike) -> FloatArray:
    """Return ``values`` as efforts: at least zero, and finite (at most `LARGEST_EFFORT`).

    Parameters
    ----------
    values : array_like

    Raises
    ------
    CurveError
        If any is negative, infinite or NaN; the message says how many and which is first.
    """
    array = numbers("effort", values)
    if array.size == 0:
        return array
    # Two passes without a temporary; a NaN fails the first comparison.
    least = array.min()
    if least >= 0.0 and array.max() <= LARGEST_EFFORT:
        # Adding zero turns -0.0, of which quotients and logarithms are no numbers, into 0.0.
        return array + 0.0 if least == 0.0 else array
    bad = ~((array >= 0.0) & (array <= LARGEST_EFFORT))
    raise CurveError(
        T(
            "efforts must be finite and not negative; {count} of {total} are not, "
            "the first is {value} at position {position}",
            **_offender(array, bad),
        )
    )


def known(what: str, values: ArrayLike) -> FloatArray:
    """Return ``values`` as an array without NaN; infinities are allowed.

    Parameters
    ----------
    what : str
        What the values are, for the message.
    values : array_like

    Raises
    ------
    CurveError
        If any value is NaN.
    """
    array = numbers(what, values)
    bad = np.isnan(array)
    if bad.any():
        raise CurveError(
            T(
                "{what}: {count} of {total} values are not numbers, the first at position "
                "{position}",
                what=what,
                **_offender(array, bad),
            )
        )
    return array


def interval(lower: ArrayLike, upper: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the two ends of intervals of effort, broadcast against each other.

    Parameters
    ----------
    lower, upper : array_like

    Raises
    ------
    CurveError
        If an end is negative or not finite, or a lower end lies above its upper end.
    """
    low, high = np.broadcast_arrays(efforts(lower), efforts(upper))
    bad = low > high
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        raise CurveError(
            T(
                "the lower end of an interval lies above its upper end in {count} of {total} "
                "places, the first is {low} > {high} at position {position}",
                low=float(low.flat[first]),
                high=float(high.flat[first]),
                **_offender(low, bad),
            )
        )
    return low, high


def common_shape(*shapes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape that ``shapes`` broadcast to.

    Parameters
    ----------
    *shapes : tuple of int

    Raises
    ------
    CurveError
        If they do not fit; the message gives all of them.
    """
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        listed = ", ".join(str(shape) for shape in shapes)
        raise CurveError(T("arrays of shapes {shapes} do not fit", shapes=listed)) from None


def first_true(
    holds: Callable[[FloatArray], BoolArray], low: FloatArray, high: FloatArray
) -> FloatArray:
    """Return the smallest float in (low, high] at which ``holds`` is true, elementwise.

    Bisects on the bit patterns of non-negative floats, which are ordered as the floats are:
    at most 63 steps whatever the scale, and the answer is exact.

    Parameters
    ----------
    holds : callable
        From an array to booleans of the same shape; false, then true, as the argument grows.
        Taken to be true at ``high``.
    low, high : FloatArray of one shape
        Not negative, ``low <= high``.
    """
    # Adding zero makes a copy and turns -0.0, whose bit pattern is negative, into 0.0.
    left = np.ascontiguousarray(low + 0.0).view(np.int64).copy()
    right = np.ascontiguousarray(high + 0.0).view(np.int64).copy()
    while left.size and int(np.max(right - left)) > 1:
        middle = left + (right - left) // 2
        true = holds(middle.view(np.float64).reshape(np.shape(low)))
        true = np.reshape(true, middle.shape)
        right = np.where(true, middle, right)
        left = np.where(true, left, middle)
    return right.view(np.float64).reshape(np.shape(low))


def _offender(values: FloatArray, bad: BoolArray) -> dict[str, object]:
    first = int(np.flatnonzero(bad)[0])
    return {
        "count": int(np.count_nonzero(bad)),
        "total": int(values.size),
        "value": float(values.flat[first]),
        "position": position(values.shape, first),
    }


def position(shape: tuple[int, ...], flat: int) -> str:
    """Return the index of element number ``flat`` of an array of ``shape``, as users read it.

    Parameters
    ----------
    shape : tuple of int
    flat : int
    """
    return ", ".join(str(int(part)) for part in np.unravel_index(flat, shape)) or "0"
