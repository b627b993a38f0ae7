"""A run as it stands on disk, read and aligned to its scenario, but not recomputed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from allocopt.errors import AllocoptError, RunError
from allocopt.findings import Finding
from allocopt.measures.attainment import attaining_term
from allocopt.measures.decisions import Decisions
from allocopt.measures.expressions import parse_expression
from allocopt.measures.lines import compile_lines
from allocopt.plan.csv_files import decoded, read_bytes, run_error
from allocopt.plan.decision_files import Places, read_decisions
from allocopt.plan.header import RunHeader, naming, read_run_header
from allocopt.plan.json_values import finding_in
from allocopt.plan.marks import read_marks, with_marks
from allocopt.plan.result_files import (
    StoredLine,
    StoredMeasures,
    StoredPart,
    read_lines,
    read_measures,
    read_objective,
)
from allocopt.problem import build_problem
from allocopt.problem.axes import AxisName, Selection
from allocopt.problem.problem import Problem
from allocopt.scenario.resolved import RESOLVED_FILE, load_resolved
from allocopt.scenario.scenario import InputFile, Scenario
from allocopt.text import T

_MAX_SCENARIO_BYTES = 500_000_000


@dataclass(frozen=True)
class StoredRun:
    """What a run directory says.

    Attributes
    ----------
    header : RunHeader
    scenario : Scenario
    problem : Problem
    decisions : Decisions
    places : mapping AxisName -> Places
        Where the decisions stand.
    measures : StoredMeasures
    lines : tuple of StoredLine
    parts : tuple of StoredPart
    remarks : tuple of Finding
    """

    header: RunHeader
    scenario: Scenario
    problem: Problem
    decisions: Decisions
    places: Mapping[AxisName, Places]
    measures: StoredMeasures
    lines: tuple[StoredLine, ...]
    parts: tuple[StoredPart, ...]
    remarks: tuple[Finding, ...]


def read_run(folder: str | Path) -> StoredRun:
    """Return what the run in ``folder`` says; its ledger is read apart, by the audit.

    Raises
    ------
    RunError
        With file and line, if something is missing or cannot be read.
    """
    with naming(folder):
        return _read(Path(folder))


def _read(place: Path) -> StoredRun:
    header = read_run_header(place)
    scenario = read_scenario(place, header)
    problem = _problem(scenario)
    decisions, places = read_decisions(place, problem)
    return StoredRun(
        header=header,
        scenario=scenario,
        problem=problem,
        decisions=decisions,
        places=places,
        measures=read_measures(place, problem),
        lines=read_lines(place, problem),
        parts=read_objective(place),
        remarks=tuple(finding_in(entry) for entry in header.remarks.entries()),
    )


def read_scenario(folder: Path, header: RunHeader) -> Scenario:
    """Return the scenario that a run was made from.

    Raises
    ------
    RunError
        If the resolved scenario in the run cannot be read.
    """
    content = read_bytes(folder, RESOLVED_FILE, at_most=_MAX_SCENARIO_BYTES)
    try:
        scenario = load_resolved(decoded(content, RESOLVED_FILE))
    except RunError:
        raise
    except AllocoptError as error:
        raise run_error(RESOLVED_FILE, 0, T("{reason}", reason=str(error))) from error
    return replace(
        scenario,
        root=with_marks(scenario.root, read_marks(folder)),
        variant=header.variant,
        overrides=header.overrides,
        files=tuple(InputFile(f.name, f.sha256, f.bytes) for f in header.inputs),
    )


def _problem(scenario: Scenario) -> Problem:
    """Return the arrays of the scenario, after reading every expression in it."""
    try:
        problem = build_problem(scenario.data)
        compile_lines(problem)
        for spec in problem.targets:
            attaining_term(problem, spec)
        for goal in problem.objective.goals:
            parse_expression(goal.expression, problem.axes, Selection())
    except AllocoptError as error:
        raise run_error(RESOLVED_FILE, 0, error.text) from error
    return problem
