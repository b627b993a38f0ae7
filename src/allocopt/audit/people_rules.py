"""Rules on people: whole, hired in time, leaving as expected, led by enough."""

from collections.abc import Callable, Iterator

import numpy as np

from allocopt.arrays import BoolArray, FloatArray
from allocopt.audit.claims import Facts
from allocopt.audit.report import AuditReport
from allocopt.findings import Finding, Severity
from allocopt.measures.catalog import MEASURES
from allocopt.measures.people import expected_departures
from allocopt.plan.wording import plain_number
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import SpanRule
from allocopt.text import T, Text

FLOWS = ("arrivals", "releases", "departures", "moves_in", "moves_out")
_SLACK = 1e-6
_HALF = 0.5

_Say = Callable[[str, str], Text]
"""A message from the group's name and the number found."""


def check_people(facts: Facts) -> AuditReport:
    """Return where the plan for people breaks its rules."""
    compared = len(FLOWS) * facts.decisions.arrivals.size
    if "people" not in facts.decides:
        return AuditReport(tuple(_none(facts)), compared=compared)
    rules = (_whole, _hiring, _allowed, _moves, _attrition, _establishment, _spans)
    findings = tuple(finding for rule in rules for finding in rule(facts))
    return AuditReport(findings, compared=compared)


def _flow(facts: Facts, name: str) -> FloatArray:
    flow: FloatArray = vars(facts.decisions)[name]
    return flow


def _broken(
    facts: Facts, values: FloatArray, where: BoolArray, say: _Say, *, flow: str = ""
) -> Iterator[Finding]:
    """Yield ``say(group, number found)`` for every place where a rule is broken.

    ``flow`` is the decision that breaks it; none where heads do, which follow from all of them.
    """
    return facts.broken(
        AxisName.GROUPS,
        where,
        lambda g, t: say(facts.label(AxisName.GROUPS, g), plain_number(float(values[g, t]))),
        column=flow,
    )


def _none(facts: Facts) -> Iterator[Finding]:
    """Yield where people come or go though the model did not decide it."""

    def say(group: str, found: str) -> Text:
        return T(
            "{found} people of {group} come, go or move; this model does not decide on people",
            found=found,
            group=group,
        )

    sizes = np.array([np.abs(_flow(facts, name)) for name in FLOWS])
    total, first = sizes.sum(axis=0), (sizes > 0).argmax(axis=0)
    for number, name in enumerate(FLOWS):
        yield from _broken(facts, total, (total > _SLACK) & (first == number), say, flow=name)


def _whole(facts: Facts) -> Iterator[Finding]:
    whole = facts.problem.staff.whole[:, None]
    for name in FLOWS:

        def say(group: str, found: str, name: str = name) -> Text:
            return T(
                "{name} of {group}: {found}, whole people are expected",
                name=MEASURES[name].title,
                group=group,
                found=found,
            )

        flow = _flow(facts, name)
        wrong = (flow < 0) | (whole & (flow != np.round(flow)))
        yield from _broken(facts, flow, wrong, say, flow=name)


def _hiring(facts: Facts) -> Iterator[Finding]:
    """Yield arrivals before the lead time is over, and more than may be hired in a period."""

    def early(group: str, found: str) -> Text:
        return T(
            "{found} people of {group} arrive before the hiring lead time is over",
            found=found,
            group=group,
        )

    staff, arrivals = facts.problem.staff, facts.decisions.arrivals
    periods = np.arange(arrivals.shape[1])
    too_early = (periods < staff.lead_time[:, None]) & (arrivals > _SLACK)
    yield from _broken(facts, arrivals, too_early, early, flow="arrivals")
    roles = np.array(staff.roles)
    for role, most in staff.max_hires.items():
        hired = arrivals[roles == role].sum(axis=0)
        for t in np.flatnonzero(hired > most + _SLACK):
            message = T(
                "{found} people of role {role} arrive in {period}, at most {most} may",
                found=plain_number(float(hired[t])),
                role=role,
                period=facts.month(int(t)),
                most=plain_number(most),
            )
            yield Finding(Severity.ERROR, message, path=f"roles.{role}.max_hires")


