"""What follows from the decisions, as CSV files: measures, lines, objective, ledger."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np

from allocopt.arrays import FloatArray, frozen
from allocopt.measures.catalog import MEASURES, UnitKind
from allocopt.measures.lines import Line, LineResult, compile_lines
from allocopt.measures.score import ObjectivePart
from allocopt.plan.csv_files import Row, RowPlace, read_table, run_error, shown, table_bytes
from allocopt.plan.decision_files import period_of, row_units
from allocopt.plan.labels import KEYS, describing_columns
from allocopt.plan.ledger import Entry, Kind, Statement, row_axis
from allocopt.plan.wording import line_unit_sign, part_signs, result_text
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem
from allocopt.text import Language, T

MEASURES_FILE = "measures.csv"
LINES_FILE = "lines.csv"
OBJECTIVE_FILE = "objective.csv"
LEDGER_FILE = "ledger.csv"

EFFORT = "effort"
"""What works of the spend, kept beside the measures of the catalog; 元."""

STORED_MEASURES = (*MEASURES, EFFORT)
_MEASURE_COLUMNS = ("measure", "row", "counted_in")


def measure_axis(name: str) -> AxisName:
    """Return the axis of a measure that a plan keeps."""
    return AxisName.PLACEMENTS if name == EFFORT else MEASURES[name].axis


def measure_units(problem: Problem, name: str) -> list[str]:
    """Return what a measure is counted in, per row."""
    kind = UnitKind.MONEY if name == EFFORT else MEASURES[name].unit
    return row_units(problem, measure_axis(name), kind)


def measures_bytes(problem: Problem, measures: Mapping[str, FloatArray]) -> bytes:
    """Return every measure, a row per measure and thing, a column per period."""
    rows = (
        (name, label, unit, *values)
        for name in STORED_MEASURES
        for label, unit, values in zip(
            problem.axes[measure_axis(name)].labels,
            measure_units(problem, name),
            measures[name].tolist(),
            strict=True,
        )
    )
    return table_bytes((*_MEASURE_COLUMNS, *problem.calendar.labels), rows)


@dataclass(frozen=True)
class StoredMeasures:
    """Measures as they stand in a run.

    Attributes
    ----------
    values : mapping measure name -> FloatArray (rows, periods)
    lines : mapping measure name -> list of line numbers, per row
    """

    values: Mapping[str, FloatArray]
    lines: Mapping[str, list[int]]

    def place(self, name: str, row: int, period: int) -> tuple[int, int]:
        """Return line and column of a value, counted from 1; zeros where there is no file."""
        lines = self.lines.get(name)
        return (lines[row], len(_MEASURE_COLUMNS) + period + 1) if lines else (0, 0)


def read_measures(folder: Path, problem: Problem) -> StoredMeasures:
    """Return the measures of a run.

    Raises
    ------
    RunError
        If the file, a row or a number cannot be read.
    """
    table = read_table(folder, MEASURES_FILE, _MEASURE_COLUMNS)
    if table.header[:3] != _MEASURE_COLUMNS or len(table.header) != len(problem.calendar) + 3:
        raise run_error(MEASURES_FILE, 1, T("the header is not the one of this file"))
    values: dict[str, list[list[float]]] = {name: [] for name in STORED_MEASURES}
    lines: dict[str, list[int]] = {name: [] for name in STORED_MEASURES}
    for row in table.rows:
        name = row.fields[0]
        if name not in values:
            raise row.error(T("{found} is no measure", found=shown(name)))
        _require_label(row, problem.axes[measure_axis(name)].labels, len(lines[name]))
        values[name].append(_period_values(row, table.header))
        lines[name].append(row.line)
    arrays = {name: _array(problem, name, rows) for name, rows in values.items()}
    return StoredMeasures(arrays, lines)


def _require_label(row: Row, labels: tuple[str, ...], number: int) -> None:
    if number >= len(labels) or row.fields[1] != labels[number]:
        raise row.error(T("{found} is not the row expected here", found=shown(row.fields[1])))


def _period_values(row: Row, header: tuple[str, ...]) -> list[float]:
    return [
        row.parsed(field, column) if field else math.nan
        for field, column in zip(row.fields[3:], header[3:], strict=True)
    ]


def _array(problem: Problem, name: str, rows: list[list[float]]) -> FloatArray:
    expected = len(problem.axes[measure_axis(name)])
    if len(rows) != expected:
        raise run_error(MEASURES_FILE, 0, T("rows of {measure} are missing", measure=name))
    return frozen(np.array(rows, dtype=np.float64).reshape(expected, len(problem.calendar)))


_LINE_NUMBERS = ("lhs", "rhs", "slack", "shortfall", "penalty")
_LINE_COLUMNS = (
    "name", "kind", "sense", "lhs", "rhs", "slack", "shortfall", "met", "penalty",
    "counted_in", "stretch", "sentence_zh", "sentence_en", "result_zh", "result_en",
)  # fmt: skip


def lines_bytes(problem: Problem, results: tuple[LineResult, ...]) -> bytes:
    """Return every line with its sides, its sentence, and how the plan stands to it."""
    return table_bytes(_LINE_COLUMNS, (_line_row(problem, result) for result in results))


def _line_row(problem: Problem, result: LineResult) -> tuple[object, ...]:
    line, said = result.line, result_text(problem, result)
    return (
        line.name, str(line.kind), str(line.sense),
        result.lhs, result.rhs, result.slack, result.shortfall, result.met, result.penalty,
        line_unit_sign(problem, line), line.stretch.label,
        line.sentence.render(Language.CHINESE), line.sentence.render(Language.ENGLISH),
        said.render(Language.CHINESE), said.render(Language.ENGLISH),
    )  # fmt: skip


@dataclass(frozen=True)
class StoredLine:
    """A line's result as it stands in a run, and where."""

    result: LineResult
    place: RowPlace


