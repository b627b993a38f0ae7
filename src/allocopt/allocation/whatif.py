"""What if: an allocation asked for again with other limits, from the prices of the last one."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from allocopt.allocation.allocate import allocated_as
from allocopt.allocation.allocation import Allocation
from allocopt.allocation.asked import Asked
from allocopt.allocation.goals import Goal, MostResponse, ReturnAtLeast
from allocopt.allocation.request import LinearRows, Shared, curve_bank
from allocopt.curves.bank import CurveBank
from allocopt.errors import AllocationError
from allocopt.text import T


class AllocationWhatIf:
    """An allocation whose limits may be changed, and which is found again, quickly.

    A new allocation is proven on its own: of the one before only the prices are used, to start
    from, and any prices prove a bound.

    Parameters
    ----------
    allocation : Allocation
        Of `allocopt.allocate`.

    Raises
    ------
    AllocationError
        If the allocation does not say what was asked for, as points of a frontier do not.
    """

    def __init__(self, allocation: Allocation) -> None:
        if allocation.asked is None:
            raise AllocationError(
                T("the allocation does not say what was asked for; it must be of allocate")
            )
        self._first = self._asked = allocation.asked
        self._allocation = allocation

    @property
    def allocation(self) -> Allocation:
        """The last allocation."""
        return self._allocation

    @property
    def asked(self) -> Asked:
        """What is asked for, with what was set."""
        return self._asked

    def set(
        self,
        *,
        budget: float | None = None,
        goal: Goal | None = None,
        lower: ArrayLike | None = None,
        upper: ArrayLike | None = None,
        minimum: ArrayLike | None = None,
        max_moves: int | None = None,
        constraints: Sequence[LinearRows] | None = None,
        scale: ArrayLike | None = None,
    ) -> None:
        """Set what is given, several limits at once; what is left out stays as it is.

        Parameters
        ----------
        budget : float, optional
            Of the goal that stands.
        goal : Goal, optional
            With its prices: the worth of money, the wanted return or response.
        lower, upper, minimum, max_moves, constraints : optional
            As for `allocopt.allocate`.
        scale : array_like of shape () or (n,), optional
            Every curve gives so many times what it gave at first; 1 is as at first.

        Raises
        ------
        AllocationError
            If the goal that stands has no budget, or the scale is of draws of curves. Limits
            that contradict each other are refused by `solve`.
        """
        asked = self._asked
        if goal is not None:
            asked = replace(asked, goal=goal)
        if budget is not None:
            asked = replace(asked, goal=_with_budget(asked.goal, budget))
        if scale is not None:
            asked = replace(asked, curves=_scaled(self._first, scale))
        if constraints is not None:
            asked = replace(asked, shared=Shared(constraints, asked.shared.uses))
        choice = asked.choice
        self._asked = replace(
            asked,
            choice=replace(
                choice,
                lower=choice.lower if lower is None else lower,
                upper=choice.upper if upper is None else upper,
                minimum=choice.minimum if minimum is None else minimum,
                max_moves=choice.max_moves if max_moves is None else max_moves,
            ),
        )

    def reset(self) -> None:
        """Take back everything that was set."""
        self._asked = self._first

    def solve(self, *, gap: float | None = None, time_limit: float | None = None) -> Allocation:
        """Return the allocation of what is set, with its own bound.

        Parameters
        ----------
        gap, time_limit : float, optional
            As for `allocopt.allocate`; as for the first allocation where left out.

        Raises
        ------
        AllocationError, NoAllocationError, NoPlanInTimeError
            See `allocopt.allocate`; the session goes on from the last allocation.
        """
        asked = replace(
            self._asked,
            gap=self._first.gap if gap is None else gap,
            time_limit=self._first.time_limit if time_limit is None else time_limit,
        )
        self._allocation = allocated_as(asked, self._allocation)
        return self._allocation


def _with_budget(goal: Goal, budget: float) -> Goal:
    try:
        amount = float(budget)
    except (TypeError, ValueError):
        raise AllocationError(T("budget: a number was expected")) from None
    if isinstance(goal, MostResponse | ReturnAtLeast):
        return replace(goal, budget=amount)
    raise AllocationError(T("the goal of the allocation has no budget; set the goal instead"))


def _scaled(asked: Asked, scale: ArrayLike) -> CurveBank:
    if asked.drawn:
        raise AllocationError(T("draws of curves have no scale to set"))
    return curve_bank(asked.curves).scaled(value=np.asarray(scale, dtype=np.float64))