def _allowed(facts: Facts) -> Iterator[Finding]:
    staff = facts.problem.staff

    def released(group: str, found: str) -> Text:
        return T(
            "{found} people of {group} are let go, which the role excludes",
            found=found,
            group=group,
        )

    def moved(group: str, found: str) -> Text:
        return T(
            "{found} people of {group} change unit, which the role excludes",
            found=found,
            group=group,
        )

    releases = facts.decisions.releases
    wrong = ~staff.can_release[:, None] & (releases > _SLACK)
    yield from _broken(facts, releases, wrong, released, flow="releases")
    moves_in, moves_out = facts.decisions.moves_in, facts.decisions.moves_out
    moves = moves_in + moves_out
    wrong = ~staff.can_move[:, None] & (moves > _SLACK)
    into = moves_in >= moves_out
    yield from _broken(facts, moves, wrong & into, moved, flow="moves_in")
    yield from _broken(facts, moves, wrong & ~into, moved, flow="moves_out")


def _moves(facts: Facts) -> Iterator[Finding]:
    """Yield roles whose moves in are not their moves out."""
    roles = np.array(facts.problem.staff.roles)
    net = facts.decisions.moves_in - facts.decisions.moves_out
    for role in dict.fromkeys(facts.problem.staff.roles):
        balance = net[roles == role].sum(axis=0)
        for t in np.flatnonzero(np.abs(balance) > _SLACK):
            message = T(
                "moves of role {role} in {period} do not balance: {found} more in than out",
                role=role,
                period=facts.month(int(t)),
                found=plain_number(float(balance[t])),
            )
            yield Finding(Severity.ERROR, message, path=f"roles.{role}.can_move")


def _attrition(facts: Facts) -> Iterator[Finding]:
    """Yield where departures leave the expected attrition, cumulated, by over half a person."""
    staff, heads = facts.problem.staff, facts.measures["heads"]
    before = np.column_stack([staff.opening, heads[:, :-1]])
    expected = expected_departures(staff, before, facts.decisions.arrivals)
    gap = np.cumsum(facts.decisions.departures - expected, axis=1)
    room = np.where(staff.whole, _HALF, 0.0)[:, None] + _SLACK

    def say(group: str, found: str) -> Text:
        return T(
            "departures of {group} so far are {found} people away from the expected attrition",
            group=group,
            found=found,
        )

    yield from _broken(facts, gap, np.abs(gap) > room, say, flow="departures")


def _establishment(facts: Facts) -> Iterator[Finding]:
    staff, heads = facts.problem.staff, facts.measures["heads"]

    def few(group: str, found: str) -> Text:
        return T("{group} has {found} people, fewer than it needs", group=group, found=found)

    def many(group: str, found: str) -> Text:
        return T("{group} has {found} people, more than it may have", group=group, found=found)

    least = np.maximum(staff.least, 0.0)[:, None]
    yield from _broken(facts, heads, heads < least - _SLACK, few)
    yield from _broken(facts, heads, heads > staff.most[:, None] + _SLACK, many)


def _spans(facts: Facts) -> Iterator[Finding]:
    for rule in facts.problem.staff.spans:
        yield from _span(facts, rule)


def _span(facts: Facts, rule: SpanRule) -> Iterator[Finding]:
    """Yield leaders with more, or fewer, people than the span of control allows."""
    heads = facts.measures["heads"]
    led, leaders = np.asarray(rule.led @ heads), heads[rule.leaders]
    most, least = rule.at_most, rule.at_least or 0.0
    above = np.zeros_like(led) if most is None else led - leaders * most
    wrong = np.zeros(heads.shape, dtype=np.bool_)
    wrong[rule.leaders] = (above > _SLACK) | (led < leaders * least - _SLACK)
    of_leader = np.zeros(heads.shape)
    of_leader[rule.leaders] = led

    def say(group: str, found: str) -> Text:
        return T(
            "{group} leads {found} {of}; a {role} leads {least} to {most}",
            group=group,
            found=found,
            of=rule.of,
            role=rule.role,
            least=plain_number(least),
            most="-" if most is None else plain_number(most),
        )

    yield from _broken(facts, of_leader, wrong, say)
