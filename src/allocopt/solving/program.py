"""A model as arrays, for methods that take it apart."""

from dataclasses import dataclass, replace

import highspy
import numpy as np
from scipy.sparse import csc_array, csr_array

from allocopt.arrays import BoolArray, FloatArray, IntArray
from allocopt.declare.rows import PyomoObject

_QUICK = {
    "output_flag": False,
    "mip_rel_gap": 0.0,
    # Searches for a first answer and restarts took half of the time of a unit's program and
    # found nothing that the tree did not (docs/decisions/0009).
    "mip_allow_restart": False,
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_feasibility_jump": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_root_reduced_cost": False,
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
    """

    values: FloatArray | None
    objective: float
    bound: float


def read_program(highs: PyomoObject) -> Program:
    """Return the program that a HiGHS instance holds, to be maximized."""
    lp = highs.getLp()
    matrix = lp.a_matrix_
    kind = csc_array if matrix.format_ == highspy.MatrixFormat.kColwise else csr_array
    sign = 1.0 if lp.sense_ == highspy.ObjSense.kMaximize else -1.0
    return Program(
        cost=sign * np.array(lp.col_cost_),
        lower=np.array(lp.col_lower_),
        upper=np.array(lp.col_upper_),
        whole=np.array([int(one) for one in lp.integrality_], dtype=np.int64) == 1,
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


def solve_program(
    program: Program, *, allowance: float, time_limit: float, seed: int
) -> ProgramAnswer:
    """Solve ``program`` on one thread until value and bound are within ``allowance``.

    Several may run at once, each on a thread of the caller's.
    """
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, setting in _QUICK.items():
        highs.setOptionValue(name, setting)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("random_seed", seed)
    highs.setOptionValue("mip_abs_gap", allowance)
    highs.setOptionValue("time_limit", time_limit)
    highs.passModel(_as_lp(program))
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
    )


def _as_lp(program: Program) -> PyomoObject:
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
