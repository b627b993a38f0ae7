"""Rules on targets: children sum to the quota, pins, floors, ceilings, growth, months, steps."""

from collections.abc import Iterator

import numpy as np

from allocopt.arrays import BoolArray, FloatArray
from allocopt.audit.claims import Facts
from allocopt.audit.report import AuditReport
from allocopt.findings import Finding, Severity
from allocopt.measures.catalog import MEASURES
from allocopt.plan.labels import quota_kinds
from allocopt.plan.wording import amount_and_bound, amount_text
from allocopt.problem.axes import AxisName
from allocopt.problem.quota import Part, Quota, quotas_of
from allocopt.text import T, Text

_RELATIVE = 1e-6
_BASE, _STRETCH = "target", "stretch_target"


def check_targets(facts: Facts) -> AuditReport:
    """Return where the cascade of quotas breaks its rules."""
    compared = 2 * facts.decisions.target.size
    if "targets" not in facts.decides:
        return AuditReport(tuple(_none(facts)), compared=compared)
    rules = (_totals, _layers, _months, _cumulative, _growth, _parts, _steps)
    quotas = quotas_of(facts.problem)
    findings = tuple(found for quota in quotas for rule in rules for found in rule(facts, quota))
    return AuditReport(findings, compared=compared)


def _amount(facts: Facts, quota: Quota, value: float) -> Text:
    return amount_text(facts.problem, float(value), quota_kinds(facts.problem)[quota.spec.id])


def _slack(quota: Quota) -> float:
    """Return what doubles and the solver's tolerance may leave open, in the quota's unit."""
    return _RELATIVE * max(quota.total, quota.stretch, 1.0)


