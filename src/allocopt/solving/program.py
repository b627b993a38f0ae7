"""A model as arrays, for methods that take it apart."""

from dataclasses import dataclass, replace

import highspy
import numpy as np
from scipy.sparse import csc_array, csr_array

from allocopt.arrays import BoolArray, FloatArray, IntArray
from allocopt.declare.rows import PyomoObject

_NEAR = 1e-7
NO_SEARCHES = {
    "mip_allow_restart": False,
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_feasibility_jump": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_root_reduced_cost": False,
}
"""Searches for a first answer and restarts took half of the time of a unit's program and
found nothing that the tree did not (docs/decisions/0009)."""

_CAREFUL = {
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
    "mip_feasibility_tolerance": 1e-9,
}


@dataclass(frozen=True)
class Program:
    """Maximize cost @ x + offset with row_lower <= matrix @ x <= row_upper, lower <= x <= upper.

    Attributes
    ----------
    cost, lower, upper : FloatArray (columns,)
    whole : BoolArray (columns,)
    matrix : csr_array (rows, columns)
    row_lower, row_upper : FloatArray (rows,)
    offset : float
    """

    cost: FloatArray
    lower: FloatArray
    upper: FloatArray
    whole: BoolArray
    matrix: csr_array
    row_lower: FloatArray
    row_upper: FloatArray
    offset: float = 0.0

    def part(self, rows: IntArray, columns: IntArray, cost: FloatArray) -> "Program":
        """Return the program of some rows and columns with other costs."""
        return Program(
            cost=cost,
            lower=self.lower[columns],
            upper=self.upper[columns],
            whole=self.whole[columns],
            matrix=csr_array(self.matrix[rows][:, columns]),
            row_lower=self.row_lower[rows],
            row_upper=self.row_upper[rows],
        )

    def held(self, columns: IntArray, values: FloatArray) -> "Program":
        """Return the program with some columns fixed."""
        lower, upper = self.lower.copy(), self.upper.copy()
        lower[columns] = upper[columns] = values
        return replace(self, lower=lower, upper=upper)


@dataclass(frozen=True)
class ProgramAnswer:
    """What HiGHS made of a program.

    Attributes
    ----------
    values : FloatArray (columns,) or None
    objective, bound : float
        Without offset; the bound is infinite where none is known.
    infeasible : bool
        Whether HiGHS has shown that no point keeps all rows.
    """

    values: FloatArray | None
    objective: float
    bound: float
    infeasible: bool = False


def read_program(highs: PyomoObject) -> Program:
    """Return the program that a HiGHS instance holds, to be maximized."""
    lp = highs.getLp()
    matrix = lp.a_matrix_
    kind = csc_array if matrix.format_ == highspy.MatrixFormat.kColwise else csr_array
    kinds = np.array([int(one) for one in lp.integrality_], dtype=np.int64) == 1
    sign = 1.0 if lp.sense_ == highspy.ObjSense.kMaximize else -1.0
    return Program(
        cost=sign * np.array(lp.col_cost_),
        lower=np.array(lp.col_lower_),
        upper=np.array(lp.col_upper_),
        whole=kinds if kinds.size else np.zeros(lp.num_col_, dtype=np.bool_),
        matrix=csr_array(
            kind(
                (np.array(matrix.value_), np.array(matrix.index_), np.array(matrix.start_)),
                shape=(lp.num_row_, lp.num_col_),
            )
        ),
        row_lower=np.array(lp.row_lower_),
        row_upper=np.array(lp.row_upper_),
        offset=sign * float(lp.offset_),
    )


def roundable(program: Program, point: FloatArray) -> BoolArray:
    """Return which columns could take a whole number next to ``point`` and keep every row.

    Each for itself, all others as they are at the point; (columns,).
    """
    matrix = csc_array(program.matrix)
    rows, owner = matrix.indices, np.repeat(np.arange(point.size), np.diff(matrix.indptr))
    activity = program.matrix @ point
    found = np.zeros(point.size, dtype=np.bool_)
    for beside in (np.floor(point), np.ceil(point)):
        moved = activity[rows] + matrix.data * (beside - point)[owner]
        kept = (moved >= program.row_lower[rows] - _NEAR) & (
            moved <= program.row_upper[rows] + _NEAR
        )
        broken = np.bincount(owner, weights=~kept, minlength=point.size)
        found |= (broken == 0) & (beside >= program.lower) & (beside <= program.upper)
    return found


