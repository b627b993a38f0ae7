"""What every source of random numbers promises: any number can be drawn again, alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from allocopt.arrays import BoolArray, FloatArray, IntArray
from allocopt.errors import SamplingError
from allocopt.text import T


@dataclass(frozen=True, eq=False)
class Columns:
    """Some columns of a stream.

    Attributes
    ----------
    numbers : IntArray (c,)
        From 0; the low ones are the most even of a Sobol sequence.
    keys : NDArray of uint64 (c,)
        What the random part of each depends on.
    """

    numbers: IntArray
    keys: NDArray[np.uint64]

    def __len__(self) -> int:
        return self.numbers.size

    def __getitem__(self, index: IntArray | BoolArray | slice) -> "Columns":
        """Return some of the columns."""
        return Columns(self.numbers[index], self.keys[index])

    @classmethod
    def joined(cls, parts: "Sequence[Columns]") -> "Columns":
        """Return the columns of all parts, in their order."""
        numbers = [np.empty(0, dtype=np.int64), *(part.numbers for part in parts)]
        keys = [np.empty(0, dtype=np.uint64), *(part.keys for part in parts)]
        return cls(np.concatenate(numbers), np.concatenate(keys))


class Stream(Protocol):
    """A source of uniform numbers, addressed by replicate, row and column.

    A number depends on its address and the seed alone: not on what else is drawn, in what
    blocks, or in what order. Replicates are independent of each other.
    """

    @property
    def seed(self) -> int:
        """Return the seed, at least 0."""

    def uniforms(self, columns: Columns, replicate: int, rows: range) -> FloatArray:
        """Return numbers strictly between 0 and 1.

        Parameters
        ----------
        columns : Columns of length c
        replicate : int
            At least 0.
        rows : range
            In steps of 1; of length n.

        Returns
        -------
        FloatArray (n, c)
            The numbers of a column lie side by side in memory.
        """


def check_rows(rows: range, most: int) -> None:
    """Check that a stream has these rows.

    Raises
    ------
    SamplingError
        If they are not in steps of 1, or beyond ``most``.
    """
    if rows.step != 1 or rows.start < 0:
        raise SamplingError(T("rows one after the other were expected, not {rows}", rows=rows))
    if rows.stop > most:
        raise SamplingError(
            T("{found} draws of one replicate; at most {most}", found=rows.stop, most=most)
        )


def normals(stream: Stream, columns: Columns, replicate: int, rows: range) -> FloatArray:
    """Return the uniforms of a stream as standard normal numbers, shape (n, c).

    Parameters
    ----------
    stream : Stream
    columns : Columns of length c
    replicate : int
    rows : range of length n
    """
    drawn = stream.uniforms(columns, replicate, rows)
    return np.asarray(ndtri(drawn, out=drawn))