def _said(quota: Quota, message: Text, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(severity, message, path=f"targets.{quota.spec.id}")


def _none(facts: Facts) -> Iterator[Finding]:
    base, stretch = facts.decisions.target != 0, facts.decisions.stretch_target != 0
    for column, found in ((_BASE, base), (_STRETCH, stretch & ~base)):
        yield from facts.broken(
            AxisName.TARGETS,
            found,
            lambda k, t: T(
                "{cell} has a target in {period}; this model does not decide targets",
                cell=facts.label(AxisName.TARGETS, k),
                period=facts.month(t),
            ),
            column=column,
        )


def _totals(facts: Facts, quota: Quota) -> Iterator[Finding]:
    """Yield a layer that sums to more than its quota, and what of a quota is not placed."""
    layers = (
        (T("targets"), quota.total, facts.decisions.target),
        (T("stretch targets"), quota.stretch, facts.decisions.stretch_target),
    )
    for name, wanted, values in layers:
        rest = wanted - float(values[quota.rows].sum())
        if abs(rest) <= _slack(quota):
            continue
        about = {
            "name": name,
            "quota": quota.spec.id,
            "wanted": _amount(facts, quota, wanted),
            "rest": _amount(facts, quota, abs(rest)),
        }
        if rest < 0:
            yield _said(quota, T("{name} of {quota} sum to {rest} more than {wanted}", **about))
        else:
            message = T("{rest} of {wanted} of {quota} are not placed in {name}", **about)
            yield _said(quota, message, Severity.WARNING)


def _cells(
    facts: Facts, quota: Quota, wrong: BoolArray, rule: Text, *, layer: str = _BASE
) -> Iterator[Finding]:
    """Yield a finding for every wrong place of a layer; ``wrong`` is (rows of quota, periods)."""
    where = np.zeros(facts.decisions.target.shape, dtype=np.bool_)
    where[quota.rows] = wrong
    shown: FloatArray = vars(facts.decisions)[layer]
    yield from facts.broken(
        AxisName.TARGETS,
        where,
        lambda k, t: T(
            "{target} of {cell} in {period} is {found}: {rule}",
            target=MEASURES[layer].title,
            cell=facts.label(AxisName.TARGETS, k),
            period=facts.month(t),
            found=_amount(facts, quota, shown[k, t]),
            rule=rule,
        ),
        column=layer,
    )


def _layers(facts: Facts, quota: Quota) -> Iterator[Finding]:
    base, stretch = _both(facts, quota)
    tiny = _slack(quota)
    yield from _cells(facts, quota, base < -tiny, T("it is negative"))
    below = stretch < base - tiny
    yield from _cells(facts, quota, below, T("the stretch target is below it"))


def _both(facts: Facts, quota: Quota) -> tuple[FloatArray, FloatArray]:
    return facts.decisions.target[quota.rows], facts.decisions.stretch_target[quota.rows]


def _months(facts: Facts, quota: Quota) -> Iterator[Finding]:
    """Yield months that leave the schedule profile by more than the slack, and rounding.

    Rounding to whole steps moves a month by less than a step, and its share of the year
    by less than a step for each of its months.
    """
    periods, slack = len(quota.profile), quota.spec.monthly_slack
    rounding = quota.step * (1.0 + periods * quota.profile * (1.0 + slack))
    rule = T("it leaves the schedule profile")
    for layer, values in zip((_BASE, _STRETCH), _both(facts, quota), strict=True):
        spread = values.sum(axis=1, keepdims=True) * quota.profile
        away = np.abs(values - spread) > slack * spread + rounding + _slack(quota)
        yield from _cells(facts, quota, away, rule, layer=layer)


def _cumulative(facts: Facts, quota: Quota) -> Iterator[Finding]:
    base, _ = _both(facts, quota)
    periods = base.shape[1]
    for floor in quota.spec.cumulative:
        short = floor.share * base.sum(axis=1) - base[:, : floor.period].sum(axis=1)
        rounding = quota.step * max(floor.period, periods - floor.period)
        for k in np.flatnonzero(short > _slack(quota) + rounding):
            message = T(
                "targets of {cell} up to {period} are {missing} short of {share:.4g} % of the year",
                cell=facts.label(AxisName.TARGETS, int(quota.rows[k])),
                period=facts.month(floor.period - 1),
                missing=_amount(facts, quota, short[k]),
                share=floor.share * 100.0,
            )
            yield _said(quota, message)


def _growth(facts: Facts, quota: Quota) -> Iterator[Finding]:
    if quota.spec.max_growth is None:
        return
    _, stretch = _both(facts, quota)
    most = quota.last_year * (1.0 + quota.spec.max_growth)
    rounding = quota.step * stretch.shape[1]
    above = stretch.sum(axis=1) - np.where(np.isnan(most), np.inf, most)
    for k in np.flatnonzero(above > _slack(quota) + rounding):
        message = T(
            "the stretch target of {cell} is {above} more than {growth:.4g} % above last year",
            cell=facts.label(AxisName.TARGETS, int(quota.rows[k])),
            above=_amount(facts, quota, above[k]),
            growth=quota.spec.max_growth * 100.0,
        )
        yield _said(quota, message)


def _parts(facts: Facts, quota: Quota) -> Iterator[Finding]:
    """Yield pins, floors and ceilings that are not kept.

    Rounding to whole steps keeps floors and ceilings; one that is itself no whole step is
    moved to the next that keeps it.
    """
    for part in quota.parts:
        base, stretch = (
            float(layer[np.ix_(part.rows, part.periods)].sum())
            for layer in (facts.decisions.target, facts.decisions.stretch_target)
        )
        yield from _part(facts, quota, part, (base, stretch))


def _part(facts: Facts, quota: Quota, part: Part, sums: tuple[float, float]) -> Iterator[Finding]:
    base, stretch = sums
    tiny = _slack(quota)
    top = base if part.least == part.most else stretch
    about = {"pin": part.name, "quota": quota.spec.id}
    if base < part.least - tiny:
        found, bound = _against(facts, quota, base, part.least)
        message = T(
            "targets of {pin} in {quota} are {found}, at least {bound} is set",
            found=found,
            bound=bound,
            **about,
        )
        yield _said(quota, message)
    if top > part.most + tiny:
        found, bound = _against(facts, quota, top, part.most)
        message = T(
            "targets of {pin} in {quota} are {found}, at most {bound} is set",
            found=found,
            bound=bound,
            **about,
        )
        yield _said(quota, message)


def _against(facts: Facts, quota: Quota, value: float, bound: float) -> tuple[Text, Text]:
    kind = quota_kinds(facts.problem)[quota.spec.id]
    return amount_and_bound(facts.problem, value, bound, kind)


def _steps(facts: Facts, quota: Quota) -> Iterator[Finding]:
    """Yield targets that are no whole multiples of the smallest step."""
    if quota.step == 0:
        return
    rule = T("it is no multiple of {step}", step=_amount(facts, quota, quota.step))
    for layer, values in zip((_BASE, _STRETCH), _both(facts, quota), strict=True):
        steps = values / quota.step
        uneven = np.abs(steps - np.round(steps)) > _RELATIVE
        yield from _cells(facts, quota, uneven, rule, layer=layer)
