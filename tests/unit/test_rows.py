"""Rows say what was meant, whatever their scale."""

import numpy as np
import pyomo.environ as pyo
import pytest

from allocopt.declare.affine import Affine
from allocopt.declare.rows import Relation, columns_of, declare_rows, declare_variables
from allocopt.errors import InfeasibleError


def model_at(values: list[float]) -> tuple[pyo.ConcreteModel, Affine]:
    """Return a model and its variables, standing at ``values``."""
    model = pyo.ConcreteModel()
    x = declare_variables(model, "x", list(range(len(values))), shape=(len(values),), lower=-np.inf)
    for variable, value in zip(columns_of(model).variables, values, strict=True):
        variable.set_value(value)
    return model, x


@pytest.mark.parametrize("scale", [1e-6, 1.0, 3.7e8])
def test_a_row_keeps_its_boundary_whatever_its_scale(scale: float) -> None:
    """2 x0 - x1 >= 5 is met exactly at (3, 1) and missed at (3, 1.5)."""
    model, x = model_at([3.0, 1.0])
    declare_rows(model, "row", ["only"], (x[[0]] * 2.0 - x[[1]] - 5.0) * scale)
    row = model.row["only"]
    assert pyo.value(row.body) == pytest.approx(pyo.value(row.lower), rel=1e-12)
    assert row.upper is None
    assert 0.5 <= max(abs(c) for c in row.body.linear_coefs) <= 2
    model.x[1].set_value(1.5)
    assert pyo.value(row.body) < pyo.value(row.lower)


def test_an_equality_is_bounded_on_both_sides() -> None:
    model, x = model_at([2.0])
    declare_rows(model, "row", ["only"], x * 3.0 - 6.0, relation=Relation.ZERO)
    row = model.row["only"]
    assert pyo.value(row.lower) == pyo.value(row.upper) == pytest.approx(pyo.value(row.body))


def test_rows_without_variables_are_left_out_or_refused() -> None:
    model, x = model_at([1.0])
    nothing = x * 0.0
    declare_rows(model, "holds", ["a"], nothing + 1.0)
    assert len(model.holds) == 0
    with pytest.raises(InfeasibleError) as caught:
        declare_rows(model, "fails", ["a"], nothing - 1.0)
    assert "fails" in caught.value.conflict[0]
    with pytest.raises(InfeasibleError):
        declare_rows(model, "unequal", ["a"], nothing + 1.0, relation=Relation.ZERO)


def test_bounds_and_whole_numbers_per_variable() -> None:
    model = pyo.ConcreteModel()
    declare_variables(
        model,
        "n",
        [("g", 1), ("g", 2)],
        shape=(1, 2),
        upper=np.array([[4.0, np.inf]]),
        whole=np.array([[True, False]]),
    )
    first, second = model.n["g", 1], model.n["g", 2]
    assert (first.upper, second.upper) == (4, None)
    assert (first.is_integer(), second.is_integer()) == (True, False)
