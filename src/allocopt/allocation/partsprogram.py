"""The program in whole numbers that chooses a part for every placement."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from allocopt.allocation.domain import Levels
from allocopt.allocation.parts import Lines, Parts
from allocopt.allocation.request import LevelUse, Request
from allocopt.allocation.responses import Market
from allocopt.allocation.rows import Rows
from allocopt.arrays import FloatArray, IntArray
from allocopt.solving.program import Program

_CHOSEN = 0.5
_STEEPEST = 1e6
"""Steeper lines, in units near 1, are left out: a solver cannot tell their two sides apart."""


@dataclass(frozen=True, eq=False)
class PartsProgram:
    """The program, and how to read its answers.

    Attributes
    ----------
    program : Program
    parts : Parts
    unit : float
        Score that one unit of the program's objective stands for.
    spend_unit : FloatArray (s,)
        Money in one unit of each spend column.
    spread : IntArray (s,)
        Parts that have a column of spend.
    limits : IntArray (r + moves + uses,)
        Rows of the program that are limits over all placements.
    sizes : FloatArray, alike
        What one unit of these rows stands for.
    """

    program: Program
    parts: Parts
    unit: float
    spend_unit: FloatArray
    spread: IntArray
    limits: IntArray
    sizes: FloatArray

    def spend(self, values: FloatArray, n: int) -> FloatArray:
        """Return the spend of each placement, (n,), of a point of the program."""
        parts, on = self.parts, values[: self._count] > _CHOSEN
        amounts = values[self._count : self._count + self.spread.size] * self.spend_unit
        # HiGHS keeps whole numbers and ends of parts to a billionth.
        whole = self.program.whole[self._count : self._count + self.spread.size]
        amounts = np.where(whole, np.rint(amounts), amounts)
        amounts = np.clip(amounts, parts.low[self.spread], parts.high[self.spread])
        spend = np.where(parts.points & on, parts.low, 0.0)
        spend[self.spread] = np.where(on[self.spread], amounts, 0.0)
        return np.asarray(np.bincount(parts.owner, weights=spend, minlength=n), dtype=np.float64)

    @property
    def _count(self) -> int:
        return self.parts.owner.size


class _Rows:
    """Rows being collected, as triples."""

    def __init__(self) -> None:
        self.row: list[IntArray] = []
        self.column: list[IntArray] = []
        self.value: list[FloatArray] = []
        self.lower: list[FloatArray] = []
        self.upper: list[FloatArray] = []
        self.count = 0

    def open(self, lower: FloatArray, upper: FloatArray) -> IntArray:
        """Add empty rows between these sides, and return their numbers."""
        self.lower.append(lower)
        self.upper.append(upper)
        self.count += lower.size
        return np.arange(self.count - lower.size, self.count)

    def add(self, row: IntArray, column: IntArray, value: FloatArray) -> None:
        """Add terms to rows."""
        self.row.append(row)
        self.column.append(column)
        self.value.append(np.broadcast_to(value, row.shape))

    def matrix(self, columns: int) -> csr_array:
        """Return the rows as a matrix."""
        triples = (
            np.concatenate(self.value),
            (np.concatenate(self.row), np.concatenate(self.column)),
        )
        return csr_array(coo_array(triples, shape=(self.count, columns)))


def parts_program(
    request: Request, rows: Rows, made: tuple[Parts, Lines], unit: float
) -> PartsProgram:
    """Return the program over parts: one choice each, spend and response on it.

    Columns are choices (p,), then spend and response of the parts that are not points, in
    units near 1: spend in its upper bound, response in what all placements bring at most. The
    objective is in ``unit``.
    """
    market, (parts, lines) = request.market, made
    top = np.maximum(market.domain.high, market.domain.least)
    volume = max(float(market.bank.value(top).sum()), 1e-290)
    spread = np.flatnonzero(~parts.points)
    whole = market.domain.whole[parts.owner[spread]]
    spend_unit = np.where(whole, 1.0, parts.high[spread])
    count, width = parts.owner.size, spread.size
    built = _Rows()
    _choose_one(built, parts)
    _stay_on_parts(built, parts, spread, spend_unit)
    _below_lines(built, parts, lines, (spread, spend_unit, volume))
    first = built.count
    sizes = [_couple(built, market, rows, (parts, spread, spend_unit, volume))]
    sizes.append(_count_moves(built, market, parts))
    sizes += [_limit_use(built, request.levels, parts, use) for use in request.uses]
    value = market.bank.take(parts.owner).value(parts.low)
    worth = np.where(parts.points, rows.gain * value - rows.cost * parts.low, 0.0) / unit
    program = Program(
        cost=np.concatenate(
            [worth, -rows.cost * spend_unit / unit, np.full(width, rows.gain * volume / unit)]
        ),
        lower=np.zeros(count + 2 * width),
        upper=np.concatenate(
            [np.ones(count), parts.high[spread] / spend_unit, np.full(width, np.inf)]
        ),
        whole=np.concatenate([np.ones(count, dtype=np.bool_), whole, np.zeros(width, np.bool_)]),
        matrix=built.matrix(count + 2 * width),
        row_lower=np.concatenate(built.lower),
        row_upper=np.concatenate(built.upper),
    )
    limits = np.arange(first, built.count)
    return PartsProgram(program, parts, unit, spend_unit, spread, limits, np.concatenate(sizes))


def _choose_one(built: _Rows, parts: Parts) -> None:
    placements, row_of = np.unique(parts.owner, return_inverse=True)
    rows = built.open(np.ones(placements.size), np.ones(placements.size))
    built.add(rows[row_of], np.arange(parts.owner.size), np.ones(parts.owner.size))


def _stay_on_parts(built: _Rows, parts: Parts, spread: IntArray, spend_unit: FloatArray) -> None:
    columns = parts.owner.size + np.arange(spread.size)
    for ends, lower, upper in (
        (parts.low, 0.0, np.inf),
        (parts.high, -np.inf, 0.0),
    ):
        rows = built.open(np.full(spread.size, lower), np.full(spread.size, upper))
        built.add(rows, columns, np.ones(spread.size))
        built.add(rows, spread, -ends[spread] / spend_unit)


def _below_lines(
    built: _Rows, parts: Parts, lines: Lines, units: tuple[IntArray, FloatArray, float]
) -> None:
    spread, spend_unit, volume = units
    number = np.full(parts.owner.size, -1, dtype=np.int64)
    number[spread] = np.arange(spread.size)
    column = number[lines.part]
    usable = np.abs(lines.slope) * spend_unit[column] / volume <= _STEEPEST
    lines, column = lines.take(usable), column[usable]
    count = lines.part.size
    rows = built.open(np.full(count, -np.inf), np.zeros(count))
    built.add(rows, parts.owner.size + spread.size + column, np.ones(count))
    built.add(rows, parts.owner.size + column, -lines.slope * spend_unit[column] / volume)
    built.add(rows, lines.part, -lines.height / volume)


def _couple(
    built: _Rows,
    market: Market,
    rows: Rows,
    layout: tuple[Parts, IntArray, FloatArray, float],
) -> FloatArray:
    """Add the rows over all placements, each scaled by its size; return the sizes."""
    parts, spread, spend_unit, volume = layout
    uses = rows.matrix.tocsc()[:, parts.owner].tocoo()
    amount = np.where(parts.points, parts.low, 0.0)
    value = np.where(parts.points, market.bank.take(parts.owner).value(parts.low), 0.0)
    reach = abs(rows.matrix) @ np.maximum(market.domain.high, market.domain.least)
    reach = reach + np.abs(rows.share) * volume
    size = np.maximum(np.maximum(np.abs(rows.limits), reach * 1e-3), 1e-300)
    limits = rows.limits / size
    opened = built.open(np.where(rows.equal, limits, -np.inf), limits)
    number = np.full(parts.owner.size, -1, dtype=np.int64)
    number[spread] = np.arange(spread.size)
    fixed = parts.points[uses.col]
    built.add(opened[uses.row[fixed]], uses.col[fixed].astype(np.int64),
              (uses.data * amount[uses.col] / size[uses.row])[fixed])  # fmt: skip
    column = number[uses.col[~fixed]]
    built.add(opened[uses.row[~fixed]], parts.owner.size + column,
              uses.data[~fixed] * spend_unit[column] / size[uses.row[~fixed]])  # fmt: skip
    for row in np.flatnonzero(rows.share):
        scale = rows.share[row] / size[row]
        here = np.full(parts.owner.size, opened[row])
        built.add(here, np.arange(parts.owner.size), value * scale)
        columns = parts.owner.size + spread.size + np.arange(spread.size)
        built.add(here[: spread.size], columns, np.full(spread.size, scale * volume))
    return np.asarray(size)


def _count_moves(built: _Rows, market: Market, parts: Parts) -> FloatArray:
    if market.moves is None:
        return np.zeros(0)
    moving = np.flatnonzero(parts.moves)
    row = built.open(np.array([-np.inf]), np.array([float(market.moves.left)]))
    built.add(np.full(moving.size, row[0]), moving, np.ones(moving.size))
    return np.ones(1)


def _limit_use(built: _Rows, levels: Levels, parts: Parts, use: LevelUse) -> FloatArray:
    """Add what the chosen levels of menus use of a resource; return the row's size."""
    place = np.full(use.table.shape[0], -1, dtype=np.int64)
    place[levels.rows] = np.arange(levels.rows.size)
    on = np.flatnonzero(place[parts.owner] >= 0)
    efforts = levels.efforts[place[parts.owner[on]]]
    number = (efforts <= parts.low[on, None]).sum(axis=1) - 1
    used = use.table[parts.owner[on], number]
    size = max(abs(use.limit), float(np.abs(used).max(initial=0.0)), 1e-300)
    row = built.open(np.array([-np.inf]), np.array([use.limit / size]))
    built.add(np.full(on.size, row[0]), on, used / size)
    return np.array([size])
