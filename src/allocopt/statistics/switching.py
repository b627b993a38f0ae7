"""From which value of an input on another plan is the better choice."""

from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.statistics.conditional import conditional_means, is_discrete, joined, parted
from allocopt.statistics.estimate import Estimate, Method, estimate_from_others

_GRID = 400


@dataclass(frozen=True)
class Switch:
    """Where the best plan changes along an input.

    Attributes
    ----------
    at : Estimate
        The break-even value of the input. Its interval is without ends where leaving out a
        replicate gives another number of switches: then it may be noise.
    below, above : int
        Numbers of the plans that are best on either side.
    share_below : float
        Share of futures with a smaller value of the input.
    """

    at: Estimate
    below: int
    above: int
    share_below: float


def switches(
    known: FloatArray, outcomes: FloatArray, confidence: float = 0.95
) -> tuple[Switch, ...]:
    """Return the values of an input at which the plan with the best mean given it changes.

    Between the 1 % and the 99 % quantile of the input; farther out there are too few draws. The
    break-even of an input of few values, as an event, is halfway between two of them.

    Parameters
    ----------
    known : FloatArray (replicates, n)
        The input.
    outcomes : FloatArray (plans, replicates, n)
        On the same futures; higher is better.
    confidence : float

    Raises
    ------
    StatisticsError
        If there are fewer than two replicates, or 200 draws.
    """
    together = joined(known, outcomes)
    whole = _crossings(together)
    others = [_crossings(np.delete(together, k, axis=0)) for k in range(known.shape[0])]
    plans = [pair for _, *pair in whole]
    steady = all([pair for _, *pair in one] == plans for one in others)
    found = []
    for number, (value, below, above) in enumerate(whole):
        where = Estimate(value, -np.inf, np.inf, confidence, len(others), Method.JACKKNIFE)
        if steady:
            moved = np.array([one[number][0] for one in others])
            where = estimate_from_others(value, moved, confidence)
        found.append(Switch(where, below, above, float((known < value).mean())))
    return tuple(found)


def _crossings(together: FloatArray) -> list[tuple[float, int, int]]:
    """Return break-even values, each with the best plan below and above."""
    known, lead = parted(together)
    grid = np.unique(known)
    if not is_discrete(known):
        first, last = np.quantile(known, [0.01, 0.99]).tolist()
        grid = np.linspace(first, last, _GRID)
    means = conditional_means(known, lead)(grid)
    best = means.argmax(axis=0)
    found = []
    for place in np.flatnonzero(np.diff(best)).tolist():
        below, above = int(best[place]), int(best[place + 1])
        ahead = means[below, place : place + 2] - means[above, place : place + 2]
        # Between two points of a grid the lead is straight; between two values of an event, none.
        share = 0.5 if is_discrete(known) else float(ahead[0] / (ahead[0] - ahead[1]))
        value = float(grid[place] + share * (grid[place + 1] - grid[place]))
        found.append((value, below, above))
    return found
