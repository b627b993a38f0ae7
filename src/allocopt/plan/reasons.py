"""Why a target is what it is: pinned, at a bound, or the share that the method gives."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import BoolArray, FloatArray
from allocopt.measures.attainment import attained
from allocopt.measures.decisions import Decisions
from allocopt.measures.numbers import Numbers
from allocopt.plan.labels import quota_kinds
from allocopt.plan.wording import amount_text, plain_number
from allocopt.problem.axes import AxisName, Dimension, Selection
from allocopt.problem.problem import Problem
from allocopt.problem.quota import Part, Quota, quotas_of
from allocopt.scenario.schema.targets import Method
from allocopt.text import T, Text

_RELATIVE = 1e-6


@dataclass(frozen=True)
class Reason:
    """Why the target of a cell is what it is.

    Attributes
    ----------
    rule : str
        pin, floor, ceiling, growth, attained, or the name of the method.
    text : Text
    """

    rule: str
    text: Text


@dataclass(frozen=True)
class _Layers:
    """The targets of a quota and what rounding to whole steps may have moved."""

    quota: Quota
    base: FloatArray
    stretch: FloatArray

    def near(self, found: float, bound: float, count: int) -> bool:
        """Return whether a sum of ``count`` targets is at a bound, up to rounding."""
        room = self.quota.step * min(count, 2) + _RELATIVE * max(abs(bound), self.quota.unit)
        return abs(found - bound) <= room


def target_reasons(
    problem: Problem, decisions: Decisions, measures: Mapping[str, FloatArray]
) -> tuple[Reason, ...]:
    """Return the reason of every target cell for the year, in the order of the target axis.

    Parameters
    ----------
    problem : Problem
    decisions : Decisions
        Numbers; targets as decided.
    measures : mapping measure name -> FloatArray (rows, periods)
    """
    found: dict[int, Reason] = {}
    reached = attained(Numbers(problem), problem, measures).sum(axis=-1)
    for quota in quotas_of(problem):
        layers = _Layers(quota, decisions.target[quota.rows], decisions.stretch_target[quota.rows])
        shares = _method_texts(problem, layers)
        for k, row in enumerate(quota.rows.tolist()):
            held = next(_bounds(problem, layers, k), None)
            held = held or _attained_reason(layers, k, float(reached[row]))
            found[row] = held or Reason(str(quota.spec.method), shares[k])
    return tuple(found[row] for row in range(len(problem.target_cells.quotas)))


def month_reason(problem: Problem, quota: Quota) -> Text:
    """Return why the months of a quota are what they are."""
    profile = quota.spec.profile
    if quota.spec.monthly_slack > 0:
        slack = _percent(quota.spec.monthly_slack)
        return T(
            "months stay within {slack} % of the schedule profile {profile}",
            slack=slack,
            profile=profile or T("even"),
        )
    if profile is None:
        return T("the year in {count} even parts", count=len(problem.calendar))
    return T("months follow the schedule profile {profile}", profile=profile)


def _bounds(problem: Problem, layers: _Layers, k: int) -> Iterator[Reason]:
    """Yield the bounds that hold target cell ``k`` where it is, the narrowest part first."""
    quota = layers.quota
    parts = [part for part in quota.parts if quota.rows[k] in part.rows]
    for part in sorted(parts, key=lambda part: len(part.rows) * len(part.periods)):
        yield from _part_reason(problem, layers, part)
    yield from _growth_reason(layers, k)


def _part_reason(problem: Problem, layers: _Layers, part: Part) -> Iterator[Reason]:
    quota = layers.quota
    inside = np.ix_(np.searchsorted(quota.rows, part.rows), part.periods)
    base, stretch = float(layers.base[inside].sum()), float(layers.stretch[inside].sum())
    count, kind = layers.base[inside].size, quota_kinds(problem)[quota.spec.id]
    about: dict[str, object] = {"pin": part.pin.title(), "why": _why(part)}
    if part.least == part.most:
        amount = amount_text(problem, part.least, kind)
        text = T("pinned by {pin} at {amount}{why}", amount=amount, **about)
        yield Reason("pin", _within(part, text))
    elif part.least > 0 and layers.near(base, part.least, count):
        amount = amount_text(problem, part.least, kind)
        yield Reason(
            "floor", _within(part, T("at the floor {pin} of {amount}{why}", amount=amount, **about))
        )
    elif np.isfinite(part.most) and layers.near(stretch, part.most, count):
        amount = amount_text(problem, part.most, kind)
        yield Reason(
            "ceiling",
            _within(part, T("at the ceiling {pin} of {amount}{why}", amount=amount, **about)),
        )


def _why(part: Part) -> Text:
    written = part.pin.reason.bilingual()
    return T(" ({reason})", reason=written) if written.zh or written.en else T("")


def _within(part: Part, text: Text) -> Text:
    if len(part.rows) == 1:
        return text
    return T("{reason}, which {count} targets share", reason=text, count=len(part.rows))


def _growth_reason(layers: _Layers, k: int) -> Iterator[Reason]:
    growth, last_year = layers.quota.spec.max_growth, float(layers.quota.last_year[k])
    if growth is None or np.isnan(last_year):
        return
    if layers.near(float(layers.stretch[k].sum()), last_year * (1.0 + growth), 2):
        text = T("at the growth limit of {percent} % on last year", percent=_percent(growth))
        yield Reason("growth", text)


def _percent(share: float) -> str:
    return plain_number(share * 100.0)


def _attained_reason(layers: _Layers, k: int, reached: float) -> Reason | None:
    """Return that a target is what the plan attains: a model that decides both sets it there."""
    year = float(layers.base[k].sum())
    if year <= 0 or abs(year - reached) > 1e-5 * year + layers.quota.step:
        return None
    return Reason("attained", T("what the plan attains"))


def _method_texts(problem: Problem, layers: _Layers) -> list[Text]:
    """Return per target cell what the method says of it."""
    quota = layers.quota
    years = layers.base.sum(axis=1)
    shares = years / years.sum() if years.sum() > 0 else np.zeros(len(years))
    balanced = _balanced(layers)
    texts = []
    for k in range(len(years)):
        if balanced[k]:
            texts.append(_balance_text(layers, k))
            continue
        given = _share_text(problem, quota, k)
        texts.append(_adjusted(given, float(quota.reference[k]), float(shares[k])))
    return texts


def _adjusted(given: Text, reference: float, share: float) -> Text:
    """Return the method's share, and what pins and limits on other cells made of it."""
    if abs(share - reference) <= 0.005 * max(reference, 1e-9):
        return given
    found = _percent(share)
    return T("{given}; {found} % after pins, limits and months", given=given, found=found)


