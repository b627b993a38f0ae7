"""The values of a scenario that may give way when no plan keeps all limits.

Each enters the rows of a built model as one more column: how far the value moves. A row stands
for ``form >= 0``; moving the value by one adds `Bite.by` to the form.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.declare.rows import PyomoObject
from allocopt.measures.decisions import Decisions, current_decisions
from allocopt.measures.lines import Line, Sense, compile_lines, form_value
from allocopt.measures.numbers import evaluate
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem, SpanRule
from allocopt.problem.quota import Part, Quota, quotas_of
from allocopt.scenario.quantities import Quantity, QuantityKind
from allocopt.scenario.schema.limits import LineKind, LineSpec
from allocopt.text import T, Text

_ALL = "placements.bounds"


class Counted(StrEnum):
    """How a value is written."""

    NUMBER = "number"
    MONEY = "money"
    SHARE = "share"
    POINTS = "points"
    VOLUME = "volume"
    PEOPLE = "people"
    FACTOR = "factor"


@dataclass(frozen=True)
class Bite:
    """A row that a value loosens.

    Attributes
    ----------
    constraint : str
        Name of the constraint, or of the variable where the value is a bound of it.
    label
        Index in it.
    by : float
        What a move of one adds to the row's form.
    largest : float
        Largest coefficient of the form, to find what the model multiplied the row by.
    on_bound : int
        0 for a row; 1 where it is the upper bound of a variable, -1 the lower.
    bound : float
        What the bound is before it moves; NaN where it is the one in the model.
    """

    constraint: str
    label: object
    by: float
    largest: float = 1.0
    on_bound: int = 0
    bound: float = np.nan


@dataclass(frozen=True)
class Loosening:
    """A value of the scenario that may move to one side.

    Attributes
    ----------
    path : str
        Where the scenario states it; every placement's bound for ``placements.bounds``.
    what : Text
        What it is called.
    value : float
        元, fractions, people or counts.
    raised : bool
        Whether it loosens when it grows.
    counted : Counted
    size : float
        What a move is priced against, above zero.
    most : float
        How far it may move.
    whole : bool
    bites : tuple of Bite
    exact : bool
        Whether a farther move may be as impossible as none: the value of an equality.
    """

    path: str
    what: Text
    value: float
    raised: bool
    counted: Counted
    size: float
    most: float
    whole: bool
    bites: tuple[Bite, ...]
    exact: bool = False


def loosenings(
    problem: Problem, model: PyomoObject, decisions: Decisions | None = None
) -> tuple[Loosening, ...]:
    """Return every value that may give way, with the rows of ``model`` that it loosens.

    Parameters
    ----------
    problem : Problem
    model : ConcreteModel
        Built from it.
    decisions : Decisions or None
        Where ratios are taken: moving the bound of a ratio by one loosens the row that was
        multiplied out by the denominator. The current plan if None.

    Returns
    -------
    tuple of Loosening
        Those that bite somewhere in the model.
    """
    at = current_decisions(problem) if decisions is None else decisions
    with np.errstate(all="ignore"):
        measures = evaluate(problem, at)
    found = (
        *_lines(problem, model, measures),
        *_hiring(problem),
        *_heads(problem, model),
        *_spans(problem, measures["heads"]),
        *_targets(problem),
        *_changes(problem),
        *_moves(problem),
        *_minimum(problem),
    )
    return tuple(one for one in found if any(_has(model, b.constraint, b.label) for b in one.bites))


_FIELDS: dict[Sense, Callable[[LineSpec], Quantity | None]] = {
    Sense.AT_LEAST: lambda spec: spec.at_least,
    Sense.AT_MOST: lambda spec: spec.at_most,
    Sense.EQUAL: lambda spec: spec.equals,
}
_NAMES = {Sense.AT_LEAST: "at_least", Sense.AT_MOST: "at_most", Sense.EQUAL: "equals"}
_COUNTED = {kind: Counted(str(kind)) for kind in QuantityKind}


_UNITS = {"volume": Counted.VOLUME, "heads": Counted.PEOPLE}


def _lines(
    problem: Problem, model: PyomoObject, measures: dict[str, FloatArray]
) -> Iterator[Loosening]:
    declared: dict[str, tuple[str, float]] = getattr(model, "allocopt_lines", {})
    lines = [line for line in compile_lines(problem) if line.name in declared]
    for spec in problem.lines:
        if spec.kind is not LineKind.HARD:
            continue
        for sense, field in _FIELDS.items():
            bound = field(spec)
            mine = [line for line in lines if line.spec == spec.id and line.sense is sense]
            if bound is None or not mine:
                continue
            for raised in (True, False):
                if sense is Sense.EQUAL or raised is (sense is Sense.AT_MOST):
                    bites = _bites(problem, mine, declared, measures, raised=raised)
                    yield _line(problem, (spec, mine[0]), (bound, sense, raised), bites)


def _bites(
    problem: Problem,
    lines: list[Line],
    declared: dict[str, tuple[str, float]],
    measures: dict[str, FloatArray],
    *,
    raised: bool,
) -> tuple[Bite, ...]:
    bites = []
    for line in lines:
        bottom = line.expression.denominator
        below = 1.0 if bottom is None else abs(_total(problem, line, measures))
        name, factor = declared[line.name]
        sign = -1.0 if line.sense is Sense.EQUAL and raised else 1.0
        bites.append(Bite(name, line.name, sign * below * factor, largest=0.0))
    return tuple(bites)


def _total(problem: Problem, line: Line, measures: dict[str, FloatArray]) -> float:
    assert line.expression.denominator is not None
    return float(form_value(problem, line.expression.denominator, measures, line.stretch))


def _line(
    problem: Problem,
    written: tuple[LineSpec, Line],
    side: tuple[Quantity, Sense, bool],
    bites: tuple[Bite, ...],
) -> Loosening:
    (spec, line), (bound, sense, raised) = written, side
    both = spec.at_least is not None and spec.at_most is not None
    what = T("{title}", title=spec.title())
    if both:
        low = T("the lower bound of {title}", title=spec.title())
        what = (
            low if sense is Sense.AT_LEAST else T("the upper bound of {title}", title=spec.title())
        )
    counted = _COUNTED[bound.kind]
    if counted is Counted.NUMBER:
        counted = _UNITS.get(line.unit, Counted.NUMBER)
    unit = float(problem.money_unit) if counted is Counted.MONEY else 1.0
    return Loosening(
        path=f"lines.{spec.id}.{_NAMES[sense]}",
        what=what,
        value=bound.value,
        raised=raised,
        counted=counted,
        size=abs(bound.value) or unit,
        most=np.inf,
        whole=False,
        bites=bites,
        exact=sense is Sense.EQUAL,
    )


def _people(
    path: str, what: Text, value: float, *, raised: bool, bites: Iterator[Bite]
) -> Loosening:
    return Loosening(
        path=path,
        what=what,
        value=value,
        raised=raised,
        counted=Counted.PEOPLE,
        size=max(value, 1.0),
        most=np.inf if raised else value,
        whole=True,
        bites=tuple(bites),
    )


def _hiring(problem: Problem) -> Iterator[Loosening]:
    for role, most in problem.staff.max_hires.items():
        bites = (Bite(f"hiring_limit_{role}", (role, m), 1.0) for m in problem.calendar.labels)
        what = T("the hiring limit of {role} per period", role=role)
        yield _people(f"roles.{role}.max_hires", what, most, raised=True, bites=bites)


_FLOWS = ("posts", "arrivals", "releases", "departures", "moves_in", "moves_out")


def _heads(problem: Problem, model: PyomoObject) -> Iterator[Loosening]:
    staff, months = problem.staff, problem.calendar.labels
    for number, group in enumerate(problem.axes[AxisName.GROUPS].labels):
        least, most = float(staff.least[number]), float(staff.most[number])
        places = [(group, month) for month in months]
        if least > 0:
            rows = [Bite("least_heads", place, 1.0) for place in places]
            rows += [Bite("posts", place, 1.0, on_bound=-1) for place in places]
            what = T("the least heads of {group}", group=group)
            path = f"staff.{group}.least"
            yield _people(path, what, least, raised=False, bites=iter(rows))
        if np.isfinite(most):
            rows = [Bite("most_heads", place, 1.0) for place in places]
            for flow in _FLOWS:
                rows += [
                    Bite(flow, place, 1.0, on_bound=1)
                    for place in places
                    if _open(model, flow, place)
                ]
            what = T("the largest heads of {group}", group=group)
            path = f"staff.{group}.most"
            yield _people(path, what, most, raised=True, bites=iter(rows))


def _has(model: PyomoObject, name: str, label: object) -> bool:
    component = model.component(name)
    return component is not None and label in component


def _open(model: PyomoObject, name: str, place: tuple[str, str]) -> bool:
    return _has(model, name, place) and bool(model.component(name)[place].ub)


def _spans(problem: Problem, heads: FloatArray) -> Iterator[Loosening]:
    for rule in problem.staff.spans:
        if rule.at_most is not None:
            yield _span(problem, rule, heads, (f"span_{rule.role}", "at_most", rule.at_most))
        if rule.at_least is not None:
            yield _span(problem, rule, heads, (f"norm_{rule.role}", "at_least", rule.at_least))


def _span(
    problem: Problem, rule: SpanRule, heads: FloatArray, side: tuple[str, str, float]
) -> Loosening:
    name, field, value = side
    names, months = problem.axes[AxisName.GROUPS].labels, problem.calendar.labels
    bites = tuple(
        Bite(name, (names[g], month), float(max(heads[g, t], 1.0)), largest=max(value, 1.0))
        for g in rule.leaders
        for t, month in enumerate(months)
    )
    raised = field == "at_most"
    return Loosening(
        path=f"roles.{rule.role}.span.{field}",
        what=T("the span of {role} over {of}", role=rule.role, of=rule.of),
        value=value,
        raised=raised,
        counted=Counted.NUMBER,
        size=max(value, 1.0),
        most=np.inf if raised else value,
        whole=False,
        bites=bites,
    )


def _targets(problem: Problem) -> Iterator[Loosening]:
    for quota in quotas_of(problem):
        money = quota.spec.quota.kind is QuantityKind.MONEY
        counted = Counted.MONEY if money else Counted.VOLUME
        for part in quota.parts:
            yield from _part(quota, part, counted)
        yield from _growth(problem, quota)
        yield _quota(quota, counted)


def _part(quota: Quota, part: Part, counted: Counted) -> Iterator[Loosening]:
    name, path = f"pin_{quota.spec.id}_{part.name}", f"targets.{quota.spec.id}.pins.{part.name}"
    title, by = part.pin.title(), 1.0 / quota.unit

    def made(field: str, value: float, raised: bool, bite: Bite) -> Loosening:
        what = {
            "equals": T("the pin {title}", title=title),
            "at_least": T("the floor {title}", title=title),
            "at_most": T("the ceiling {title}", title=title),
        }[field]
        most = np.inf if raised else value
        size = abs(value) or quota.unit
        return Loosening(
            f"{path}.{field}",
            what,
            value,
            raised,
            counted,
            size,
            most,
            whole=False,
            bites=(bite,),
            exact=field == "equals",
        )

    if part.least == part.most:
        for raised in (True, False):
            bite = Bite(name, part.name, -by if raised else by)
            yield made("equals", part.least, raised, bite)
        return
    if part.least > 0:
        yield made("at_least", part.least, False, Bite(f"{name}_floor", part.name, by))
    if np.isfinite(part.most):
        yield made("at_most", part.most, True, Bite(f"{name}_ceiling", part.name, by))


def _growth(problem: Problem, quota: Quota) -> Iterator[Loosening]:
    growth = quota.spec.max_growth
    if growth is None:
        return
    labels = problem.axes[AxisName.TARGETS].labels
    bites = tuple(
        Bite(f"growth_{quota.spec.id}", labels[row], float(last) / quota.unit)
        for row, last in zip(quota.rows, quota.last_year, strict=True)
        if not np.isnan(last)
    )
    what = T("the largest growth of quota {title}", title=quota.spec.title())
    path = f"targets.{quota.spec.id}.max_growth"
    yield Loosening(path, what, growth, True, Counted.SHARE, 1.0 + growth, np.inf, False, bites)


def _quota(quota: Quota, counted: Counted) -> Loosening:
    """Return the raise of a quota: pins and floors beyond it fit no more."""
    spec, name = quota.spec, f"quota_{quota.spec.id}"
    bites = [Bite(name, "base", -1.0 / quota.unit)]
    room = np.inf
    if spec.stretch is None:
        bites.append(Bite(name, "stretch", -(1.0 + spec.over_assignment) / quota.unit))
    else:
        room = max(spec.stretch.value - quota.total, 0.0)
    what = T("quota {title}", title=spec.title())
    size = quota.total or quota.unit
    path = f"targets.{spec.id}.quota"
    return Loosening(path, what, quota.total, True, counted, size, room, False, tuple(bites))


def _changes(problem: Problem) -> Iterator[Loosening]:
    for limit in problem.change_limits:
        bite = Bite(f"at_most_changed_{limit.id}", limit.id, 1.0)
        what = T("the number of placements that may change ({title})", title=limit.title())
        size = max(float(limit.at_most), 1.0)
        path = f"change_limits.{limit.id}.at_most"
        yield Loosening(
            path, what, float(limit.at_most), True, Counted.NUMBER, size, np.inf, True, (bite,)
        )


def _moves(problem: Problem) -> Iterator[Loosening]:
    placements, unit = problem.placements, float(problem.money_unit)
    names = problem.axes[AxisName.PLACEMENTS].labels
    for a in np.flatnonzero(~np.isnan(placements.largest_move)):
        share = float(placements.largest_move[a])
        bites = tuple(
            Bite(side, (names[a], month), float(placements.current[a, t]) / unit)
            for side in ("largest_rise", "largest_fall")
            for t, month in enumerate(problem.calendar.labels)
        )
        what = T("the largest move of placement {name}", name=names[a])
        path = f"placements.{names[a]}.largest_move"
        room = 1.0 - share
        yield Loosening(path, what, share, True, Counted.SHARE, 1.0, room, False, bites)


def _minimum(problem: Problem) -> Iterator[Loosening]:
    placements, unit = problem.placements, float(problem.money_unit)
    names = problem.axes[AxisName.PLACEMENTS].labels
    for a in np.flatnonzero((placements.minimum > placements.lower).any(axis=1)):
        least = float(placements.minimum[a].max())
        bites = tuple(
            Bite("minimum_spend", (names[a], month), 1.0 / unit, largest=max(1.0, least / unit))
            for month in problem.calendar.labels
        )
        what = T("the minimum spend of placement {name}", name=names[a])
        path = f"placements.{names[a]}.minimum"
        yield Loosening(path, what, least, False, Counted.MONEY, least, least, False, bites)


def wider_bounds(problem: Problem) -> Loosening:
    """Return the raise of every placement's upper bound by one factor.

    The model must have room for it: its own bounds are those that may be reached.
    """
    unit, names = float(problem.money_unit), problem.axes[AxisName.PLACEMENTS].labels
    upper = problem.placements.upper
    bites = tuple(
        Bite("spend", (names[a], month), now, on_bound=1, bound=now)
        for a in range(len(names))
        for t, month in enumerate(problem.calendar.labels)
        if (now := float(upper[a, t]) / unit) > 0
    )
    what = T("the upper bounds of spend of all placements")
    return Loosening(_ALL, what, 1.0, True, Counted.FACTOR, 1.0, 1.0, False, bites)
