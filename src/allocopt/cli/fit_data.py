"""The table that ``allocopt fit`` reads: history or judged points, one curve per placement."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.errors import ScenarioError
from allocopt.findings import in_order
from allocopt.fitting.judged import POINTS
from allocopt.scenario.csv_table import csv_records
from allocopt.scenario.files import MAX_TABLE_BYTES, Files
from allocopt.scenario.notes import Notes
from allocopt.scenario.quantities import is_plain_number
from allocopt.scenario.records import Records
from allocopt.scenario.tree import Mark
from allocopt.scenario.wording import shown
from allocopt.text import T, Text

PLACEMENT, PERIOD = "placement", "period"
HISTORY = ("spend", "volume")
JUDGED = (*POINTS, "effort_now", "value_now")
_ABOVE_ZERO = ("effort_now", "value_now")


@dataclass(frozen=True)
class FitData:
    """What is to be fitted.

    Attributes
    ----------
    is_judged : bool
        Judged points, one row per placement; history otherwise.
    tables : mapping of placement to mapping of column to FloatArray of shape (rows,)
        In the order of the file. Of history, every column beside spend and volume is a control.
    """

    is_judged: bool
    tables: Mapping[str, Mapping[str, FloatArray]]


@dataclass(frozen=True)
class _Row:
    line: int
    fields: Sequence[str]


def read_data(path: Path) -> FitData:
    """Return the data of a CSV file.

    Parameters
    ----------
    path : Path
        The columns of `HISTORY` or of `JUDGED`; ``placement`` and ``period`` if wanted; all
        others are controls.

    Raises
    ------
    ScenarioError
        With a finding, with line and column, for everything that is wrong.
    """
    notes = Notes()
    files = Files(path.parent, notes)
    text = files.read_text(path, Mark(path.name, 0, 0), at_most=MAX_TABLE_BYTES)
    records = None if text is None else csv_records(text, path.name, notes)
    found = None if records is None else _data(records, path.stem, notes)
    if found is None or notes.findings:
        raise ScenarioError(
            T("no curve can be fitted to {file}", file=path.name), in_order(notes.findings)
        )
    return found


def _data(records: Records, stem: str, notes: Notes) -> FitData | None:
    header = [name.strip() for name in records.header]
    judged = all(name in header for name in POINTS)
    if not _check_header(header, JUDGED if judged else HISTORY, records, notes):
        return None
    rows = list(_whole_rows(records, len(header), notes))
    if not rows:
        message = T("the table has no rows")
        notes.error(Mark(records.file, records.header_line, 1), message, T("Add rows of data."))
        return None
    columns = {
        name: _numbers(rows, place, name, records.file, notes=notes)
        for place, name in enumerate(header)
        if name not in (PLACEMENT, PERIOD)
    }
    names = _names(rows, header, stem, records.file, notes=notes)
    _check_repeats(rows, header, names, records.file, notes=notes, judged=judged)
    groups = {name: np.array([one == name for one in names]) for name in dict.fromkeys(names)}
    return FitData(
        judged,
        {
            name: {column: values[mask] for column, values in columns.items()}
            for name, mask in groups.items()
        },
    )


def _check_header(header: list[str], needed: Sequence[str], records: Records, notes: Notes) -> bool:
    """Say which columns are missing, unnamed, twice there or (judged points) too many."""
    before = len(notes.findings)
    top = Mark(records.file, records.header_line, 1)
    missing = [name for name in needed if name not in header]
    if missing:
        notes.error(
            top,
            T("the columns {names} are missing", names=", ".join(missing)),
            T(
                "History has the columns {history}; judged points have {judged}.",
                history=", ".join(HISTORY),
                judged=", ".join(JUDGED),
            ),
        )
    for place, name in enumerate(header, start=1):
        mark = Mark(records.file, records.header_line, place)
        if not name:
            notes.error(mark, T("a column has no usable name"), T("Name it, or delete it."))
        elif header.index(name) < place - 1:
            notes.error(
                mark,
                T(
                    "the column {name} stands twice; first as column {first}",
                    name=shown(name),
                    first=header.index(name) + 1,
                ),
                T("Keep one of the two."),
            )
        elif needed is JUDGED and name not in (*JUDGED, PLACEMENT):
            notes.error(
                mark,
                T("judged points have no column {name}", name=shown(name)),
                T("Delete it; controls belong to history."),
            )
    return len(notes.findings) == before


def _whole_rows(records: Records, width: int, notes: Notes) -> Iterator[_Row]:
    """Yield the rows that are as wide as the header, and say which are not."""
    for line, fields in records.rows:
        if len(fields) == width:
            yield _Row(line, fields)
            continue
        notes.error(
            Mark(records.file, line, 1),
            T(
                "the row has {found} fields, the header has {expected}",
                found=len(fields),
                expected=width,
            ),
            T("Put text that holds commas in quotes; remove or add commas."),
        )


def _numbers(rows: Sequence[_Row], place: int, name: str, file: str, *, notes: Notes) -> FloatArray:
    """Return a column, and say what in it cannot be used."""
    values = np.full(len(rows), np.nan)
    for number, row in enumerate(rows):
        text = row.fields[place].strip()
        values[number] = float(text) if is_plain_number(text) else np.nan
        fault = _fault(name, text, float(values[number]))
        if fault is not None:
            notes.error(Mark(file, row.line, place + 1), fault, _hint(name))
    return values


def _fault(name: str, text: str, value: float) -> Text | None:
    if not text:
        return T("{column} is empty, a number is expected", column=shown(name))
    if not np.isfinite(value):
        return T("{found} in {column} is not a number", found=shown(text), column=shown(name))
    if name in _ABOVE_ZERO and value <= 0.0:
        return T("{column} is {value}; a number above 0 is needed", column=name, value=text)
    if name in ("spend", *POINTS) and value < 0.0:
        return T("{column} is {value}; it is below 0", column=name, value=text)
    return None


def _hint(name: str) -> Text:
    if name in (*HISTORY, *JUDGED):
        return T("Write a plain number, without unit or thousands separator; 0 for nothing.")
    return T("Every column beside spend, volume, placement and period is a control: a number.")


def _names(
    rows: Sequence[_Row], header: list[str], stem: str, file: str, *, notes: Notes
) -> list[str]:
    """Return the placement of every row; the file's name where there is no such column."""
    if PLACEMENT not in header:
        return [stem] * len(rows)
    place = header.index(PLACEMENT)
    names = [row.fields[place].strip() for row in rows]
    for row, name in zip(rows, names, strict=True):
        if not name:
            mark = Mark(file, row.line, place + 1)
            notes.error(mark, T("the row names no placement"), T("Write its id."))
    return names


def _check_repeats(
    rows: Sequence[_Row],
    header: list[str],
    names: list[str],
    file: str,
    *,
    notes: Notes,
    judged: bool,
) -> None:
    """Say which placement is judged twice, and which period stands twice in its history."""
    if not judged and PERIOD not in header:
        return
    place = (
        header.index(PLACEMENT if judged else PERIOD) if PLACEMENT in header or not judged else 0
    )
    first: dict[tuple[str, str], int] = {}
    for row, name in zip(rows, names, strict=True):
        key = (name, "" if judged else row.fields[place].strip())
        if key not in first:
            first[key] = row.line
            continue
        what = shown(" ".join(key).strip())
        notes.error(
            Mark(file, row.line, place + 1),
            T("{name} is there already, in line {line}", name=what, line=first[key]),
            T("Each placement has one row of judged points, or one row of history per period."),
        )
