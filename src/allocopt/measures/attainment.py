"""Which measure attains a target, per target cell."""

from collections.abc import Mapping

import numpy as np
from scipy.sparse import csr_array, diags_array

from allocopt.errors import UsageError
from allocopt.measures.algebra import Algebra, Values
from allocopt.measures.expressions import Term, parse_expression
from allocopt.problem.axes import AxisName, Selection
from allocopt.problem.problem import Problem
from allocopt.scenario.schema.targets import TargetSpec
from allocopt.text import T


def attaining_term(problem: Problem, spec: TargetSpec) -> Term:
    """Return the measure that attains the targets of ``spec``.

    Raises
    ------
    UsageError
        If the expression is not one measure counted per cell.
    """
    expression = parse_expression(spec.measure, problem.axes, Selection())
    terms = expression.numerator.terms
    if expression.denominator is not None or len(terms) != 1 or terms[0].measure.axis != "cells":
        raise UsageError(
            T("{text}: a target needs one measure that is counted per cell", text=spec.measure)
        )
    return terms[0]


def attained(algebra: Algebra, problem: Problem, measures: Mapping[str, Values]) -> Values:
    """Return what is attained per target cell and period, (..., targets, periods).

    Raises
    ------
    UsageError
        If a target's expression is not one measure counted per cell.
    """
    targets = problem.target_cells
    quotas = np.array(targets.quotas)
    total = algebra.constant(np.zeros((len(quotas), len(problem.calendar))))
    for spec in problem.targets:
        term = attaining_term(problem, spec)
        rows = term.coefficient * problem.axes[AxisName.CELLS].rows(term.selection)
        mine = diags_array((quotas == spec.id).astype(np.float64))
        matrix = csr_array(mine @ targets.cells @ diags_array(rows))
        total = total + algebra.total(matrix, measures[term.measure.name])
    return total
