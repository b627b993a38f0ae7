"""Morris: which of many inputs matter at all, for few runs each.

From Morris (1991), with the mean of absolute effects of Campolongo and others (2007).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray, IntArray
from allocopt.errors import StatisticsError
from allocopt.statistics.design import Outputs, checked_outputs, identity_of
from allocopt.statistics.estimate import Estimate, estimate
from allocopt.text import T


@dataclass(frozen=True)
class MorrisDesign:
    """Walks that change one input after the other, (walks, inputs + 1, inputs).

    Attributes
    ----------
    inputs : int
    walks : int
        At least 2.
    seed : int
    levels : int
        Of the grid that walks stand on, even.
    """

    inputs: int
    walks: int = 20
    seed: int = 0
    levels: int = 8

    def __post_init__(self) -> None:
        """Refuse grids without a step of half their width.

        Raises
        ------
        StatisticsError
        """
        if self.levels < 2 or self.levels % 2:
            raise StatisticsError(
                T("a grid has an even number of levels, found {found}", found=self.levels)
            )

    @property
    def identity(self) -> str:
        """A text that differs for designs with other points."""
        return identity_of("morris-1", self.inputs, self.walks, self.seed, self.levels)

    @property
    def shape(self) -> tuple[int, int]:
        """The shape of outputs: walks, inputs + 1."""
        return self.walks, self.inputs + 1

    def uniforms(self) -> FloatArray:
        """Return the points, middles of cells of the grid, (walks, inputs + 1, inputs)."""
        found = np.empty((*self.shape, self.inputs))
        for walk, (order, start, step) in enumerate(self._walks()):
            found[walk] = start
            for place, number in enumerate(order.tolist()):
                found[walk, place + 1 :, number] += step[number]
        return found

    def _walks(self) -> list[tuple[IntArray, FloatArray, FloatArray]]:
        """Return the order of inputs, the start and the step of each walk."""
        random = np.random.default_rng(np.random.SeedSequence(self.seed))
        half = self.levels // 2
        walks = []
        for _ in range(self.walks):
            order = random.permutation(self.inputs)
            cell = random.integers(0, self.levels, self.inputs)
            step = np.where(cell < half, half, -half) / self.levels
            walks.append((order, (cell + 0.5) / self.levels, step))
        return walks

    def evaluate(self, respond: Callable[[FloatArray], FloatArray]) -> Outputs:
        """Return the outputs of a function from uniform inputs (m, inputs) to outcomes (m,)."""
        values = respond(self.uniforms().reshape(-1, self.inputs))
        return Outputs(self.identity, values.reshape(self.shape))

    def effects(self, outputs: Outputs, confidence: float = 0.95) -> "tuple[Effect, ...]":
        """Return the effects of each input.

        Parameters
        ----------
        outputs : Outputs
            Of this design.
        confidence : float

        Raises
        ------
        StatisticsError
            If outputs are of another design.
        """
        values = checked_outputs(outputs, self.identity, self.shape)
        found = np.empty((self.walks, self.inputs))
        for walk, (order, _, step) in enumerate(self._walks()):
            found[walk, order] = np.diff(values[walk]) / step[order]
        return tuple(
            Effect(
                estimate(found[:, k], confidence),
                estimate(np.abs(found[:, k]), confidence),
                float(found[:, k].std(ddof=1)),
            )
            for k in range(self.inputs)
        )


@dataclass(frozen=True)
class Effect:
    """How an outcome changes along one input, per whole range of it.

    Attributes
    ----------
    mean : Estimate
        mu: effects that cancel each other are lost.
    size : Estimate
        mu*: mean of absolute effects.
    spread : float
        sigma: of effects between places; large where the input interacts or bends.
    """

    mean: Estimate
    size: Estimate
    spread: float
