"""What is asked for, checked: arrays of one length, bounds in order, budgets within reach."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array, issparse, sparray, vstack

from allocopt.allocation.domain import Domain, Levels
from allocopt.allocation.goals import Goal, MostResponse, ReturnAtLeast
from allocopt.allocation.responses import Market, Moves
from allocopt.arrays import BoolArray, FloatArray
from allocopt.curves import FAMILIES
from allocopt.curves.bank import CurveBank
from allocopt.curves.base import Curve
from allocopt.errors import AllocationError
from allocopt.text import T

LinearRows = tuple["ArrayLike | sparray", ArrayLike]
"""(A, b), meaning A @ spend <= b; A of shape (m, n) or (n,), b of shape (m,) or ()."""

Uses = tuple[ArrayLike, float]
"""(U, b): what level j of placement i uses of a resource, U[i][j], in sum at most b."""

_SHOWN = 5
_LOOKS = 33


@dataclass(frozen=True, eq=False)
class LevelUse:
    """What the levels of menus use of a resource.

    Attributes
    ----------
    table : FloatArray (n, k)
        By placement and level; 0 for placements that are no menus.
    limit : float
    """

    table: FloatArray
    limit: float

    def of(self, levels: Levels, spend: FloatArray) -> float:
        """Return what spends on levels use in sum, spend (n,)."""
        number = (levels.efforts <= spend[levels.rows, None]).sum(axis=1) - 1
        return float(self.table[levels.rows, number].sum())


@dataclass(frozen=True, eq=False)
class Request:
    """A checked allocation problem.

    Attributes
    ----------
    market : Market
    levels : Levels
    goal : Goal
    matrix : csr_array (m, n)
        Further rows: matrix @ spend <= limits.
    limits : FloatArray (m,)
    names : tuple of str
        Of the further rows, as in the call.
    uses : tuple of LevelUse
        Further resources that levels of menus use.
    """

    market: Market
    levels: Levels
    goal: Goal
    matrix: csr_array
    limits: FloatArray
    names: tuple[str, ...] = ()
    uses: tuple[LevelUse, ...] = ()


@dataclass(frozen=True, eq=False)
class Choice:
    """Limits on single placements, as given.

    Attributes
    ----------
    lower, upper : array_like of shape () or (n,)
        ``upper`` of None: as far as the budget goes.
    minimum : array_like or None
        Spend is nothing or at least this much.
    whole : array_like of bool
        Spend is a whole number.
    current : array_like or None
    max_moves : int or None
        So many placements at most leave ``current``.
    """

    lower: ArrayLike = 0.0
    upper: ArrayLike | None = None
    minimum: ArrayLike | None = None
    whole: ArrayLike = False
    current: ArrayLike | None = None
    max_moves: int | None = None


@dataclass(frozen=True, eq=False)
class Shared:
    """Limits over all placements, as given.

    Attributes
    ----------
    constraints : sequence of (A, b)
    uses : sequence of (U, b)
    """

    constraints: Sequence[LinearRows] = ()
    uses: Sequence[Uses] = ()


def checked_request(
    curves: Curve | Sequence[Curve] | CurveBank, goal: Goal, choice: Choice, shared: Shared
) -> Request:
    """Return the problem with everything checked and of one shape.

    Raises
    ------
    AllocationError
        Naming the offenders and the amounts, of the first kind of fault found.
    """
    bank = curve_bank(curves)
    n = len(bank)
    lower = _per_placement("lower", choice.lower, n)
    upper = _upper(choice.upper, lower, goal, n)
    _refuse_negative("lower", lower)
    _refuse_crossed(lower, upper)
    off, low = np.zeros(n, dtype=np.bool_), lower
    if choice.minimum is not None:
        minimum = _per_placement("minimum", choice.minimum, n)
        off = (lower == 0.0) & (minimum > 0.0)
        low = np.maximum(lower, minimum)
    whole = np.broadcast_to(np.asarray(choice.whole, dtype=np.bool_), n)
    levels = Levels.of(bank)
    domain = levels.snapped(Domain(low, upper, off, whole))
    _refuse_empty(domain, lower)
    market = Market(bank, domain, _moves(bank, domain, choice))
    _check_rising(bank, domain)
    _check_budget(goal, market.domain)
    matrix, limits, names = _rows(shared.constraints, n)
    uses = tuple(_level_use(k, pair, levels, n) for k, pair in enumerate(shared.uses))
    return Request(market, levels, goal, matrix, limits, names, uses)


def curve_bank(curves: Curve | Sequence[Curve] | CurveBank) -> CurveBank:
    """Return curves as one bank.

    Raises
    ------
    AllocationError
        If there are none, or one is no curve.
    """
    if isinstance(curves, CurveBank):
        return curves
    if isinstance(curves, Curve):
        return CurveBank.from_family(curves if curves.dims else curves[None])
    listed = list(curves)
    wrong = [k for k, curve in enumerate(listed) if not isinstance(curve, Curve)]
    if wrong or not listed:
        found = type(listed[wrong[0]]).__name__ if wrong else "()"
        raise AllocationError(
            T("curves: curves of allocopt.curves were expected, found {found}", found=found)
        )
    return CurveBank.of(listed)


def _per_placement(name: str, given: ArrayLike, n: int) -> FloatArray:
    """Return one finite number per placement."""
    try:
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise AllocationError(T("{name}: numbers were expected", name=name)) from None
    if values.shape not in ((), (1,), (n,)):
        raise AllocationError(
            T(
                "{name}: one number or {n}, one per curve, were expected, found shape {shape}",
                name=name,
                n=n,
                shape=str(values.shape),
            )
        )
    values = np.array(np.broadcast_to(values, n))
    bad = np.isnan(values) | (np.isinf(values) if name != "upper" else values == -np.inf)
    if bad.any():
        raise AllocationError(
            T(
                "{name} is not a finite number at {count} placements: {shown}",
                name=name,
                **_offenders(bad, values),
            )
        )
    return values


def _upper(given: ArrayLike | None, lower: FloatArray, goal: Goal, n: int) -> FloatArray:
    """Return upper bounds; what the budget leaves when all others are at their lower bound."""
    reach = math.inf
    if isinstance(goal, MostResponse | ReturnAtLeast):
        reach = goal.budget
    upper = _per_placement("upper", math.inf if given is None else given, n)
    free = np.isinf(upper)
    if free.any() and math.isinf(reach):
        raise AllocationError(T("upper: finite bounds are needed where no budget limits spend"))
    most = np.maximum(reach - (lower.sum() - lower), lower)
    return np.where(free, most, upper) if free.any() else upper


def _offenders(bad: BoolArray, values: FloatArray) -> dict[str, object]:
    """Return how many placements are at fault, and the first of them with their values."""
    places = np.flatnonzero(bad)
    shown = ", ".join(f"[{k}] {values[k]:g}" for k in places[:_SHOWN])
    return {"count": places.size, "shown": shown + (" ..." if places.size > _SHOWN else "")}


def _refuse_negative(name: str, values: FloatArray) -> None:
    bad = values < 0.0
    if bad.any():
        raise AllocationError(
            T(
                "{name} is below 0 at {count} placements: {shown}",
                name=name,
                **_offenders(bad, values),
            )
        )


def _refuse_empty(domain: Domain, lower: FloatArray) -> None:
    empty = (domain.low > domain.high) & ~domain.off
    if empty.any():
        raise AllocationError(
            T(
                "nothing is allowed between the lower and the upper bound of {count} placements, "
                "no whole number, level or spend above the minimum: {shown}",
                **_offenders(empty, lower),
            )
        )


def _refuse_crossed(lower: FloatArray, upper: FloatArray) -> None:
    bad = np.flatnonzero(lower > upper)
    if bad.size:
        shown = ", ".join(f"[{k}] {lower[k]:g} > {upper[k]:g}" for k in bad[:_SHOWN])
        raise AllocationError(
            T(
                "lower is above upper at {count} placements: {shown}",
                count=bad.size,
                shown=shown + (" ..." if bad.size > _SHOWN else ""),
            )
        )


def _moves(bank: CurveBank, domain: Domain, choice: Choice) -> Moves | None:
    """Return the moves; a placement whose current spend is not allowed must move."""
    if choice.max_moves is None:
        return None
    if choice.current is None:
        raise AllocationError(T("max_moves needs current, the spend that is moved from"))
    n = len(bank)
    current = _per_placement("current", choice.current, n)
    _refuse_negative("current", current)
    inside = (current >= domain.low) & (current <= domain.high)
    inside |= domain.off & (current == 0.0)
    if domain.whole.any():
        inside &= ~domain.whole | (current == np.rint(current))
    left = int(choice.max_moves) - int((~inside).sum())
    if choice.max_moves < 0 or left < 0:
        raise AllocationError(
            T(
                "max_moves is {found}, but {count} placements must move: their current spend "
                "is outside their bounds, {shown}",
                found=choice.max_moves,
                **_offenders(~inside, current),
            )
        )
    return Moves(current, bank.value(current), left, ~inside)


def _check_rising(bank: CurveBank, domain: Domain) -> None:
    """Refuse curves of users' own families that fall somewhere they are needed."""
    own = [group.where for group in bank.groups if type(group.curve) not in FAMILIES.values()]
    if not own:
        return
    rows = np.sort(np.concatenate(own))
    high = np.maximum(domain.high, domain.least)[rows]
    points = np.linspace(domain.least[rows], high, _LOOKS, axis=1)
    values = bank.take(rows).value(points)
    falls = np.diff(values, axis=1) < -1e-12 * np.abs(values).max(axis=1, keepdims=True)
    if falls.any():
        row, at = (int(k) for k in np.argwhere(falls)[0])
        raise AllocationError(
            T(
                "the curve of placement {placement} falls between {start:g} and {end:g}, from "
                "{before:g} to {after:g}; response curves never fall",
                placement=int(rows[row]),
                start=float(points[row, at]),
                end=float(points[row, at + 1]),
                before=float(values[row, at]),
                after=float(values[row, at + 1]),
            )
        )


