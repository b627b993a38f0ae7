"""The pieces that every formulation over the market has in common."""

import numpy as np
import pyomo.environ as pyo

from allocopt.declare.affine import Affine
from allocopt.declare.algebra import ModelAlgebra
from allocopt.declare.lines import Totals
from allocopt.declare.pieces import Pieces
from allocopt.declare.rows import columns_of
from allocopt.measures.attainment import attained
from allocopt.measures.decisions import Decisions
from allocopt.measures.engine import measure
from allocopt.measures.penalties import unserved_price
from allocopt.measures.world import expected_world
from allocopt.problem.problem import Problem


def as_expressions(model: pyo.ConcreteModel, decisions: Decisions) -> Decisions:
    """Return ``decisions`` with arrays of numbers turned into expressions."""
    columns = columns_of(model)
    parts = {
        name: values if isinstance(values, Affine) else Affine.fixed(columns, np.asarray(values))
        for name, values in vars(decisions).items()
    }
    return Decisions(**parts)


def declare_measures(
    model: pyo.ConcreteModel, problem: Problem, pieces: Pieces, decisions: Decisions
) -> Totals:
    """Declare what follows from ``decisions``: effort, volume, customers, people, money.

    The engine of `allocopt.measures` runs here over expressions; see its functions for
    each formula.

    Returns
    -------
    Totals
        Every measure, and sums of measures over selections.
    """
    algebra = ModelAlgebra(model, problem, pieces)
    world = expected_world(problem)
    measures = measure(algebra, problem, world, as_expressions(model, decisions))
    return Totals(model, problem, measures)


def attained_targets(
    model: pyo.ConcreteModel, problem: Problem, pieces: Pieces, totals: Totals
) -> Affine:
    """Return what attains each target, (targets, periods), in the quota's unit."""
    result: Affine = attained(ModelAlgebra(model, problem, pieces), problem, totals.measures)
    return result


def price_of_unserved(problem: Problem, unserved: Affine) -> Affine:
    """Return the price of demand turned away, shape (), 元."""
    return (unserved * unserved_price(problem)).total()
