"""The list that the steps of the loader write their findings into."""

from allocopt.findings import Finding, Severity
from allocopt.scenario.tree import Mark
from allocopt.text import Text


class Notes:
    """Findings so far; one per load, handed from step to step."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def error(self, mark: Mark, message: Text, hint: Text, *, path: str = "") -> None:
        """Add an error at ``mark``."""
        self.add(Severity.ERROR, mark, message, hint, path=path)

    def add(
        self, severity: Severity, mark: Mark, message: Text, hint: Text, *, path: str = ""
    ) -> None:
        """Add a finding at ``mark``."""
        self.findings.append(
            Finding(severity, message, hint, mark.file, mark.line, mark.column, path)
        )
