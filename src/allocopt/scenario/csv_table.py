"""CSV files, read strictly: UTF-8, comma, a header, every row as wide as the header."""

import csv
import io
from collections.abc import Iterator, Sequence

from allocopt.scenario.notes import Notes
from allocopt.scenario.records import Records
from allocopt.scenario.tree import Mark
from allocopt.scenario.wording import shown
from allocopt.text import T


def csv_records(text: str, file: str, notes: Notes) -> Records | None:
    """Return header and rows of a CSV text, or ``None`` with a finding.

    Parameters
    ----------
    text : str
    file : str
        Name for marks and findings.
    notes : Notes
        Also takes findings on single rows while they are read.
    """
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        notes.error(
            Mark(file, line, 1),
            T("the table holds a NUL character"),
            T("It is no CSV text; export it again as 'CSV UTF-8'."),
        )
        return None
    rows = _rows(text, file, notes)
    first = next(rows, None)
    if first is None:
        notes.error(
            Mark(file, 1, 1), T("the table is empty"), T("Add a header line and at least one row.")
        )
        return None
    line, header = first
    return Records(file, header, line, rows)


def _rows(text: str, file: str, notes: Notes) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield line number and fields of every row that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            notes.error(
                Mark(file, line, 1),
                T("the row is not valid CSV: {reason}", reason=shown(error)),
                T("Look for a quote that is not closed, or text after a closing quote."),
            )
            return
        if any(fields):
            yield line, fields
        line = reader.line_num + 1
