"""What attains each target, and what is missed of it."""

from dataclasses import dataclass

import numpy as np
import pyomo.environ as pyo

from allocopt.declare.affine import Affine
from allocopt.declare.rows import (
    PyomoObject,
    change_rows,
    columns_of,
    declare_rows,
    declare_variables,
)
from allocopt.declare.targets import Cascade, names_of, years_of
from allocopt.problem.problem import Problem
from allocopt.problem.quota import Quota


@dataclass(frozen=True)
class Missed:
    """What is missed of a quota's targets, less the targets of the year.

    Attributes
    ----------
    quota : Quota
    short : Affine (rows,), in the quota's unit
    """

    quota: Quota
    short: Affine

    def rows(self, attained: Affine) -> Affine:
        """Return what is missed and attained beyond the targets, (rows,), in steps of 1."""
        return (self.short + years_of(attained[self.quota.rows])) * (1.0 / self.quota.unit)


def declare_target_shortfall(
    model: pyo.ConcreteModel, problem: Problem, cascades: tuple[Cascade, ...], attained: Affine
) -> Affine:
    """Declare by how much each target cell falls short in the year, and return its price.

        shortfall[k] >= year target[k] - year attained[k]

    Parameters
    ----------
    model : ConcreteModel
    problem : Problem
    cascades : tuple of Cascade
    attained : Affine (targets, periods)
        The measure that attains each target, in the quota's unit.

    Returns
    -------
    Affine of shape (), 元
    """
    price = Affine.fixed(columns_of(model), np.zeros(()))
    model.allocopt_missed = []
    for cascade in cascades:
        quota = cascade.quota
        if quota.spec.shortfall_price is None:
            continue
        names = names_of(problem, quota)
        short = declare_variables(
            model,
            f"short_of_target_{quota.spec.id}",
            names,
            shape=(len(names),),
            factor=quota.unit,
            doc="by how much a target is missed in the year",
        )
        missed = Missed(quota, short - years_of(cascade.base))
        model.allocopt_missed.append(missed)
        declare_rows(
            model,
            f"target_attained_{quota.spec.id}",
            names,
            missed.rows(attained),
            doc="what is attained and what is missed make up the target",
        )
        missing = short.total() + cascade.unplaced[0]
        price = price + missing * quota.spec.shortfall_price
    return price


def change_attained(
    model: pyo.ConcreteModel, problem: Problem, attained: Affine
) -> tuple[PyomoObject, ...]:
    """Give the rows of missed targets another attainment; return the constraints changed.

    Parameters
    ----------
    model : ConcreteModel
        With rows of `declare_target_shortfall` for the same quotas.
    problem : Problem
    attained : Affine (targets, periods), in the quota's unit
    """
    return tuple(
        change_rows(
            model,
            f"target_attained_{missed.quota.spec.id}",
            names_of(problem, missed.quota),
            missed.rows(attained),
        )
        for missed in model.allocopt_missed
    )
