"""Why no allocation keeps every limit, and the smallest way out by each of them.

Limits may fall short at a price (elastic program); those that do are enforced, and so on until no
plan is left: these clash (elastic filter; Chinneck and Dravnieks, 1991). A repair loosens one
limit alone by the least amount that makes an allocation possible.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, hstack

from allocopt.allocation.parts import Marks, lines_above, parts_of
from allocopt.allocation.partsprogram import parts_program
from allocopt.allocation.request import Request
from allocopt.allocation.rows import Rows
from allocopt.arrays import BoolArray, FloatArray, IntArray
from allocopt.solving.program import Program, solve_program

_MISSED = 1e-7
_SECONDS = 20.0


@dataclass(frozen=True)
class Repair:
    """A limit, and the least by which it must be loosened if all others stay.

    Attributes
    ----------
    name : str
    by : float
        In the limit's own unit.
    """

    name: str
    by: float


def conflict_of(request: Request, rows: Rows) -> tuple[tuple[str, ...], tuple[Repair, ...]]:
    """Return the names of limits that clash, and a repair for each that can help alone."""
    market = request.market
    parts = parts_of(market, request.levels, Marks.none())
    spend = market.bank.best_response(0.0, np.minimum(market.domain.low, market.domain.high),
                                      market.domain.high)  # fmt: skip
    lines = lines_above(market, parts, Marks.none().and_at(spend))
    built = parts_program(request, rows, (parts, lines), 1.0)
    at, sizes = built.limits, built.sizes
    elastic, slack = _elastic(built.program, at)
    names = limit_names(request)
    enforced = np.zeros(at.size, dtype=np.bool_)
    while True:
        missed = _missed(elastic, slack, at.size, ~enforced)
        if missed is None or not (missed > _MISSED).any():
            break
        enforced |= missed > _MISSED
    repairs = []
    for number in np.flatnonzero(enforced):
        alone = np.zeros(at.size, dtype=np.bool_)
        alone[number] = True
        missed = _missed(elastic, slack, at.size, alone)
        if missed is not None and missed[number] > _MISSED:
            repairs.append(Repair(names[number], float(missed[number] * sizes[number])))
    return tuple(names[k] for k in np.flatnonzero(enforced)), tuple(repairs)


def limit_names(request: Request) -> tuple[str, ...]:
    """Return the names of all limits over placements, in the order of a program's rows."""
    moves = () if request.market.moves is None else ("max_moves",)
    uses = tuple(f"uses[{k}]" for k in range(len(request.uses)))
    return (*request.goal.limits, *request.names, *moves, *uses)


def _elastic(program: Program, at: IntArray) -> tuple[Program, int]:
    """Return the program with a column for what each of some rows falls short, both ways."""
    count, width = at.size, program.cost.size
    shape = (program.row_lower.size, count)
    ones = np.ones(count)
    down = csr_array((-ones, (at, np.arange(count))), shape=shape)
    both = np.isfinite(program.row_lower[at])
    up = csr_array((both.astype(np.float64), (at, np.arange(count))), shape=shape)
    more = 2 * count
    return (
        replace(
            program,
            cost=np.concatenate([np.zeros(width), -np.ones(more)]),
            lower=np.concatenate([program.lower, np.zeros(more)]),
            upper=np.concatenate([program.upper, np.full(more, np.inf)]),
            whole=np.concatenate([program.whole, np.zeros(more, dtype=np.bool_)]),
            matrix=csr_array(hstack([program.matrix, down, up])),
        ),
        width,
    )


def _missed(program: Program, first: int, count: int, may: BoolArray) -> FloatArray | None:
    """Return by how much rows fall short at least in sum, where only ``may`` fall short."""
    upper = program.upper.copy()
    upper[first:] = np.where(np.tile(may, 2), np.inf, 0.0)
    answer = solve_program(
        replace(program, upper=upper), allowance=1e-9, time_limit=_SECONDS, seed=0, careful=True
    )
    if answer.values is None:
        return None
    short = answer.values[first:]
    return np.asarray(short[:count] + short[count:])
