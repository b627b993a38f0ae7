"""What rules of thumb go by: last year's figures, potential, growth, sales."""

from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.findings import Finding, Severity
from allocopt.measures.attainment import attained
from allocopt.measures.decisions import current_decisions
from allocopt.measures.numbers import Numbers, evaluate
from allocopt.problem.problem import Problem
from allocopt.problem.quota import quotas_of
from allocopt.text import T, Text


@dataclass(frozen=True, eq=False)
class Yardstick:
    """Numbers to go by, and what had to be assumed.

    Attributes
    ----------
    values : FloatArray
    remarks : tuple of Finding
    """

    values: FloatArray
    remarks: tuple[Finding, ...] = ()


def assumed(message: Text) -> tuple[Finding, ...]:
    """Return a note about something that the scenario does not say."""
    return (Finding(Severity.NOTE, message),)


def last_year_shares(problem: Problem) -> Yardstick:
    """Return last year's figures of target cells (targets,); what is attained as of today else."""
    known = problem.target_cells.last_year
    if not np.isnan(known).any():
        return Yardstick(known)
    today = attained(Numbers(problem), problem, evaluate(problem, current_decisions(problem)))
    return Yardstick(
        today.sum(axis=-1),
        assumed(T("last year's figures are not all given: targets follow today's plan instead")),
    )


def potential_shares(problem: Problem) -> Yardstick:
    """Return the potential of target cells (targets,); last year's figures where none is given."""
    known = problem.target_cells.potential
    if not np.isnan(known).any():
        return Yardstick(known)
    instead = last_year_shares(problem)
    note = assumed(T("potential is not given for all targets: they follow last year instead"))
    return Yardstick(instead.values, note + instead.remarks)


def quota_growth(problem: Problem) -> Yardstick:
    """Return by how much quotas grow on last year, (); 0 where that is not known."""
    for quota in quotas_of(problem):
        before = float(quota.last_year.sum())
        if np.isfinite(before) and before > 0:
            return Yardstick(np.asarray(quota.total / before - 1.0))
    return Yardstick(
        np.zeros(()), assumed(T("no quota says how much is to grow: today's spend is repeated"))
    )


def fed_cells(problem: Problem) -> FloatArray:
    """Return 1 where a placement feeds a cell, (placements, cells)."""
    placements = problem.placements
    fed = placements.adds + placements.keeps + placements.moves
    return np.asarray((fed.toarray() > 0).T, dtype=np.float64)


def sales_of_cells(problem: Problem) -> Yardstick:
    """Return last year's revenue of cells (cells,), 元; today's plan's where it is not given."""
    cells = problem.cells
    by_volume = cells.last_year_volume * cells.price.mean(axis=1)
    for known in (cells.last_year_revenue, np.where((cells.arpu > 0).any(), np.nan, by_volume)):
        if not np.isnan(known).any():
            return Yardstick(np.asarray(known))
    today = evaluate(problem, current_decisions(problem))["revenue"].sum(axis=-1)
    return Yardstick(
        today, assumed(T("last year's sales are not all given: today's plan stands for them"))
    )