def _check_budget(goal: Goal, domain: Domain) -> None:
    if not isinstance(goal, MostResponse | ReturnAtLeast):
        return
    if math.isnan(goal.budget) or goal.budget < 0.0:
        raise AllocationError(
            T("the budget is {found}; a number of at least 0 was expected", found=goal.budget)
        )
    least, most = math.fsum(domain.least), math.fsum(np.maximum(domain.high, domain.least))
    if goal.budget < least * (1.0 - 1e-12):
        raise AllocationError(
            T(
                "the budget {budget:g} is below the sum of the lower bounds, {least:g}; "
                "{missing:g} are missing",
                budget=goal.budget,
                least=least,
                missing=least - goal.budget,
            )
        )
    must = isinstance(goal, MostResponse) and goal.spend_all
    if must and goal.budget > most * (1.0 + 1e-12):
        raise AllocationError(
            T(
                "the budget {budget:g} must be spent whole, but is above the sum of the upper "
                "bounds, {most:g}; {left:g} would be left",
                budget=goal.budget,
                most=most,
                left=goal.budget - most,
            )
        )


def _rows(
    constraints: Sequence[LinearRows], n: int
) -> tuple[csr_array, FloatArray, tuple[str, ...]]:
    """Return all pairs (A, b) as one sparse matrix, its limits and the names of its rows."""
    parts = list(_parts(constraints, n))
    if not parts:
        return csr_array((0, n)), np.zeros(0), ()
    matrix = csr_array(vstack([part[0] for part in parts]))
    names = tuple(
        f"constraints[{number}]" + (f"[{row}]" if right.size > 1 else "")
        for number, (_, right) in enumerate(parts)
        for row in range(right.size)
    )
    return matrix, np.concatenate([part[1] for part in parts]), names


