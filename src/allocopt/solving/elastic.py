"""A program whose rows may be loosened at a price: elastic programming.

    minimize  sum_k price[k] * move[k]
    with      row_lower <= matrix @ x + by @ move <= row_upper,   0 <= move <= most

(Brown and Graves 1975; Chinneck, Feasibility and Infeasibility in Optimization, 2008,
chapter 6). The program stays in HiGHS between solves.
"""

from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import csr_array, hstack

from allocopt.arrays import BoolArray, FloatArray
from allocopt.solving.highs import MANY_COLUMNS
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Stop
from allocopt.solving.program import Program, as_lp, give_up_threads

_STOPS = {
    highspy.HighsModelStatus.kOptimal: Stop.GAP_REACHED,
    highspy.HighsModelStatus.kInfeasible: Stop.INFEASIBLE,
    highspy.HighsModelStatus.kTimeLimit: Stop.TIME_LIMIT,
}


@dataclass(frozen=True)
class Loosened:
    """A point of an elastic program.

    Attributes
    ----------
    moves : FloatArray (moves,)
    values : FloatArray (columns,)
        Of the program's own columns.
    exact : bool
        Whether no smaller moves will do, in the sum of prices.
    """

    moves: FloatArray
    values: FloatArray
    exact: bool


class Elastic:
    """A program in HiGHS with columns that loosen its rows.

    Parameters
    ----------
    program : Program
        Its costs do not count.
    by : csr_array (rows, moves)
        What a move of one adds to each row.
    steps : BoolArray (moves,)
        Moves in whole numbers, where whole numbers are kept.
    whole : bool
        Whether whole numbers are kept whole.
    options : SolveOptions
    """

    def __init__(
        self,
        program: Program,
        by: csr_array,
        *,
        steps: BoolArray,
        whole: bool,
        options: SolveOptions,
    ) -> None:
        self._width, count = program.cost.size, by.shape[1]
        kinds = np.concatenate([program.whole, steps]) & whole
        self._linear = not kinds.any()
        wider = Program(
            cost=np.zeros(self._width + count),
            lower=np.concatenate([program.lower, np.zeros(count)]),
            upper=np.concatenate([program.upper, np.full(count, np.inf)]),
            whole=kinds,
            matrix=csr_array(hstack([program.matrix, by])),
            row_lower=program.row_lower,
            row_upper=program.row_upper,
        )
        self._columns = np.arange(self._width, self._width + count, dtype=np.int32)
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        self._highs.setOptionValue("output_flag", False)
        self._highs.setOptionValue("threads", options.threads)
        self._highs.setOptionValue("random_seed", options.seed)
        self._highs.setOptionValue("primal_feasibility_tolerance", 1e-8)
        self._highs.HandleKeyboardInterrupt = True
        self._highs.passModel(as_lp(wider))

    def solve(self, prices: FloatArray, most: FloatArray, *, time_limit: float) -> Loosened | Stop:
        """Return the point of the least price; why there is none otherwise.

        Parameters
        ----------
        prices : FloatArray (moves,)
        most : FloatArray (moves,)
            Upper ends of the moves.
        time_limit : float, seconds

        Raises
        ------
        KeyboardInterrupt
        """
        highs, columns = self._highs, self._columns
        highs.changeColsCost(columns.size, columns, -prices)
        highs.changeColsBounds(columns.size, columns, np.zeros(columns.size), most)
        if self._linear and self._width > MANY_COLUMNS:
            # A vertex far away: cold by interior points is a third of warm by simplex.
            highs.clearSolver()
            highs.setOptionValue("solver", "ipm")
        highs.setOptionValue("time_limit", highs.getRunTime() + max(time_limit, 0.1))
        give_up_threads()
        highs.run()
        status = highs.getModelStatus()
        if status == highspy.HighsModelStatus.kInterrupt:
            raise KeyboardInterrupt
        if highs.getInfo().primal_solution_status != highspy.kSolutionStatusFeasible:
            return _STOPS.get(status, Stop.FAILED)
        point = np.array(highs.getSolution().col_value)
        exact = status == highspy.HighsModelStatus.kOptimal
        return Loosened(point[self._width :], point[: self._width], exact)
