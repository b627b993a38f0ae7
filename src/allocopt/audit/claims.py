"""What is to be audited: decisions, and the numbers that are said to follow from them."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from allocopt.arrays import BoolArray, FloatArray
from allocopt.findings import Finding, Severity
from allocopt.measures.decisions import Decisions
from allocopt.measures.lines import LineResult, compile_lines, judge_lines
from allocopt.measures.numbers import evaluate
from allocopt.measures.score import ObjectivePart, objective_parts
from allocopt.plan.csv_files import NOWHERE
from allocopt.plan.decision_files import Places
from allocopt.plan.labels import KEYS
from allocopt.plan.plan import Plan
from allocopt.plan.result_files import StoredEntry, StoredLine, StoredMeasures, StoredPart
from allocopt.plan.stored import StoredRun
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem
from allocopt.text import Bilingual, T, Text

_MOST_SHOWN = 20


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
    parts : tuple of StoredPart
    ledger : tuple of StoredEntry or None
    objective, bound, gap : float
    status : str
        What is said of the plan's quality, see `allocopt.plan.plan.PlanStatus`.
    wanted_gap : float
        The gap that was asked for; NaN where it is not said.
    counted_in : Bilingual or None
        What objective and bound are said to be counted in; None where nothing is said.
    """

    problem: Problem
    decisions: Decisions
    decides: tuple[str, ...]
    places: Mapping[AxisName, Places]
    measures: StoredMeasures
    lines: tuple[StoredLine, ...]
    parts: tuple[StoredPart, ...]
    ledger: tuple[StoredEntry, ...] | None
    objective: float
    bound: float
    gap: float
    status: str
    wanted_gap: float
    counted_in: Bilingual | None


def claims_of_run(stored: StoredRun, ledger: tuple[StoredEntry, ...]) -> Claims:
    """Return what a run directory claims."""
    return Claims(
        problem=stored.problem,
        decisions=stored.decisions,
        decides=stored.header.decides,
        places=stored.places,
        measures=stored.measures,
        lines=stored.lines,
        parts=stored.parts,
        ledger=ledger,
        objective=stored.header.objective,
        bound=stored.header.bound,
        gap=stored.header.gap,
        status=stored.header.status,
        wanted_gap=stored.header.options.get("gap", math.nan),
        counted_in=stored.header.counted_in,
    )


def claims_of_plan(plan: Plan) -> Claims:
    """Return what a plan in memory claims."""
    return Claims(
        problem=plan.problem,
        decisions=plan.decisions,
        decides=plan.provenance.decides,
        places={},
        measures=StoredMeasures(plan.measures, {}),
        lines=tuple(StoredLine(result, NOWHERE) for result in plan.lines),
        parts=tuple(StoredPart(part, NOWHERE) for part in plan.parts),
        ledger=None,
        objective=plan.objective,
        bound=plan.bound,
        gap=plan.gap,
        status=plan.status,
        wanted_gap=plan.provenance.options.get("gap", math.nan),
        counted_in=None,
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
        self, message: Text, axis: AxisName, place: tuple[int, int], *, column: str = ""
    ) -> Finding:
        """Return an error about the decisions on one row of an axis in one period.

        Parameters
        ----------
        message : Text
        axis : AxisName
        place : (row, period)
        column : str
            The decision that is meant; that of the row's name where it is none alone.
        """
        row, period = place
        path = f"{axis}.{self.label(axis, row)}.{self.month(period)}"
        found = Finding(Severity.ERROR, message, path=path)
        if axis not in self.places:
            return found
        stands = self.places[axis]
        return replace(
            found,
            file=stands.file,
            line=int(stands.lines[row, period]),
            column=stands.columns[column or KEYS[axis]],
        )

    def broken(
        self,
        axis: AxisName,
        where: BoolArray,
        message: Callable[[int, int], Text],
        *,
        column: str = "",
    ) -> Iterator[Finding]:
        """Yield an error for every place of an axis where a rule is broken.

        Parameters
        ----------
        axis : AxisName
        where : BoolArray (rows, periods)
        message : callable (row, period) -> Text
        column : str
            See `finding`.
        """
        places = [(row, period) for row, period in np.argwhere(where).tolist()]
        for place in places[:_MOST_SHOWN]:
            yield self.finding(message(*place), axis, place, column=column)
        rest = len(places) - _MOST_SHOWN
        if rest > 0:
            more = T("the same rule is broken here and in {count} more places", count=rest - 1)
            yield self.finding(more, axis, places[_MOST_SHOWN], column=column)

    def label(self, axis: AxisName, row: int) -> str:
        """Return the name of a row."""
        return self.problem.axes[axis].labels[row]

    def month(self, period: int) -> str:
        """Return the name of a period."""
        return self.problem.calendar.labels[period]


def recomputed(claims: Claims) -> Facts:
    """Return what really follows from the decisions, on the true curves."""
    problem, decisions = claims.problem, claims.decisions
    measures = evaluate(problem, decisions)
    lines = judge_lines(problem, compile_lines(problem), measures)
    parts = objective_parts(problem, decisions, measures, lines, decides=claims.decides)
    return Facts(problem, decisions, claims.decides, measures, lines, parts, claims.places)
