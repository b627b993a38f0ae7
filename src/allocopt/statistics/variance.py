"""Sobol indices: which share of the variance of an outcome comes from which input.

Saltelli's design (2010): points A and B, and for each input the points A with its column from B.
S1 of an input is what it explains alone, ST with all its interactions; inputs are independent.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.errors import StatisticsError
from allocopt.sampling.sobol import SobolStream
from allocopt.sampling.stream import Columns
from allocopt.sampling.twins import TwinnedStream
from allocopt.sampling.words import key_of
from allocopt.statistics.design import Outputs, checked_outputs, identity_of
from allocopt.statistics.estimate import Estimate, estimate_from_others
from allocopt.text import T


@dataclass(frozen=True)
class SobolDesign:
    """Points at which an outcome is computed: for each replicate A, B, then A mixed with B.

    Attributes
    ----------
    groups : tuple of tuple of int
        Column numbers of the inputs that are looked at together, as all months of one driver;
        block 2 + k is A with the columns of group k from B.
    points : int
        n, a power of two.
    seed : int
    replicates : int
        Independent designs, which give the intervals.
    subject : str
        What the outcome is of, such as the hash of a scenario and its plan.
    """

    groups: tuple[tuple[int, ...], ...]
    points: int = 512
    seed: int = 0
    replicates: int = 16
    subject: str = ""

    @classmethod
    def of_inputs(cls, inputs: int, *, points: int = 512, seed: int = 0) -> "SobolDesign":
        """Return a design for a function of some inputs, each looked at alone."""
        return cls(tuple((number,) for number in range(inputs)), points, seed)

    @property
    def identity(self) -> str:
        """A text that differs for designs with other points, or of something else."""
        points = (self.groups, self.points, self.seed, self.replicates)
        return identity_of("sobol-1", *points, self.subject)

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of outputs: replicates, 2 + groups, n."""
        return self.replicates, 2 + len(self.groups), self.points

    def stream(self, block: int, width: int | None = None) -> TwinnedStream:
        """Return the random numbers of a block; each replicate has n rows.

        Parameters
        ----------
        block : int
            0 is A, 1 is B, 2 is A with the first group from B.
        width : int, optional
            The number of all columns; those in no group are the rest of the variance.
        """
        numbers = [number for group in self.groups for number in group]
        twinned = np.zeros(width or max(numbers) + 1, dtype=bool)
        if block == 1:
            twinned[:] = True
        elif block > 1:
            twinned[list(self.groups[block - 2])] = True
        return TwinnedStream(SobolStream(self.seed), twinned)

    def uniforms(self, replicate: int, block: int) -> FloatArray:
        """Return the points of a block for a function of inputs, uniform, (n, inputs)."""
        stream = self.stream(block)
        numbers = np.arange(stream.twinned.size)
        keys = np.array([key_of("input", str(k)) for k in numbers], dtype=np.uint64)
        return stream.uniforms(Columns(numbers, keys), replicate, range(self.points))

    def evaluate(self, respond: Callable[[FloatArray], FloatArray]) -> Outputs:
        """Return the outputs of a function from uniform inputs (n, inputs) to outcomes (n,)."""
        values = np.empty(self.shape)
        for replicate, block in np.ndindex(self.shape[:2]):
            values[replicate, block] = respond(self.uniforms(replicate, block))
        return Outputs(self.identity, values)

    def indices(self, outputs: Outputs, confidence: float = 0.95) -> "SobolIndices":
        """Return the indices of the groups.

        Parameters
        ----------
        outputs : Outputs
            Of this design.
        confidence : float

        Raises
        ------
        StatisticsError
            If outputs are of another design, or do not vary.
        """
        values = checked_outputs(outputs, self.identity, self.shape)
        whole = _indices(values)
        others = np.stack([_indices(np.delete(values, k, axis=0)) for k in range(self.replicates)])
        first, total = (
            tuple(
                estimate_from_others(float(whole[row, k]), others[:, row, k], confidence)
                for k in range(len(self.groups))
            )
            for row in range(2)
        )
        return SobolIndices(first, total, float(np.var(values[:, :2])))


@dataclass(frozen=True)
class SobolIndices:
    """Shares of variance.

    Small negative values are noise and stay as they are; their intervals hold zero.

    Attributes
    ----------
    first, total : tuple of Estimate
        S1 and ST of each group.
    variance : float
        Of the outcome.
    """

    first: tuple[Estimate, ...]
    total: tuple[Estimate, ...]
    variance: float


def _indices(values: FloatArray) -> FloatArray:
    """Return S1 and ST by the estimators of Saltelli (2010) and Jansen (1999), (2, groups)."""
    centered = values - values[:, :2].mean()
    a, b, mixed = centered[:, :1], centered[:, 1:2], centered[:, 2:]
    variance = float(np.mean(centered[:, :2] ** 2))
    if variance == 0.0:
        raise StatisticsError(T("the outcome does not vary; there is nothing to explain"))
    first = np.mean(b * (mixed - a), axis=(0, 2))
    total = np.mean((a - mixed) ** 2, axis=(0, 2)) / 2.0
    return np.asarray(np.stack([first, total]) / variance)
