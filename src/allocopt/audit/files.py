"""Files of a run that are no longer what they were when it was written."""

from collections.abc import Iterator
from pathlib import Path

from allocopt.audit.report import AuditReport
from allocopt.errors import RunError
from allocopt.findings import Finding, Severity
from allocopt.plan.csv_files import read_bytes, sha256
from allocopt.plan.header import RunHeader
from allocopt.text import T


def check_files(folder: Path, header: RunHeader) -> AuditReport:
    """Return notes on decisions that were edited, warnings on other changes and missing files.

    Decisions may be edited; whether the numbers still agree is for the other checks to say.
    """
    return AuditReport(tuple(_findings(folder, header)), compared=len(header.files))


def _findings(folder: Path, header: RunHeader) -> Iterator[Finding]:
    for name, digest in header.files.items():
        try:
            found = sha256(read_bytes(folder, name))
        except RunError as error:
            yield Finding(Severity.WARNING, error.text, file=name)
            continue
        if found == digest:
            continue
        if name.startswith("decisions/"):
            message = T("decisions were edited after the run was written")
            yield Finding(Severity.NOTE, message, file=name)
        else:
            message = T("the file was changed after the run was written")
            yield Finding(Severity.WARNING, message, file=name)
