"""CSV tables of a run: written for spreadsheets, read back exactly, every row with its line."""

import csv
import hashlib
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from allocopt.errors import RunError
from allocopt.text import T, Text

MAX_BYTES = 1_000_000_000
ENCODING = "utf-8-sig"
"""With a byte order mark, without which spreadsheets garble Chinese."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
_LONGEST_SHOWN = 60


def shown(text: str) -> str:
    """Return ``text`` short enough for a message, control characters escaped."""
    plain = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in plain)


def run_error(file: str, line: int, reason: Text) -> RunError:
    """Return the error that ``reason`` at this place is; line 0 speaks of the whole file."""
    if line:
        return RunError(T("{file}, line {line}: {reason}", file=file, line=line, reason=reason))
    return RunError(T("{file}: {reason}", file=file, reason=reason))


def read_bytes(folder: Path, name: str, *, at_most: int = MAX_BYTES) -> bytes:
    """Return the content of the file ``name`` of a run.

    Parameters
    ----------
    folder : Path
    name : str
        Relative, with forward slashes.
    at_most : int
        Bytes.

    Raises
    ------
    RunError
        If it is missing, too large, no file, or a link that leads out of the run.
    """
    path = folder / name
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise run_error(name, 0, T("the file leads out of the run's folder"))
        if not path.is_file():
            raise run_error(name, 0, T("the file is missing"))
        if path.stat().st_size > at_most:
            limit = at_most // 1_000_000
            raise run_error(name, 0, T("the file is larger than {limit} MB", limit=limit))
        return path.read_bytes()
    except (OSError, ValueError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        text = T("the file cannot be read: {reason}", reason=reason or type(error).__name__)
        raise run_error(name, 0, text) from error


def decoded(content: bytes, name: str) -> str:
    """Return UTF-8 ``content`` as text.

    Raises
    ------
    RunError
        With the line that is not UTF-8.
    """
    try:
        return content.decode(ENCODING)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise run_error(name, line, T("this is not UTF-8 text; save it as UTF-8")) from error


def sha256(content: bytes) -> str:
    """Return the SHA-256 of ``content`` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True, slots=True)
class RowPlace:
    """Where a row of a table stands.

    Attributes
    ----------
    line : int
        Counted from 1; 0 for what stands in no file.
    columns : mapping of column name to position, from 0
    """

    line: int
    columns: Mapping[str, int]

    def column(self, name: str) -> int:
        """Return where a column stands, counted from 1; 0 where there is none of this name."""
        return self.columns[name] + 1 if name in self.columns else 0


NOWHERE = RowPlace(0, {})
"""The place of what was not read from a file."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.

    Attributes
    ----------
    file : str
    line : int
        Counted from 1; the header is line 1.
    fields : sequence of str
    columns : mapping of column name to position
    """

    file: str
    line: int
    fields: Sequence[str]
    columns: Mapping[str, int]

    @property
    def place(self) -> RowPlace:
        """Where the row stands."""
        return RowPlace(self.line, self.columns)

    def text(self, column: str) -> str:
        """Return a field as written."""
        return self.fields[self.columns[column]]

    def number(self, column: str) -> float:
        """Return a field as a number.

        Raises
        ------
        RunError
            If it is empty or no plain finite number.
        """
        return self.parsed(self.text(column), column)

    def optional(self, column: str) -> float:
        """Return a field as a number, NaN where it is empty."""
        return self.number(column) if self.text(column).strip() else math.nan

    def amount(self, column: str) -> Decimal:
        """Return a field as an exact decimal."""
        self.number(column)
        return Decimal(self.text(column).strip())

    def whole(self, column: str) -> int:
        """Return a field as a whole number."""
        value = self.number(column)
        if value != int(value):
            raise self.error(T("{found} is not a whole number", found=shown(self.text(column))))
        return int(value)

    def parsed(self, text: str, column: str) -> float:
        """Return ``text`` as a finite number, for the column that messages name."""
        plain = text.strip()
        value = float(plain) if _NUMBER.fullmatch(plain) else math.nan
        if math.isfinite(value):
            return value
        if not plain:
            raise self.error(T("{column} is empty, a number is expected", column=shown(column)))
        raise self.error(
            T("{found} in {column} is not a number", found=shown(plain), column=shown(column))
        )

    def error(self, reason: Text) -> RunError:
        """Return the error that ``reason`` at this row is."""
        return run_error(self.file, self.line, reason)


@dataclass(frozen=True)
class Table:
    """A table as it was read: its header and an iterator over its rows."""

    header: tuple[str, ...]
    rows: Iterable[Row]


def read_table(folder: Path, name: str, columns: Iterable[str]) -> Table:
    """Return a table of a run; every one of ``columns`` is there, others may be.

    Raises
    ------
    RunError
        If the file cannot be read, a column is missing or stands twice; and, while rows
        are taken, if one has too few or too many fields.
    """
    records = _records(decoded(read_bytes(folder, name), name), name)
    header = tuple(field.strip() for field in next(records, (1, []))[1])
    for column in columns:
        if header.count(column) == 0:
            raise run_error(name, 1, T("the column {column} is missing", column=column))
        if header.count(column) > 1:
            raise run_error(name, 1, T("the column {column} stands twice", column=column))
    return Table(header, _rows(records, name, header))


def _records(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, fields) of every record that is not empty."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for fields in reader:
            if fields:
                yield line, fields
            line = reader.line_num + 1
    except csv.Error as error:
        raise run_error(name, line, T("this is no CSV: {reason}", reason=str(error))) from error


def _rows(
    records: Iterator[tuple[int, list[str]]], name: str, header: tuple[str, ...]
) -> Iterator[Row]:
    columns = {column: position for position, column in enumerate(header)}
    for line, fields in records:
        if len(fields) != len(header):
            reason = T(
                "the row has {found} fields, the header has {expected}",
                found=len(fields),
                expected=len(header),
            )
            raise run_error(name, line, reason)
        yield Row(name, line, fields, columns)


def table_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a table as the content of a CSV file; numbers in full precision, NaN empty."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_field(value) for value in row] for row in rows)
    return stream.getvalue().encode(ENCODING)


def _field(value: object) -> object:
    if isinstance(value, float) and math.isnan(value):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value
