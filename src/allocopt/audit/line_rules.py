"""Lines that a plan does not keep: hard ones are errors, soft ones are priced."""

from collections.abc import Iterator

from allocopt.audit.claims import Facts
from allocopt.audit.report import AuditReport
from allocopt.findings import Finding, Severity
from allocopt.measures.lines import LineResult
from allocopt.plan.wording import broken_text
from allocopt.problem.problem import Problem
from allocopt.scenario.schema.limits import LineKind
from allocopt.text import T


def check_lines(facts: Facts) -> AuditReport:
    """Return what there is to say about lines that are not met; on the line is met."""
    missed = [result for result in facts.lines if not result.met]
    return AuditReport(tuple(_findings(facts, missed)), compared=0)


def _findings(facts: Facts, missed: list[LineResult]) -> Iterator[Finding]:
    for result in missed:
        yield _finding(facts.problem, result)


def _finding(problem: Problem, result: LineResult) -> Finding:
    message, path = broken_text(problem, result), f"lines.{result.line.spec}"
    if result.line.kind is LineKind.HARD:
        return Finding(Severity.ERROR, message, path=path)
    if result.line.kind is LineKind.REPORT:
        return Finding(Severity.NOTE, T("{miss} (for the record only)", miss=message), path=path)
    return Finding(Severity.NOTE, message, path=path)
