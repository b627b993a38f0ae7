"""Pseudo-random numbers: the plain alternative, and the oracle of tests."""

from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.sampling.stream import Columns, check_rows
from allocopt.sampling.words import as_uniforms, starts, words

_MOST_ROWS = 2**48


@dataclass(frozen=True)
class PseudoRandomStream:
    """Independent numbers.

    Attributes
    ----------
    seed : int
    """

    seed: int

    def uniforms(self, columns: Columns, replicate: int, rows: range) -> FloatArray:
        """Return numbers as `Stream` says, (rows, columns).

        Parameters
        ----------
        columns : Columns
        replicate : int
        rows : range

        Raises
        ------
        SamplingError
            If rows are not one after the other.
        """
        check_rows(rows, _MOST_ROWS)
        numbers = np.arange(rows.start, rows.stop, dtype=np.uint64)
        return as_uniforms(words(starts(self.seed, replicate, columns.keys), numbers)).T
