"""Models go to HiGHS here, through Pyomo's solver interface; arrays go by `program`."""

import math
import time
from collections.abc import Mapping, Sequence
from itertools import chain

import highspy
import numpy as np
import pyomo.environ as pyo
from pyomo.contrib.solver.common.results import SolutionStatus, TerminationCondition
from pyomo.contrib.solver.solvers.highs import Highs
from pyomo.core.expr import LinearExpression
from pyomo.core.expr.numvalue import is_constant

from allocopt.arrays import FloatArray, IntArray
from allocopt.declare.affine import Affine
from allocopt.declare.goals import GoalRow
from allocopt.declare.rows import Place, PyomoObject, declare_rows
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Outcome, Progress, Stop, Watch
from allocopt.solving.program import Program, give_up_threads, read_program

MANY_COLUMNS = 20_000
"""Above it an LP goes to the interior point method; measured in docs/decisions/0005."""

_SEEN = 1e-9
"""HiGHS takes smaller coefficients as zero, and says so on the terminal at a change."""

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
    live = LiveModel(model, options)
    return live.solve(time_limit=time_limit, watch=watch, stage=stage, relaxed=relaxed)


class LiveModel:
    """A model that stays in HiGHS between solves, so that a change starts from the last basis.

    Parameters
    ----------
    model : ConcreteModel
        With goals declared by `allocopt.declare.goals.declare_goals`.
    options : SolveOptions
    """

    def __init__(self, model: pyo.ConcreteModel, options: SolveOptions) -> None:
        self.model = model
        self._options = options
        self.goals: tuple[GoalRow, ...] = model.allocopt_goals
        self._solver: Highs | None = None
        self._warm = False
        self._held: dict[int, tuple[float, float]] = {}

    def solve(
        self,
        *,
        time_limit: float,
        watch: Watch,
        stage: str,
        relaxed: bool = False,
        allowance: float = 0.0,
    ) -> Outcome:
        """Solve the goals in order; see `solve_model`.

        ``allowance`` is a distance of value and bound that will do, in the goal's unit.
        """
        started = time.monotonic()
        first: Outcome | None = None
        secured: list[PyomoObject] = []
        for number, goal in enumerate(self.goals):
            left = time_limit - (time.monotonic() - started)
            _configure(
                self.loaded(),
                self._options,
                time_limit=left,
                relaxed=relaxed,
                allowance=allowance / goal.scale,
            )
            outcome = self._solve_goal(goal, watch=watch, stage=stage, relaxed=relaxed)
            first = first or outcome
            if not outcome.has_plan or number + 1 == len(self.goals) or left <= 0:
                break
            secured.append(_secure(self.model, goal, number))
            self.loaded().add_constraints(list(secured[-1].values()))
            self._aim(number + 1)
        if secured:
            self.loaded().take_back([data for row in secured for data in row.values()])
            for row in secured:
                self.model.del_component(row)
            self._aim(0)
        assert first is not None
        return first

    def _aim(self, number: int) -> None:
        """Make goal ``number`` the one that is solved for, from no basis."""
        solver = self.loaded()
        self._activate(number)
        solver.set_objective(self.model.component(f"goal_{number + 1}"))
        solver._solver_model.clearSolver()
        self._warm = False

    def _activate(self, number: int) -> None:
        for other in range(len(self.goals)):
            component = self.model.component(f"goal_{other + 1}")
            (component.activate if other == number else component.deactivate)()

    def _solve_goal(self, goal: GoalRow, *, watch: Watch, stage: str, relaxed: bool) -> Outcome:
        solver = self.loaded()
        highs = solver._solver_model
        size = (highs.getNumCol(), highs.getNumRow(), _integers(highs))
        linear = relaxed or not size[2]
        solver.config.threads = 1 if linear else self._options.threads
        if linear:
            cold = "ipm" if size[0] > MANY_COLUMNS else "simplex"
            solver.config.solver_options["solver"] = "simplex" if self._warm else cold
        else:
            solver.config.solver_options["solver"] = "choose"
        _report_to(highs, watch, stage=stage, scale=goal.scale)
        before = highs.getRunTime()
        results = solver.solve(self.model)
        highs.cbMipLogging.clear()
        stop = _STOPS.get(results.termination_condition, Stop.FAILED)
        has_plan = results.solution_status in (SolutionStatus.optimal, SolutionStatus.feasible)
        # Bounds that no point keeps leave a basis to start from, too.
        self._warm = linear and (has_plan or self._warm)
        if has_plan:
            results.solution_loader.load_vars()
        return Outcome(
            stop=stop,
            has_plan=has_plan,
            objective=_number(results.incumbent_objective) * goal.scale,
            bound=_number(results.objective_bound) * goal.scale,
            seconds=float(highs.getRunTime() - before),
            columns=size[0],
            rows=size[1],
            integers=size[2],
        )

    def loaded(self) -> Highs:
        """Return the solver with the model in it."""
        give_up_threads()
        if self._solver is None:
            self._solver = _solver_for(self.model)
        return self._solver

    def row_prices(self) -> FloatArray:
        """Return the row duals of the last solve; empty after several goals."""
        solution = self.loaded()._solver_model.getSolution()
        return np.array(solution.row_dual if solution.dual_valid else [])

    def row_numbers(self, name: str) -> dict[PyomoObject, int]:
        """Return the solver's row of each label of a constraint; none where it is not declared."""
        row_of = self.loaded()._pyomo_con_to_solver_con_map
        constraint = self.model.component(name)
        items = () if constraint is None else constraint.items()
        return {label: row_of[data] for label, data in items}

    def rows_of(self, constraints: Sequence[PyomoObject]) -> IntArray:
        """Return the solver's rows of active constraints, (constraints,)."""
        row_of = self.loaded()._pyomo_con_to_solver_con_map
        return np.array([row_of[data] for data in constraints], dtype=np.int64)

    def column_numbers(self, name: str) -> dict[PyomoObject, int]:
        """Return the solver's column of each label of a variable; none where it is not declared."""
        column_of = self.loaded()._pyomo_var_to_solver_var_map
        variable = self.model.component(name)
        items = () if variable is None else variable.items()
        return {label: column_of[id(data)] for label, data in items}

    def basis(self) -> PyomoObject:
        """Return the basis of the last solve, as HiGHS takes it."""
        return self.loaded()._solver_model.getBasis()

    def arrays(self) -> tuple[Program, list[PyomoObject]]:
        """Return the model as arrays, and the variable of each column."""
        solver = self.loaded()
        column_of = solver._pyomo_var_to_solver_var_map
        variables = sorted(
            self.model.component_data_objects(pyo.Var), key=lambda one: column_of[id(one)]
        )
        return read_program(solver._solver_model), variables

    def hold(self, values: Mapping[Place, tuple[float, float]]) -> None:
        """Keep variables between values, each (lowest, highest), until `release`."""
        solver = self.loaded()
        column_of = solver._pyomo_var_to_solver_var_map
        for (name, index), (low, high) in values.items():
            component = self.model.component(name)
            if component is None or index not in component:
                continue
            column, variable = column_of[id(component[index])], component[index]
            ends = (
                -highspy.kHighsInf if variable.lb is None else variable.lb,
                highspy.kHighsInf if variable.ub is None else variable.ub,
            )
            self._held.setdefault(column, ends)
            solver._solver_model.changeColBounds(column, low, high)

    def release(self) -> None:
        """Let variables that were held move within their own bounds again."""
        if self._held:
            highs = self.loaded()._solver_model
            for column, (low, high) in self._held.items():
                highs.changeColBounds(column, low, high)
        self._held.clear()

    def follow(self, constraints: tuple[PyomoObject, ...]) -> None:
        """Take over rows whose coefficients changed in the Pyomo model."""
        if self._solver is None:
            return
        highs = self._solver._solver_model
        row_of = self._solver._pyomo_con_to_solver_con_map
        column_of = self._solver._pyomo_var_to_solver_var_map
        # A zero where there was none already is nothing to print a warning about.
        said = highs.getOptionValue("output_flag")[1]
        highs.setOptionValue("output_flag", False)
        for data in chain.from_iterable(constraint.values() for constraint in constraints):
            row, terms = row_of[data], data.body
            for coefficient, variable in zip(terms.linear_coefs, terms.linear_vars, strict=True):
                seen = coefficient if abs(coefficient) > _SEEN else 0.0
                highs.changeCoeff(row, column_of[id(variable)], seen)
            upper = highspy.kHighsInf if data.upper is None else float(data.upper)
            highs.changeRowBounds(row, float(data.lower), upper)
        highs.setOptionValue("output_flag", said)


