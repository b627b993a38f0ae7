"""What a plan leaves on the table, future by future."""

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.errors import StatisticsError
from allocopt.statistics.paired import check_plans
from allocopt.text import T


def regret(outcomes: FloatArray, best: FloatArray | None = None) -> FloatArray:
    """Return by how much each plan is below the best in each future.

    Parameters
    ----------
    outcomes : FloatArray (plans, replicates, n)
        Higher is better.
    best : FloatArray (replicates, n), optional
        What could be had in each future, as by a plan made for it alone; without it, the best of
        the plans: regret to the best available plan.

    Returns
    -------
    FloatArray (plans, replicates, n)
        At least 0.

    Raises
    ------
    StatisticsError
        If a plan is better than what could be had.
    """
    check_plans(outcomes)
    top = outcomes.max(axis=0)
    if best is None:
        return np.asarray(top - outcomes)
    over = top - best
    # Plans of a solver are right to its tolerance.
    if (over > 1e-6 * np.maximum(np.abs(best), 1.0)).any():
        raise StatisticsError(
            T(
                "a plan is better by {most} than what a future is said to allow",
                most=f"{float(over.max()):.6g}",
            )
        )
    return np.asarray(np.maximum(best - outcomes, 0.0))
