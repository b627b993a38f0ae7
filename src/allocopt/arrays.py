"""Array types used in every signature: one name per element type."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
StrArray = NDArray[np.str_]


def frozen(values: FloatArray) -> FloatArray:
    """Return a read-only float64 copy of ``values``, in C order.

    Parameters
    ----------
    values : FloatArray of any shape

    Returns
    -------
    FloatArray of the same shape
    """
    copy = np.array(values, dtype=np.float64, order="C")
    copy.setflags(write=False)
    return copy


def side_by_side(columns: Sequence[FloatArray]) -> FloatArray:
    """Return columns (..., rows) as (..., rows, columns); some may lack leading axes.

    Columns come first in memory and the leading axis last: what is done to one column of all
    draws is done along one stretch of memory.
    """
    shape = np.broadcast_shapes(*(column.shape for column in columns))
    found = np.empty((len(columns), *reversed(shape)))
    for t, column in enumerate(columns):
        found[t] = column.T if column.shape == shape else np.broadcast_to(column, shape).T
    return found.transpose()


def periods_first(values: FloatArray) -> FloatArray:
    """Return the same numbers (rows, periods), periods first in memory, not writable.

    Beside arrays with draws that `side_by_side` made, this order keeps results in theirs.
    """
    copy = np.array(values, dtype=np.float64, order="F")
    copy.setflags(write=False)
    return copy
