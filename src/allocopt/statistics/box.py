"""Boxes in the space of inputs, and how well one tells the futures that are looked for."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import bdtrc

from allocopt.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Box:
    """Lower and upper limits of inputs.

    Attributes
    ----------
    low, high : FloatArray (inputs,)
        Included; infinite where an input is not restricted.
    """

    low: FloatArray
    high: FloatArray

    @classmethod
    def whole(cls, inputs: int) -> "Box":
        """Return the box without limits."""
        return cls(np.full(inputs, -np.inf), np.full(inputs, np.inf))

    @property
    def restricted(self) -> IntArray:
        """Numbers of the inputs with a limit."""
        return np.flatnonzero(np.isfinite(self.low) | np.isfinite(self.high))

    def limited(self, number: int, low: float, high: float) -> "Box":
        """Return the box with other limits of one input."""
        lows, highs = self.low.copy(), self.high.copy()
        lows[number], highs[number] = low, high
        return replace(self, low=lows, high=highs)

    def without(self, number: int) -> "Box":
        """Return the box without limits of one input."""
        return self.limited(number, -np.inf, np.inf)

    def holds(self, points: FloatArray) -> BoolArray:
        """Return which points (n, inputs) are inside."""
        return np.asarray(((points >= self.low) & (points <= self.high)).all(axis=1))


@dataclass(frozen=True, eq=False)
class JudgedBox:
    """A box and how well it tells hits from misses.

    Attributes
    ----------
    box : Box
    coverage : float
        Share of all hits that are inside.
    density : float
        Share of points inside that are hits.
    mass : float
        Share of all points that are inside.
    p_values : FloatArray (inputs,)
        Quasi-p-values of Bryant and Lempert (2010): the chance of so many hits inside if the
        limits of an input told nothing; 1 where there are none.
    """

    box: Box
    coverage: float
    density: float
    mass: float
    p_values: FloatArray

    @property
    def balance(self) -> float:
        """The harmonic mean of coverage and density."""
        total = self.coverage + self.density
        return 2.0 * self.coverage * self.density / total if total else 0.0


def judged(box: Box, points: FloatArray, hits: BoolArray) -> JudgedBox:
    """Return a box with its figures.

    Parameters
    ----------
    box : Box
    points : FloatArray (n, inputs)
    hits : BoolArray (n,)
        At least one is true.
    """
    inside = box.holds(points)
    count, caught = int(inside.sum()), int((inside & hits).sum())
    p_values = np.ones(points.shape[1])
    for number in box.restricted:
        wider = box.without(int(number)).holds(points)
        rate = float(hits[wider].mean())
        p_values[number] = float(bdtrc(caught - 1.0, count, rate)) if caught and rate < 1.0 else 1.0
    return JudgedBox(
        box,
        caught / int(hits.sum()),
        caught / count if count else 0.0,
        count / hits.size,
        p_values,
    )
