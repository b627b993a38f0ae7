"""The best first stage for all futures, and what a first stage is worth in each."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from allocopt.allocation.risk import MeanCVaR
from allocopt.arrays import BoolArray, FloatArray
from allocopt.solving.program import Program, ProgramAnswer, give_up_threads, solve_program
from allocopt.stochastic.chance import Chance
from allocopt.stochastic.extensive import extensive_form, own_columns
from allocopt.stochastic.two_stage import TwoStage


@dataclass(frozen=True)
class TwoStageAnswer:
    """The best found for a program in two stages.

    Attributes
    ----------
    first : FloatArray (first-stage columns,) or None
        None where no point was found.
    objective, bound : float
        Of the extensive form: mean, or its blend with the worst futures.
    values : FloatArray (futures,)
        Objective of each future at this point.
    infeasible : bool
        Whether no first stage leaves a recourse in every future.
    """

    first: FloatArray | None
    objective: float
    bound: float
    values: FloatArray
    infeasible: bool


@dataclass(frozen=True)
class Recourse:
    """What a first stage is worth once each future is known.

    Attributes
    ----------
    values : FloatArray (futures,)
        Objective with the best recourse; NaN where the time ran out.
        Minus infinity where no recourse keeps all rows.
    weights : FloatArray (futures,)
    """

    values: FloatArray
    weights: FloatArray

    @property
    def possible(self) -> BoolArray:
        """Return in which futures a recourse keeps all rows, (futures,)."""
        return ~np.isneginf(self.values)

    @property
    def mean(self) -> float:
        """Return the mean value, minus infinity where a future has no recourse."""
        return float(self.weights @ self.values)


def solve_two_stage(
    stages: TwoStage,
    *,
    risk: MeanCVaR | None = None,
    chances: Sequence[Chance] = (),
    allowance: float = 1e-6,
    time_limit: float = 60.0,
    seed: int = 0,
) -> TwoStageAnswer:
    """Return the best first stage over all futures, by the extensive form.

    Parameters
    ----------
    stages : TwoStage
    risk : MeanCVaR or None
    chances : sequence of Chance
    allowance : float
        Distance of value and bound that will do where whole numbers are decided.
    time_limit : float, seconds
    seed : int
    """
    program = extensive_form(stages, risk=risk, chances=chances)
    found = _solved(program, allowance=allowance, time_limit=time_limit, seed=seed)
    values = np.full(len(stages.futures), np.nan)
    if found.values is None:
        return TwoStageAnswer(None, -np.inf, found.bound, values, found.infeasible)
    first = found.values[: stages.first]
    for number, one in enumerate(stages.futures):
        own = found.values[own_columns(stages, number)]
        values[number] = one.cost @ np.concatenate([first, own]) + one.offset
    return TwoStageAnswer(
        first, found.objective + program.offset, found.bound + program.offset, values, False
    )


def recourse_of(
    stages: TwoStage, first: FloatArray, *, time_limit: float = 60.0, seed: int = 0
) -> Recourse:
    """Return what the first stage ``first`` is worth in each future.

    Parameters
    ----------
    stages : TwoStage
    first : FloatArray (first-stage columns,)
    time_limit : float, seconds
        For all futures together.
    seed : int
    """
    ends = time.monotonic() + time_limit
    values = np.full(len(stages.futures), np.nan)
    for number, program in enumerate(stages.held(first).futures):
        left = max(ends - time.monotonic(), 0.1)
        found = _solved(program, allowance=1e-6, time_limit=left, seed=seed)
        if found.infeasible:
            values[number] = -np.inf
        elif found.values is not None:
            values[number] = found.objective + program.offset
    return Recourse(values, stages.weights)


def _solved(program: Program, *, allowance: float, time_limit: float, seed: int) -> ProgramAnswer:
    give_up_threads()
    return solve_program(program, allowance=allowance, time_limit=time_limit, seed=seed)
