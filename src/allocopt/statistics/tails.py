"""Quantiles and the mean of the worst outcomes."""

import math

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.errors import StatisticsError
from allocopt.text import T


def lower_tail_mean(outcomes: FloatArray, share: float) -> FloatArray:
    """Return the mean of the lowest outcomes, a share of them, to the fraction of a draw.

    The conditional value at risk of Rockafellar and Uryasev (2002): where ``share`` times the
    number of draws is no whole number, the last of the lowest counts with the rest.

    Parameters
    ----------
    outcomes : FloatArray (..., n)
    share : float
        Above 0, at most 1.

    Returns
    -------
    FloatArray (...)

    Raises
    ------
    StatisticsError
        If the share is none.
    """
    if not 0.0 < share <= 1.0:
        raise StatisticsError(T("a share of the worst lies in (0, 1], found {share}", share=share))
    tail = share * outcomes.shape[-1]
    whole = min(math.floor(tail), outcomes.shape[-1] - 1)
    lowest = np.partition(outcomes, whole, axis=-1)[..., : whole + 1]
    total = lowest[..., :whole].sum(axis=-1) + (tail - whole) * lowest[..., whole]
    return np.asarray(total / tail)


def upper_tail_mean(outcomes: FloatArray, share: float) -> FloatArray:
    """Return the mean of the highest outcomes, as `lower_tail_mean` of the lowest."""
    return -lower_tail_mean(-outcomes, share)


def least_draws(share: float) -> int:
    """Return the draws of a replicate, a power of two, from which on a tail mean can be trusted.

    So many that 25 of them are expected in the tail; with fewer, intervals come out too short.
    """
    return 1 << max(math.ceil(math.log2(25.0 / share)), 0)