def _secure(model: pyo.ConcreteModel, goal: GoalRow, number: int) -> PyomoObject:
    """Declare that later goals keep what this one reached, but for its slack and rounding."""
    reached = float(goal.value.value())
    allowance = goal.slack * abs(reached) + 1e-9 * max(abs(reached), goal.scale)
    row: Affine = goal.value - (reached - allowance)
    return declare_rows(
        model,
        f"secured_goal_{number + 1}",
        [goal.name],
        row[None],
        doc="an earlier goal keeps its value",
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


class _EagerHighs(Highs):  # type: ignore[misc]
    """Takes all variables of a model in one step, and linear rows of numbers as they are.

    Pyomo's own way looks at every expression as if it could be anything, which took most
    of the time between a model and its solution. Other rows, of users' models, go that way.
    """

    def add_block(self, block: PyomoObject) -> None:
        self.add_variables(list(block.component_data_objects(pyo.Var, descend_into=True)))
        super().add_block(block)

    def add_constraints(self, cons: list[PyomoObject]) -> None:
        plain = [row for row in cons if _is_plain(row)]
        if len(plain) < len(cons):
            super().add_constraints([row for row in cons if not _is_plain(row)])
        if plain:
            self._add_plain(plain)

    def _add_plain(self, rows: list[PyomoObject]) -> None:
        column_of, infinite = self._pyomo_var_to_solver_var_map, highspy.kHighsInf
        bodies = [row.body for row in rows]
        counts = [len(body.linear_coefs) for body in bodies]
        columns = [column_of[id(one)] for body in bodies for one in body.linear_vars]
        data = [value for body in bodies for value in body.linear_coefs]
        lower = [-infinite if row.lb is None else row.lb for row in rows]
        upper = [infinite if row.ub is None else row.ub for row in rows]
        constants = np.array([body.constant for body in bodies], dtype=np.float64)
        first = len(self._pyomo_con_to_solver_con_map)
        status = self._solver_model.addRows(
            len(rows),
            np.array(lower, dtype=np.float64) - constants,
            np.array(upper, dtype=np.float64) - constants,
            len(data),
            np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int32),
            np.array(columns, dtype=np.int32),
            np.array(data, dtype=np.float64),
        )
        if status == highspy.HighsStatus.kError:
            message = f"HiGHS refused {len(rows)} rows, {rows[0].name} first"
            raise RuntimeError(message)
        numbered = dict(zip(rows, range(first, first + len(rows)), strict=True))
        self._pyomo_con_to_solver_con_map.update(numbered)
        self._solver_con_to_pyomo_con_map.update({k: row for row, k in numbered.items()})
        # Values are loaded for variables that rows refer to.
        for row, body in zip(rows, bodies, strict=True):
            for variable in body.linear_vars:
                self._referenced_variables[id(variable)][0][row] = None

    def take_back(self, rows: list[PyomoObject]) -> None:
        """Remove the rows that were added last; all of them plain."""
        first = len(self._pyomo_con_to_solver_con_map) - len(rows)
        for row in rows:
            del self._solver_con_to_pyomo_con_map[self._pyomo_con_to_solver_con_map.pop(row)]
            for variable in row.body.linear_vars:
                del self._referenced_variables[id(variable)][0][row]
        self._solver_model.deleteRows(len(rows), np.arange(first, first + len(rows)))


