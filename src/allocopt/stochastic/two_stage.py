"""A decision before the future is known, and its recourse in each of several futures."""

from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.solving.program import Program


@dataclass(frozen=True)
class TwoStage:
    """Programs that share their first columns.

    Attributes
    ----------
    futures : tuple of Program
        One per future, all of it maximized: the columns of the first stage come first, in the
        same order, with the same bounds; the others are decided once the future is known.
    weights : FloatArray (futures,)
        Probabilities; they sum to 1.
    first : int
        How many columns the first stage has.
    """

    futures: tuple[Program, ...]
    weights: FloatArray
    first: int

    def __post_init__(self) -> None:
        """Refuse futures that do not belong together.

        Raises
        ------
        ValueError
        """
        weights = np.asarray(self.weights, dtype=np.float64)
        if not self.futures or weights.shape != (len(self.futures),):
            message = f"{len(self.futures)} futures have {weights.size} weights"
            raise ValueError(message)
        if (weights < 0.0).any() or abs(weights.sum() - 1.0) > 1e-9:
            message = f"weights of futures sum to {weights.sum()}, none below 0, 1 was expected"
            raise ValueError(message)
        for number, program in enumerate(self.futures):
            if program.cost.size < self.first or not _same(self.futures[0], program, self.first):
                message = f"future {number} has another first stage than future 0"
                raise ValueError(message)

    def held(self, first: FloatArray) -> "TwoStage":
        """Return the same with the first stage as it is in ``first``, (first,)."""
        columns = np.arange(self.first)
        futures = tuple(program.held(columns, first) for program in self.futures)
        return TwoStage(futures, self.weights, self.first)

    def alone(self, future: int) -> "TwoStage":
        """Return one future as if it were certain."""
        return TwoStage((self.futures[future],), np.ones(1), self.first)


def _same(one: Program, other: Program, first: int) -> bool:
    return all(
        np.array_equal(getattr(one, name)[:first], getattr(other, name)[:first])
        for name in ("lower", "upper", "whole")
    )