def _parts(constraints: Sequence[LinearRows], n: int) -> Iterator[tuple[csr_array, FloatArray]]:
    for number, pair in enumerate(constraints):
        try:
            given, right = pair
            right = np.atleast_1d(np.asarray(right, dtype=np.float64))
            dense = given if issparse(given) else np.atleast_2d(np.asarray(given, np.float64))
        except (TypeError, ValueError):
            raise AllocationError(
                T("constraints[{number}]: a pair (A, b) of numbers was expected", number=number)
            ) from None
        matrix = csr_array(dense)
        if matrix.shape != (right.size, n) or right.ndim != 1:
            raise AllocationError(
                T(
                    "constraints[{number}]: A has shape {shape} and b {size} numbers; "
                    "({size}, {n}) was expected",
                    number=number,
                    shape=str(matrix.shape),
                    size=right.size,
                    n=n,
                )
            )
        if not (np.isfinite(matrix.data).all() and np.isfinite(right).all()):
            raise AllocationError(T("constraints[{number}]: a number is not finite", number=number))
        yield matrix, right


def _level_use(number: int, pair: Uses, levels: Levels, n: int) -> LevelUse:
    """Return one resource, every level of every menu with a finite use."""
    try:
        table, limit = np.asarray(pair[0], dtype=np.float64), float(pair[1])
    except (TypeError, ValueError, IndexError):
        raise AllocationError(
            T("uses[{number}]: a pair (U, b) of numbers was expected", number=number)
        ) from None
    width = levels.efforts.shape[1]
    short = table.ndim != 2 or table.shape[0] != n or table.shape[1] < width
    there = np.isfinite(levels.efforts)
    if short or not np.isfinite(table[levels.rows, :width][there]).all() or math.isnan(limit):
        raise AllocationError(
            T(
                "uses[{number}]: a finite use of each of {k} levels of each of {n} placements was "
                "expected, found shape {shape}",
                number=number,
                k=width,
                n=n,
                shape=str(table.shape),
            )
        )
    return LevelUse(np.nan_to_num(table), limit)
