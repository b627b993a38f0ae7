"""Stored numbers against recomputed ones."""

import math
from collections.abc import Iterator, Mapping

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.audit.claims import Claims, Facts
from allocopt.audit.report import AuditReport
from allocopt.findings import Finding, Severity
from allocopt.measures.catalog import MEASURES, UnitKind
from allocopt.measures.lines import LineResult
from allocopt.plan.csv_files import NOWHERE, shown
from allocopt.plan.header import RUN_FILE
from allocopt.plan.plan import PlanStatus
from allocopt.plan.result_files import (
    EFFORT,
    LINES_FILE,
    MEASURES_FILE,
    OBJECTIVE_FILE,
    STORED_MEASURES,
    StoredLine,
    measure_axis,
)
from allocopt.plan.wording import objective_unit, plain_number, telling_digits
from allocopt.text import T, Text

RELATIVE = 1e-6
HALF_CENT = 0.005
_EXACT = 1e-12


def differs(stored: FloatArray, own: FloatArray, *, money: bool) -> FloatArray:
    """Return by how much numbers differ where that is more than rounding, 0 elsewhere.

    Money may differ by less than half a cent, and by what doubles cannot hold; other
    numbers by a millionth.

    Parameters
    ----------
    stored, own : FloatArray of one shape
    money : bool
    """
    both_missing = np.isnan(stored) & np.isnan(own)
    gap = np.where(both_missing, 0.0, np.abs(stored - own))
    size = np.maximum(np.abs(np.nan_to_num(own)), 1.0)
    allowed = np.maximum(HALF_CENT, _EXACT * size) if money else RELATIVE * size
    return np.where(gap <= allowed, 0.0, np.where(np.isnan(gap), np.inf, gap))


def largest(stored: FloatArray, own: FloatArray) -> float:
    """Return the largest difference; a missing number counts as 0."""
    gap = np.abs(np.nan_to_num(stored) - np.nan_to_num(own))
    return float(np.nan_to_num(gap).max(initial=0.0))


def _both(stored: float, own: float) -> dict[str, object]:
    """Return both numbers with digits that tell them apart."""
    digits = telling_digits(stored, own)
    return {"stored": plain_number(stored, digits), "own": plain_number(own, digits)}


def _is_money(name: str) -> bool:
    return name == EFFORT or MEASURES[name].unit is UnitKind.MONEY


def compare_measures(claims: Claims, facts: Facts) -> AuditReport:
    """Return where stored measures are not the recomputed ones: one finding per measure."""
    findings, worst, compared = [], 0.0, 0
    for name in STORED_MEASURES:
        stored, own = claims.measures.values[name], facts.measures[name]
        gap = differs(stored, own, money=_is_money(name))
        worst, compared = max(worst, largest(stored, own)), compared + own.size
        if gap.any():
            findings.append(_measure_finding(claims, name, (gap, stored, own)))
    return AuditReport(tuple(findings), worst, compared)


_MAY_BE_MISSING = ("last_year_volume", "last_year_revenue", "potential")


def check_finite(facts: Facts) -> AuditReport:
    """Return which recomputed measures are no finite numbers: nothing adds up from there."""
    wrong = [
        name
        for name, values in facts.measures.items()
        if name not in _MAY_BE_MISSING and not np.isfinite(values).all()
    ]
    return AuditReport(
        tuple(
            Finding(
                Severity.ERROR,
                T("{measure} is beyond what numbers can hold", measure=name),
                path=f"measures.{name}",
            )
            for name in wrong
        )
    )


def _measure_finding(
    claims: Claims, name: str, values: tuple[FloatArray, FloatArray, FloatArray]
) -> Finding:
    gap, stored, own = values
    row, period = np.unravel_index(int(gap.argmax()), gap.shape)
    line, column = claims.measures.place(name, int(row), int(period))
    return Finding(
        Severity.ERROR,
        T(
            "{measure} of {row} in {period} is said to be {stored}, recomputed it is {own}; "
            "{count} values of {measure} differ",
            measure=name,
            row=claims.problem.axes[measure_axis(name)].labels[row],
            period=claims.problem.calendar.labels[period],
            **_both(float(stored[row, period]), float(own[row, period])),
            count=int((gap > 0).sum()),
        ),
        file=MEASURES_FILE if line else "",
        line=line,
        column=column,
        path=f"measures.{name}",
    )


_SIDES = ("lhs", "rhs", "slack", "shortfall", "penalty")


def compare_lines(claims: Claims, facts: Facts) -> AuditReport:
    """Return where stored results of lines are not the recomputed ones."""
    pairs = list(zip(claims.lines, facts.lines, strict=True))
    worst = max((largest(_sides(stored.result), _sides(own)) for stored, own in pairs), default=0.0)
    findings = (finding for stored, own in pairs for finding in _line_findings(stored, own))
    return AuditReport(tuple(findings), worst, len(pairs) * (len(_SIDES) + 1))


