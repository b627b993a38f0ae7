"""Findings: what a check has to say, with the place it speaks of."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from allocopt.text import Language, Text


class Severity(StrEnum):
    """How much a finding matters; errors stop the work, warnings and notes do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One remark about an input or a plan.

    Attributes
    ----------
    severity : Severity
    message : Text
        What was found and what was expected.
    hint : Text
        What to do about it.
    file : str
        Relative to the scenario or run folder, with forward slashes; empty if not of one file.
    line, column : int
        Counted from 1; 0 where the finding is not about one place.
    path : str
        Dotted path of the field, such as ``placements.p07.upper``; empty if none.
    """

    severity: Severity
    message: Text
    hint: Text = Text("")
    file: str = ""
    line: int = 0
    column: int = 0
    path: str = ""

    def as_record(self, language: Language = Language.ENGLISH) -> dict[str, object]:
        """Return the finding as plain values, the form that ``--json`` prints."""
        return {
            "severity": str(self.severity),
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "path": self.path,
            "message": self.message.render(language),
            "hint": self.hint.render(language),
        }


def has_errors(findings: Iterable[Finding]) -> bool:
    """Return whether any of ``findings`` is an error."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return ``findings`` without repeats, by file, line, column and path."""
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda f: (f.file, f.line, f.column, f.path, str(f.message))))
