"""What it is worth to plan for many futures, and what it would be worth to know the future."""

from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.solving.program import Program
from allocopt.stochastic.recourse import recourse_of, solve_two_stage
from allocopt.stochastic.two_stage import TwoStage


@dataclass(frozen=True)
class StochasticValue:
    """The plan for many futures beside the plan for the expected one and beside foresight.

    Birge and Louveaux, Introduction to Stochastic Programming, 2nd edition 2011, chapter 4.

    Attributes
    ----------
    recourse_problem : float
        Mean value of the best plan for many futures.
    first : FloatArray (first-stage columns,)
        Of that plan.
    expected_plan : FloatArray (first-stage columns,)
        Best if the expected future were certain.
    expected_value : float
        What that plan promises.
    expected_plan_value : float
        What it is worth in the mean over futures; minus infinity where one has no recourse.
    wait_and_see : float
        Mean value if every future were known before the first stage.
    """

    recourse_problem: float
    first: FloatArray
    expected_plan: FloatArray
    expected_value: float
    expected_plan_value: float
    wait_and_see: float

    @property
    def stochastic_solution(self) -> float:
        """Return the value of the stochastic solution, >= 0."""
        return self.recourse_problem - self.expected_plan_value

    @property
    def perfect_information(self) -> float:
        """Return the expected value of perfect information, >= 0."""
        return self.wait_and_see - self.recourse_problem


def value_of(
    stages: TwoStage, expected: Program, *, time_limit: float = 60.0, seed: int = 0
) -> StochasticValue:
    """Return what planning for many futures is worth.

    Parameters
    ----------
    stages : TwoStage
    expected : Program
        The expected future, with the same first columns.
    time_limit : float, seconds
        For each solve.
    seed : int

    Raises
    ------
    ValueError
        If a problem has no solution, or none was found in time.
    """

    def solved(problem: TwoStage) -> tuple[FloatArray, float]:
        found = solve_two_stage(problem, time_limit=time_limit, seed=seed)
        if found.first is None:
            message = "a problem in two stages has no solution"
            raise ValueError(message)
        return found.first, found.objective

    first, value = solved(stages)
    certain = TwoStage((expected,), np.ones(1), stages.first)
    expected_first, expected_value = solved(certain)
    known = [solved(stages.alone(number))[1] for number in range(len(stages.futures))]
    held = recourse_of(stages, expected_first, time_limit=time_limit, seed=seed)
    return StochasticValue(
        recourse_problem=value,
        first=first,
        expected_plan=expected_first,
        expected_value=expected_value,
        expected_plan_value=held.mean,
        wait_and_see=float(stages.weights @ np.array(known)),
    )
