"""The stored ledger against the one recomputed in decimal, to the cent."""

from collections import defaultdict
from decimal import Decimal

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.audit.claims import Claims, Facts
from allocopt.audit.report import AuditReport
from allocopt.findings import Finding, Severity
from allocopt.plan.ledger import ZERO, Entry, Kind, Statement, exact, ledger_of, row_axis
from allocopt.plan.money_lines import Books, books_of, kept, line_sides
from allocopt.plan.result_files import LEDGER_AMOUNT, LEDGER_FILE, StoredEntry
from allocopt.problem.problem import Problem
from allocopt.text import T

_SAME = 1e-9
_HALF_CENT = 0.005
_Key = tuple[Statement, Kind, int, int]


def _key(entry: Entry) -> _Key:
    return (entry.statement, entry.kind, entry.row, entry.period)


def compare_ledger(claims: Claims, ledger: tuple[Entry, ...]) -> AuditReport:
    """Return where the stored ledger is not the recomputed one: a finding per kind of entry.

    Parameters
    ----------
    claims : Claims
    ledger : tuple of Entry
        See `recomputed_ledger`.
    """
    if claims.ledger is None:
        return AuditReport()
    own = {_key(entry): entry.amount for entry in ledger}
    stored = {_key(one.entry): one for one in claims.ledger}
    gaps: dict[tuple[Statement, Kind], dict[_Key, Decimal]] = defaultdict(dict)
    for key in {**own, **stored}:
        amount = stored[key].entry.amount if key in stored else ZERO
        if amount != own.get(key, ZERO):
            gaps[key[:2]][key] = amount - own.get(key, ZERO)
    worst = max((abs(gap) for kind in gaps.values() for gap in kind.values()), default=ZERO)
    findings = [_gap_finding(claims.problem, found, stored, own) for found in gaps.values()]
    findings.extend(_repeated(claims.ledger, stored))
    return AuditReport(tuple(findings), float(worst), len({**own, **stored}))


def check_books(facts: Facts, ledger: tuple[Entry, ...]) -> AuditReport:
    """Return where the recomputed ledger and the measures tell different stories.

    Two computations of the same money, in decimal and in doubles, may differ by the cents
    that entries were rounded to; and a hard line on money that the measures keep must be
    kept by the ledger too.
    """
    problem = facts.problem
    spend = np.array(exact(facts.decisions.spend), dtype=object)
    spend = spend.reshape(facts.decisions.spend.shape)
    books = books_of(problem, spend, ledger)
    findings = [f for statement in Statement for f in _statement(facts, books, statement)]
    for result in facts.lines:
        sides = line_sides(books, result.line)
        if sides and result.met and not kept(problem, result.line, sides):
            message = T(
                "line {line} is met by the measures, but not by the ledger: {top} 元",
                line=result.line.name,
                top=f"{sides[0].value:,}",
            )
            findings.append(Finding(Severity.ERROR, message, path=f"lines.{result.line.spec}"))
    return AuditReport(tuple(findings), compared=sum(a.size for a in books.amounts.values()))


def _statement(facts: Facts, books: Books, statement: Statement) -> list[Finding]:
    """Return a finding where a statement's ledger and measure differ by more than rounding."""
    name = str(statement)
    measure, booked = facts.measures[name], books.amounts[name].astype(np.float64)
    # instalments of fixed amounts are rounded as running sums, one more half cent
    room = _HALF_CENT * (books.rounded[name] + 1) + _SAME * np.abs(measure)
    gap = np.abs(measure - booked)
    if not (gap > room).any():
        return []
    row, period = np.unravel_index(int((gap - room).argmax()), gap.shape)
    message = T(
        "{measure} of {row} in {period} is {booked} 元 in the ledger and {own} 元 in the measures",
        measure=name,
        row=facts.label(row_axis(statement), int(row)),
        period=facts.month(int(period)),
        booked=f"{books.amounts[name][row, period]:,}",
        own=f"{measure[row, period]:,.4f}",
    )
    return [Finding(Severity.ERROR, message, path=f"ledger.{name}")]


def recomputed_ledger(claims: Claims, facts: Facts) -> tuple[Entry, ...]:
    """Return the ledger that follows from the decisions.

    A stored volume that agrees with the recomputed one but for the last digits of a double
    is taken as stored, so that another machine's rounding does not move a cent.
    """
    return ledger_of(
        facts.problem,
        facts.decisions,
        {
            name: _settled(claims.measures.values[name], values)
            for name, values in facts.measures.items()
        },
    )


def _settled(stored: FloatArray, own: FloatArray) -> FloatArray:
    near = np.abs(stored - own) <= _SAME * np.maximum(np.abs(own), 1.0)
    return np.where(near, stored, own)


def _gap_finding(
    problem: Problem,
    gaps: dict[_Key, Decimal],
    stored: dict[_Key, StoredEntry],
    own: dict[_Key, Decimal],
) -> Finding:
    """Return the finding about one kind of entry, at its largest difference."""
    key = max(gaps, key=lambda one: abs(gaps[one]))
    statement, kind, row, period = key
    said = stored[key].entry.amount if key in stored else ZERO
    return Finding(
        Severity.ERROR,
        T(
            "the entry {kind} of {row} in {period} is said to be {stored} 元, recomputed it is "
            "{own} 元; {count} entries differ, by {total} 元 in all",
            kind=f"{statement}/{kind}",
            row=problem.axes[row_axis(statement)].labels[row],
            period=problem.calendar.labels[period],
            stored=f"{said:,}",
            own=f"{own.get(key, ZERO):,}",
            count=len(gaps),
            total=f"{sum(gaps.values(), start=ZERO):,}",
        ),
        file=LEDGER_FILE,
        line=stored[key].place.line if key in stored else 0,
        column=stored[key].place.column(LEDGER_AMOUNT) if key in stored else 0,
        path=f"ledger.{statement}.{kind}",
    )


def _repeated(ledger: tuple[StoredEntry, ...], kept: dict[_Key, StoredEntry]) -> list[Finding]:
    return [
        Finding(
            Severity.ERROR,
            T(
                "this entry stands twice, again in line {line}",
                line=kept[_key(one.entry)].place.line,
            ),
            file=LEDGER_FILE,
            line=one.place.line,
            column=one.place.column("row"),
            path="ledger",
        )
        for one in ledger
        if kept[_key(one.entry)] is not one
    ]
