"""What a solved model hands back: the decisions, as arrays of expressions."""

import pyomo.environ as pyo

from allocopt.declare.affine import Affine
from allocopt.errors import ModelError
from allocopt.measures.decisions import Decisions
from allocopt.text import T


def expose_decisions(model: pyo.ConcreteModel, decisions: Decisions) -> None:
    """Promise ``decisions`` (arrays of expressions or of numbers) as the model's answer."""
    model.allocopt_decisions = decisions


def exposed_decisions(model: pyo.ConcreteModel) -> Decisions:
    """Return the promised decisions as numbers at the variables' present values.

    Raises
    ------
    ModelError
        If the model promised none.
    """
    if not hasattr(model, "allocopt_decisions"):
        raise ModelError(T("the model exposes no decisions; call expose_decisions at its end"))
    promised: Decisions = model.allocopt_decisions
    parts = {
        name: values.value() if isinstance(values, Affine) else values
        for name, values in vars(promised).items()
    }
    return Decisions(**parts)
