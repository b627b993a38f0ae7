"""Lower bounds of a linear program that hold whatever the solver's tolerances.

For any row prices y and any point x that keeps the rows and lies in the box [l, u],

    cost @ x >= sum of y_i (row_lower_i if y_i > 0 else row_upper_i) + sum of min(d_j l_j, d_j u_j)

with the reduced costs d = cost - matrix.T @ y (Neumaier and Shcherbina, Safe bounds in linear and
mixed-integer linear programming, Mathematical Programming 99 (2004), 283-296). What is left to
doubt is rounding in the sum itself. Columns need finite bounds: rows often imply them.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from allocopt.arrays import FloatArray, IntArray
from allocopt.solving.program import Program

_PASSES = 60
_ROUNDING = 1e-14
"""Reduced costs this small beside their terms are zero."""


@dataclass(frozen=True)
class Box:
    """Bounds of a program's columns, infinite where no row implies one; each (columns,)."""

    lower: FloatArray
    upper: FloatArray


def implied_box(program: Program) -> Box:
    """Return the columns' bounds; what is infinite is replaced by what rows imply.

    A row with one unbounded column bounds it by the least and most of its other terms; passes
    over all rows go on until none tells more.
    """
    terms = program.matrix.tocoo()
    box = Box(program.lower, program.upper)
    for _ in range(_PASSES):
        low, high = _told(program, terms, box)
        wider = Box(
            np.where(np.isfinite(box.lower), box.lower, low),
            np.where(np.isfinite(box.upper), box.upper, high),
        )
        same = np.array_equal(wider.lower, box.lower) and np.array_equal(wider.upper, box.upper)
        box = wider
        if same:
            break
    return box


def _told(program: Program, terms: coo_array, box: Box) -> tuple[FloatArray, FloatArray]:
    """Return what the rows say that each column is at least and at most."""
    rows, columns, factors = terms.row, terms.col, terms.data
    up = factors > 0
    ends = factors * box.lower[columns], factors * box.upper[columns]
    least, most = np.where(up, *ends), np.where(up, *ends[::-1])
    with np.errstate(invalid="ignore"):
        room = program.row_upper[rows] - _others(rows, least, -np.inf)
        need = program.row_lower[rows] - _others(rows, most, np.inf)
        high, low = np.where(up, room, need) / factors, np.where(up, need, room) / factors
    lower, upper = np.full_like(box.lower, -np.inf), np.full_like(box.upper, np.inf)
    np.maximum.at(lower, columns, np.nan_to_num(low, nan=-np.inf, posinf=np.inf, neginf=-np.inf))
    np.minimum.at(upper, columns, np.nan_to_num(high, nan=np.inf, posinf=np.inf, neginf=-np.inf))
    return lower, upper


def _others(rows: IntArray, terms: FloatArray, unknown: float) -> FloatArray:
    """Return for each term the sum of its row's other terms; ``unknown`` if one is infinite."""
    known = np.isfinite(terms)
    finite = np.where(known, terms, 0.0)
    missing = np.bincount(rows, weights=~known)[rows] - ~known
    rest = np.bincount(rows, weights=finite)[rows] - finite
    return np.where(missing == 0, rest, unknown)


def safe_minimum(program: Program, box: Box, cost: FloatArray, prices: FloatArray) -> float:
    """Return a number that ``cost`` @ x is not below at any point of ``program``.

    Parameters
    ----------
    program : Program
    box : Box
    cost : FloatArray (columns,)
    prices : FloatArray (rows,)
        Any; the duals of the minimum give the best number. Minus infinity is returned where a
        column without a bound has a reduced cost of the wrong sign.
    """
    sides = np.where(prices > 0, program.row_lower, program.row_upper)
    used = np.where(np.isfinite(sides), prices, 0.0)
    matrix = csr_array(program.matrix.T)
    reduced = cost - matrix @ used
    size = np.abs(cost) + abs(matrix) @ np.abs(used)
    reduced = np.where(np.abs(reduced) <= _ROUNDING * size, 0.0, reduced)
    ends = np.where(reduced > 0, box.lower, box.upper)
    moved, held = reduced != 0, used != 0
    return float(used[held] @ sides[held]) + float(reduced[moved] @ ends[moved])
