"""Moving breakpoints so that all segments err alike."""

import numpy as np

from allocopt.arrays import BoolArray, FloatArray, IntArray
from allocopt.curves.bank import CurveBank

_SWEEPS = 3


def balanced(bank: CurveBank, x: FloatArray, keep: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Return breakpoints with a smaller largest error, and that error.

    The error of a segment grows with the square of its width, so points at equal steps of the
    accumulated root of the error make errors equal. A sweep moves the points between any two
    kept ones so; a row that does not gain by a sweep stays as it is.

    Parameters
    ----------
    bank : CurveBank of n placements
    x : FloatArray of shape (n, k)
        Ascending breakpoints, padded with the last.
    keep : BoolArray of shape (n, k)
        Which points may not move; the ends and the padding among them.

    Returns
    -------
    x : FloatArray of shape (n, k)
    error : FloatArray of shape (n,)
        Proven bound per placement.
    """
    if not x.size:
        return x, np.zeros(len(bank))
    errors = bank.segment_error(x[:, :-1], x[:, 1:])
    first, last = _neighbors(keep)
    for _ in range(_SWEEPS):
        moved = np.where(keep, x, _moved(x, errors, first, last))
        moved = np.maximum.accumulate(moved, axis=1)
        new = bank.segment_error(moved[:, :-1], moved[:, 1:])
        gains = (new.max(axis=1) < errors.max(axis=1))[:, None]
        x, errors = np.where(gains, moved, x), np.where(gains, new, errors)
    return x, errors.max(axis=1)


def _neighbors(keep: BoolArray) -> tuple[IntArray, IntArray]:
    """Return the columns of the nearest kept points at or before, and at or after, each point."""
    columns = np.arange(keep.shape[1])
    first = np.maximum.accumulate(np.where(keep, columns, 0), axis=1)
    backward = np.where(keep, columns, columns.size - 1)[:, ::-1]
    return first, np.minimum.accumulate(backward, axis=1)[:, ::-1]


def _moved(x: FloatArray, errors: FloatArray, first: IntArray, last: IntArray) -> FloatArray:
    """Return the points at equal steps of accumulated root error between kept neighbors."""
    n, k = x.shape
    total = np.concatenate([np.zeros((n, 1)), np.cumsum(np.sqrt(errors), axis=1)], axis=1)
    whole = total[:, -1:]
    total = np.divide(total, whole, out=np.zeros_like(total), where=whole > 0.0)
    start, end = np.take_along_axis(total, first, 1), np.take_along_axis(total, last, 1)
    share = (np.arange(k) - first) / np.maximum(last - first, 1)
    # One interpolation for all rows: row r has its points in [2 r, 2 r + 1].
    row = 2.0 * np.arange(n)[:, None]
    wanted = row + start + share * (end - start)
    moved = np.interp(wanted.ravel(), (row + total).ravel(), x.ravel())
    return np.asarray(moved.reshape(n, k))
