"""Instances over S-shaped curves, and how they are timed and printed."""

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_array

import allocopt as ao
from allocopt.arrays import FloatArray
from allocopt.curves import Hill


def s_shaped(n: int, seed: int = 1) -> tuple[Hill, FloatArray, float]:
    """Return n S-shaped curves, their upper bounds and a budget of a fifth of these."""
    rng = np.random.default_rng(seed)
    ec50 = rng.uniform(0.5, 2.0, n)
    curve = Hill(rng.lognormal(0.0, 0.5, n), ec50, rng.uniform(1.5, 4.0, n))
    return curve, 4.0 * ec50, 0.21 * float(4.0 * ec50.sum())


def draws_of(n: int, count: int) -> tuple[Hill, FloatArray, float]:
    """Return draws around S-shaped curves, upper bounds and a budget as in `s_shaped`."""
    curve, upper, budget = s_shaped(n)
    rng = np.random.default_rng(3)
    spread = [rng.lognormal(0.0, size, (count, n)) for size in (0.2, 0.2, 0.1)]
    draws = Hill(curve.beta * spread[0], curve.ec50 * spread[1], curve.slope * spread[2])
    return draws, upper, budget


def groups(n: int, count: int, upper: FloatArray) -> tuple[csr_array, FloatArray]:
    """Return caps on groups of placements, two thirds of them tight."""
    rng = np.random.default_rng(2)
    group = rng.integers(0, count, n)
    matrix = csr_array((np.ones(n), (group, np.arange(n))), shape=(count, n))
    return matrix, (matrix @ upper) * rng.uniform(0.1, 0.3, count)


def timed(call: Callable[[], ao.Allocation], runs: int = 3) -> tuple[ao.Allocation, float]:
    """Return the last result and the median of seconds."""
    seconds = []
    for _ in range(runs):
        since = time.perf_counter()
        found = call()
        seconds.append(time.perf_counter() - since)
    return found, statistics.median(seconds)


def say(*cells: object) -> None:
    """Print one row of a table."""
    sys.stdout.write("  ".join(str(cell).rjust(14) for cell in cells) + "\n")
    sys.stdout.flush()
