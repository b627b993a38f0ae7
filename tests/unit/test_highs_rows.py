"""Rows that are not plain numbers in distinct variables reach HiGHS as Pyomo means them."""

import pyomo.environ as pyo
import pytest
from pyomo.core.expr import LinearExpression

from allocopt.solving.highs import _is_plain, _solver_for


def model_with(rule: object) -> pyo.ConcreteModel:
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, 10))
    model.y = pyo.Var(bounds=(0, 10))
    model.p = pyo.Param(initialize=2.0, mutable=True)
    model.goal = pyo.Objective(expr=model.x + model.y, sense=pyo.maximize)
    model.row = pyo.Constraint(rule=rule)
    terms = LinearExpression(constant=0.0, linear_coefs=[1.0, 3.0], linear_vars=[model.x, model.y])
    model.plain = pyo.Constraint(expr=(None, terms, 6.0))
    return model


@pytest.mark.parametrize(
    ("rule", "best"),
    [
        (lambda m: m.x + m.y + m.x <= 3, 2.4),
        (lambda m: m.p * m.x <= 3, 3.0),
        (lambda m: m.x <= 3 * m.p, 6.0),
    ],
    ids=["a variable twice", "a parameter as coefficient", "a parameter as bound"],
)
def test_rows_of_users_models_hold(rule: object, best: float) -> None:
    model = model_with(rule)
    solver = _solver_for(model)
    assert solver._solver_model.getNumRow() == 2
    results = solver.solve(model)
    assert results.incumbent_objective == pytest.approx(best)


def test_rows_of_numbers_are_plain() -> None:
    model = model_with(lambda m: m.x + m.y + m.x <= 3)
    assert not _is_plain(model.row)
    assert _is_plain(model.plain)
