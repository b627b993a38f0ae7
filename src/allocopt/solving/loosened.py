"""A model in HiGHS whose limits may give way, each with a column of its own.

Every value of the scenario that may give way is one column over all rows that it stands in, so
that a move is a move of the value itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, vstack

from allocopt.arrays import FloatArray
from allocopt.declare.rows import PyomoObject
from allocopt.solving.elastic import Elastic
from allocopt.solving.highs import LiveModel
from allocopt.solving.loosening import Bite, Loosening
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Stop
from allocopt.solving.program import Program

_MOVED = 1e-7
"""Of a value's size: less is the solver's rounding."""


@dataclass(frozen=True)
class Moves:
    """A point of a model whose limits may give way.

    Attributes
    ----------
    amounts : FloatArray (loosenings,)
        How far each value moves, in its own unit; nothing below the solver's rounding.
    values : FloatArray (columns,)
        Of the model's own variables.
    exact : bool
        Whether no smaller moves will do, in the sum of prices.
    """

    amounts: FloatArray
    values: FloatArray
    exact: bool


class LooseModel:
    """A model in HiGHS with a column per value that may give way.

    Parameters
    ----------
    live : LiveModel
    loosenings : sequence of Loosening
    whole : bool
        Whether whole numbers of the model are kept whole.
    options : SolveOptions
    """

    def __init__(
        self,
        live: LiveModel,
        loosenings: Sequence[Loosening],
        *,
        whole: bool,
        options: SolveOptions,
    ) -> None:
        program, self._variables = live.arrays()
        self._sizes = np.array([one.size for one in loosenings])
        self.program, by = _with_columns(program, live, loosenings)
        steps = np.array([one.whole and one.size == 1.0 for one in loosenings], dtype=np.bool_)
        free = program.whole & (program.lower < program.upper)
        whole = whole and bool(free.any())
        self._elastic = Elastic(self.program, by, steps=steps, whole=whole, options=options)

    def solve(self, prices: FloatArray, most: FloatArray, *, time_limit: float) -> Moves | None:
        """Return the moves of the least price; None where even they make no point possible.

        Parameters
        ----------
        prices : FloatArray (loosenings,)
            Per size of each value.
        most : FloatArray (loosenings,)
            How far each may move, in its own unit.
        time_limit : float, seconds

        Raises
        ------
        KeyboardInterrupt
        """
        found = self._elastic.solve(prices, most / self._sizes, time_limit=time_limit)
        if isinstance(found, Stop):
            return None
        amounts = np.where(found.moves > _MOVED, found.moves * self._sizes, 0.0)
        return Moves(amounts, found.values, found.exact)

    def load(self, moves: Moves) -> None:
        """Put a point into the model's variables."""
        for variable, value in zip(self._variables, moves.values.tolist(), strict=True):
            variable.set_value(value, skip_validation=True)


def _with_columns(
    program: Program, live: LiveModel, loosenings: Sequence[Loosening]
) -> tuple[Program, csr_array]:
    """Return ``program`` with rows of the bounds that move, and what moves add to rows."""
    rows: list[tuple[int, int, float]] = []
    bounds: list[tuple[int, Bite, int]] = []
    places = _Places(live)
    for k, one in enumerate(loosenings):
        for bite in one.bites:
            number = places.of(bite)
            if number is None:
                continue
            if bite.on_bound:
                bounds.append((number, bite, k))
            else:
                scale = _scale(program, number, bite)
                rows.append((number, k, bite.by * scale * one.size))
    return _extended(program, loosenings, (rows, bounds))


class _Places:
    """Numbers of rows and columns in the solver, looked up once per name."""

    def __init__(self, live: LiveModel) -> None:
        self._live = live
        self._rows: dict[str, dict[PyomoObject, int]] = {}
        self._columns: dict[str, dict[PyomoObject, int]] = {}

    def of(self, bite: Bite) -> int | None:
        known = self._columns if bite.on_bound else self._rows
        if bite.constraint not in known:
            find = self._live.column_numbers if bite.on_bound else self._live.row_numbers
            known[bite.constraint] = find(bite.constraint)
        return known[bite.constraint].get(bite.label)


def _scale(program: Program, row: int, bite: Bite) -> float:
    """Return what the model multiplied a form by (`allocopt.declare.rows.row_scales`)."""
    if not bite.largest:
        return 1.0
    first, last = program.matrix.indptr[row], program.matrix.indptr[row + 1]
    return float(np.abs(program.matrix.data[first:last]).max(initial=1e-300)) / bite.largest


def _extended(
    program: Program,
    loosenings: Sequence[Loosening],
    added: tuple[list[tuple[int, int, float]], list[tuple[int, Bite, int]]],
) -> tuple[Program, csr_array]:
    (rows, bounds), wide = added, program.cost.size
    count, height = len(loosenings), program.row_lower.size
    lower, upper = program.lower.copy(), program.upper.copy()
    at = [row for row, _, _ in rows] + [height + i for i in range(len(bounds))]
    of = [k for _, k, _ in rows] + [k for _, _, k in bounds]
    by = [value for _, _, value in rows]
    by += [-b.on_bound * b.by * loosenings[k].size for _, b, k in bounds]
    low, high = np.full(len(bounds), -np.inf), np.full(len(bounds), np.inf)
    for i, (column, bite, _) in enumerate(bounds):
        if not np.isnan(bite.bound):
            high[i] = bite.bound
        elif bite.on_bound > 0:
            high[i] = program.upper[column]
            upper[column] = np.inf
        else:
            low[i] = program.lower[column]
            lower[column] = min(program.lower[column], 0.0)
    identity = csr_array(
        (np.ones(len(bounds)), (range(len(bounds)), [column for column, _, _ in bounds])),
        shape=(len(bounds), wide),
    )
    taller = replace(
        program,
        lower=lower,
        upper=upper,
        matrix=csr_array(vstack([program.matrix, identity])) if bounds else program.matrix,
        row_lower=np.concatenate([program.row_lower, low]),
        row_upper=np.concatenate([program.row_upper, high]),
    )
    return taller, csr_array((by, (at, of)), shape=(height + len(bounds), count))
