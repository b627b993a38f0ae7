"""The same futures with some columns drawn anew, as the analysis of variance needs them."""

from dataclasses import dataclass

import numpy as np

from allocopt.arrays import BoolArray, FloatArray
from allocopt.sampling.stream import Columns, Stream
from allocopt.sampling.words import mixed


@dataclass(frozen=True, eq=False)
class TwinnedStream:
    """A stream in which some columns give the numbers of others, that nobody else reads.

    The twin of column c is column c + width: not c in another replicate, which would begin with
    the same digits.

    Attributes
    ----------
    base : Stream
    twinned : BoolArray (width,)
        By column number, whether its twin is read; width is the number of all columns.
    """

    base: Stream
    twinned: BoolArray

    @property
    def seed(self) -> int:
        """The seed of the base."""
        return self.base.seed

    def uniforms(self, columns: Columns, replicate: int, rows: range) -> FloatArray:
        """Return numbers as `Stream` says, (rows, columns).

        Parameters
        ----------
        columns : Columns
            With numbers below width.
        replicate : int
        rows : range
        """
        swapped = self.twinned[columns.numbers]
        numbers = columns.numbers + np.where(swapped, self.twinned.size, 0)
        keys = np.where(swapped, mixed(columns.keys + np.uint64(1)), columns.keys)
        return self.base.uniforms(Columns(numbers, keys), replicate, rows)
