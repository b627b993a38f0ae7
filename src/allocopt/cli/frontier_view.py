"""A scenario's frontier for people, and as plain values."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from allocopt.cli.output import listed, say, show
from allocopt.cli.session import Session
from allocopt.cli.tables import plain_table
from allocopt.plan.kinds import Kind
from allocopt.report.format import NOT_KNOWN, NumberStyle
from allocopt.report.frontier import FrontierPoint, PointState, ScenarioFrontier
from allocopt.scenario.quantities import QuantityKind
from allocopt.text import T, Text

if TYPE_CHECKING:
    from rich.table import Table

_STATES: Mapping[PointState, Text] = {
    PointState.PROVEN: T("proven"),
    PointState.LIMIT: T("not proven to the wanted gap"),
    PointState.INFEASIBLE: T("no plan possible"),
    PointState.NO_PLAN: T("no plan found in time"),
}


def show_frontier(session: Session, found: ScenarioFrontier, style: NumberStyle) -> None:
    """Write a frontier to standard output.

    Parameters
    ----------
    session : Session
    found : ScenarioFrontier
    style : NumberStyle
    """
    say(session, found.knob.path)
    show(_table(session, found, style))
    say(session)
    for point in found.points:
        if point.conflict:
            names = listed(session, point.conflict)
            value = _value(found, style, point.value)
            say(session, T("{value}: in conflict: {names}", value=value, names=names))
        if math.isfinite(point.taken_from):
            say(
                session,
                T(
                    "{value}: the plan of {other} is kept, better than what was found here",
                    value=_value(found, style, point.value),
                    other=_value(found, style, point.taken_from),
                ),
            )
    if found.interrupted:
        say(session, T("interrupted: points are missing"))
    say(session, T("time: {seconds}", seconds=style.seconds(found.seconds)))


def _table(session: Session, found: ScenarioFrontier, style: NumberStyle) -> "Table":
    priced = any(math.isfinite(point.price) for point in found.points)
    unit = _step(found, style)
    heads = [
        T("value"),
        T("plan"),
        T("at most") if found.aim.maximized else T("at least"),
        T("gap"),
        T("per {step} more", step=unit),
    ]
    if priced:
        heads.append(T("by prices"))
    heads.extend(Text("{name}", (("name", one.expression),)) for one in found.shown)
    heads.append(T("standing"))
    rows = [_row(session, found, style, (point, priced)) for point in found.points]
    return plain_table(session, heads, rows, numbers=tuple(range(len(heads) - 1)))


def _row(
    session: Session, found: ScenarioFrontier, style: NumberStyle, what: tuple[FrontierPoint, bool]
) -> list[str]:
    (point, priced), sign = what, 1.0 if found.aim.maximized else -1.0
    slopes = dict(zip((one.value for one in found.planned[1:]), found.slopes(), strict=True))
    size = _step_size(found, style)
    slope = slopes.get(point.value, math.nan)
    cells = [
        _value(found, style, point.value),
        style.value(found.aim.kind, sign * point.objective),
        style.value(found.aim.kind, sign * point.bound),
        style.share(point.gap, digits=3),
        style.difference(found.aim.kind, sign * slope * size),
    ]
    if priced:
        cells.append(style.difference(found.aim.kind, sign * point.price * size))
    for number, one in enumerate(found.shown):
        cells.append(style.value(one.kind, point.shown[number]) if point.shown else NOT_KNOWN)
    cells.append(_STATES[point.state].render(session.language))
    return cells


def _value(found: ScenarioFrontier, style: NumberStyle, value: float) -> str:
    if found.kind is not Kind.MIXED:
        return style.value(found.kind, value)
    return f"{value / found.knob.scale:,.6g} {found.knob.sign}".rstrip()


def _step_size(found: ScenarioFrontier, style: NumberStyle) -> float:
    """Return the step in which slopes are said, in base units."""
    if found.kind is Kind.MONEY:
        return float(style.money_unit)
    return 0.01 if found.knob.kind in (QuantityKind.SHARE, QuantityKind.POINTS) else 1.0


def _step(found: ScenarioFrontier, style: NumberStyle) -> str:
    if found.kind is Kind.MIXED:
        return f"1 {found.knob.sign}".rstrip()
    return style.difference(found.kind, _step_size(found, style)).lstrip("+")


def record(found: ScenarioFrontier) -> dict[str, object]:
    """Return a frontier as plain values, in base units: 元 and shares of 1; goals as written.

    Parameters
    ----------
    found : ScenarioFrontier
    """
    sign = 1.0 if found.aim.maximized else -1.0
    return {
        "vary": found.knob.path,
        "counts": str(found.knob.kind),
        "goal_counts": str(found.aim.kind),
        "interrupted": found.interrupted,
        "seconds": found.seconds,
        "points": [
            {
                "value": point.value,
                "state": str(point.state),
                "goal": sign * point.objective,
                "bound": sign * point.bound,
                "gap": point.gap,
                "price": sign * point.price,
                "taken_from": point.taken_from,
                "conflict": list(point.conflict),
                "shown": {
                    one.expression: value
                    for one, value in zip(found.shown, point.shown, strict=False)
                },
                "seconds": point.seconds,
            }
            for point in found.points
        ],
        "slopes": [
            {"from": a.value, "to": b.value, "slope": sign * slope}
            for a, b, slope in zip(found.planned, found.planned[1:], found.slopes(), strict=False)
        ],
    }
