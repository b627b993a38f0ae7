"""Targets placed: the cascade around what a plan attains, then whole steps."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyomo.environ as pyo

from allocopt.arrays import FloatArray
from allocopt.declare.affine import Affine
from allocopt.declare.goals import GoalRow, declare_goals
from allocopt.declare.outputs import expose_decisions, exposed_decisions
from allocopt.declare.rounding import build_rounding
from allocopt.declare.rows import PyomoObject, columns_of
from allocopt.declare.shortfall import change_attained, declare_target_shortfall
from allocopt.declare.targets import Cascade, cascade_goals, declare_targets, whole_axis
from allocopt.measures.attainment import attained
from allocopt.measures.decisions import Decisions
from allocopt.measures.numbers import Numbers
from allocopt.problem.problem import Problem
from allocopt.problem.quota import Quota, quotas_of
from allocopt.solving.candidate import Candidate
from allocopt.solving.outcome import Outcome

Solve = Callable[[PyomoObject, str], Outcome]
"""Solves a model under a stage name and leaves the point in its variables."""


def cascaded(candidate: Candidate, model: pyo.ConcreteModel | None) -> Decisions:
    """Return a plan's decisions with the targets that a solved cascade has."""
    if model is None:
        return candidate.decisions
    found = exposed_decisions(model)
    return replace(candidate.decisions, target=found.target, stretch_target=found.stretch_target)


def build_cascade(problem: Problem, candidate: Candidate) -> pyo.ConcreteModel:
    """Return the cascade of every quota around what a plan attains."""
    model = pyo.ConcreteModel(name="cascade")
    cascades = declare_targets(model, problem)
    price = declare_target_shortfall(
        model, problem, cascades, _attained_by(model, problem, candidate)
    )
    goals = cascade_goals(model, cascades)
    if price.matrix.nnz:
        goals = (GoalRow("price of missed targets", -price, 0.0, _scale(cascades)), *goals)
    expose_decisions(
        model,
        replace(
            candidate.decisions,
            target=whole_axis(problem, cascades, stretch=False),
            stretch_target=whole_axis(problem, cascades, stretch=True),
        ),
    )
    declare_goals(model, goals)
    return model


def change_cascade(
    model: pyo.ConcreteModel, problem: Problem, candidate: Candidate
) -> tuple[PyomoObject, ...]:
    """Put a cascade of the same quotas around another plan; return the constraints changed."""
    return change_attained(model, problem, _attained_by(model, problem, candidate))


def _attained_by(model: pyo.ConcreteModel, problem: Problem, candidate: Candidate) -> Affine:
    reached = attained(Numbers(problem), problem, candidate.measures)
    return Affine.fixed(columns_of(model), reached)


def _scale(cascades: tuple[Cascade, ...]) -> float:
    return max(cascade.quota.unit for cascade in cascades)


def whole_targets(problem: Problem, decisions: Decisions, solve: Solve) -> Decisions:
    """Return ``decisions`` with the targets of every quota in whole steps, where it has one.

    A table that cannot be rounded within its limits keeps its unrounded targets; the
    audit and the plan's remarks say so.
    """
    base, stretch = decisions.target.copy(), decisions.stretch_target.copy()
    for quota in quotas_of(problem):
        if quota.step > 0:
            rounded = _round(problem, quota, base[quota.rows], solve, least=None)
            if rounded is None:
                continue
            over = _round(problem, quota, stretch[quota.rows], solve, least=rounded)
            base[quota.rows] = rounded * quota.step
            if over is not None:
                stretch[quota.rows] = over * quota.step
    return replace(decisions, target=base, stretch_target=stretch)


def _round(
    problem: Problem,
    quota: Quota,
    targets: FloatArray,
    solve: Solve,
    *,
    least: FloatArray | None,
) -> FloatArray | None:
    rounding = build_rounding(problem, quota, targets, least=least)
    outcome = solve(rounding.model, "whole targets")
    return np.round(rounding.steps.value()) if outcome.has_plan else None
