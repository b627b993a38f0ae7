"""People: arrivals, departures, releases, moves, spans of control."""

from dataclasses import dataclass

import numpy as np
import pyomo.environ as pyo
from scipy.sparse import csr_array

from allocopt.declare.affine import Affine
from allocopt.declare.rows import Relation, declare_rows, declare_variables
from allocopt.measures.people import expected_departures
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem, SpanRule, Staff


@dataclass(frozen=True)
class PeopleFlows:
    """Decisions on people, each Affine (groups, periods), heads."""

    arrivals: Affine
    releases: Affine
    departures: Affine
    moves_in: Affine
    moves_out: Affine


def group_labels(problem: Problem) -> list[tuple[str, str]]:
    """Return (group, period) labels in C order."""
    names = problem.axes[AxisName.GROUPS].labels
    return [(name, month) for name in names for month in problem.calendar.labels]


def declare_people(
    model: pyo.ConcreteModel, problem: Problem, *, whole: bool = False
) -> PeopleFlows:
    """Declare who arrives, is let go, leaves and moves, per group and period.

    Nobody arrives before the hiring lead time is over. Unless ``whole``, flows are
    expectations; it is the heads that are whole (`declare_whole_heads`), and whole flows
    follow from them (`allocopt.declare.staffing.build_whole_flows`).
    """
    staff, labels = problem.staff, group_labels(problem)
    shape = staff.wage.shape
    periods = np.arange(shape[1])
    hireable = np.where(periods >= staff.lead_time[:, None], staff.most[:, None], 0.0)
    large = np.repeat(staff.most[:, None], shape[1], axis=1)
    uppers = {
        "arrivals": hireable,
        "releases": np.where(staff.can_release[:, None], large, 0.0),
        "departures": large,
        "moves_in": np.where(staff.can_move[:, None], large, 0.0),
        "moves_out": np.where(staff.can_move[:, None], large, 0.0),
    }
    flows = {
        name: declare_variables(
            model,
            name,
            labels,
            shape=shape,
            upper=upper,
            whole=staff.whole[:, None] & whole,
            doc=f"{name}, heads/period",
        )
        for name, upper in uppers.items()
    }
    return PeopleFlows(**flows)


def declare_whole_heads(model: pyo.ConcreteModel, problem: Problem, heads: Affine) -> None:
    """Declare that heads are whole people, for the roles that say so.

    heads[g, t] == posts[g, t],   posts whole
    """
    staff, names = problem.staff, problem.axes[AxisName.GROUPS].labels
    whole = np.flatnonzero(staff.whole)
    if not whole.size:
        return
    labels = [(names[g], month) for g in whole for month in problem.calendar.labels]
    posts = declare_variables(
        model,
        "posts",
        labels,
        shape=(whole.size, len(problem.calendar)),
        whole=True,
        lower=staff.least[whole][:, None],
        upper=staff.most[whole][:, None],
        doc="people in place, heads",
    )
    declare_rows(
        model,
        "whole_heads",
        labels,
        heads[whole] - posts,
        relation=Relation.ZERO,
        doc="heads are whole people",
    )


def declare_hiring_limits(model: pyo.ConcreteModel, problem: Problem, arrivals: Affine) -> None:
    """Declare the largest number of arrivals per role and period over all units.

    sum_u arrivals[role, u, t] <= max_hires[role]
    """
    roles = np.array(problem.staff.roles)
    for role, most in problem.staff.max_hires.items():
        mine = csr_array((roles == role).astype(np.float64)[None, :])
        labels = [(role, month) for month in problem.calendar.labels]
        declare_rows(
            model,
            f"hiring_limit_{role}",
            labels,
            most - arrivals.mixed(mine),
            doc="arrivals of a role per period, heads",
        )


