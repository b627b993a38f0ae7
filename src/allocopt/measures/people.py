"""Heads, newcomers who are still learning, and expected attrition."""

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.measures.algebra import Algebra, Values
from allocopt.measures.decisions import Decisions
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Staff


def heads_of(algebra: Algebra, staff: Staff, decisions: Decisions) -> Values:
    """Return heads at the end of each period, (..., groups, periods).

    ``h[t] = h[t-1] + arrivals - releases - departures + moves_in - moves_out``.
    """
    change = (
        decisions.arrivals
        - decisions.releases
        - decisions.departures
        + decisions.moves_in
        - decisions.moves_out
    )
    columns = []
    before = algebra.constant(staff.opening)
    for t in range(staff.wage.shape[-1]):
        before = algebra.keep("heads", AxisName.GROUPS, before + change[..., t], t)
        columns.append(before)
    return algebra.over_periods(columns)


def survival(staff: Staff, age: int) -> FloatArray:
    """Return the share of newcomers still there after ``age`` periods, (groups, periods)."""
    new = np.minimum(age, staff.new_periods)[:, None]
    share = (1.0 - staff.new_attrition) ** new * (1.0 - staff.attrition) ** (age - new)
    return np.asarray(share, dtype=np.float64)


def effective_heads_of(staff: Staff, heads: Values, arrivals: Values) -> Values:
    """Return heads in full-output equivalents, (..., groups, periods).

    Each cohort of newcomers lacks ``ramp_loss[k]`` of its output in its k-th period, as
    far as it is still there.
    """
    periods = staff.wage.shape[-1]
    loss = staff.ramp_loss
    if not loss.shape[-1]:
        return heads
    effective = heads
    for age in range(min(loss.shape[-1], periods)):
        shifted = _shifted_back(arrivals, age, periods)
        effective = effective - shifted * (loss[:, age][:, None] * survival(staff, age))
    return effective


def _shifted_back(values: Values, age: int, periods: int) -> Values:
    """Return values of ``age`` periods ago, zero before the first."""
    mask = np.zeros((periods, periods))
    mask[np.arange(periods - age), np.arange(age, periods)] = 1.0
    return values @ mask


def expected_departures(staff: Staff, heads_before: Values, arrivals: Values) -> Values:
    """Return the expected leavers of each period, (..., groups, periods).

    Parameters
    ----------
    staff : Staff
    heads_before : Values (..., groups, periods)
        Heads at the end of the period before.
    arrivals : Values (..., groups, periods)

    Notes
    -----
    Newcomers leave at their own rate for their first periods; cohorts shrink by it.
    """
    expected = heads_before * staff.attrition
    longest = int(staff.new_periods.max(initial=0))
    for age in range(1, longest + 1):
        still_new = (age <= staff.new_periods)[:, None]
        extra = still_new * (staff.new_attrition - staff.attrition) * survival(staff, age - 1)
        expected = expected + _shifted_back(arrivals, age, staff.wage.shape[-1]) * extra
    return expected