def _sides(result: LineResult) -> FloatArray:
    return np.array([result.lhs, result.rhs, result.slack, result.shortfall, result.penalty])


def _line_findings(stored: StoredLine, own: LineResult) -> Iterator[Finding]:
    gap = differs(_sides(stored.result), _sides(own), money=own.line.unit == "money")
    for number in np.flatnonzero(gap):
        message = T(
            "{side} of line {line} is said to be {stored}, recomputed it is {own}",
            side=_SIDES[number],
            line=own.line.name,
            **_both(float(_sides(stored.result)[number]), float(_sides(own)[number])),
        )
        yield _line_finding(stored, message, _SIDES[number])
    if stored.result.met != own.met:
        template = (
            T("line {line} is said to be met, recomputed it is not", line=own.line.name)
            if stored.result.met
            else T("line {line} is said to be missed, recomputed it is met", line=own.line.name)
        )
        yield _line_finding(stored, template, "met")


def _line_finding(stored: StoredLine, message: Text, column: str) -> Finding:
    return Finding(
        Severity.ERROR,
        message,
        file=LINES_FILE if stored.place.line else "",
        line=stored.place.line,
        column=stored.place.column(column),
        path=f"lines.{stored.result.line.spec}",
    )


_Place = tuple[str, int, int]
"""File, line, column."""


def compare_objective(claims: Claims, facts: Facts) -> AuditReport:
    """Return where the objective, its parts, its unit or the gap are not what they should be.

    The bound is what the search says: nothing in a plan's decisions tells what no other plan
    can exceed, so it is taken as it is, and only the gap to it is recomputed.
    """
    own = {part.name: part.value for part in facts.parts}
    gap = _gap(claims)
    run_file = (RUN_FILE if claims.ledger is not None else "", 0, 0)
    checks = [
        *_part_checks(claims, own),
        ("objective", claims.objective, math.fsum(own.values()), run_file),
        ("gap", claims.gap, gap, run_file),
    ]
    findings = [finding for check in checks for finding in _scalar_finding(*check)]
    return AuditReport(
        (*findings, *_unit_finding(claims)),
        max(largest(np.array([s]), np.array([o])) for _, s, o, _ in checks),
        len(checks),
    )


def _gap(claims: Claims) -> float:
    return max(claims.bound - claims.objective, 0.0) / max(abs(claims.objective), 1e-9)


def check_status(claims: Claims) -> AuditReport:
    """Return an error where the status is no known one, or "proven" against the gap."""
    message, gap, wanted = None, _gap(claims), claims.wanted_gap
    if claims.status not in list(PlanStatus):
        message = T("{found} is no status", found=shown(claims.status))
    elif claims.status == PlanStatus.PROVEN and not gap <= wanted + RELATIVE * max(wanted, 1e-9):
        message = T(
            "the plan is said to be proven, but its gap is {gap} and {wanted} was wanted",
            gap=plain_number(gap),
            wanted=plain_number(wanted),
        )
    if message is None:
        return AuditReport()
    file = RUN_FILE if claims.ledger is not None else ""
    return AuditReport((Finding(Severity.ERROR, message, file=file, path="status"),))


def _part_checks(
    claims: Claims, own: Mapping[str, float]
) -> Iterator[tuple[str, float, float, _Place]]:
    """Yield name, stored value, recomputed value and place of every part of the objective."""
    file = OBJECTIVE_FILE if claims.ledger is not None else ""
    stored = {one.part.name: one for one in claims.parts}
    for name in {**own, **stored}:
        said, place = 0.0, NOWHERE
        if name in stored:
            said, place = stored[name].part.value, stored[name].place
        at = (file, place.line, place.column("value"))
        yield f"objective.{name}", said, own.get(name, 0.0), at


def _unit_finding(claims: Claims) -> Iterator[Finding]:
    stored, own = claims.counted_in, objective_unit(claims.problem, claims.decides)
    if stored is not None and stored != own:
        message = T(
            "the objective is said to be counted in {stored}, it is {own}", stored=stored, own=own
        )
        yield Finding(Severity.ERROR, message, file=RUN_FILE, path="counted_in")


def _scalar_finding(name: str, stored: float, own: float, place: _Place) -> Iterator[Finding]:
    if differs(np.array([stored]), np.array([own]), money=name != "gap").any():
        message = T(
            "{name} is said to be {stored}, recomputed it is {own}",
            name=name,
            **_both(stored, own),
        )
        file, line, column = place
        yield Finding(Severity.ERROR, message, file=file, line=line, column=column, path=name)
