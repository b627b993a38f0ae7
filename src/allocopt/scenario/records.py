"""Header and rows of a table to nodes: units of columns, dotted names, empty cells."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from allocopt.scenario.notes import Notes
from allocopt.scenario.quantities import is_plain_number
from allocopt.scenario.shape import Shape, fields_of, is_mapping, shape_at
from allocopt.scenario.tree import Items, Mark, Path, Plain, TableFile, TableRow
from allocopt.scenario.wording import did_you_mean, near_name, shown
from allocopt.text import T, Text

_HEADER = re.compile(r"([^\[\]]+?)\s*(?:\[\s*([^\[\]]*?)\s*\])?")
_UNITS = ("元", "万元", "亿元", "%")


@dataclass(frozen=True)
class Records:
    """A table as it was read.

    Attributes
    ----------
    file : str
    header : sequence of str
    header_line : int
    rows : iterable of (line, fields)
        Fields are text, empty where the table has nothing.
    incomplete : bool
        Whether rows had to be left out; a finding has said which.
    """

    file: str
    header: Sequence[str]
    header_line: int
    rows: Iterable[tuple[int, Sequence[str]]]
    incomplete: bool = False


@dataclass(frozen=True)
class _Column:
    """Where the fields of a column go, and what they are counted in."""

    number: int
    path: Path
    unit: str
    usable: bool


def table_rows(records: Records, shape: Shape, notes: Notes) -> Items:
    """Return the rows of a table.

    Parameters
    ----------
    records : Records
    shape : Shape
        Of one row, to refuse columns that the schema does not know.
    notes : Notes
    """
    mark = Mark(records.file, records.header_line, 1)
    before = len(notes.findings)
    known: dict[str, str] = {}
    columns: list[_Column] = []
    refused: set[str] = set()
    for column in _columns(records, shape, notes):
        if column.usable:
            columns.append(column)
        else:
            refused |= {column.path[-1], near_name(column.path[-1], fields_of(shape)) or ""}
    if not any(column.path == ("id",) for column in columns):
        notes.error(
            mark, T("the table has no column 'id'"), T("Add a column 'id' that names every row.")
        )
        return Items((), mark, incomplete=True)
    table = TableFile(
        records.file, {column.path: column.number for column in columns}, frozenset(refused)
    )
    rows: list[TableRow] = []
    for line, fields in records.rows:
        if len(fields) == len(records.header):
            rows.append(TableRow(_values(fields, columns, known), table, line))
        else:
            _note_width(Mark(records.file, line, 1), len(fields), len(records.header), notes)
    incomplete = records.incomplete or len(notes.findings) > before
    return Items(rows, mark, incomplete)


def _values(
    fields: Sequence[str], columns: Sequence[_Column], known: dict[str, str]
) -> dict[str, Plain]:
    """Return the values of a row; equal texts are one object, to save memory."""
    values: dict[str, Plain] = {}
    for column in columns:
        text = fields[column.number - 1].strip()
        if not text:
            continue
        if column.unit and is_plain_number(text):
            text = f"{text} {column.unit}"
        _put(values, column.path, known.setdefault(text, text))
    return values


def _put(values: dict[str, Plain], path: Path, text: str) -> None:
    for name in path[:-1]:
        inner = values.setdefault(name, {})
        if not isinstance(inner, dict):
            raise AssertionError(path)
        values = inner
    values[path[-1]] = text


def _columns(records: Records, shape: Shape, notes: Notes) -> Iterator[_Column]:
    seen: dict[Path, int] = {}
    for number, header in enumerate(records.header, start=1):
        match = _HEADER.fullmatch(header.strip())
        path = tuple(match[1].split(".")) if match else ("",)
        unit = (match[2] if match else None) or ""
        complaint = _complaint(path, unit, seen, shape)
        yield _Column(number, path, unit, usable=complaint is None)
        if complaint is None:
            seen[path] = number
        else:
            mark = Mark(records.file, records.header_line, number)
            notes.error(mark, complaint[0], complaint[1], path=".".join(path))


def _complaint(
    path: Path, unit: str, seen: dict[Path, int], shape: Shape
) -> tuple[Text, Text] | None:
    """Return message and hint if a column cannot be used."""
    name = shown(".".join(path))
    if not all(path):
        return (
            T("a column has no usable name"),
            T("Name the column, as in 'upper' or 'upper [万元]', or delete it."),
        )
    if unit and unit not in _UNITS:
        return (
            T("the unit {unit} of column {name} is not known", unit=shown(unit), name=name),
            T("Use one of: {names}.", names=", ".join(_UNITS)),
        )
    return _clash(path, seen) or _unknown(path, shape)


def _clash(path: Path, seen: dict[Path, int]) -> tuple[Text, Text] | None:
    name = ".".join(path)
    if path in seen:
        return (
            T(
                "the column {name} stands twice; first as column {first}",
                name=name,
                first=seen[path],
            ),
            T("Keep one of the two."),
        )
    for other in seen:
        shared = min(len(path), len(other))
        if path[:shared] == other[:shared]:
            return (
                T(
                    "the columns {name} and {other} exclude each other",
                    name=name,
                    other=".".join(other),
                ),
                T("Keep one of the two."),
            )
    return None


def _unknown(path: Path, shape: Shape) -> tuple[Text, Text] | None:
    found = shape_at(shape, path)
    if found is not None and not is_mapping(found):
        return None
    if found is not None:
        wanted = ", ".join(f"{path[-1]}.{key}" for key in fields_of(found) or ("NAME",))
        return (
            T("the column {name} holds several values", name=".".join(path)),
            T("Give each its own column: {names}.", names=wanted),
        )
    above = shape_at(shape, path[:-1])
    known = fields_of(above) if above is not None else fields_of(shape)
    return (
        T("the column {name} is not known", name=shown(".".join(path))),
        did_you_mean(path[-1], known),
    )


def _note_width(mark: Mark, found: int, expected: int, notes: Notes) -> None:
    notes.error(
        mark,
        T("the row has {found} fields, the header has {expected}", found=found, expected=expected),
        T("Put text that holds commas in quotes; remove or add commas."),
    )
