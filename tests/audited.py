"""What an audit says, and edits of a run by hand that it has to find."""

import re
from pathlib import Path

from allocopt.audit import AuditReport
from allocopt.findings import Severity


def errors(report: AuditReport) -> list[str]:
    """Return what the errors of an audit say."""
    return [str(f.message) for f in report.findings if f.severity is Severity.ERROR]


def edit(path: Path, pattern: str, replacement: str) -> None:
    """Replace the first match in a file of a run; there is one, and it changes."""
    text = path.read_text(encoding="utf-8-sig")
    changed = re.sub(pattern, replacement, text, count=1)
    assert changed != text
    path.write_text(changed, encoding="utf-8")
