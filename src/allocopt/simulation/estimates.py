"""Estimates with intervals, from independent replicates."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from allocopt.arrays import FloatArray

LEVEL = 0.95
TAIL = 0.05


@dataclass(frozen=True)
class Estimate:
    value: float
    low: float
    high: float


def over_replicates(estimates: FloatArray) -> Estimate:
    count = estimates.shape[0]
    mean = float(estimates.mean())
    half = float(student.ppf(0.5 + LEVEL / 2, count - 1) * estimates.std(ddof=1) / np.sqrt(count))
    return Estimate(mean, mean - half, mean + half)


def tail_mean(values: FloatArray, tail: float = TAIL) -> FloatArray:
    """Mean of the largest share, fractional weight, along the last axis."""
    n = values.shape[-1]
    ordered = -np.sort(-values, axis=-1)
    weight = np.clip(n * tail - np.arange(n), 0.0, 1.0)
    return ordered @ weight / (n * tail)
