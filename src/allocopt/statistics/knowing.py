"""What it is worth to learn an input before choosing a plan, from a run that is there anyway."""

import numpy as np
from scipy.interpolate import BSpline

from allocopt.arrays import FloatArray
from allocopt.errors import StatisticsError
from allocopt.statistics.estimate import Estimate, checked_replicates, jackknifed
from allocopt.statistics.paired import check_plans
from allocopt.text import T

_KNOTS = 6
"""Inner knots of the spline; enough for a switch of plans, few beside thousands of draws."""
_FEW_VALUES = 12
"""An input with so few values, such as an event, has a mean for each of them."""
_LEAST_DRAWS = 200


def value_of_knowing(known: FloatArray, outcomes: FloatArray, confidence: float = 0.95) -> Estimate:
    """Return the expected gain of choosing the plan after an input is known (EVPPI).

    E max over plans of E(outcome | input) - max over plans of E(outcome), with the inner mean by
    regression on a cubic spline of the input: Strong, Oakley and Brennan (2014). In the unit of
    outcomes; of one plan alone it is 0. Fitting overstates it a little: of an input that no choice
    depends on, about 0.4 sd sqrt(10 / draws) if plans are equally good, and nothing if they are
    not.

    Parameters
    ----------
    known : FloatArray (replicates, n)
        The input.
    outcomes : FloatArray (plans, replicates, n)
        On the same futures; higher is better.
    confidence : float

    Raises
    ------
    StatisticsError
        If there are fewer than 200 draws.
    """
    check_plans(outcomes)
    checked_replicates(known.shape[0], confidence)
    if known.size < _LEAST_DRAWS:
        raise StatisticsError(
            T(
                "{found} draws are too few to learn what an input is worth; {least} are needed",
                found=known.size,
                least=_LEAST_DRAWS,
            )
        )
    together = np.moveaxis(np.concatenate([known[None], outcomes]), 0, 1)
    return jackknifed(_gain, together, confidence)


def _gain(together: FloatArray) -> float:
    """Return the gain from draws (replicates, 1 + plans, n), the input first."""
    known, *plans = np.moveaxis(together, 1, 0).reshape(together.shape[1], -1)
    values = np.array(plans)
    # Differences to one plan vary less than outcomes; that plan's own fit cancels.
    lead = values - values[np.argmax(values.mean(axis=1))]
    fitted = _fitted(known, lead)
    return float(fitted.max(axis=0).mean() - max(fitted.mean(axis=1)))


def _fitted(known: FloatArray, values: FloatArray) -> FloatArray:
    """Return the mean of values (plans, draws) given the input (draws,)."""
    distinct, place = np.unique(known, return_inverse=True)
    if distinct.size <= _FEW_VALUES:
        count = np.bincount(place)
        means = np.array([np.bincount(place, weights=row) / count for row in values])
        return np.asarray(means[:, place])
    inner = np.unique(np.quantile(known, np.linspace(0.0, 1.0, _KNOTS + 2)))
    knots = np.concatenate([[inner[0]] * 3, inner, [inner[-1]] * 3])
    basis = BSpline.design_matrix(known, knots, 3).toarray()
    # Normal equations: a dozen columns that overlap little, beside thousands of draws.
    slopes = np.linalg.lstsq(basis.T @ basis, basis.T @ values.T, rcond=None)[0]
    return np.asarray((basis @ slopes).T)
