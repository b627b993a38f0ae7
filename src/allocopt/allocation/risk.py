"""What is maximized over draws: their mean, and what the worst of them come to."""

import math
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.errors import AllocationError
from allocopt.text import T


@dataclass(frozen=True)
class MeanCVaR:
    """(1 - weight) times the mean over draws, plus weight times the mean of the worst of them.

    The worst are a share ``alpha`` of the draws by their total response: the conditional value at
    risk of Rockafellar and Uryasev (2000). It is the least mean under weights of draws of which
    none is above ``1 / (alpha draws)``.

    Attributes
    ----------
    weight : float
        Of the worst draws, from 0 to 1.
    alpha : float
        Share of draws that count as the worst, above 0 and at most 1.
    """

    weight: float = 0.5
    alpha: float = 0.1

    def __post_init__(self) -> None:
        """Refuse shares outside their range.

        Raises
        ------
        AllocationError
        """
        if not (math.isfinite(self.weight) and 0.0 <= self.weight <= 1.0):
            raise AllocationError(
                T("weight is {found}; a share from 0 to 1 was expected", found=self.weight)
            )
        if not (math.isfinite(self.alpha) and 0.0 < self.alpha <= 1.0):
            raise AllocationError(
                T("alpha is {found}; a share above 0 and at most 1 was expected", found=self.alpha)
            )

    def range(self, draws: int) -> tuple[float, float]:
        """Return the least and the largest weight that one of so many draws may have."""
        least = (1.0 - self.weight) / draws
        return least, least + self.weight * min(1.0, 1.0 / (self.alpha * draws))

    def score(self, totals: FloatArray) -> float:
        """Return the blend of totals by draw, (draws,)."""
        return float(self.worst_weights(totals) @ totals)

    def worst_weights(self, totals: FloatArray) -> FloatArray:
        """Return the weights of draws with the least mean of totals, (draws,)."""
        least, most = self.range(totals.size)
        left = 1.0 - least * totals.size
        share = np.clip(left - (most - least) * np.arange(totals.size), 0.0, most - least)
        weights = np.full(totals.size, least)
        weights[np.argsort(totals, kind="stable")] += share
        return weights
