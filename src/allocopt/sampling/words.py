"""Random words that depend on their address alone, so that any of them can be drawn again.

A word is a function of (seed, replicate, key of the column, number). Nothing is drawn in turn:
no column can move another, and no draw needs the draws before it.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

from allocopt.arrays import FloatArray

Words = NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def key_of(*names: str) -> int:
    """Return a number below 2**64 that stands for the names, the same in every process.

    Parameters
    ----------
    *names : str
    """
    # Lengths make ("ab", "c") and ("a", "bc") differ.
    text = "".join(f"{len(name)}:{name}" for name in names)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def mixed(state: Words) -> Words:
    """Return the states with all bits mixed: the finalizer of SplitMix64.

    From Steele, Lea and Flood, Fast splittable pseudorandom number generators (2014).

    Parameters
    ----------
    state : Words of any shape
    """
    bits = state ^ (state >> np.uint64(30))
    bits *= _FIRST
    bits ^= bits >> np.uint64(27)
    bits *= _SECOND
    bits ^= bits >> np.uint64(31)
    return bits


def starts(seed: int, replicate: int, keys: Words) -> Words:
    """Return where the words of each column start.

    Parameters
    ----------
    seed : int
        At least 0.
    replicate : int
        At least 0; replicates are independent of each other.
    keys : Words (c,)

    Returns
    -------
    Words (c,)
    """
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=(replicate,))
    first, second = sequence.generate_state(2, np.uint64)
    return mixed(mixed(keys ^ first) + second)


def words(start: Words, numbers: Words) -> Words:
    """Return one word per number and column.

    Parameters
    ----------
    start : Words (c,)
    numbers : Words (n,)

    Returns
    -------
    Words (c, n)
    """
    return mixed(start[:, None] + numbers * _GOLDEN)


def as_uniforms(bits: Words) -> FloatArray:
    """Return words as numbers strictly between 0 and 1, middles of 2**52 equal cells.

    Parameters
    ----------
    bits : Words of any shape
    """
    cells = (bits >> np.uint64(12)).astype(np.float64)
    cells += 0.5
    cells *= 2.0**-52
    return cells