def _is_plain(row: PyomoObject) -> bool:
    """Return whether a row is linear in distinct variables, with numbers that never change."""
    body = row.body
    if not isinstance(body, LinearExpression):
        return False
    numbers = (body.constant, *body.linear_coefs)
    bounds = (row.lower, row.upper)
    return (
        all(isinstance(number, int | float) for number in numbers)
        and all(bound is None or is_constant(bound) for bound in bounds)
        and len({id(one) for one in body.linear_vars}) == len(body.linear_vars)
    )


def _solver_for(model: pyo.ConcreteModel) -> Highs:
    """Return a solver that holds ``model``; it looks for no changes of its own accord."""
    solver = _EagerHighs()
    for flag in _CHECKS_OF_CHANGE:
        solver.config.auto_updates[flag] = False
    solver.set_instance(model)
    return solver


def _configure(
    solver: Highs,
    options: SolveOptions,
    *,
    time_limit: float,
    relaxed: bool,
    allowance: float,
) -> None:
    config = solver.config
    config.load_solutions = False
    config.raise_exception_on_nonoptimal_result = False
    config.threads = options.threads
    config.time_limit = max(time_limit, 0.1)
    config.rel_gap = options.gap / 2
    config.abs_gap = max(allowance, 1e-6)
    config.solver_options = {"random_seed": options.seed, "solve_relaxation": relaxed}


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
