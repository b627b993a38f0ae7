"""Rules on spend: bounds, minimum efficient spend, levels of a menu, changes from the plan."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import numpy as np

from allocopt.arrays import BoolArray, FloatArray, IntArray
from allocopt.audit.claims import Facts
from allocopt.audit.report import AuditReport
from allocopt.curves.base import CurveShape
from allocopt.findings import Finding, Severity
from allocopt.measures.catalog import UnitKind
from allocopt.plan.ledger import to_cent
from allocopt.plan.wording import amount_and_bound, amount_text
from allocopt.problem.axes import AxisName, Dimension, Selection
from allocopt.problem.problem import Problem
from allocopt.text import T, Text

_CENT = 0.01
_SLACK = 1e-6
"""元 that doubles may be off where a bound is compared."""


def check_spend(facts: Facts) -> AuditReport:
    """Return where spend breaks its rules.

    Spend is in whole cents, cut to the cent below: a bound that is not itself in whole
    cents counts as kept within that cent.
    """
    if "spend" not in facts.decides:
        return AuditReport(tuple(_unchanged(facts)), compared=facts.decisions.spend.size)
    rules = (_cents, _bounds, _minimum, _levels, _moves, _changes)
    findings = tuple(finding for rule in rules for finding in rule(facts))
    return AuditReport(findings, compared=facts.decisions.spend.size)


def _money(facts: Facts, value: float) -> Text:
    return amount_text(facts.problem, value, UnitKind.MONEY)


def _about(facts: Facts, a: int, found: float, bound: float) -> dict[str, object]:
    """Return a placement, the amount found and the one it is held against."""
    amount, limit = amount_and_bound(facts.problem, found, bound, UnitKind.MONEY)
    name = facts.label(AxisName.PLACEMENTS, a)
    return {"placement": name, "found": amount, "bound": limit}


def _broken(
    facts: Facts, where: BoolArray, message: Callable[[int, int], Text]
) -> Iterator[Finding]:
    """Yield ``message(placement, period)`` for every amount of spend that breaks a rule."""
    return facts.broken(AxisName.PLACEMENTS, where, message, column="spend")


def _unchanged(facts: Facts) -> Iterator[Finding]:
    """Yield where spend is not the current plan's though the model did not decide it."""
    placements, spend = facts.problem.placements, facts.decisions.spend
    given = np.clip(placements.current, 0.0, placements.upper)
    yield from _broken(
        facts,
        np.abs(spend - given) > _CENT + _SLACK,
        lambda a, t: T(
            "spend of {placement} is {found}, the current plan has {bound}; this model does "
            "not decide spend",
            **_about(facts, a, spend[a, t], given[a, t]),
        ),
    )


def _cents(facts: Facts) -> Iterator[Finding]:
    spend = facts.decisions.spend
    amounts = [Decimal(repr(value)) for value in spend.ravel().tolist()]
    cents = np.array([to_cent(amount) == amount for amount in amounts])
    yield from _broken(
        facts,
        ~cents.astype(np.bool_).reshape(spend.shape),
        lambda a, t: T(
            "spend of {placement} is {found} 元, which is not in whole cents",
            placement=facts.label(AxisName.PLACEMENTS, a),
            found=repr(float(spend[a, t])),
        ),
    )


def _bounds(facts: Facts) -> Iterator[Finding]:
    placements, spend = facts.problem.placements, facts.decisions.spend
    least = np.maximum(placements.lower, 0.0)
    yield from _broken(
        facts,
        spend < _cent_below(least) - _SLACK,
        lambda a, t: T(
            "spend of {placement} is {found}, at least {bound} is needed",
            **_about(facts, a, spend[a, t], least[a, t]),
        ),
    )
    yield from _broken(
        facts,
        spend > placements.upper + _SLACK,
        lambda a, t: T(
            "spend of {placement} is {found}, at most {bound} is allowed",
            **_about(facts, a, spend[a, t], placements.upper[a, t]),
        ),
    )


def _cent_below(bound: FloatArray) -> FloatArray:
    return np.asarray(np.floor(bound / _CENT + 1e-4) * _CENT)


def _minimum(facts: Facts) -> Iterator[Finding]:
    placements, spend = facts.problem.placements, facts.decisions.spend
    too_small = (spend > _SLACK) & (spend < _cent_below(placements.minimum) - _SLACK)
    yield from _broken(
        facts,
        too_small,
        lambda a, t: T(
            "spend of {placement} is {found}; its minimum efficient spend is {bound}",
            **_about(facts, a, spend[a, t], placements.minimum[a, t]),
        ),
    )


def _levels(facts: Facts) -> Iterator[Finding]:
    """Yield where the effort of a menu is none of its levels."""
    placements, effort = facts.problem.placements, facts.measures["effort"]
    curves = placements.curves
    if not len(curves):
        return
    stepped = curves.shape() == CurveShape.STEPPED
    if not stepped.any():
        return
    distance = np.abs(effort[:, :, None] - curves.kinks()[:, None, :]).min(axis=-1, initial=np.inf)
    room = (_CENT / (1.0 - np.minimum(placements.carry_over, 0.99)))[:, None] + _SLACK
    closed = (placements.upper <= 0) & (effort <= 0)
    yield from _broken(
        facts,
        stepped[:, None] & (distance > room) & ~closed,
        lambda a, t: T(
            "effort of {placement} is {found}, which is no level of its menu",
            placement=facts.label(AxisName.PLACEMENTS, a),
            found=_money(facts, effort[a, t]),
        ),
    )


def _moves(facts: Facts) -> Iterator[Finding]:
    placements, spend = facts.problem.placements, facts.decisions.spend
    share = placements.largest_move[:, None]
    room = np.where(np.isnan(share), np.inf, placements.current * share)
    yield from _broken(
        facts,
        np.abs(spend - placements.current) > room + _CENT + _SLACK,
        lambda a, t: T(
            "spend of {placement} is {found}, over {share:.4g} % away from the current {bound}",
            share=100.0 * float(placements.largest_move[a]),
            **_about(facts, a, spend[a, t], placements.current[a, t]),
        ),
    )


def changed_placements(problem: Problem, spend: FloatArray) -> BoolArray:
    """Return which placements differ from the current plan in any period, (placements,)."""
    return np.asarray((np.abs(spend - problem.placements.current) > _CENT + _SLACK).any(axis=1))


def _changes(facts: Facts) -> Iterator[Finding]:
    """Yield the limits on how many placements may change that are exceeded."""
    changed = changed_placements(facts.problem, facts.decisions.spend)
    axis = facts.problem.axes[AxisName.PLACEMENTS]
    for limit in facts.problem.change_limits:
        scope = Selection.of({Dimension.LEVERS: limit.levers, Dimension.UNITS: limit.units})
        counted: IntArray = np.flatnonzero((axis.rows(scope) > 0) & changed)
        if counted.size > limit.at_most:
            names = ", ".join(axis.labels[a] for a in counted[:10])
            message = T(
                "{found} placements differ from the current plan, {limit} allows {bound}: {names}",
                found=counted.size,
                limit=limit.id,
                bound=limit.at_most,
                names=names,
            )
            yield Finding(Severity.ERROR, message, path=f"change_limits.{limit.id}")
