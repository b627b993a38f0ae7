"""Findings as a compiler prints them: place, severity, message, the line with a caret, a hint."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from allocopt.cli.output import paint
from allocopt.cli.session import Session
from allocopt.cli.widths import printable, width_of
from allocopt.findings import Finding, Severity
from allocopt.text import T, Text

_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_WORDS = {
    Severity.ERROR: T("error"),
    Severity.WARNING: T("warning"),
    Severity.NOTE: T("note"),
}
_LONGEST_LINE = 150
_LARGEST_FILE = 50_000_000


class _Sources:
    """Lines of the files that findings speak of, each file read once."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.read: dict[str, list[str]] = {}

    def line(self, finding: Finding) -> str:
        """Return the line of a finding, empty where there is none to show."""
        if self.folder is None or finding.line < 1 or not finding.file:
            return ""
        if finding.file not in self.read:
            self.read[finding.file] = self._lines(self.folder / finding.file)
        lines = self.read[finding.file]
        return lines[finding.line - 1] if finding.line <= len(lines) else ""

    def _lines(self, path: Path) -> list[str]:
        if path.suffix.lower() not in {".yaml", ".yml", ".csv"}:
            return []
        try:
            if path.stat().st_size > _LARGEST_FILE:
                return []
            return path.read_text(encoding="utf-8-sig", errors="replace").split("\n")
        except (OSError, ValueError):
            return []


def finding_lines(
    session: Session, findings: Sequence[Finding], *, folder: Path | None, shown_as: str = ""
) -> Iterator[str]:
    """Yield the lines that show ``findings``.

    Parameters
    ----------
    session : Session
    findings : sequence of Finding
    folder : Path or None
        Where the files are; without it no source line is shown.
    shown_as : str
        What the user called that folder; put before file names, so that editors can follow.
    """
    sources = _Sources(folder)
    for finding in findings:
        yield _headline(session, finding, shown_as)
        yield from _excerpt(finding, sources.line(finding))
        if finding.hint.template:
            hint = finding.hint.render(session.language)
            yield T("    hint: {hint}", hint=hint).render(session.language)


def _headline(session: Session, finding: Finding, shown_as: str) -> str:
    word = paint(_WORDS[finding.severity].render(session.language), _COLORS[finding.severity])
    message = printable(finding.message.render(session.language))
    path = f" [{finding.path}]" if finding.path and not finding.line else ""
    place = f"{_place(finding, shown_as)}: " if finding.file else ""
    return place + T("{word}: {said}", word=word, said=f"{message}{path}").render(session.language)


def _place(finding: Finding, shown_as: str) -> str:
    inside = not finding.file.startswith(("--", ".."))
    file = f"{shown_as}/{finding.file}" if shown_as and inside else finding.file
    parts = [file]
    if finding.line:
        parts.append(str(finding.line))
        if finding.column:
            parts.append(str(finding.column))
    return ":".join(parts)


def _excerpt(finding: Finding, source: str) -> Iterator[str]:
    """Yield the source line and the caret below what is meant, both cut to the screen."""
    source = source.rstrip("\r")
    if not source.strip():
        return
    start, length = (
        _field(source, finding.column) if finding.file.endswith(".csv") else _token(source, finding)
    )
    cut = max(0, start - _LONGEST_LINE // 2) if start > _LONGEST_LINE * 2 // 3 else 0
    window = source[cut : cut + _LONGEST_LINE]
    before = printable(window[: start - cut])
    marked = printable(window[start - cut : start - cut + length])
    number = f"{finding.line:>5} | "
    yield f"{number}{printable(window)}"
    carets = "^" * max(width_of(marked), 1)
    yield f"{' ' * (len(number) - 2)}| {' ' * width_of(before)}{paint(carets, 'green')}"


def _token(source: str, finding: Finding) -> tuple[int, int]:
    """Return start and length of the YAML value at a finding's column."""
    start = min(max(finding.column - 1, 0), len(source))
    rest = source[start:]
    if rest[:1] in {"'", '"'} and rest.find(rest[0], 1) > 0:
        return start, rest.find(rest[0], 1) + 1
    if rest[:1] in {"{", "["}:
        return start, 1
    ends = [rest.find(end) for end in (",", "}", "]", ": ", " #") if rest.find(end) > 0]
    return start, len(rest[: min(ends, default=len(rest))].rstrip().rstrip(":")) or 1


def _field(source: str, number: int) -> tuple[int, int]:
    """Return start and length of a field of a CSV line, counted from 1."""
    start = 0
    for position, field in enumerate(_raw_fields(source), start=1):
        if position == number:
            return start, max(len(field), 1)
        start += len(field) + 1
    return 0, len(source)


def _raw_fields(source: str) -> list[str]:
    """Return the fields as they stand, quotes included; the line as a whole if it has gaps."""
    fields, quoted, current = [], False, io.StringIO()
    for character in source:
        quoted ^= character == csv.excel.quotechar
        if character == csv.excel.delimiter and not quoted:
            fields.append(current.getvalue())
            current = io.StringIO()
        else:
            current.write(character)
    return [*fields, current.getvalue()]


def tally(findings: Sequence[Finding]) -> Text:
    """Return how many errors, warnings and notes there are."""
    counts = {severity: 0 for severity in Severity}
    for finding in findings:
        counts[finding.severity] += 1
    return T(
        "errors: {errors}, warnings: {warnings}, notes: {notes}",
        errors=counts[Severity.ERROR],
        warnings=counts[Severity.WARNING],
        notes=counts[Severity.NOTE],
    )