def solve_program(
    program: Program,
    *,
    allowance: float,
    time_limit: float,
    seed: int,
    start: FloatArray | None = None,
    careful: bool = False,
) -> ProgramAnswer:
    """Solve ``program`` on one thread until value and bound are within ``allowance``.

    Several may run at once, each on a thread of the caller's. ``start`` is a point to
    start from, which counts if it keeps all rows. ``careful`` solves with HiGHS's own
    searches for first answers and with tolerances for a bound to the ninth digit.
    """
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, setting in (_CAREFUL if careful else NO_SEARCHES).items():
        highs.setOptionValue(name, setting)
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("random_seed", seed)
    highs.setOptionValue("mip_abs_gap", allowance)
    highs.setOptionValue("time_limit", time_limit)
    highs.passModel(as_lp(program))
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        highs.setSolution(solution)
    highs.run()
    info, status = highs.getInfo(), highs.getModelStatus()
    optimal = status == highspy.HighsModelStatus.kOptimal
    has_point = info.primal_solution_status == highspy.kSolutionStatusFeasible
    bound = info.mip_dual_bound if program.whole.any() else info.objective_function_value
    known = optimal or (program.whole.any() and abs(bound) < highspy.kHighsInf)
    return ProgramAnswer(
        values=np.array(highs.getSolution().col_value) if has_point else None,
        objective=float(info.objective_function_value) if has_point else -np.inf,
        bound=float(bound) if known else np.inf,
        infeasible=status == highspy.HighsModelStatus.kInfeasible,
    )


@dataclass(frozen=True)
class RelaxedAnswer:
    """An optimal point of a program whose whole numbers may be fractions.

    Attributes
    ----------
    values : FloatArray (columns,)
    prices : FloatArray (rows,)
        Row duals.
    objective : float
        Without offset.
    """

    values: FloatArray
    prices: FloatArray
    objective: float


class RelaxedProgram:
    """A program whose whole numbers may be fractions; it stays in HiGHS between solves.

    Parameters
    ----------
    program : Program
    basis : HighsBasis
        To start from.
    threads, seed : int
    """

    def __init__(self, program: Program, basis: PyomoObject, *, threads: int, seed: int) -> None:
        self._program = replace(program, whole=np.zeros_like(program.whole))
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        self._highs.setOptionValue("output_flag", False)
        self._highs.setOptionValue("threads", threads)
        self._highs.setOptionValue("random_seed", seed)
        self._highs.setOptionValue("solver", "simplex")
        # As wide as for whole numbers, which are held here.
        self._highs.setOptionValue("primal_feasibility_tolerance", 1e-6)
        self._highs.passModel(as_lp(self._program))
        self._highs.setBasis(basis)

    def basis(self) -> PyomoObject:
        """Return the basis of the last solve."""
        return self._highs.getBasis()

    def solve(
        self, held: BoolArray, point: FloatArray, *, time_limit: float
    ) -> RelaxedAnswer | None:
        """Solve with the columns ``held`` fixed as in ``point``; None without an optimum."""
        lower = np.where(held, point, self._program.lower)
        upper = np.where(held, point, self._program.upper)
        highs, count = self._highs, point.size
        highs.setOptionValue("time_limit", highs.getRunTime() + max(time_limit, 0.1))
        highs.changeColsBounds(count, np.arange(count, dtype=np.int32), lower, upper)
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = highs.getSolution()
        return RelaxedAnswer(
            values=np.array(solution.col_value),
            prices=np.array(solution.row_dual),
            objective=float(highs.getInfo().objective_function_value),
        )


def as_lp(program: Program) -> PyomoObject:
    """Return ``program`` in the form that HiGHS takes."""
    lp = highspy.HighsLp()
    matrix = program.matrix.tocsc()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = program.cost, program.lower, program.upper
    lp.row_lower_, lp.row_upper_ = program.row_lower, program.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
    lp.a_matrix_.value_ = matrix.data
    if program.whole.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(one)] for one in program.whole]
    return lp


def give_up_threads() -> None:
    """Make HiGHS take the number of threads that is asked for next.

    It keeps one pool of threads per process and refuses another number of them until the
    pool is given up.
    """
    highspy.Highs.resetGlobalScheduler(True)
