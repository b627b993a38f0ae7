"""Plans out: a model, the arrays it works on, and the search for its best plan."""

import time
from dataclasses import dataclass, replace

from allocopt.errors import InfeasibleError
from allocopt.plan.plan import Plan
from allocopt.problem import build_problem
from allocopt.problem.problem import Problem
from allocopt.scenario.scenario import Scenario
from allocopt.solving.answer import answer
from allocopt.solving.catalog import Formulation, load_formulation
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Watch, no_watch
from allocopt.workflow.ways_out import ways_out

_SECONDS_FOR_WAYS_OUT = 180.0
"""The conflict is known by then; large scenarios may end without a way out that is verified."""


@dataclass(frozen=True)
class Task:
    """A scenario made ready for a model.

    Attributes
    ----------
    scenario : Scenario
    problem : Problem
    formulation : Formulation
    seconds : float
        Time spent on preparing.
    """

    scenario: Scenario
    problem: Problem
    formulation: Formulation
    seconds: float


def prepare(scenario: Scenario, model: str = "joint") -> Task:
    """Return the task of finding a model's plan for ``scenario``.

    Parameters
    ----------
    scenario : Scenario
    model : str
        Name, or path of a model file, which runs with the user's rights.

    Raises
    ------
    UsageError, ModelError
        If there is no such model, or its file breaks the contract.
    """
    started = time.monotonic()
    formulation = load_formulation(model)
    problem = build_problem(scenario.data)
    return Task(scenario, problem, formulation, time.monotonic() - started)


def run(
    task: Task,
    *,
    options: SolveOptions | None = None,
    watch: Watch = no_watch,
    repairs: bool = True,
) -> Plan:
    """Return the plan of ``task``.

    Parameters
    ----------
    task : Task
    options : SolveOptions or None
    watch : callable
        Gets a `Progress` now and then.
    repairs : bool
        Whether ways out are looked for where no plan is possible, within the time limit.

    Raises
    ------
    ModelError, InfeasibleError, NoPlanInTimeError, SolveError
        See `allocopt.solving.answer.answer`.
    """
    chosen, started = options or SolveOptions(), time.monotonic()
    try:
        plan = answer(task.scenario, task.problem, task.formulation, options=chosen, watch=watch)
    except InfeasibleError as error:
        if not repairs:
            raise
        left = min(chosen.time_limit - (time.monotonic() - started), _SECONDS_FOR_WAYS_OUT)
        raise _with_ways_out(error, task, chosen, (watch, left)) from error
    return replace(plan, seconds={"prepare": task.seconds, **plan.seconds})


def _with_ways_out(
    error: InfeasibleError, task: Task, options: SolveOptions, limits: tuple[Watch, float]
) -> InfeasibleError:
    """Return the error with ways out of it."""
    watch, seconds = limits
    found = ways_out(
        task.scenario,
        task.problem,
        task.formulation,
        options=options,
        watch=watch,
        seconds=seconds,
    )
    return InfeasibleError(
        error.text,
        error.conflict,
        ways_out=found.ways,
        dropped=found.dropped,
        cut_short=found.cut_short,
    )


def solve(
    scenario: Scenario,
    model: str = "joint",
    *,
    options: SolveOptions | None = None,
    watch: Watch = no_watch,
    repairs: bool = True,
) -> Plan:
    """Return the plan of a bundled model (or a model file) for ``scenario``.

    Parameters
    ----------
    scenario : Scenario
    model : str
        Name, or path of a model file, which runs with the user's rights.
    options : SolveOptions or None
    watch : callable
        Gets a `Progress` now and then.
    repairs : bool
        Whether ways out are looked for where no plan is possible.

    Raises
    ------
    UsageError, ModelError, InfeasibleError, NoPlanInTimeError, SolveError
        See `allocopt.solving.answer.answer` and `allocopt.solving.catalog`.
    """
    return run(prepare(scenario, model), options=options, watch=watch, repairs=repairs)
