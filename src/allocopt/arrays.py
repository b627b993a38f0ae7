"""Array types used in every signature: one name per element type."""

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
