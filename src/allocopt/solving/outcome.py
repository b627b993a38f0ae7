"""What a solve ended with."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Stop(StrEnum):
    """Why the solver stopped."""

    GAP_REACHED = "gap_reached"
    TIME_LIMIT = "time_limit"
    INTERRUPTED = "interrupted"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    OTHER_LIMIT = "other_limit"
    ALTERNATIVE = "alternative"
    """Not a search's end: a plan that was sought near the best one, to differ from it."""
    FAILED = "failed"


@dataclass(frozen=True)
class Outcome:
    """Result of one run of the solver.

    Attributes
    ----------
    stop : Stop
    has_plan : bool
        Whether the variables hold a feasible point.
    objective, bound : float
        Value of the point, and what no point can exceed; NaN where not known.
    seconds : float
        Time inside HiGHS.
    columns, rows, integers : int
        Size of the model.
    """

    stop: Stop
    has_plan: bool
    objective: float
    bound: float
    seconds: float
    columns: int
    rows: int
    integers: int


@dataclass(frozen=True)
class Progress:
    """A moment of a running solve.

    Attributes
    ----------
    stage : str
    seconds : float, since the search began
    objective, bound : float
        NaN where not known yet, in the objective's unit.
    """

    stage: str
    seconds: float
    objective: float
    bound: float


Watch = Callable[[Progress], None]
"""Called now and then while a search runs."""


def no_watch(_: Progress) -> None:
    """Watch that ignores everything."""
