"""Whole flows of people by rule, where no whole flows lead to the wanted heads exactly.

Departures round the cumulated expectation, moves go from groups with too many to groups
with too few, and arrivals and releases make up the rest.
"""

from dataclasses import dataclass, replace

import numpy as np

from allocopt.arrays import BoolArray, FloatArray
from allocopt.measures.decisions import Decisions
from allocopt.measures.people import expected_departures
from allocopt.problem.problem import Problem, Staff

_HALF = 0.5 + 1e-9


@dataclass
class _Flows:
    """Flows so far, (groups, periods), heads."""

    heads: FloatArray
    arrivals: FloatArray
    releases: FloatArray
    departures: FloatArray
    moves_in: FloatArray
    moves_out: FloatArray


def rounded_flows(problem: Problem, decisions: Decisions, heads: FloatArray) -> Decisions:
    """Return ``decisions`` with whole flows that lead to ``heads``, as near as limits allow.

    Parameters
    ----------
    problem : Problem
    decisions : Decisions
        Flows may be fractions; those of roles that are not whole are kept.
    heads : FloatArray (groups, periods)
        Wanted heads at the end of each period; rounded for whole roles.

    Notes
    -----
    Where lead time, hiring limits or a role that cannot be released stand in the way, the
    heads differ from those wanted; the caller judges the result.
    """
    staff = problem.staff
    if not staff.whole.any():
        return decisions
    shape = staff.wage.shape
    flows = _Flows(*(np.zeros(shape) for _ in range(6)))
    before = staff.opening.copy()
    wanted = np.round(heads)
    for t in range(shape[1]):
        expected = _cumulated(staff, flows, before, t)
        so_far = flows.departures[:, :t].sum(axis=1)
        leaving = np.maximum(np.round(expected - so_far), 0.0)
        need = wanted[:, t] - before + leaving
        need = _move(staff, flows, need, t)
        need = _hire(staff, flows, need, t)
        flows.releases[:, t] = np.where(staff.can_release, np.maximum(-need, 0.0), 0.0)
        need = need + flows.releases[:, t]
        # What could not be hired (released) is met, if half a person allows, by letting
        # fewer (more) people leave now.
        slack = np.clip(
            -need, expected - so_far - _HALF - leaving, expected - so_far + _HALF - leaving
        )
        leaving = np.maximum(leaving + np.fix(slack), 0.0)
        flows.departures[:, t] = leaving
        before = (
            before
            + flows.arrivals[:, t]
            - flows.releases[:, t]
            - leaving
            + flows.moves_in[:, t]
            - flows.moves_out[:, t]
        )
        flows.heads[:, t] = before
    return _merged(staff.whole, decisions, flows)


def _cumulated(staff: Staff, flows: _Flows, before: FloatArray, t: int) -> FloatArray:
    """Return the expected departures up to and with period ``t``, (groups,)."""
    heads_before = np.concatenate([staff.opening[:, None], flows.heads[:, :-1]], axis=1)
    heads_before[:, t] = before
    expected = expected_departures(staff, heads_before, flows.arrivals)
    return np.asarray(expected[:, : t + 1].sum(axis=1))


def _move(staff: Staff, flows: _Flows, need: FloatArray, t: int) -> FloatArray:
    """Move people of a role from groups with too many to groups with too few."""
    roles = np.array(staff.roles)
    left = need.copy()
    for role in sorted(set(roles[staff.can_move])):
        mine = np.flatnonzero(roles == role)
        count = min(np.maximum(left[mine], 0.0).sum(), np.maximum(-left[mine], 0.0).sum())
        for place, sign in ((flows.moves_in, 1.0), (flows.moves_out, -1.0)):
            rest = count
            for group in mine[np.argsort(-sign * left[mine], kind="stable")]:
                taken = min(rest, max(sign * left[group], 0.0))
                place[group, t] = taken
                left[group] -= sign * taken
                rest -= taken
    return left


def _hire(staff: Staff, flows: _Flows, need: FloatArray, t: int) -> FloatArray:
    """Hire for the largest needs first, after the lead time and within hiring limits."""
    left = need.copy()
    roles = np.array(staff.roles)
    for role in sorted(set(roles)):
        rest = float(np.floor(staff.max_hires.get(role, np.inf)))
        mine = np.flatnonzero((roles == role) & (staff.lead_time <= t))
        for group in mine[np.argsort(-left[mine], kind="stable")]:
            hired = min(max(left[group], 0.0), rest)
            flows.arrivals[group, t] = hired
            left[group] -= hired
            rest -= hired
    return left


def _merged(whole: BoolArray, decisions: Decisions, flows: _Flows) -> Decisions:
    column = whole[:, None]
    return replace(
        decisions,
        arrivals=np.where(column, flows.arrivals, decisions.arrivals),
        releases=np.where(column, flows.releases, decisions.releases),
        departures=np.where(column, flows.departures, decisions.departures),
        moves_in=np.where(column, flows.moves_in, decisions.moves_in),
        moves_out=np.where(column, flows.moves_out, decisions.moves_out),
    )
