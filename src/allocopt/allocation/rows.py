"""Limits of an allocation as rows over all placements, for many prices at once."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, vstack

from allocopt.allocation.goals import Goal, LeastBudget, MostResponse, ReturnAtLeast
from allocopt.arrays import BoolArray, FloatArray


@dataclass(frozen=True, eq=False)
class Rows:
    """Maximize gain * sum f - cost * sum x under matrix @ x + share * sum f <= limits.

    Attributes
    ----------
    gain, cost : float
        What a unit of response brings, and what a unit of spend costs.
    matrix : csr_array (r, n)
    share : FloatArray (r,)
        Coefficient of the total response; at most 0.
    limits : FloatArray (r,)
    equal : BoolArray (r,)
        Rows that are to be met exactly.
    usual : FloatArray (r,)
        Prices of the right scale.
    """

    gain: float
    cost: float
    matrix: csr_array
    share: FloatArray
    limits: FloatArray
    equal: BoolArray
    usual: FloatArray

    @classmethod
    def of(cls, goal: Goal, matrix: csr_array, limits: FloatArray, price: float) -> "Rows":
        """Return the goal's own limits, then the further rows matrix @ x <= limits.

        ``price`` is what a unit of spend brings more or less.
        """
        n, count = matrix.shape[1], matrix.shape[0]
        own = _own_rows(goal)
        ones = np.ones((1, n))
        parts = [csr_array(spend * ones) for spend, _, _ in own]
        least = isinstance(goal, LeastBudget)
        cost = goal.worth if isinstance(goal, MostResponse) else float(least)
        equal = np.zeros(len(own) + count, dtype=np.bool_)
        equal[0] = isinstance(goal, MostResponse) and goal.spend_all
        whole = csr_array(vstack([*parts, matrix]))
        share = np.concatenate([[share for _, share, _ in own], np.zeros(count)])
        spends = abs(whole).max(axis=1).toarray().ravel() / (1.0 if least else price)
        returns = np.abs(share) * (price if least else 1.0)
        return cls(
            gain=float(not least),
            cost=cost,
            matrix=whole,
            share=share,
            limits=np.concatenate([[limit for _, _, limit in own], limits]),
            equal=equal,
            usual=1.0 / np.maximum(np.maximum(spends, returns), 1e-290),
        )

    def used(self, spend: FloatArray, response: FloatArray) -> FloatArray:
        """Return the left sides, (r,)."""
        return np.asarray(self.matrix @ spend + self.share * response.sum())

    def missed(self, spend: FloatArray, response: FloatArray) -> FloatArray:
        """Return by how much each row is missed, relative to the sizes compared, (r,)."""
        over = self.used(spend, response) - self.limits
        over = np.where(self.equal, np.abs(over), over)
        sizes = abs(self.matrix) @ np.abs(spend) + np.abs(self.share) * response.sum()
        return np.asarray(over / np.maximum(np.maximum(sizes, np.abs(self.limits)), 1e-300))

    def score(self, spend: FloatArray, response: FloatArray) -> float:
        """Return the value of a plan."""
        return float(self.gain * response.sum() - self.cost * spend.sum())


def _own_rows(goal: Goal) -> list[tuple[float, float, float]]:
    """Return (coefficient of spend, coefficient of response, limit) of the goal's limits."""
    if isinstance(goal, MostResponse):
        return [(1.0, 0.0, goal.budget)]
    if isinstance(goal, LeastBudget):
        return [(0.0, -1.0, -goal.response)]
    assert isinstance(goal, ReturnAtLeast)
    budget = [(1.0, 0.0, goal.budget)] if math.isfinite(goal.budget) else []
    return [(goal.ratio, -1.0, 0.0), *budget]
