"""The mean of outcomes given an input, by regression on the draws of a run."""

from collections.abc import Callable

import numpy as np
from scipy.interpolate import BSpline

from allocopt.arrays import FloatArray
from allocopt.errors import StatisticsError
from allocopt.statistics.estimate import checked_replicates
from allocopt.statistics.paired import check_plans
from allocopt.text import T

_KNOTS = 6
"""Inner knots of the spline; enough for a switch of plans, few beside thousands of draws."""
_FEW_VALUES = 12
"""An input with so few values, such as an event, has a mean for each of them."""
_LEAST_DRAWS = 200


def is_discrete(known: FloatArray) -> bool:
    """Return whether an input has so few values that each of them gets a mean of its own."""
    return np.unique(known).size <= _FEW_VALUES


def conditional_means(known: FloatArray, values: FloatArray) -> Callable[[FloatArray], FloatArray]:
    """Return the mean of values as a function of the input: a cubic spline, or a mean per value.

    Parameters
    ----------
    known : FloatArray (draws,)
    values : FloatArray (plans, draws)

    Returns
    -------
    callable
        From inputs within those known, (n,), to means (plans, n).
    """
    distinct, place = np.unique(known, return_inverse=True)
    if distinct.size <= _FEW_VALUES:
        count = np.bincount(place)
        means = np.array([np.bincount(place, weights=row) / count for row in values])
        return lambda at: np.asarray(means[:, np.searchsorted(distinct, at)])
    inner = np.unique(np.quantile(known, np.linspace(0.0, 1.0, _KNOTS + 2)))
    knots = np.concatenate([[inner[0]] * 3, inner, [inner[-1]] * 3])
    basis = BSpline.design_matrix(known, knots, 3).toarray()
    # Normal equations: a dozen columns that overlap little, beside thousands of draws.
    slopes = np.linalg.lstsq(basis.T @ basis, basis.T @ values.T, rcond=None)[0]
    return lambda at: np.asarray((BSpline.design_matrix(at, knots, 3) @ slopes).T)


def joined(known: FloatArray, outcomes: FloatArray) -> FloatArray:
    """Return an input and outcomes of plans as one array, (replicates, 1 + plans, n).

    Parameters
    ----------
    known : FloatArray (replicates, n)
    outcomes : FloatArray (plans, replicates, n)

    Raises
    ------
    StatisticsError
        If there are fewer than two replicates, or 200 draws.
    """
    check_plans(outcomes)
    checked_replicates(known.shape[0], 0.5)
    if known.size < _LEAST_DRAWS:
        raise StatisticsError(
            T(
                "{found} draws are too few to learn what an input is worth; {least} are needed",
                found=known.size,
                least=_LEAST_DRAWS,
            )
        )
    return np.moveaxis(np.concatenate([known[None], outcomes]), 0, 1)


def parted(together: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the input (draws,) and outcomes (plans, draws) of `joined` arrays.

    Outcomes are given as differences to the plan with the highest mean: they vary less than
    outcomes, and that plan's own mean cancels in every comparison.
    """
    known, *plans = np.moveaxis(together, 1, 0).reshape(together.shape[1], -1)
    values = np.array(plans)
    return known, values - values[np.argmax(values.mean(axis=1))]
