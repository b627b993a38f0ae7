"""How many draws are enough: doubled until every watched figure is as precise as asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.errors import StatisticsError
from allocopt.statistics.estimate import Estimate
from allocopt.statistics.statistic import Statistic
from allocopt.text import T

FEWEST_REPLICATES = 16
"""With fewer looks, a run that stops early covers the truth less often than it says."""


@dataclass(frozen=True)
class Target:
    """How precise one figure shall be.

    Attributes
    ----------
    outcome : int
        Which of the outcomes, from 0.
    statistic : Statistic
    absolute, relative : float
        The half-width of its interval may be the larger of ``absolute`` and of ``relative`` times
        the figure.
    """

    outcome: int
    statistic: Statistic
    absolute: float = 0.0
    relative: float = 0.0

    def is_met(self, found: Estimate) -> bool:
        """Return whether the estimate is precise enough."""
        return found.half_width <= max(self.absolute, self.relative * abs(found.value))


@dataclass(frozen=True, eq=False)
class PreciseRun:
    """Outcomes of a run that was doubled until it was precise, or its budget spent.

    Attributes
    ----------
    outcomes : FloatArray (outcomes, replicates, n)
    estimates : tuple of Estimate
        One per target.
    reached : tuple of bool
        Which targets are met.
    """

    outcomes: FloatArray
    estimates: tuple[Estimate, ...]
    reached: tuple[bool, ...]

    @property
    def draws(self) -> int:
        """The number of draws of all replicates."""
        return int(self.outcomes.shape[1] * self.outcomes.shape[2])


def run_until_precise(
    simulate: Callable[[range], FloatArray],
    targets: Sequence[Target],
    *,
    first: int = 512,
    most: int = 2**14,
    confidence: float = 0.95,
) -> PreciseRun:
    """Return outcomes of as many draws as it takes, in powers of two.

    Parameters
    ----------
    simulate : callable
        Returns the outcomes of these rows of every replicate, (outcomes, replicates, rows).
    targets : sequence of Target
    first, most : int
        Draws of a replicate to begin with and to end with, powers of two.
    confidence : float

    Raises
    ------
    StatisticsError
        If there are too few replicates, or draws are no power of two.
    """
    for count in (first, most):
        if count < 1 or count & (count - 1):
            raise StatisticsError(
                T("draws of a replicate come in powers of two, found {found}", found=count)
            )
    outcomes = simulate(range(first))
    if outcomes.shape[1] < FEWEST_REPLICATES:
        raise StatisticsError(
            T(
                "{found} replicates; a run that stops by its precision needs {least}",
                found=outcomes.shape[1],
                least=FEWEST_REPLICATES,
            )
        )
    while True:
        run = _judged(outcomes, targets, confidence)
        done = outcomes.shape[2]
        if all(run.reached) or 2 * done > most:
            return run
        outcomes = np.concatenate([outcomes, simulate(range(done, 2 * done))], axis=2)


def _judged(outcomes: FloatArray, targets: Sequence[Target], confidence: float) -> PreciseRun:
    found = tuple(
        target.statistic.estimate(outcomes[target.outcome], confidence) for target in targets
    )
    met = tuple(target.is_met(one) for target, one in zip(targets, found, strict=True))
    return PreciseRun(outcomes, found, met)
