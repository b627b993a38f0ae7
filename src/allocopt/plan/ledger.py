"""The money of a plan in decimal, to the cent: entries that every total is a sum of.

Spend is in whole cents and people are whole, so those entries are exact. What depends on
volumes (accounts, a share of revenue) is one product per entry, rounded half up to the
cent; fixed amounts are booked so that the months add up to the amount of the year.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from scipy.sparse import csr_array

from allocopt.arrays import FloatArray
from allocopt.measures.decisions import Decisions
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem

DecimalArray: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.object_]]

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
_WIDE = Context(prec=700)
"""Room for the product of any two doubles."""


class Statement(StrEnum):
    """Part of the accounts that an entry belongs to."""

    REVENUE = "revenue"
    COST_OF_SALES = "cost_of_sales"
    EXPENSE = "expense"


class Kind(StrEnum):
    """How an amount arises."""

    PRICE = "price"
    ARPU = "arpu"
    UNIT_COST = "unit_cost"
    COST_SHARE = "cost_share"
    SPEND = "spend"
    WAGES = "wages"
    ONE_OFF = "one_off"
    FIXED = "fixed"
    PER_VOLUME = "per_volume"
    REVENUE_SHARE = "revenue_share"


@dataclass(frozen=True, slots=True)
class Entry:
    """One booking.

    Attributes
    ----------
    statement : Statement
    kind : Kind
    row : int
        Account for expenses, cell otherwise.
    period : int
        Counted from 0.
    amount : Decimal
        元 with two places.
    """

    statement: Statement
    kind: Kind
    row: int
    period: int
    amount: Decimal


def to_cent(amount: Decimal) -> Decimal:
    """Return ``amount`` rounded half up to the cent, however large it is."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP, context=_WIDE)


def ledger_of(
    problem: Problem, decisions: Decisions, measures: Mapping[str, FloatArray]
) -> tuple[Entry, ...]:
    """Return every entry of a plan that is not zero.

    Parameters
    ----------
    problem : Problem
    decisions : Decisions
        Numbers; spend in whole cents.
    measures : mapping measure name -> FloatArray (rows, periods)
        Volumes, customers and heads; no money is taken from them.
    """
    sales = list(_sales(problem, measures))
    revenue = np.full(measures["gross_adds"].shape, ZERO, dtype=object)
    for entry in sales:
        if entry.statement is Statement.REVENUE:
            revenue[entry.row, entry.period] += entry.amount
    costs = _cost_shares(problem, revenue)
    expenses = _expenses(problem, decisions, measures, revenue)
    return tuple(entry for entry in (*sales, *costs, *expenses) if entry.amount)


def totals_by_row(
    entries: Iterable[Entry], statement: Statement, shape: tuple[int, int]
) -> DecimalArray:
    """Return the sums of a statement's entries per row and period, decimals of ``shape``."""
    sums = np.full(shape, ZERO, dtype=object)
    for entry in entries:
        if entry.statement is statement:
            sums[entry.row, entry.period] += entry.amount
    return sums


def _decimal(value: float) -> Decimal:
    """Return a number as the decimal that its shortest text is."""
    return Decimal(repr(float(value)))


def exact(values: FloatArray) -> list[list[Decimal]]:
    """Return numbers as the decimals that their shortest texts are."""
    return [[Decimal(repr(value)) for value in row] for row in values.tolist()]


def _product(
    statement: Statement, kind: Kind, quantity: FloatArray, rate: FloatArray
) -> Iterator[Entry]:
    """Yield quantity times rate, both (rows, periods), where the rate is not zero."""
    for row, period in np.argwhere(rate != 0).tolist():
        amount = _decimal(quantity[row, period]) * _decimal(rate[row, period])
        yield Entry(statement, kind, row, period, to_cent(amount))


def _sales(problem: Problem, measures: Mapping[str, FloatArray]) -> Iterator[Entry]:
    cells = problem.cells
    average = (measures["customers_start"] + measures["customers"]) / 2
    yield from _product(Statement.REVENUE, Kind.PRICE, measures["gross_adds"], cells.price)
    yield from _product(Statement.REVENUE, Kind.ARPU, average, cells.arpu)
    yield from _product(
        Statement.COST_OF_SALES, Kind.UNIT_COST, measures["gross_adds"], cells.unit_cost
    )


def _cost_shares(problem: Problem, revenue: DecimalArray) -> Iterator[Entry]:
    share = problem.cells.cost_share
    for row, period in np.argwhere(share != 0).tolist():
        amount = revenue[row, period] * _decimal(share[row, period])
        yield Entry(Statement.COST_OF_SALES, Kind.COST_SHARE, row, period, to_cent(amount))


def _expenses(
    problem: Problem,
    decisions: Decisions,
    measures: Mapping[str, FloatArray],
    revenue: DecimalArray,
) -> Iterator[Entry]:
    accounts, staff = problem.accounts, problem.staff
    one = np.ones_like(staff.wage)
    people = (
        (decisions.arrivals, staff.hiring_cost[:, None] * one),
        (decisions.releases, staff.release_cost[:, None] * one),
        (decisions.moves_in, staff.move_cost[:, None] * one),
    )
    yield from _landed(Kind.SPEND, accounts.of_spend, _money(decisions.spend))
    yield from _landed(Kind.WAGES, accounts.of_wages, _times(measures["heads"], staff.wage))
    yield from _landed(Kind.ONE_OFF, accounts.of_one_off, _sum(_times(n, c) for n, c in people))
    yield from _fixed(accounts.fixed)
    yield from _landed(Kind.PER_VOLUME, accounts.per_volume, _money(measures["gross_adds"]))
    yield from _landed(Kind.REVENUE_SHARE, accounts.revenue_share, revenue)


def _money(values: FloatArray) -> DecimalArray:
    return np.array(exact(values), dtype=object).reshape(values.shape)


def _times(quantity: FloatArray, rate: FloatArray) -> DecimalArray:
    return np.asarray(_money(quantity) * _money(rate))


def _sum(
    parts: Iterable[DecimalArray],
) -> DecimalArray:
    first, *others = parts
    return np.asarray(sum(others, start=first))


def _landed(kind: Kind, matrix: csr_array, values: DecimalArray) -> Iterator[Entry]:
    """Yield ``matrix @ values`` row by row in decimal, one rounding per entry."""
    for row in range(matrix.shape[0]):
        inside = slice(matrix.indptr[row], matrix.indptr[row + 1])
        columns, weights = matrix.indices[inside].tolist(), matrix.data[inside].tolist()
        if not columns:
            continue
        factors = [Decimal(repr(weight)) for weight in weights]
        for period in range(values.shape[1]):
            amount = sum(
                (f * values[c, period] for f, c in zip(factors, columns, strict=True)), start=ZERO
            )
            yield Entry(Statement.EXPENSE, kind, row, period, to_cent(amount))


def _fixed(amounts: FloatArray) -> Iterator[Entry]:
    """Yield instalments whose running sums are the amounts' running sums, to the cent."""
    for row, flow in enumerate(exact(amounts)):
        so_far = booked = Decimal(0)
        for period, amount in enumerate(flow):
            so_far += amount
            due = to_cent(so_far)
            yield Entry(Statement.EXPENSE, Kind.FIXED, row, period, due - booked)
            booked = due


def row_axis(statement: Statement) -> AxisName:
    """Return the axis that the rows of a statement's entries are counted on."""
    return AxisName.ACCOUNTS if statement is Statement.EXPENSE else AxisName.CELLS
