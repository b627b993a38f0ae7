"""Scrambled Sobol points: the most even ones, and any of them alone.

The points of one replicate are x(i) = shift + sum over the bits k of i of v(k), without carry,
in 32 binary digits (Sobol 1967; direction numbers of Joe and Kuo 2008). They are scrambled column
by column by a random triangular matrix and a random shift (Matousek 1998) that depend on the
column's key, so that a column does not change with the columns beside it. Each column is used as
one dimension, so that columns stay even together.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from allocopt.arrays import FloatArray, IntArray
from allocopt.sampling.pseudorandom import PseudoRandomStream
from allocopt.sampling.stream import Columns, check_rows
from allocopt.sampling.words import Words, starts, words

Digits = NDArray[np.uint32]

MOST_COLUMNS = 2**13
"""Columns from here on are pseudo-random: so far out, Sobol points of a few hundred draws are no
more even in pairs of columns."""
MOST_POINTS = 2**20
"""Of one replicate; finding the direction numbers takes time in proportion."""

_BITS = 32
_TABLE = 2**8
"""So many rows of digits are kept at once: a table that stays in a cache."""


@dataclass(frozen=True)
class SobolStream:
    """Scrambled Sobol points, one independent scrambling per replicate.

    The first 2**m points of a replicate are a net of their own, and the next 2**m complete one
    of twice the size: a run is extended by its next rows.

    Attributes
    ----------
    seed : int
    """

    seed: int

    def uniforms(self, columns: Columns, replicate: int, rows: range) -> FloatArray:
        """Return points as `Stream` says: numbers strictly between 0 and 1, (rows, columns).

        Parameters
        ----------
        columns : Columns
        replicate : int
        rows : range

        Raises
        ------
        SamplingError
            If there are more rows than the sequence has.
        """
        check_rows(rows, MOST_POINTS)
        far = columns.numbers >= MOST_COLUMNS
        if not far.any():
            return self._points(columns, replicate, rows)
        found = np.empty((len(columns), len(rows)))
        found[~far] = self._points(columns[~far], replicate, rows).T
        found[far] = PseudoRandomStream(self.seed).uniforms(columns[far], replicate, rows).T
        return found.T

    def _points(self, columns: Columns, replicate: int, rows: range) -> FloatArray:
        bits = max(rows.stop - 1, 0).bit_length()
        random = words(starts(self.seed, replicate, columns.keys), _numbers(_BITS + 1))
        plain = _directions(_power_above(columns.numbers), bits)[columns.numbers]
        vectors = _scrambled(plain, random[:, :_BITS])
        shift = (random[:, _BITS] >> np.uint64(_BITS)).astype(np.uint32)
        digits = np.empty((len(columns), len(rows)), dtype=np.uint32)
        _fill(digits, vectors, shift, rows.start)
        # Middles of cells: never 0 or 1.
        found = np.add(digits, 0.5, dtype=np.float64)
        found *= 2.0**-_BITS
        return found.T


def _numbers(count: int) -> Words:
    return np.arange(count, dtype=np.uint64)


def _power_above(numbers: IntArray) -> int:
    """Return a power of two of columns, so that few tables are made as a registry grows."""
    return 1 << int(numbers.max(initial=0)).bit_length()


@cache
def _directions(columns: int, bits: int) -> Digits:
    """Return direction numbers, (columns, bits), as points of the plain sequence show them.

    In the order of scipy's sequence, which is that of the Gray code, point 2**(k+1) - 1 is v(k).
    """
    sequence = qmc.Sobol(columns, scramble=False, bits=_BITS)
    found = np.empty((columns, bits), dtype=np.uint32)
    for bit in range(bits):
        ahead = 2 ** (bit + 1) - 1 - sequence.num_generated
        if ahead:
            sequence.fast_forward(ahead)
        found[:, bit] = sequence.random(1)[0] * 2.0**_BITS
    found.setflags(write=False)
    return found


def _scrambled(plain: Digits, random: Words) -> Digits:
    """Return direction numbers (columns, bits) times a random lower triangular matrix mod 2."""
    found = np.zeros_like(plain)
    for digit in range(_BITS):
        own = np.uint32(1 << (_BITS - 1 - digit))
        above = np.uint32((0xFFFFFFFF << (_BITS - digit)) & 0xFFFFFFFF)
        row = ((random[:, digit] >> np.uint64(_BITS)).astype(np.uint32) & above) | own
        parity = (np.bitwise_count(plain & row[:, None]) & np.uint8(1)).astype(np.uint32)
        found |= parity * own
    return found


def _fill(out: Digits, vectors: Digits, shift: Digits, first: int) -> None:
    """Write the digits of the points from ``first`` on into ``out``, (columns, rows)."""
    low = min(_TABLE.bit_length() - 1, vectors.shape[1])
    table = _sums(vectors[:, :low])
    done = 0
    while done < out.shape[1]:
        index = first + done
        start = index & (table.shape[1] - 1)
        count = min(table.shape[1] - start, out.shape[1] - done)
        base = shift.copy()
        for bit in range(low, vectors.shape[1]):
            if index >> bit & 1:
                base ^= vectors[:, bit]
        part = out[:, done : done + count]
        np.bitwise_xor(table[:, start : start + count], base[:, None], out=part)
        done += count


def _sums(vectors: Digits) -> Digits:
    """Return the sums without carry of all subsets of the vectors, (columns, 2**bits)."""
    columns, bits = vectors.shape
    found = np.zeros((1 << bits, columns), dtype=np.uint32)
    for bit in range(bits):
        size = 1 << bit
        np.bitwise_xor(found[:size], vectors[:, bit], out=found[size : 2 * size])
    return np.ascontiguousarray(found.T)
