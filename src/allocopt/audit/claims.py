"""What is to be audited: decisions, and the numbers that are said to follow from them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.findings import Finding, Severity
from allocopt.measures.decisions import Decisions
from allocopt.measures.lines import LineResult, compile_lines, judge_lines
from allocopt.measures.numbers import evaluate
from allocopt.measures.score import ObjectivePart, objective_parts
from allocopt.plan.decision_files import DECISION_FILES, Places
from allocopt.plan.plan import Plan
from allocopt.plan.result_files import StoredEntry, StoredLine, StoredMeasures
from allocopt.plan.stored import StoredRun
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem
from allocopt.text import Text


@dataclass(frozen=True)
class Claims:
    """Decisions and the numbers said to follow from them.

    Attributes
    ----------
    problem : Problem
    decisions : Decisions
    decides : tuple of str
        What the model decided: spend, people, targets.
    places : mapping AxisName -> Places
        Where decisions stand; empty for a plan in memory.
    measures : StoredMeasures
    lines : tuple of StoredLine
    parts : tuple of ObjectivePart
    ledger : tuple of StoredEntry or None
    objective, bound, gap : float
    """

    problem: Problem
    decisions: Decisions
    decides: tuple[str, ...]
    places: Mapping[AxisName, Places]
    measures: StoredMeasures
    lines: tuple[StoredLine, ...]
    parts: tuple[ObjectivePart, ...]
    ledger: tuple[StoredEntry, ...] | None
    objective: float
    bound: float
    gap: float


def claims_of_run(stored: StoredRun) -> Claims:
    """Return what a run directory claims."""
    return Claims(
        problem=stored.problem,
        decisions=stored.decisions,
        decides=stored.header.decides,
        places=stored.places,
        measures=stored.measures,
        lines=stored.lines,
        parts=stored.parts,
        ledger=stored.ledger,
        objective=stored.header.objective,
        bound=stored.header.bound,
        gap=stored.header.gap,
    )


def claims_of_plan(plan: Plan) -> Claims:
    """Return what a plan in memory claims."""
    return Claims(
        problem=plan.problem,
        decisions=plan.decisions,
        decides=plan.provenance.decides,
        places={},
        measures=StoredMeasures(plan.measures, {}),
        lines=tuple(StoredLine(result, 0) for result in plan.lines),
        parts=plan.parts,
        ledger=None,
        objective=plan.objective,
        bound=plan.bound,
        gap=plan.gap,
    )


@dataclass(frozen=True)
class Facts:
    """What follows from the decisions.

    Attributes
    ----------
    problem : Problem
    decisions : Decisions
    decides : tuple of str
    measures : mapping measure name -> FloatArray (rows, periods)
    lines : tuple of LineResult
    parts : tuple of ObjectivePart
    places : mapping AxisName -> Places
    """

    problem: Problem
    decisions: Decisions
    decides: tuple[str, ...]
    measures: Mapping[str, FloatArray]
    lines: tuple[LineResult, ...]
    parts: tuple[ObjectivePart, ...]
    places: Mapping[AxisName, Places]

    def finding(
        self, message: Text, *, at: tuple[str, int, int] | None = None, warning: bool = False
    ) -> Finding:
        """Return a finding about a decision.

        Parameters
        ----------
        message : Text
        at : (decision, row, period) or None
            Named as in `Decisions`.
        warning : bool
        """
        severity = Severity.WARNING if warning else Severity.ERROR
        finding = Finding(severity, message)
        if at is None:
            return finding
        name, row, period = at
        axis = next(file.axis for file in DECISION_FILES if name in file.values)
        label = self.problem.axes[axis].labels[row]
        path = f"{name}.{label}.{self.problem.calendar.labels[period]}"
        if axis not in self.places:
            return replace(finding, path=path)
        place = self.places[axis]
        return replace(finding, path=path, file=place.file, line=int(place.lines[row, period]))


def recomputed(claims: Claims) -> Facts:
    """Return what really follows from the decisions, on the true curves."""
    problem, decisions = claims.problem, claims.decisions
    with np.errstate(all="ignore"):
        measures = evaluate(problem, decisions)
        lines = judge_lines(problem, compile_lines(problem), measures)
        parts = objective_parts(
            problem, decisions, measures, lines, with_targets="targets" in claims.decides
        )
    return Facts(problem, decisions, claims.decides, measures, lines, parts, claims.places)
