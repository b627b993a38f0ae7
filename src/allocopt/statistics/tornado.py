"""One input at a time: from its base to a low and a high quantile, all others at their base."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import BoolArray, FloatArray, IntArray

Response = Callable[[FloatArray], FloatArray]
"""From inputs as probabilities, (m, inputs), to outcomes, (m,)."""


@dataclass(frozen=True, eq=False)
class Tornado:
    """Outcomes along each input alone.

    Attributes
    ----------
    base : float
        The outcome with all inputs at their median.
    levels : FloatArray (levels,)
        Probabilities that each input was set to, ascending.
    outcomes : FloatArray (inputs, levels)
    """

    base: float
    levels: FloatArray
    outcomes: FloatArray

    @property
    def swing(self) -> FloatArray:
        """From the lowest to the highest outcome along each input, base included, (inputs,)."""
        along = np.concatenate(
            [self.outcomes, np.full((self.outcomes.shape[0], 1), self.base)], axis=1
        )
        return np.asarray(along.max(axis=1) - along.min(axis=1))

    @property
    def order(self) -> IntArray:
        """Numbers of the inputs, that with the largest swing first."""
        return np.argsort(-self.swing, kind="stable")

    @property
    def turns(self) -> BoolArray:
        """Whether the outcome goes up and down along each input, (inputs,).

        Then the two ends of a bar do not say what lies between.
        """
        middle = int(np.searchsorted(self.levels, 0.5))
        along = np.insert(self.outcomes, middle, self.base, axis=1)
        steps = np.diff(along, axis=1)
        return np.asarray((steps > 0.0).any(axis=1) & (steps < 0.0).any(axis=1))


def tornado(respond: Response, inputs: int, levels: tuple[float, ...] = (0.1, 0.9)) -> Tornado:
    """Return outcomes with each input at some quantiles, all others at their median.

    Parameters
    ----------
    respond : Response
        Called once, with 1 + inputs x levels rows.
    inputs : int
    levels : tuple of float
        Probabilities, ascending; more than two of them make a spider plot.
    """
    count = len(levels)
    rows = np.full((1 + inputs * count, inputs), 0.5)
    for number in range(inputs):
        rows[1 + number * count : 1 + (number + 1) * count, number] = levels
    found = respond(rows)
    return Tornado(float(found[0]), np.array(levels), found[1:].reshape(inputs, count))
