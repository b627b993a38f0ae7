"""Large plans with whole people, unit by unit: a bound by prices, and a plan in turn.

The relaxed model prices what units share: money, quotas, people who move. With these
prices in place of the coupling rows the model falls into one small program per unit,
which whole numbers do not make hard. Their values add up to a bound that is nowhere
weaker than the relaxed one (Lagrangian relaxation, Geoffrion 1974). Solved in turn, each
unit taking the people that the others leave, they give the people of a plan.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack, vstack

from allocopt.arrays import FloatArray, IntArray
from allocopt.solving.blocks import Block, Split
from allocopt.solving.program import Program, ProgramAnswer, solve_program

_AT_ONCE = 2
"""Units that are planned at the same time, whatever the number of threads: same plan."""
_BETTER = 1e-6
"""What counts as better, in the program's unit."""


@dataclass(frozen=True)
class Limits:
    """Limits of every program.

    Attributes
    ----------
    allowance : float
        Distance of value and bound that will do, in the program's unit.
    seconds : callable
        Returns the seconds left.
    threads, seed : int
    """

    allowance: float
    seconds: Callable[[], float]
    threads: int
    seed: int

    def solve(self, program: Program, start: FloatArray | None = None) -> ProgramAnswer:
        """Solve one program within the limits, from ``start`` where given."""
        return solve_program(
            program,
            allowance=self.allowance,
            time_limit=max(self.seconds(), 0.1),
            seed=self.seed,
            start=start,
        )


def bound_by_prices(split: Split, limits: Limits) -> float:
    """Return what no point of the whole program can exceed; infinite where a block has no bound."""
    order = sorted(split.blocks, key=lambda block: -block.program.whole.sum())
    with _workers(limits.threads) as pool:
        answers = list(pool.map(limits.solve, [block.program for block in order]))
    return split.constant + sum(answer.bound for answer in answers)


@contextmanager
def _workers(count: int) -> Iterator[ThreadPoolExecutor]:
    """Yield a pool of threads; an interrupt waits for the programs at work only."""
    pool = ThreadPoolExecutor(count)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def plan_in_turn(split: Split, start: FloatArray, limits: Limits) -> FloatArray:
    """Return a point near ``start`` in which every unit's numbers are whole.

    Parameters
    ----------
    split : Split
    start : FloatArray (columns,)
        Point of the relaxed program; columns of no unit stay as they are there.
    limits : Limits

    Notes
    -----
    Gauss-Seidel over units: money rows stay at their prices; of the people rows each unit
    may take what the others leave, and more only at a price above that of the row.
    """

    def plan(program: Program, _: FloatArray) -> FloatArray | None:
        return limits.solve(program).values

    return _in_turn(split, start, limits, plan)


def improve_in_turn(split: Split, start: FloatArray, limits: Limits) -> FloatArray:
    """Return ``start``, whose numbers are whole, with every unit's part improved where it can be.

    As `plan_in_turn`, but a unit keeps its part unless a better one is found.
    """

    def improve(program: Program, own: FloatArray) -> FloatArray | None:
        missed = np.zeros(program.cost.size - own.size)
        before = np.concatenate([own, missed])
        answer = limits.solve(program, before)
        better = answer.objective > float(program.cost @ before) + _BETTER
        return answer.values if better else None

    return _in_turn(split, start, limits, improve)


def _in_turn(
    split: Split,
    start: FloatArray,
    limits: Limits,
    solve: Callable[[Program, FloatArray], FloatArray | None],
) -> FloatArray:
    """Pass over the units, a few at a time, each with what the others have by then."""
    point = start.copy()
    units = sorted(split.blocks[:-1], key=lambda block: (-block.columns.size, block.columns[0]))
    with _workers(min(limits.threads, _AT_ONCE)) as pool:
        for first in range(0, len(units), _AT_ONCE):
            wave = units[first : first + _AT_ONCE]
            programs = [_own_program(split, block, point) for block in wave]
            parts = [point[block.columns] for block in wave]
            for block, values in zip(wave, pool.map(solve, programs, parts), strict=True):
                if values is not None:
                    own = np.flatnonzero(block.own)
                    point[block.columns[own]] = values[own]
    return point


def _own_program(split: Split, block: Block, point: FloatArray) -> Program:
    """Return the block's program with the people rows it takes part in, others' share taken off.

    Without their price, but more than what is left costs that price and the highest one.
    """
    whole = split.whole
    matrix = csr_array(whole.matrix[split.people][:, block.columns[block.own]])
    used = np.flatnonzero(np.diff(matrix.indptr))
    rows, matrix = split.people[used], csr_array(matrix[used])
    own = np.flatnonzero(block.own)
    mine = matrix @ point[block.columns[own]]
    others = whole.matrix[rows] @ point - mine
    # Where the point at hand exceeds the row already, it may stay.
    least = np.minimum(whole.row_lower[rows] - others, mine)
    most = np.maximum(whole.row_upper[rows] - others, mine)
    prices = split.prices[rows]
    cost = block.program.cost.copy()
    cost[own] += matrix.T @ prices
    extra = np.abs(prices) + np.abs(split.prices[split.people]).max(initial=0.0)
    held = block.program.held(np.flatnonzero(~block.own), point[block.columns[~block.own]])
    return _with_penalized_rows(replace(held, cost=cost), (matrix, own), (least, most), extra=extra)


def _with_penalized_rows(
    program: Program,
    rows: tuple[csr_array, IntArray],
    sides: tuple[FloatArray, FloatArray],
    *,
    extra: FloatArray,
) -> Program:
    """Return the program with more rows, which may be missed on either side at a price."""
    (matrix, columns), (least, most) = rows, sides
    count = least.size
    wide = csr_array(
        (matrix.data, columns[matrix.indices], matrix.indptr), shape=(count, program.cost.size)
    )
    apart = csr_array((program.matrix.shape[0], 2 * count))
    missed = hstack([eye_array(count), -eye_array(count)])
    return Program(
        cost=np.concatenate([program.cost, -extra, -extra]),
        lower=np.concatenate([program.lower, np.zeros(2 * count)]),
        upper=np.concatenate([program.upper, np.full(2 * count, np.inf)]),
        whole=np.concatenate([program.whole, np.zeros(2 * count, dtype=np.bool_)]),
        matrix=csr_array(vstack([hstack([program.matrix, apart]), hstack([wide, missed])])),
        row_lower=np.concatenate([program.row_lower, least]),
        row_upper=np.concatenate([program.row_upper, most]),
    )
