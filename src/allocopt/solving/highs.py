"""The only module that speaks to HiGHS, through Pyomo's solver interface."""

import math
import time

import highspy
import pyomo.environ as pyo
from pyomo.contrib.solver.common.results import SolutionStatus, TerminationCondition
from pyomo.contrib.solver.solvers.highs import Highs

from allocopt.declare.affine import Affine
from allocopt.declare.goals import GoalRow
from allocopt.declare.rows import PyomoObject, declare_rows
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Outcome, Progress, Stop, Watch

_MANY_COLUMNS = 20_000
"""Above it an LP goes to the interior point method; measured in docs/decisions/0005."""

_STOPS = {
    TerminationCondition.convergenceCriteriaSatisfied: Stop.GAP_REACHED,
    TerminationCondition.maxTimeLimit: Stop.TIME_LIMIT,
    TerminationCondition.provenInfeasible: Stop.INFEASIBLE,
    TerminationCondition.infeasibleOrUnbounded: Stop.INFEASIBLE,
    TerminationCondition.unbounded: Stop.UNBOUNDED,
    TerminationCondition.interrupted: Stop.INTERRUPTED,
    TerminationCondition.iterationLimit: Stop.OTHER_LIMIT,
    TerminationCondition.objectiveLimit: Stop.OTHER_LIMIT,
}


def solve_model(
    model: pyo.ConcreteModel,
    options: SolveOptions,
    *,
    time_limit: float,
    watch: Watch,
    stage: str,
    relaxed: bool = False,
) -> Outcome:
    """Solve the model's goals in order and leave the last point in its variables.

    Parameters
    ----------
    model : ConcreteModel
        With goals declared by `allocopt.declare.goals.declare_goals`.
    options : SolveOptions
    time_limit : float, seconds
    watch : Watch
    stage : str
        Name for the progress display.
    relaxed : bool
        Whole numbers may be fractions: what remains is a bound.

    Returns
    -------
    Outcome
        Objective and bound are those of the first goal, in its own unit.
    """
    started = time.monotonic()
    goals: tuple[GoalRow, ...] = model.allocopt_goals
    first: Outcome | None = None
    for number, goal in enumerate(goals):
        left = time_limit - (time.monotonic() - started)
        outcome = _solve_goal(
            model, options, goal, time_limit=left, watch=watch, stage=stage, relaxed=relaxed
        )
        if first is None or not outcome.has_plan:
            first = first if first is not None and not outcome.has_plan else outcome
        if not outcome.has_plan or number + 1 == len(goals) or left <= 0:
            break
        _secure(model, goal, number)
        model.component(f"goal_{number + 1}").deactivate()
        model.component(f"goal_{number + 2}").activate()
    assert first is not None
    return first


def _secure(model: pyo.ConcreteModel, goal: GoalRow, number: int) -> None:
    """Declare that later goals keep what this one reached, but for its slack and rounding."""
    reached = float(goal.value.value())
    allowance = goal.slack * abs(reached) + 1e-9 * max(abs(reached), goal.scale)
    row: Affine = goal.value - (reached - allowance)
    declare_rows(
        model,
        f"secured_goal_{number + 1}",
        [goal.name],
        row[None],
        doc="an earlier goal keeps its value",
    )


def _solve_goal(
    model: pyo.ConcreteModel,
    options: SolveOptions,
    goal: GoalRow,
    *,
    time_limit: float,
    watch: Watch,
    stage: str,
    relaxed: bool,
) -> Outcome:
    solver = _configured(options, time_limit=time_limit, relaxed=relaxed)
    solver.set_instance(model)
    highs = solver._solver_model
    size = (highs.getNumCol(), highs.getNumRow(), _integers(highs))
    if relaxed or not size[2]:
        method = "ipm" if size[0] > _MANY_COLUMNS else "simplex"
        solver.config.solver_options["solver"] = method
    _report_to(highs, watch, stage=stage, scale=goal.scale)
    results = solver.solve(model)
    stop = _STOPS.get(results.termination_condition, Stop.FAILED)
    has_plan = results.solution_status in (SolutionStatus.optimal, SolutionStatus.feasible)
    if has_plan:
        results.solution_loader.load_vars()
    return Outcome(
        stop=stop,
        has_plan=has_plan,
        objective=_number(results.incumbent_objective) * goal.scale,
        bound=_number(results.objective_bound) * goal.scale,
        seconds=float(results.timing_info.highs_time or 0.0),
        columns=size[0],
        rows=size[1],
        integers=size[2],
    )


_CHECKS_OF_CHANGE = (
    "check_for_new_or_removed_constraints",
    "check_for_new_or_removed_vars",
    "check_for_new_or_removed_params",
    "check_for_new_objective",
    "update_constraints",
    "update_vars",
    "update_parameters",
    "update_named_expressions",
    "update_objective",
)


def _configured(options: SolveOptions, *, time_limit: float, relaxed: bool) -> Highs:
    """Return a solver with its limits; each model is passed once, so no change is looked for.

    HiGHS keeps one pool of threads per process and refuses another number of them until
    the pool is given up.
    """
    highspy.Highs.resetGlobalScheduler(True)
    solver = Highs()
    config = solver.config
    config.load_solutions = False
    config.raise_exception_on_nonoptimal_result = False
    config.threads = options.threads
    config.time_limit = max(time_limit, 0.1)
    config.rel_gap = options.gap / 2
    config.solver_options = {"random_seed": options.seed, "solve_relaxation": relaxed}
    for flag in _CHECKS_OF_CHANGE:
        config.auto_updates[flag] = False
    return solver


def _integers(highs: PyomoObject) -> int:
    kinds = highs.getLp().integrality_
    return sum(1 for kind in kinds if int(kind) == 1)


def _number(found: float | None) -> float:
    return math.nan if found is None or not math.isfinite(found) else float(found)


def _report_to(highs: PyomoObject, watch: Watch, *, stage: str, scale: float) -> None:
    """Pass HiGHS's branch-and-bound progress to ``watch``."""

    def report(event: PyomoObject) -> None:
        data = event.data_out
        watch(
            Progress(
                stage=stage,
                seconds=float(data.running_time),
                objective=_number(data.mip_primal_bound) * scale,
                bound=_number(data.mip_dual_bound) * scale,
            )
        )

    highs.cbMipLogging += report
