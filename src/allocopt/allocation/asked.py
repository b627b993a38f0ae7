"""What an allocation was asked for, kept with it for asking again with a difference."""

from collections.abc import Sequence
from dataclasses import dataclass

from allocopt.allocation.goals import Goal
from allocopt.allocation.request import Choice, Shared
from allocopt.allocation.risk import MeanCVaR
from allocopt.curves.bank import CurveBank
from allocopt.curves.base import Curve


@dataclass(frozen=True, eq=False)
class Asked:
    """An allocation problem as it was given, for asking again with a difference.

    Attributes
    ----------
    curves : Curve, sequence of curves or CurveBank
    goal : Goal
    choice : Choice
    shared : Shared
    gap : float
    time_limit : float, seconds
    risk : MeanCVaR or None
        Of draws of curves.
    """

    curves: Curve | Sequence[Curve] | CurveBank
    goal: Goal
    choice: Choice
    shared: Shared
    gap: float
    time_limit: float
    risk: MeanCVaR | None = None

    @property
    def drawn(self) -> bool:
        """Whether the curves are draws, of which the mean counts."""
        return isinstance(self.curves, Curve) and len(self.curves.dims) == 2
