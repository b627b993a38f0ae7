"""Variables and rows with names that people read, from arrays of expressions."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.core.expr import LinearExpression

from allocopt.arrays import BoolArray, FloatArray
from allocopt.declare.affine import Affine, Columns
from allocopt.errors import InfeasibleError
from allocopt.text import T

PyomoObject = Any
"""A Pyomo component or expression: untyped at the edge."""

Place = tuple[str, Any]
"""Where a variable stands in a model: the name of its component, and its index."""


class Relation(StrEnum):
    """How a row of expressions stands to zero."""

    AT_LEAST_ZERO = ">= 0"
    ZERO = "== 0"


def columns_of(model: pyo.ConcreteModel) -> Columns:
    """Return the list of ``model``'s variables that arrays of expressions refer to."""
    if not hasattr(model, "allocopt_columns"):
        model.allocopt_columns = Columns()
    columns: Columns = model.allocopt_columns
    return columns


def place_of(variable: PyomoObject) -> Place:
    """Return where a variable stands; faster than its name."""
    return variable.parent_component().local_name, variable.index()


def declare_variables(
    model: pyo.ConcreteModel,
    name: str,
    labels: Sequence[Any],
    *,
    shape: tuple[int, ...],
    lower: FloatArray | float = 0.0,
    upper: FloatArray | float = np.inf,
    whole: BoolArray | bool = False,
    factor: FloatArray | float = 1.0,
    known: tuple[FloatArray, FloatArray] | None = None,
    doc: str = "",
) -> Affine:
    """Declare one variable per label and return ``factor`` times them.

    Parameters
    ----------
    model : ConcreteModel
    name : str
        Full noun, unique in the model.
    labels : sequence, as many as ``shape`` has elements, in C order
    shape : tuple of int
    lower, upper : arrays that broadcast to ``shape``, in the unit of the variable
    whole : array that broadcasts to ``shape``
        Which variables are integer.
    factor : array that broadcasts to ``shape``
        From the variable's unit to the unit of the returned expressions.
    known : pair of arrays that broadcast to ``shape``, in the unit of the returned expressions
        What the expressions lie between by rows of the model: it is remembered
        (`Affine.range`), the solver is not told.
    doc : str
        Meaning and unit.
    """
    low, high = (
        np.broadcast_to(np.asarray(end, dtype=np.float64), shape).ravel().tolist()
        for end in (lower, upper)
    )
    kind = np.broadcast_to(np.asarray(whole), shape).ravel().tolist()
    component = pyo.Var(list(labels), dense=True, doc=doc)
    model.add_component(name, component)
    variables = [component[label] for label in labels]
    for number, variable in enumerate(variables):
        variable.lower = None if low[number] == -np.inf else low[number]
        variable.upper = None if high[number] == np.inf else high[number]
        if kind[number]:
            variable.domain = pyo.Integers
    columns = columns_of(model)
    for end, side, tighter in zip(known or (), (low, high), (max, min), strict=False):
        ends = np.broadcast_to(np.asarray(end) / factor, shape).ravel().tolist()
        side[:] = map(tighter, side, ends)
    return Affine.of_columns(columns, columns.add(variables, low, high), shape, factor)


def row_scales(rows: Affine) -> FloatArray:
    """Return a power of two per row that brings its largest coefficient near 1, (rows,)."""
    matrix = rows.coefficients()
    size = np.zeros(matrix.shape[0])
    np.maximum.at(
        size, np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)), np.abs(matrix.data)
    )
    exponent = np.where(size > 0, np.round(np.log2(np.where(size > 0, size, 1.0))), 0.0)
    return np.asarray(np.exp2(-exponent), dtype=np.float64)


def declare_rows(
    model: pyo.ConcreteModel,
    name: str,
    labels: Sequence[Any],
    rows: Affine,
    *,
    relation: Relation = Relation.AT_LEAST_ZERO,
    doc: str = "",
) -> PyomoObject:
    """Declare one constraint per element; rows without variables that hold are left out.

    Parameters
    ----------
    model : ConcreteModel
    name : str
    labels : sequence, as many as ``rows`` has elements, in C order
    rows : Affine
        Each element is at least zero, or zero; rows are scaled by powers of two, which
        changes no solution.
    relation : Relation
    doc : str

    Returns
    -------
    The Pyomo constraint.

    Raises
    ------
    InfeasibleError
        If a row has no variables and does not hold.
    """
    rows.matrix.eliminate_zeros()
    terms = _Terms(rows)
    keys = {label: number for number, label in enumerate(labels)}

    def body(_: PyomoObject, *label: PyomoObject) -> PyomoObject:
        number = keys[label[0] if len(label) == 1 else label]
        bound, expression = terms.row(number)
        if expression is None:
            return _without_variables(bound, relation, f"{name}[{label}]")
        upper = bound if relation is Relation.ZERO else None
        return (bound, expression, upper)

    constraint = pyo.Constraint(list(labels), rule=body, doc=doc)
    model.add_component(name, constraint)
    return constraint


def change_rows(
    model: pyo.ConcreteModel, name: str, labels: Sequence[Any], rows: Affine
) -> PyomoObject:
    """Give the rows ``name`` of the model other coefficients; return the Pyomo constraint.

    Parameters
    ----------
    model : ConcreteModel
    name : str
    labels : sequence
        Rows that stand in the model, as many as ``rows`` has elements, in C order.
    rows : Affine
        Each element is zero, or at least zero, as it was declared. Terms that went away stay
        in the row with a coefficient of zero, so that whoever follows the change sees them.
    """
    terms = _Terms(rows)
    constraint = model.component(name)
    for number, label in enumerate(labels):
        bound, fresh = terms.row(number)
        data = constraint[label]
        merged = {id(variable): (variable, 0.0) for variable in data.body.linear_vars}
        for coefficient, variable in zip(fresh.linear_coefs, fresh.linear_vars, strict=True):
            merged[id(variable)] = (variable, coefficient)
        expression = LinearExpression(
            constant=0.0,
            linear_coefs=[coefficient for _, coefficient in merged.values()],
            linear_vars=[variable for variable, _ in merged.values()],
        )
        data.set_value((bound, expression, None if data.upper is None else bound))
    return constraint


class _Terms:
    """Rows of expressions as Pyomo takes them, scaled by powers of two."""

    def __init__(self, rows: Affine) -> None:
        matrix, scales = rows.coefficients(), row_scales(rows)
        self._constants = (rows.constant.ravel() * scales).tolist()
        self._starts, self._indices = matrix.indptr.tolist(), matrix.indices.tolist()
        self._data = (matrix.data * np.repeat(scales, np.diff(matrix.indptr))).tolist()
        self._variables = rows.columns.variables

    def row(self, number: int) -> tuple[float, PyomoObject]:
        """Return the bound and the linear expression of a row, None without variables."""
        first, last = self._starts[number], self._starts[number + 1]
        bound = -self._constants[number]
        if first == last:
            return bound, None
        expression = LinearExpression(
            constant=0.0,
            linear_coefs=self._data[first:last],
            linear_vars=[self._variables[column] for column in self._indices[first:last]],
        )
        return bound, expression


def _without_variables(bound: float, relation: Relation, row: str) -> PyomoObject:
    """Leave out a row that no variable can change and that holds; refuse one that does not."""
    missing = abs(bound) if relation is Relation.ZERO else bound
    if missing > 1e-9 * max(1.0, abs(bound)):
        raise InfeasibleError(T("{row} cannot hold whatever is decided", row=row), (row,))
    return pyo.Constraint.Skip
