"""The values of a scenario that may give way: bounds of lines, targets, spend and people."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.declare.rows import PyomoObject
from allocopt.measures.decisions import Decisions, current_decisions
from allocopt.measures.lines import Line, Sense, compile_lines, form_value
from allocopt.measures.numbers import evaluate
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem
from allocopt.problem.quota import Part, Quota, quotas_of
from allocopt.scenario.quantities import Quantity, QuantityKind
from allocopt.scenario.schema.limits import LineKind, LineSpec
from allocopt.solving.loose_people import loose_people
from allocopt.solving.loosening import Bite, Counted, Loosening, has_place
from allocopt.text import T

LINES = "lines."
"""Paths of the bounds of lines begin with it."""
_ALL = "placements.bounds"
_MOST_ROOM = 0.05


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
        *loose_people(problem, model, measures["heads"]),
        *_targets(problem),
        *_changes(problem),
        *_moves(problem),
        *_minimum(problem),
    )
    return tuple(one for one in found if any(has_place(model, b) for b in one.bites))


def room_of_lines(problem: Problem, model: PyomoObject) -> Loosening:
    """Return the value that holds all hard lines of ``model`` tighter, by a share of each bound.

    Equalities stay as they are.
    """
    lines = [one for one in loosenings(problem, model) if one.path.startswith(LINES)]
    bites = tuple(
        replace(bite, by=-bite.by * one.size)
        for one in lines
        if not one.exact
        for bite in one.bites
    )
    what = T("room between a plan and its lines")
    return Loosening("", what, 0.0, True, Counted.SHARE, 1.0, _MOST_ROOM, False, bites)


_FIELDS: dict[Sense, Callable[[LineSpec], Quantity | None]] = {
    Sense.AT_LEAST: lambda spec: spec.at_least,
    Sense.AT_MOST: lambda spec: spec.at_most,
    Sense.EQUAL: lambda spec: spec.equals,
}
_NAMES = {Sense.AT_LEAST: "at_least", Sense.AT_MOST: "at_most", Sense.EQUAL: "equals"}
_COUNTED = {kind: Counted(str(kind)) for kind in QuantityKind}


def line_path(line: Line) -> str:
    """Return where the scenario states the bound of a line."""
    return _path(line.spec, line.sense)


def _path(spec: str, sense: Sense) -> str:
    return f"{LINES}{spec}.{_NAMES[sense]}"


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
        path=_path(spec.id, sense),
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
