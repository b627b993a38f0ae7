"""Sums of measures that lines and reported figures need, all of a measure at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from allocopt.arrays import FloatArray
from allocopt.measures.expressions import LinearForm, Term
from allocopt.measures.lines import FlowOf, Line
from allocopt.measures.numbers import Numbers
from allocopt.problem.axes import Selection
from allocopt.problem.problem import Problem


@dataclass(frozen=True, eq=False)
class Sums:
    """Selections of a measure that are summed.

    Attributes
    ----------
    measure : str
    place : mapping from Selection to its row
    matrix : csr_array (selections, rows of the measure's axis)
    """

    measure: str
    place: Mapping[Selection, int]
    matrix: csr_array


def forms_of(lines: Iterable[Line]) -> Iterable[LinearForm]:
    """Yield the numerators and denominators of ``lines``."""
    for line in lines:
        yield line.expression.numerator
        if line.expression.denominator is not None:
            yield line.expression.denominator


def sums_of(problem: Problem, forms: Iterable[LinearForm]) -> tuple[Sums, ...]:
    """Return what must be summed to know the values of ``forms``."""
    chosen: dict[str, dict[Selection, FloatArray]] = {}
    for term in (term for form in forms for term in form.terms):
        axis = problem.axes[term.measure.axis]
        rows = chosen.setdefault(term.measure.name, {})
        if term.selection not in rows:
            rows[term.selection] = axis.rows(term.selection)
    return tuple(
        Sums(
            measure=name,
            place={selection: number for number, selection in enumerate(rows)},
            matrix=csr_array(np.array(list(rows.values()))),
        )
        for name, rows in chosen.items()
    )


_MAY_LACK = ("potential", "last_year_volume", "last_year_revenue")


def flows_in(algebra: Numbers, sums: Iterable[Sums], measures: Mapping[str, FloatArray]) -> FlowOf:
    """Return the sums of ``measures`` (..., rows, periods) by term, (..., periods).

    Measures that have no number for a cell (potential and the like) count 0 there; lines that
    need one were refused when they were compiled.
    """
    totals = {
        one.measure: (one.place, algebra.total(one.matrix, _known(one.measure, measures)))
        for one in sums
    }

    def flow_of(term: Term) -> FloatArray:
        place, total = totals[term.measure.name]
        return total[..., place[term.selection], :]

    return flow_of


def _known(name: str, measures: Mapping[str, FloatArray]) -> FloatArray:
    return np.nan_to_num(measures[name]) if name in _MAY_LACK else measures[name]