def read_lines(folder: Path, problem: Problem) -> tuple[StoredLine, ...]:
    """Return the results of every line of the scenario, in its order.

    Raises
    ------
    RunError
        If the file cannot be read, or its rows are not the scenario's lines.
    """
    lines = compile_lines(problem)
    rows = list(read_table(folder, LINES_FILE, ("name", "met", *_LINE_NUMBERS)).rows)
    names = [line.name for line in lines]
    for row, name in zip(rows, names, strict=False):
        if row.text("name") != name:
            raise row.error(T("{expected} is expected here", expected=name))
    if len(rows) != len(names):
        reason = T("{found} rows for {expected} lines", found=len(rows), expected=len(names))
        raise run_error(LINES_FILE, 0, reason)
    return tuple(
        StoredLine(_result(row, line), row.place) for row, line in zip(rows, lines, strict=True)
    )


def _result(row: Row, line: Line) -> LineResult:
    met = row.text("met").strip().lower()
    if met not in ("true", "false"):
        raise row.error(T("{found} in met is neither true nor false", found=shown(met)))
    lhs, rhs, slack, shortfall, penalty = (row.optional(name) for name in _LINE_NUMBERS)
    return LineResult(
        line=line, lhs=lhs, rhs=rhs, slack=slack, shortfall=shortfall, met=met == "true",
        penalty=penalty,
    )  # fmt: skip


def objective_bytes(
    problem: Problem, parts: tuple[ObjectivePart, ...], decides: tuple[str, ...]
) -> bytes:
    """Return the objective's parts with what they are counted in."""
    signs = part_signs(problem, len(parts), decides)
    rows = ((part.name, part.value, sign) for part, sign in zip(parts, signs, strict=True))
    return table_bytes(("part", "value", "counted_in"), rows)


@dataclass(frozen=True)
class StoredPart:
    """A part of the objective as it stands in a run, and where."""

    part: ObjectivePart
    place: RowPlace


def read_objective(folder: Path) -> tuple[StoredPart, ...]:
    """Return the objective's parts.

    Raises
    ------
    RunError
        If the file cannot be read.
    """
    rows = read_table(folder, OBJECTIVE_FILE, ("part", "value")).rows
    return tuple(
        StoredPart(ObjectivePart(row.text("part"), row.number("value")), row.place) for row in rows
    )


_STATEMENTS, _KINDS = frozenset(map(str, Statement)), frozenset(map(str, Kind))
_LEDGER_AXES = (AxisName.ACCOUNTS, AxisName.CELLS)
LEDGER_AMOUNT = "amount [元]"
_ABOUT = ("expense", "unit", "product", "channel")


def ledger_bytes(problem: Problem, entries: tuple[Entry, ...]) -> bytes:
    """Return the ledger, a row per entry."""
    about = {axis: describing_columns(problem, axis) for axis in _LEDGER_AXES}
    labels = problem.calendar.labels
    rows = []
    for entry in entries:
        axis = row_axis(entry.statement)
        texts = [about[axis][c][entry.row] if c in about[axis] else "" for c in _ABOUT]
        own = about[axis][KEYS[axis]][entry.row]
        period = (entry.period + 1, labels[entry.period])
        rows.append((entry.statement, entry.kind, own, *texts, *period, entry.amount))
    header = ("statement", "kind", "row", *_ABOUT, "t", "period", LEDGER_AMOUNT)
    return table_bytes(header, rows)


@dataclass(frozen=True)
class StoredEntry:
    """An entry of the ledger as it stands in a run, and where."""

    entry: Entry
    place: RowPlace


def read_ledger(folder: Path, problem: Problem) -> tuple[StoredEntry, ...]:
    """Return the ledger of a run.

    Raises
    ------
    RunError
        If the file cannot be read, or an entry names something that is not in the scenario.
    """
    position = {
        axis: {label: n for n, label in enumerate(problem.axes[axis].labels)}
        for axis in _LEDGER_AXES
    }
    columns = ("statement", "kind", "row", "t", "period", LEDGER_AMOUNT)
    return tuple(
        StoredEntry(_entry(row, position, problem.calendar.labels), row.place)
        for row in read_table(folder, LEDGER_FILE, columns).rows
    )


def _entry(
    row: Row, position: Mapping[AxisName, Mapping[str, int]], periods: tuple[str, ...]
) -> Entry:
    statement, kind = row.text("statement"), row.text("kind")
    if statement not in _STATEMENTS or kind not in _KINDS:
        raise row.error(T("{found} is no kind of entry", found=shown(f"{statement} {kind}")))
    known = position[row_axis(Statement(statement))]
    if row.text("row") not in known:
        raise row.error(T("{found} is not in the scenario", found=shown(row.text("row"))))
    amount: Decimal = row.amount(LEDGER_AMOUNT)
    return Entry(
        Statement(statement), Kind(kind), known[row.text("row")], period_of(row, periods), amount
    )
