"""A scenario's lines as rows over measures."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyomo.environ as pyo
from scipy.sparse import csr_array

from allocopt.declare.affine import Affine
from allocopt.declare.rows import Relation, columns_of, declare_rows, declare_variables, row_scales
from allocopt.measures.catalog import UnitKind
from allocopt.measures.expressions import LinearForm, Term
from allocopt.measures.lines import Line, Sense, Stretch, over_stretch
from allocopt.problem.axes import Selection
from allocopt.problem.problem import Problem
from allocopt.scenario.schema.limits import LineKind

_SHORT = 6


@dataclass
class Totals:
    """Measures summed over selections, each a variable per period that all lines share.

    Attributes
    ----------
    model : ConcreteModel
    problem : Problem
    measures : mapping measure name -> Affine (rows, periods)
    """

    model: pyo.ConcreteModel
    problem: Problem
    measures: Mapping[str, Affine]
    known: dict[tuple[str, Selection], Affine] = field(default_factory=dict)

    def flow(self, term: Term) -> Affine:
        """Return the term's measure over its selection, (periods,), without coefficient."""
        key = (term.measure.name, term.selection)
        if key not in self.known:
            self.known[key] = self._declare(term)
        return self.known[key]

    def _declare(self, term: Term) -> Affine:
        rows = self.problem.axes[term.measure.axis].rows(term.selection)
        flow = self.measures[term.measure.name].mixed(csr_array(rows[None, :]))[0]
        if np.diff(flow.matrix.indptr).max(initial=0) <= _SHORT:
            return flow
        number = len(self.known) + 1
        unit = self.problem.money_unit if term.measure.unit is UnitKind.MONEY else 1.0
        labels = list(self.problem.calendar.labels)
        total = declare_variables(
            self.model,
            f"total_{number}_{term.measure.name}",
            labels,
            shape=flow.shape,
            lower=-np.inf,
            factor=float(unit),
            doc=f"{term.measure.name} over {term.selection.names}",
        )
        declare_rows(
            self.model,
            f"define_total_{number}_{term.measure.name}",
            labels,
            (total - flow) * (1.0 / unit),
            relation=Relation.ZERO,
            doc="a total is the sum of its parts",
        )
        return total

    def form(self, form: LinearForm, stretch: Stretch) -> Affine:
        """Return the value of ``form`` over ``stretch``, shape ()."""
        value = Affine.fixed(columns_of(self.model), np.asarray(form.constant))
        for term in form.terms:
            flow = self.flow(term)
            value = value + over_stretch(flow, term.measure.over_time, stretch) * term.coefficient
        return value


def declare_lines(
    model: pyo.ConcreteModel, problem: Problem, lines: tuple[Line, ...], totals: Totals
) -> Affine:
    """Declare every hard and soft line; report-only ones are left to the evaluation.

        numerator - bound * denominator (+ shortfall) >= 0      soft lines with shortfall

    Ratios are multiplied out, which is linear and exact where the denominator is positive.
    Lines that no decision of the model can change are not declared; their names are kept
    in ``model.allocopt_outside`` and are those of `allocopt.measures.influence`. Where the
    others stand is kept in ``model.allocopt_lines``: name of the line -> name of its
    constraint, and what the form above is multiplied by there. ``model.allocopt_totals`` are
    the totals, for whoever asks what else a line's expression can be.

    Returns
    -------
    Affine of shape (), 元: the price of all shortfalls.
    """
    penalty = Affine.fixed(columns_of(model), np.zeros(()))
    outside: list[str] = []
    declared: dict[str, tuple[str, float]] = {}
    for number, line in enumerate(lines):
        if line.kind is LineKind.REPORT:
            continue
        unit = _unit(problem, line)
        row = totals.form(line.row(), line.stretch) * (1.0 / unit)
        row.matrix.eliminate_zeros()
        if not row.matrix.nnz:
            outside.append(line.name)
            continue
        if line.kind is LineKind.SOFT:
            short, price = _declare_shortfall(model, problem, (number, line))
            row, penalty = _relaxed(row, short, line), penalty + price
        relation = Relation.ZERO if line.sense is Sense.EQUAL else Relation.AT_LEAST_ZERO
        name = f"line_{number + 1}"
        declare_rows(model, name, [line.name], row, relation=relation, doc=line.spec)
        declared[line.name] = (name, float(row_scales(row).item()) / unit)
    model.allocopt_outside = tuple(outside)
    model.allocopt_lines = declared
    model.allocopt_totals = totals
    return penalty


def _unit(problem: Problem, line: Line) -> float:
    money = UnitKind.MONEY in line.expression.numerator.units()
    return float(problem.money_unit) if money else 1.0


def _declare_shortfall(
    model: pyo.ConcreteModel, problem: Problem, place: tuple[int, Line]
) -> tuple[Affine, Affine]:
    """Return the shortfall below and above a line, and what both cost in 元."""
    number, line = place
    short = declare_variables(
        model,
        f"shortfall_{number + 1}",
        ["below", "above"],
        shape=(2,),
        doc=f"by how much {line.name} falls short",
    )
    return short, short.total() * (line.price * _unit(problem, line))


def _relaxed(row: Affine, short: Affine, line: Line) -> Affine:
    if line.sense is Sense.EQUAL:
        return row + short[0] - short[1]
    return row + short[0]
