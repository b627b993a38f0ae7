"""Sheets of xlsx workbooks: stored values only, formulas are never run."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook

from allocopt.scenario.notes import Notes
from allocopt.scenario.records import Records
from allocopt.scenario.tree import Leaf, Mark, Node
from allocopt.scenario.wording import did_you_mean, shown
from allocopt.text import T

MAX_EXPANDED_BYTES = 500_000_000
_ERRORS = frozenset({"#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"})
# stands for a value that a finding has refused; no cell can hold it
_UNUSABLE = "\0"
# a formula whose cell closes without a stored value
_UNSTORED = re.compile(rb"(?:</f>|<f[^>]*/>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")


def xlsx_records(content: bytes, file: str, sheet: Node | None, notes: Notes) -> Records | None:
    """Return header and rows of a sheet, or ``None`` with a finding.

    Parameters
    ----------
    content : bytes
        The workbook.
    file : str
        Name for marks and findings.
    sheet : Node, optional
        Name of the sheet; not needed if there is only one.
    notes : Notes
    """
    start = Mark(file, 1, 1)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            expanded = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError) as error:
        _note_unreadable(start, error, notes)
        return None
    if expanded > MAX_EXPANDED_BYTES:
        notes.error(
            start,
            T("the workbook unpacks to more than {size} MB", size=MAX_EXPANDED_BYTES // 1_000_000),
            T("Save the sheet as CSV UTF-8."),
        )
        return None
    try:
        with warnings.catch_warnings():
            # the library warns of styles and extensions, which carry no values
            warnings.simplefilter("ignore")
            rows = _rows(content, start, sheet, notes)
    except Exception as error:
        _note_unreadable(start, error, notes)
        return None
    return None if rows is None else _records(rows, file, notes)


def _note_unreadable(mark: Mark, error: Exception, notes: Notes) -> None:
    notes.error(
        mark,
        T("the file is not a readable xlsx workbook ({reason})", reason=shown(error)),
        T("Open it in a spreadsheet and save it as xlsx or CSV UTF-8."),
    )


def _rows(content: bytes, start: Mark, sheet: Node | None, notes: Notes) -> list[list[str]] | None:
    """Return the sheet's rows as text, empty ones included so that positions are lines."""
    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    name = _sheet_name([one.title for one in workbook.worksheets], sheet, start, notes=notes)
    if name is None:
        return None
    table = workbook[name]
    table.reset_dimensions()
    rows = [[_text(cell) for cell in row] for row in table.iter_rows()]
    for line, row in enumerate(rows, start=1):
        for column, text in enumerate(row, start=1):
            if text in _ERRORS:
                _note_error_value(Mark(start.file, line, column), text, notes)
                row[column - 1] = _UNUSABLE
    if _has_unstored(content):
        _note_unstored(content, name, rows, file=start.file, notes=notes)
    return rows


def _sheet_name(
    names: Sequence[str], sheet: Node | None, start: Mark, *, notes: Notes
) -> str | None:
    wanted = sheet.value if isinstance(sheet, Leaf) else None
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted in names:
        return str(wanted)
    if wanted is None:
        message = T("the workbook has {count} sheets and none is named", count=len(names))
        hint = T("Add 'sheet:' with one of: {names}.", names=shown(", ".join(names)))
        notes.error(start, message, hint)
    else:
        mark = sheet.mark if sheet is not None else start
        message = T("the workbook has no sheet {name}", name=shown(wanted))
        notes.error(mark, message, did_you_mean(str(wanted), names))
    return None


def _text(cell: Any) -> str:  # noqa: ANN401 - full and empty cells have no common type
    """Return what a cell holds as a CSV field would hold it."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number_text(value, is_percent="%" in str(cell.number_format))
    if isinstance(value, datetime):
        return (value.date() if value.time() == time() else value).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _number_text(value: float, *, is_percent: bool) -> str:
    if is_percent:
        # a cell shown as 15 % stores 0.15
        return f"{(Decimal(repr(value)) * 100).normalize():f} %"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def _note_error_value(mark: Mark, text: str, notes: Notes) -> None:
    notes.error(
        mark, T("the cell holds the error {text}", text=text), T("Correct the formula's inputs.")
    )


def _has_unstored(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(_UNSTORED.search(archive.read(name)) for name in parts)


def _note_unstored(
    content: bytes, sheet: str, rows: list[list[str]], *, file: str, notes: Notes
) -> None:
    """Report every formula of ``sheet`` that has no stored result: it would read as empty."""
    table = load_workbook(io.BytesIO(content), read_only=True)[sheet]
    table.reset_dimensions()
    for line, row in enumerate(table.iter_rows(), start=1):
        for column, cell in enumerate(row, start=1):
            if cell.data_type == "f" and not rows[line - 1][column - 1]:
                rows[line - 1][column - 1] = _UNUSABLE
                notes.error(
                    Mark(file, line, column),
                    T("the formula has no stored result"),
                    T("Open the workbook in a spreadsheet, let it compute, and save it."),
                )


def _records(rows: list[list[str]], file: str, notes: Notes) -> Records | None:
    filled = [(line, _trimmed(row)) for line, row in enumerate(rows, start=1)]
    filled = [(line, row) for line, row in filled if row]
    if not filled:
        notes.error(
            Mark(file, 1, 1), T("the table is empty"), T("Add a header line and at least one row.")
        )
        return None
    line, header = filled[0]
    usable = [(number, row) for number, row in filled[1:] if _UNUSABLE not in row]
    incomplete = len(usable) < len(filled) - 1
    return Records(file, header, line, _padded(usable, len(header)), incomplete)


def _trimmed(row: list[str]) -> list[str]:
    last = max((number for number, text in enumerate(row, start=1) if text.strip()), default=0)
    return row[:last]


def _padded(
    rows: Sequence[tuple[int, list[str]]], width: int
) -> Iterator[tuple[int, Sequence[str]]]:
    for line, row in rows:
        yield line, row + [""] * (width - len(row))