def declare_moves(model: pyo.ConcreteModel, problem: Problem, flows: PeopleFlows) -> None:
    """Declare that those who move in come from other units of the same role.

    sum_u moves_in[role, u, t] == sum_u moves_out[role, u, t]
    """
    roles = np.array(problem.staff.roles)
    movable = sorted(set(roles[problem.staff.can_move]))
    for role in movable:
        mine = csr_array((roles == role).astype(np.float64)[None, :])
        labels = [(role, month) for month in problem.calendar.labels]
        declare_rows(
            model,
            f"moves_{role}",
            labels,
            (flows.moves_in - flows.moves_out).mixed(mine),
            relation=Relation.ZERO,
            doc="moves of a role between units balance, heads",
        )


def declare_departures(
    model: pyo.ConcreteModel, problem: Problem, heads: Affine, flows: PeopleFlows
) -> None:
    """Declare that departures follow the expected attrition.

        sum_{s<=t} expected[g, s] - 1/2 <= sum_{s<=t} departures[g, s] <= ... + 1/2

    for whole people: the plan lets whole people leave, never more than half a person away
    from the cumulated expectation; departures equal the expectation for other roles.
    """
    staff = problem.staff
    periods = staff.wage.shape[1]
    before = _heads_before(staff, heads)
    gap = flows.departures - expected_departures(staff, before, flows.arrivals)
    so_far = gap @ np.triu(np.ones((periods, periods)))
    names = problem.axes[AxisName.GROUPS].labels
    whole = np.flatnonzero(staff.whole)
    labels = [(names[g], month) for g in whole for month in problem.calendar.labels]
    if whole.size:
        for name, rows in (("attrition_least", so_far + 0.5), ("attrition_most", 0.5 - so_far)):
            declare_rows(
                model, name, labels, rows[whole], doc="whole departures follow expected attrition"
            )
    others = np.flatnonzero(~staff.whole)
    if others.size:
        labels = [(names[g], month) for g in others for month in problem.calendar.labels]
        declare_rows(
            model,
            "attrition",
            labels,
            gap[others],
            relation=Relation.ZERO,
            doc="departures are the expected attrition, heads/period",
        )


def _heads_before(staff: Staff, heads: Affine) -> Affine:
    """Return heads at the end of the period before, (groups, periods)."""
    periods = staff.wage.shape[1]
    shift = np.eye(periods, k=1)
    first = np.zeros((len(staff.roles), periods))
    first[:, 0] = staff.opening
    return heads @ shift + first


def declare_establishment(model: pyo.ConcreteModel, problem: Problem, heads: Affine) -> None:
    """Declare least and largest heads per group and period (bounds and staffing norms)."""
    staff, labels = problem.staff, group_labels(problem)
    for name, bound, sign in (("least_heads", staff.least, 1.0), ("most_heads", staff.most, -1.0)):
        limited = np.flatnonzero(np.isfinite(bound) & ((bound > 0) | (sign < 0)))
        if not limited.size:
            continue
        periods = len(problem.calendar)
        chosen = [labels[g * periods + t] for g in limited for t in range(periods)]
        rows = (heads[limited] - bound[limited][:, None]) * sign
        declare_rows(model, name, chosen, rows, doc="heads stay within the establishment")


def declare_spans(model: pyo.ConcreteModel, problem: Problem, heads: Affine) -> None:
    """Declare spans of control, per leading group and period.

    at_least * leader <= sum of led heads <= at_most * leader
    """
    for rule in problem.staff.spans:
        _declare_span(model, problem, heads, rule)


def _declare_span(
    model: pyo.ConcreteModel, problem: Problem, heads: Affine, rule: SpanRule
) -> None:
    names, months = problem.axes[AxisName.GROUPS].labels, problem.calendar.labels
    labels = [(names[g], month) for g in rule.leaders for month in months]
    led, leaders = heads.mixed(rule.led), heads[rule.leaders]
    if rule.at_most is not None:
        declare_rows(
            model,
            f"span_{rule.role}",
            labels,
            leaders * rule.at_most - led,
            doc=f"at most {rule.at_most:g} {rule.of} per {rule.role}",
        )
    if rule.at_least is not None:
        declare_rows(
            model,
            f"norm_{rule.role}",
            labels,
            led - leaders * rule.at_least,
            doc=f"at least {rule.at_least:g} {rule.of} per {rule.role}",
        )
