"""Allocation of spend over response curves, with a proof.

`allocate` is the door. `goals` says what is maximized and which bound a price proves, `domain`
what a placement may spend, `responses` what all placements do at a price, `balance` finds the
price of the limit, `plans` makes plans of the responses around it, `branch` closes what is left
between plan and bound.
"""

from allocopt.allocation.allocate import allocate
from allocopt.allocation.allocation import Allocation, AllocationStatus
from allocopt.allocation.frontier import Frontier, frontier
from allocopt.allocation.goals import Goal, LeastBudget, MostResponse, ReturnAtLeast
from allocopt.allocation.risk import MeanCVaR

__all__ = [
    "Allocation",
    "AllocationStatus",
    "Frontier",
    "Goal",
    "LeastBudget",
    "MeanCVaR",
    "MostResponse",
    "ReturnAtLeast",
    "allocate",
    "frontier",
]
