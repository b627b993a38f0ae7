"""The decisions of a plan as CSV files: one row per thing and period, numbers in full."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from allocopt.arrays import FloatArray, IntArray, frozen
from allocopt.measures.catalog import UnitKind
from allocopt.measures.decisions import Decisions
from allocopt.plan.csv_files import Row, Table, read_table, run_error, shown, table_bytes
from allocopt.plan.labels import KEYS, counted_in, describing_columns, quota_kinds, unit_sign
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem
from allocopt.text import T


@dataclass(frozen=True)
class DecisionFile:
    """A file of decisions.

    Attributes
    ----------
    name : str
        Relative to the run's folder.
    axis : AxisName
    values : tuple of str
        Columns with decisions, named as in `Decisions`.
    unit : UnitKind
        What they are counted in; quotas have their own.
    """

    name: str
    axis: AxisName
    values: tuple[str, ...]
    unit: UnitKind


_LARGEST = 1e15
_FLOWS = ("arrivals", "releases", "departures", "moves_in", "moves_out")
DECISION_FILES = (
    DecisionFile("decisions/spend.csv", AxisName.PLACEMENTS, ("spend",), UnitKind.MONEY),
    DecisionFile("decisions/unserved.csv", AxisName.CELLS, ("unserved",), UnitKind.VOLUME),
    DecisionFile("decisions/people.csv", AxisName.GROUPS, _FLOWS, UnitKind.HEADS),
    DecisionFile(
        "decisions/targets.csv", AxisName.TARGETS, ("target", "stretch_target"), UnitKind.VOLUME
    ),
)


@dataclass(frozen=True)
class Places:
    """Where the decisions on an axis stand: file, line per row and period, and columns.

    Attributes
    ----------
    file : str
    lines : IntArray (rows, periods)
    columns : mapping column name -> number, from 1
    """

    file: str
    lines: IntArray
    columns: Mapping[str, int]


def row_units(problem: Problem, axis: AxisName, kind: UnitKind) -> list[str]:
    """Return what numbers of ``kind`` are counted in, per row of ``axis``."""
    if axis is AxisName.TARGETS:
        kinds = quota_kinds(problem)
        return [unit_sign(counted_in(problem, kinds[q])) for q in problem.target_cells.quotas]
    return [unit_sign(counted_in(problem, kind))] * len(problem.axes[axis])


def decision_bytes(problem: Problem, decisions: Decisions, file: DecisionFile) -> bytes:
    """Return the content of one file of decisions."""
    described = describing_columns(problem, file.axis)
    units = row_units(problem, file.axis, file.unit)
    labels = problem.calendar.labels
    arrays = [np.asarray(vars(decisions)[name]).tolist() for name in file.values]
    rows = (
        (*about, t + 1, labels[t], *(array[r][t] for array in arrays), units[r])
        for r, about in enumerate(zip(*described.values(), strict=True))
        for t in range(len(labels))
    )
    return table_bytes((*described, "t", "period", *file.values, "counted_in"), rows)


def read_decisions(folder: Path, problem: Problem) -> tuple[Decisions, Mapping[AxisName, Places]]:
    """Return the decisions of a run and where each stands.

    Raises
    ------
    RunError
        If a file is missing or unreadable, a row stands twice, is unknown or missing, or a
        field is no number; nothing is taken for zero.
    """
    arrays: dict[str, FloatArray] = {}
    places: dict[AxisName, Places] = {}
    for file in DECISION_FILES:
        table = read_table(folder, file.name, (KEYS[file.axis], "t", "period", *file.values))
        values, lines = _read_rows(table, problem, file)
        arrays.update(zip(file.values, values, strict=True))
        columns = {name: number for number, name in enumerate(table.header, start=1)}
        places[file.axis] = Places(file.name, lines, columns)
    return Decisions(**arrays), places


def _read_rows(
    table: Table, problem: Problem, file: DecisionFile
) -> tuple[list[FloatArray], IntArray]:
    axis, periods = problem.axes[file.axis], problem.calendar.labels
    position = {label: number for number, label in enumerate(axis.labels)}
    values = np.full((len(file.values), len(axis), len(periods)), np.nan)
    lines = np.zeros((len(axis), len(periods)), dtype=np.int64)
    for row in table.rows:
        label = row.text(KEYS[file.axis])
        if label not in position:
            raise row.error(T("{found} is not in the scenario", found=shown(label)))
        place = (position[label], period_of(row, periods))
        if lines[place]:
            reason = T("this row stands twice, first in line {line}", line=int(lines[place]))
            raise row.error(reason)
        lines[place] = row.line
        values[:, *place] = [_decision(row, name) for name in file.values]
    missing = np.argwhere(lines == 0)
    if missing.size:
        r, t = missing[0]
        reason = T(
            "the row of {label} in {period} is missing ({count} rows in all)",
            label=axis.labels[r],
            period=periods[t],
            count=len(missing),
        )
        raise run_error(file.name, 0, reason)
    return [frozen(array) for array in values], lines


def _decision(row: Row, column: str) -> float:
    """Return a decision, refused where nothing can be computed from it."""
    value = row.number(column)
    if abs(value) > _LARGEST:
        raise row.error(T("{found} in {column} is too large", found=f"{value:g}", column=column))
    if column == "spend" and value < 0:
        raise row.error(T("spend is {found}, at least 0 is expected", found=f"{value:g}"))
    return value


def period_of(row: Row, periods: Sequence[str]) -> int:
    """Return the period of a row, counted from 0.

    Its number ``t`` counts: spreadsheets turn labels such as 2016-01 into dates.

    Raises
    ------
    RunError
        If there is no such period, or the row names another one beside it.
    """
    number, label = row.whole("t"), row.text("period").strip()
    if not 1 <= number <= len(periods):
        raise row.error(
            T("there is no period {found}; there are 1 to {last}", found=number, last=len(periods))
        )
    if label in periods and periods[number - 1] != label:
        raise row.error(
            T(
                "t = {number} is {expected}, the row says {found}",
                number=number,
                expected=periods[number - 1],
                found=label,
            )
        )
    return number - 1
