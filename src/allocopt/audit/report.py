"""What an audit found."""

from collections.abc import Iterable
from dataclasses import dataclass

from allocopt.findings import Finding, has_errors, in_order
from allocopt.plan.json_values import number_out
from allocopt.text import Language


@dataclass(frozen=True)
class AuditReport:
    """Result of an audit, or of a part of it.

    Attributes
    ----------
    findings : tuple of Finding
        Errors: hard lines and rules broken, stored numbers that are not the recomputed ones.
    max_abs_error : float
        Largest difference between a stored and a recomputed number.
    compared : int
        Stored numbers that were recomputed.
    """

    findings: tuple[Finding, ...] = ()
    max_abs_error: float = 0.0
    compared: int = 0

    @property
    def passed(self) -> bool:
        """Whether no finding is an error."""
        return not has_errors(self.findings)

    def as_record(self, language: Language = Language.ENGLISH) -> dict[str, object]:
        """Return the report as plain values, the form that ``--json`` prints."""
        return {
            "findings": [finding.as_record(language) for finding in self.findings],
            "max_abs_error": number_out(self.max_abs_error),
            "compared": self.compared,
        }


def together(reports: Iterable[AuditReport]) -> AuditReport:
    """Return several reports as one."""
    parts = list(reports)
    return AuditReport(
        findings=in_order(finding for part in parts for finding in part.findings),
        max_abs_error=max((part.max_abs_error for part in parts), default=0.0),
        compared=sum(part.compared for part in parts),
    )
