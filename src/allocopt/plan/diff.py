"""What differs between two runs: inputs, settings, objective, lines, decisions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from allocopt.plan.csv_files import Row, read_table
from allocopt.plan.decision_files import DECISION_FILES, DecisionFile
from allocopt.plan.header import RunHeader, naming, read_run_header
from allocopt.plan.json_values import number_out
from allocopt.plan.labels import KEYS
from allocopt.plan.result_files import LINES_FILE, OBJECTIVE_FILE
from allocopt.plan.stored import read_scenario
from allocopt.scenario.tree import Scalar, leaves


@dataclass(frozen=True)
class RunDifference:
    """One thing that differs.

    Attributes
    ----------
    section : str
        input, option, model, objective, line or decision.
    name : str
        Dotted path, or the names of the thing and its period.
    before, after : str, number, bool or None
        None where a run does not have it.
    """

    section: str
    name: str
    before: Scalar
    after: Scalar

    def as_record(self) -> dict[str, object]:
        """Return the difference as plain values, the form that ``--json`` prints."""
        before, after = (
            number_out(value) if isinstance(value, float) else value
            for value in (self.before, self.after)
        )
        return {"section": self.section, "name": self.name, "before": before, "after": after}


def diff_runs(a: str | Path, b: str | Path) -> tuple[RunDifference, ...]:
    """Return what differs between the runs ``a`` and ``b``, section by section.

    Values of the scenario are compared after merging, rows by identifier, so that moving
    a number to another file is no difference.

    Raises
    ------
    RunError
        If a run is missing or cannot be read.
    """
    before, after = _sections(Path(a)), _sections(Path(b))
    return tuple(
        found for name in before for found in _differences(name, before[name], after[name])
    )


def _sections(folder: Path) -> dict[str, dict[str, Scalar]]:
    """Return what is compared of a run, by section."""
    with naming(folder):
        header = read_run_header(folder)
        return {
            "input": _inputs(folder, header),
            "option": _options(header),
            "model": _model(header),
            "objective": _objective(folder, header),
            "line": _lines(folder),
            "decision": _decisions(folder),
        }


def _differences(
    section: str, before: Mapping[str, Scalar], after: Mapping[str, Scalar]
) -> Iterator[RunDifference]:
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if old != new and not (old != old and new != new):
            yield RunDifference(section, name, old, new)


def _inputs(folder: Path, header: RunHeader) -> dict[str, Scalar]:
    root = read_scenario(folder, header).root
    return {".".join(path): leaf.value for path, leaf in leaves(root)}


def _options(header: RunHeader) -> dict[str, Scalar]:
    return {name: float(value) for name, value in header.options.items()}


def _model(header: RunHeader) -> dict[str, Scalar]:
    return {"model": header.model, "sha256": header.model_sha256, "status": header.status}


def _objective(folder: Path, header: RunHeader) -> dict[str, Scalar]:
    parts = read_table(folder, OBJECTIVE_FILE, ("part", "value")).rows
    return {
        "objective": header.objective,
        "bound": header.bound,
        "gap": header.gap,
        **{f"part {row.text('part')}": row.number("value") for row in parts},
    }


def _lines(folder: Path) -> dict[str, Scalar]:
    values: dict[str, Scalar] = {}
    for row in read_table(folder, LINES_FILE, ("name", "lhs", "rhs", "met")).rows:
        name = row.text("name")
        values[f"{name} lhs"] = row.optional("lhs")
        values[f"{name} rhs"] = row.optional("rhs")
        values[f"{name} met"] = row.text("met")
    return values


def _decisions(folder: Path) -> dict[str, Scalar]:
    return {
        f"{column} {row.text(KEYS[file.axis])} {row.text('period')}": row.number(column)
        for file in DECISION_FILES
        for row in _rows(folder, file)
        for column in file.values
    }


def _rows(folder: Path, file: DecisionFile) -> Iterator[Row]:
    yield from read_table(folder, file.name, (KEYS[file.axis], "period", *file.values)).rows
