"""A proven bound on how far a smooth curve strays from its chord."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray

Function = Callable[[FloatArray], FloatArray]

_ROUNDING = 16 * np.finfo(np.float64).eps


@dataclass(frozen=True)
class _Stretch:
    """Segments on which a curve has one sign of curvature.

    All heights are measured from the chord and counted positive on the side of the curve:
    ``rise`` is the slope of the curve over the chord at the left end, ``fall`` its negative at
    the right end; both are at least zero.
    """

    left: FloatArray
    width: FloatArray
    start: FloatArray
    chord: FloatArray
    sign: FloatArray
    rise: FloatArray
    fall: FloatArray


def chord_error(
    value: Function,
    marginal: Function,
    left: FloatArray,
    right: FloatArray,
    *,
    inflection: FloatArray,
) -> FloatArray:
    """Return an upper bound on max |f(x) - chord(x)| over segments [left, right].

    A concave piece lies above its chord and below its tangents. With the tangents at both ends
    and at one point between them, the farthest that the curve can be from the chord is a corner
    of that polygon; a convex piece is the mirror image. A segment with the inflection inside is
    cut there: the error is at most that of the worse piece plus the height of the cut over the
    chord. (Sandwich of chords and tangents: Burkard, Hamacher and Rote, 1991.)

    Parameters
    ----------
    value, marginal : callable
        f and f', where f' may be infinite at zero.
    left, right : FloatArray
        ``left <= right``.
    inflection : FloatArray
        Convex up to here, concave from here on.
    """
    rounding = _ROUNDING * np.maximum(np.abs(value(left)), np.abs(value(right)))
    if np.any((left < inflection) & (inflection < right)):
        bound = _cut_error(value, marginal, left, right, cut=np.clip(inflection, left, right))
    else:
        bound = _stretch_error(value, marginal, left, right)
    return np.where(left < right, bound + rounding, 0.0)


def _cut_error(
    value: Function,
    marginal: Function,
    left: FloatArray,
    right: FloatArray,
    *,
    cut: FloatArray,
) -> FloatArray:
    at_left = value(left)
    width = right - left
    share = np.divide(cut - left, width, out=np.zeros_like(width), where=width > 0.0)
    bend = np.abs(value(cut) - at_left - share * (value(right) - at_left))
    # The cut may be an end, where this difference is nothing but rounding.
    bend = np.where((cut > left) & (cut < right), bend, 0.0)
    before = _stretch_error(value, marginal, left, cut)
    return np.maximum(before, _stretch_error(value, marginal, cut, right)) + bend


def _stretch_error(
    value: Function, marginal: Function, left: FloatArray, right: FloatArray
) -> FloatArray:
    piece = _measured(value, marginal, left, right)
    with np.errstate(all="ignore"):
        corner = _corner(piece)
        middle = np.clip(left + corner, left, right)
        corner = middle - left
        height = piece.sign * (value(middle) - piece.start - piece.chord * corner)
        tilt = piece.sign * (marginal(middle) - piece.chord)
        before = _meeting(piece.rise, height - tilt * corner, piece.rise - tilt)
        after = _meeting(piece.fall, height + tilt * (piece.width - corner), piece.fall + tilt)
        triangle = _meeting(piece.rise, piece.fall * piece.width, piece.rise + piece.fall)
        polygon = np.fmax(np.fmax(before, after), np.fmax(height, 0.0))
        return np.where(piece.width > 0.0, np.fmin(polygon, triangle), 0.0)


def _measured(value: Function, marginal: Function, left: FloatArray, right: FloatArray) -> _Stretch:
    width = right - left
    start = value(left)
    with np.errstate(all="ignore"):
        chord = np.where(width > 0.0, (value(right) - start) / width, 0.0)
        steep, flat = marginal(left), marginal(right)
        sign = np.where(steep >= flat, 1.0, -1.0)
        # Rounding may leave a slope on the wrong side of the chord by a hair.
        rise = np.maximum(sign * (steep - chord), 0.0)
        fall = np.maximum(sign * (chord - flat), 0.0)
    return _Stretch(left, width, start, chord, sign, rise, fall)


def _corner(piece: _Stretch) -> FloatArray:
    """Return how far from the left end the tangents at both ends meet."""
    share = piece.fall / (piece.rise + piece.fall)
    # The tangent may be vertical at the left end; any point between serves.
    usable = np.isfinite(share) & (share > 0.0) & (share < 1.0)
    return np.asarray(piece.width * np.where(usable, share, 0.25))


def _meeting(slope: FloatArray, height: FloatArray, closing: FloatArray) -> FloatArray:
    """Return ``slope * height / closing``; ``height`` if the slope is infinite, else 0 at 0/0."""
    finite = np.isfinite(slope)
    ratio = np.where(closing > 0.0, slope / closing, 0.0)
    return np.where(finite, ratio, 1.0) * height
