"""Plans on the same futures: differences draw by draw, and which plan is best."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import stdtr

from allocopt.arrays import FloatArray
from allocopt.errors import StatisticsError
from allocopt.statistics.estimate import Estimate, estimate, estimate_share
from allocopt.text import T


@dataclass(frozen=True)
class PairedDifference:
    """By how much one plan is above another on the same futures.

    Attributes
    ----------
    first, second : int
        Numbers of the plans, from 0.
    estimate : Estimate
        Of first minus second.
    """

    first: int
    second: int
    estimate: Estimate

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out a difference of zero."""
        return self.estimate.low > 0.0 or self.estimate.high < 0.0


def paired_differences(
    outcomes: FloatArray, confidence: float = 0.95
) -> tuple[PairedDifference, ...]:
    """Return the mean differences of all pairs of plans, with simultaneous intervals.

    All intervals hold together with the confidence, by Bonferroni's inequality; each holds with
    the confidence that its estimate names.

    Parameters
    ----------
    outcomes : FloatArray (plans, replicates, n)
        The same futures for every plan.
    confidence : float

    Raises
    ------
    StatisticsError
        If there are not plans, replicates and draws.
    """
    check_plans(outcomes)
    pairs = list(combinations(range(outcomes.shape[0]), 2))
    each = 1.0 - (1.0 - confidence) / max(len(pairs), 1)
    return tuple(
        PairedDifference(i, j, estimate((outcomes[i] - outcomes[j]).mean(axis=1), each))
        for i, j in pairs
    )


@dataclass(frozen=True)
class BestPlan:
    """The plan with the highest mean, and how sure that is.

    Attributes
    ----------
    plan : int
        Number of the plan, from 0; the first of several that are equal.
    chance : float
        Least probability that no other plan has a higher true mean.
    """

    plan: int
    chance: float


def best_plan(outcomes: FloatArray) -> BestPlan:
    """Return the best plan by the mean, with the chance that the choice is right.

    1 minus the sum over other plans of the probability, by Student's t over replicates, that
    their mean is higher; plans that are equal in every draw count as right.

    Parameters
    ----------
    outcomes : FloatArray (plans, replicates, n)
        Higher is better.
    """
    check_plans(outcomes)
    means = outcomes.mean(axis=2)
    best = int(np.argmax(means.mean(axis=1)))
    count = means.shape[1]
    lead = np.delete(means[best] - means, best, axis=0)
    if not lead.size:
        return BestPlan(best, 1.0)
    error = lead.std(axis=1, ddof=1) / np.sqrt(count)
    ahead = lead.mean(axis=1)
    # No spread between replicates: the lead is what it is.
    score = np.divide(ahead, error, out=np.full_like(ahead, np.inf), where=error > 0.0)
    return BestPlan(best, max(0.0, 1.0 - float(stdtr(count - 1, -score).sum())))


def shares_best(outcomes: FloatArray, confidence: float = 0.95) -> tuple[Estimate, ...]:
    """Return for each plan in what share of futures it is the best; plans that tie share it.

    Parameters
    ----------
    outcomes : FloatArray (plans, replicates, n)
        Higher is better.
    confidence : float
    """
    check_plans(outcomes)
    leading = outcomes == outcomes.max(axis=0)
    credit = leading / leading.sum(axis=0)
    return tuple(estimate_share(one, confidence) for one in credit)


def check_plans(outcomes: FloatArray) -> None:
    """Check the shape of outcomes of several plans.

    Raises
    ------
    StatisticsError
    """
    if outcomes.ndim != 3 or 0 in outcomes.shape:
        shape = " x ".join(map(str, outcomes.shape))
        raise StatisticsError(
            T("outcomes by plan, replicate and draw were expected, not {shape}", shape=shape)
        )
