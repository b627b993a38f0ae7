"""Lines on money, from the entries of the ledger: exact sums in decimal."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from allocopt.measures.expressions import LinearForm, Term
from allocopt.measures.lines import Line, Sense, cents_left
from allocopt.plan.ledger import ZERO, DecimalArray, Entry, Kind, Statement, row_axis
from allocopt.problem.problem import Problem

_EXACT = (Kind.SPEND,)
_HALF_CENT = Decimal("0.005")


@dataclass(frozen=True)
class Books:
    """The ledger as tables of decimals, rows and periods as the measures have them.

    Attributes
    ----------
    problem : Problem
    amounts : mapping measure name -> DecimalArray (rows, periods), 元
        revenue, cost_of_sales, expense and spend.
    rounded : mapping measure name -> int array (rows, periods)
        Entries in each amount that were rounded to the cent.
    """

    problem: Problem
    amounts: Mapping[str, DecimalArray]
    rounded: Mapping[str, "np.ndarray[tuple[int, ...], np.dtype[np.int64]]"]


@dataclass(frozen=True)
class Side:
    """A sum from the ledger.

    Attributes
    ----------
    value : Decimal
        元.
    rounding : Decimal
        By how much rounding to cents may have moved it, 元.
    """

    value: Decimal
    rounding: Decimal


def books_of(problem: Problem, spend: DecimalArray, entries: tuple[Entry, ...]) -> Books:
    """Return the ledger as tables.

    Parameters
    ----------
    problem : Problem
    spend : DecimalArray (placements, periods), 元
    entries : tuple of Entry
    """
    periods = len(problem.calendar)
    amounts: dict[str, DecimalArray] = {"spend": spend}
    rounded = {"spend": np.zeros(spend.shape, dtype=np.int64)}
    for statement in Statement:
        shape = (len(problem.axes[row_axis(statement)]), periods)
        amounts[str(statement)] = np.full(shape, ZERO, dtype=object)
        rounded[str(statement)] = np.zeros(shape, dtype=np.int64)
    for entry in entries:
        place = (entry.row, entry.period)
        amounts[str(entry.statement)][place] += entry.amount
        rounded[str(entry.statement)][place] += entry.kind not in _EXACT
    return Books(problem, amounts, rounded)


def line_sides(books: Books, line: Line) -> tuple[Side, Side] | None:
    """Return numerator and denominator of a line from the ledger, denominator 1 if it has none.

    None for a line that counts something else than money in the ledger.
    """
    top, bottom = line.expression.numerator, line.expression.denominator
    forms = [top] if bottom is None else [top, bottom]
    terms = [term for form in forms for term in form.terms]
    if any(t.measure.name not in books.amounts or t.selection.weight for t in terms):
        return None
    below = Side(Decimal(1), ZERO) if bottom is None else _form(books, bottom, line)
    return _form(books, top, line), below


def kept(problem: Problem, line: Line, sides: tuple[Side, Side]) -> bool:
    """Return whether the ledger keeps ``line``, up to the rounding of its entries.

    Exactly on the line is kept; the ratio is multiplied out; an equality is met within
    what payments in whole cents can leave (`allocopt.measures.lines.cents_left`).
    """
    top, bottom = sides
    bound = Decimal(repr(line.bound))
    row = top.value - bound * bottom.value
    over = {Sense.AT_LEAST: -row, Sense.AT_MOST: row, Sense.EQUAL: abs(row)}[line.sense]
    cents = Decimal(repr(cents_left(problem, line)))
    return over <= top.rounding + abs(bound) * bottom.rounding + cents


def _form(books: Books, form: LinearForm, line: Line) -> Side:
    sides = [_term(books, term, line) for term in form.terms]
    value = sum((side.value for side in sides), start=Decimal(repr(form.constant)))
    return Side(value, sum((side.rounding for side in sides), start=ZERO))


def _term(books: Books, term: Term, line: Line) -> Side:
    rows = np.flatnonzero(books.problem.axes[term.measure.axis].rows(term.selection))
    weights = line.stretch.weights(term.measure.over_time, len(books.problem.calendar))
    counted = np.flatnonzero(weights)
    exact = np.array([Decimal(repr(float(weight))) for weight in weights[counted]], dtype=object)
    factor = Decimal(repr(term.coefficient))
    place = np.ix_(rows, counted)
    amounts = (books.amounts[term.measure.name][place] * exact).ravel().tolist()
    rounded = books.rounded[term.measure.name][place] @ np.abs(weights[counted])
    rounding = abs(factor) * _HALF_CENT * Decimal(repr(float(rounded.sum())))
    return Side(factor * sum(amounts, start=ZERO), rounding)