def _share_text(problem: Problem, quota: Quota, k: int) -> Text:
    spec, percent = quota.spec, _percent(float(quota.reference[k]))
    if spec.method is Method.WEIGHTED:
        return T("{percent} % by the weight {weight}", percent=percent, weight=spec.weight or "-")
    if spec.method is Method.BUCKETED:
        return T(
            "{percent} % as an even part of {bucket}",
            percent=percent,
            bucket=_bucket(problem, quota, k),
        )
    if spec.method is Method.POTENTIAL:
        return T("{percent} % by potential", percent=percent)
    if spec.method is Method.OPTIMIZED and not np.isnan(quota.last_year).any():
        return T("{percent} % as last year", percent=percent)
    return T("an even share, {percent} %", percent=percent)


def _bucket(problem: Problem, quota: Quota, k: int) -> Text:
    axis = problem.axes[AxisName.TARGETS]
    for bucket in quota.spec.buckets:
        inside = axis.rows(Selection.of({Dimension.UNITS: bucket.units}))
        if inside[quota.rows[k]]:
            share = _percent(bucket.share)
            return T("the class {name} with {share} %", name=bucket.title(), share=share)
    return T("no class")


def _balanced(layers: _Layers) -> BoolArray:
    """Return where target / potential is at its largest or its least: what balancing moves."""
    quota = layers.quota
    known = ~np.isnan(quota.potential) & (quota.potential > 0)
    if quota.spec.method is not Method.OPTIMIZED or not known.any():
        return np.zeros(len(quota.rows), dtype=np.bool_)
    ratio = _ratios(layers)
    ends = np.array([np.nanmin(ratio), np.nanmax(ratio)])
    room = quota.step * 2.0 / np.where(known, quota.potential, 1.0) + 1e-4 * ends[1]
    near = (np.abs(ratio[:, None] - ends) <= room[:, None]).any(axis=1)
    return np.asarray(known & near)


def _ratios(layers: _Layers) -> FloatArray:
    potential = np.where(layers.quota.potential > 0, layers.quota.potential, np.nan)
    return np.asarray(layers.stretch.sum(axis=1) / potential)


def _balance_text(layers: _Layers, k: int) -> Text:
    ratio = _ratios(layers)
    known = ~np.isnan(ratio)
    average = layers.stretch[known].sum() / layers.quota.potential[known].sum()
    return T(
        "balanced on potential: {found} times its potential, {average} on average",
        found=plain_number(float(ratio[k])),
        average=plain_number(float(average)),
    )
