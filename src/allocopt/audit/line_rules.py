"""Lines that a plan does not keep: hard ones are errors, soft ones are priced."""

from collections.abc import Mapping

from allocopt.audit.claims import Facts
from allocopt.audit.report import AuditReport
from allocopt.findings import Finding, Severity
from allocopt.measures.catalog import UnitKind
from allocopt.measures.influence import outside_lines
from allocopt.measures.lines import LineResult
from allocopt.plan.reach import reach_hints
from allocopt.plan.wording import amount_text, broken_text
from allocopt.problem.problem import Problem
from allocopt.scenario.schema.limits import LineKind
from allocopt.text import T, Text


def check_lines(facts: Facts) -> AuditReport:
    """Return what there is to say about lines that are not met; on the line is met.

    A hard line that is missed is an error, unless nothing the model decided can move it.
    """
    missed = [result for result in facts.lines if not result.met]
    hard = {result.line.name for result in missed if result.line.kind is LineKind.HARD}
    outside = hard.intersection(outside_lines(facts.problem, facts.decides)) if hard else hard
    hints = reach_hints(facts.problem, sorted(outside))
    return AuditReport(
        tuple(_finding(facts.problem, result, hints) for result in missed),
        compared=len(facts.lines),
    )


def _finding(problem: Problem, result: LineResult, outside: Mapping[str, Text]) -> Finding:
    message, path = broken_text(problem, result), f"lines.{result.line.spec}"
    if result.line.name in outside:
        hint = T(
            "nothing that this model decides can change it; {hint}", hint=outside[result.line.name]
        )
        return Finding(Severity.WARNING, message, hint, path=path)
    if result.line.kind is LineKind.HARD:
        return Finding(Severity.ERROR, message, path=path)
    if result.line.kind is LineKind.REPORT:
        return Finding(Severity.NOTE, message, T("the line is for the record only"), path=path)
    price = amount_text(problem, result.penalty, UnitKind.MONEY)
    return Finding(Severity.NOTE, message, T("priced at {price}", price=price), path=path)
