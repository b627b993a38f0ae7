"""The result of an allocation."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from allocopt.allocation.asked import Asked
from allocopt.arrays import FloatArray


class AllocationStatus(StrEnum):
    """What is known of an allocation.

    PROVEN: no other is better by more than the wanted gap. TIME_LIMIT, INTERRUPTED: this ended
    the search before the wanted gap; bound and gap hold all the same. STUCK: the search found
    nothing more to do before the wanted gap; as before, bound and gap hold.
    """

    PROVEN = "proven"
    TIME_LIMIT = "time_limit"
    INTERRUPTED = "interrupted"
    STUCK = "stuck"


@dataclass(frozen=True, eq=False)
class Allocation:
    """An allocation and its proof.

    Attributes
    ----------
    spend, response : FloatArray (n,)
        Spend per placement, and what its true curve gives for it.
    objective : float
        Total response; the total budget where the least budget was asked for.
    bound : float
        What no allocation's objective exceeds; falls below, for the least budget.
    gap : float
        Distance of objective and bound, share of the objective.
    prices : FloatArray (1 + rows,)
        What one more unit of the goal's own limit, then of each further row, brings to this
        allocation: objective per unit. For the least budget, what one more unit of response
        takes.
    status : AllocationStatus
    seconds : float
    explored : int
        Branches, or rounds, that the proof took.
    asked : Asked or None
        What was asked for, which `allocopt.WhatIf` asks again with a difference.
    """

    spend: FloatArray
    response: FloatArray
    objective: float
    bound: float
    gap: float
    prices: FloatArray
    status: AllocationStatus
    seconds: float
    explored: int
    asked: Asked | None = field(default=None, repr=False)

    @property
    def total_spend(self) -> float:
        """The sum of spend."""
        return float(np.sum(self.spend))


def relative_gap(objective: float, bound: float) -> float:
    """Return the distance of two values, share of the first."""
    apart = abs(bound - objective)
    return apart / abs(objective) if objective else (0.0 if apart == 0.0 else float("inf"))
