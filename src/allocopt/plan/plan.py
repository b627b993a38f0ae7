"""A plan: immutable, complete, ready to be saved, checked and compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

from allocopt.arrays import FloatArray
from allocopt.findings import Finding
from allocopt.measures.decisions import Decisions
from allocopt.measures.influence import outside_lines
from allocopt.measures.lines import LineResult
from allocopt.measures.score import ObjectivePart
from allocopt.plan.ledger import Entry, ledger_of
from allocopt.problem.problem import Problem
from allocopt.scenario.scenario import Scenario
from allocopt.scenario.schema.limits import LineKind

if TYPE_CHECKING:
    import pandas as pd


class PlanStatus(StrEnum):
    """What is known of a plan's quality."""

    PROVEN = "proven"
    """Within the wanted gap of the best possible."""
    LIMIT = "limit"
    """The best found when a limit ended the search; the gap says how far it may be."""
    GIVEN = "given"
    """Of a rule that searches for nothing better; how far it is from the best is not known."""


@dataclass(frozen=True)
class Provenance:
    """Where a plan comes from.

    Attributes
    ----------
    scenario : str
        Name of the scenario.
    variant : str or None
    overrides : tuple of str, as given to ``--set``
    inputs : mapping file name -> sha256
    model : str
    model_sha256 : str
    decides : tuple of str
        What the model decided: spend, people, targets.
    options : mapping option -> value
        Gap, time limit, threads, seed, points, rounds.
    versions : mapping package -> version
    created : str
        UTC time, ISO 8601.
    """

    scenario: str
    variant: str | None
    overrides: tuple[str, ...]
    inputs: Mapping[str, str]
    model: str
    model_sha256: str
    decides: tuple[str, ...]
    options: Mapping[str, float | int]
    versions: Mapping[str, str]
    created: str


@dataclass(frozen=True)
class Plan:
    """Decisions and everything that follows from them, on the true curves.

    Attributes
    ----------
    scenario : Scenario
    problem : Problem
    status : PlanStatus
    stop : str
        Why the search ended, such as ``gap_reached`` or ``time_limit``.
    objective : float
        Sum of ``parts``; 元 unless the first goal counts something else. To be maximized.
    bound : float
        What no plan of this model can exceed; NaN where not known.
    gap : float
        ``(bound - objective) / |objective|``; NaN where not known.
    parts : tuple of ObjectivePart
        The first goal, and penalties as negative numbers.
    decisions : Decisions
        Arrays of numbers: spend in whole cents, whole people.
    measures : mapping measure name -> FloatArray (rows, periods)
        Rows as on the measure's axis (`allocopt.measures.catalog`), in base units.
    lines : tuple of LineResult
        Every line of the scenario, hard, soft and report-only, in file order.
    remarks : tuple of Finding
        What a reader must know: quota that could not be placed, demand turned away, lines
        outside the model's reach, limits that ended the search.
    provenance : Provenance
    seconds : mapping stage -> seconds
    """

    scenario: Scenario
    problem: Problem
    status: PlanStatus
    stop: str
    objective: float
    bound: float
    gap: float
    parts: tuple[ObjectivePart, ...]
    decisions: Decisions
    measures: Mapping[str, FloatArray]
    lines: tuple[LineResult, ...]
    remarks: tuple[Finding, ...]
    provenance: Provenance
    seconds: Mapping[str, float]

    @cached_property
    def outside(self) -> frozenset[str]:
        """Names of hard and soft lines that no decision of the model can move.

        See `allocopt.measures.influence`.
        """
        return frozenset(outside_lines(self.problem, self.provenance.decides))

    @property
    def broken(self) -> tuple[LineResult, ...]:
        """Hard lines that the plan misses although the model can move them."""
        return tuple(result for result in self._missed if result.line.name not in self.outside)

    @property
    def missed_outside(self) -> tuple[LineResult, ...]:
        """Hard lines that are missed and that no decision of the model can move."""
        return tuple(result for result in self._missed if result.line.name in self.outside)

    @property
    def _missed(self) -> tuple[LineResult, ...]:
        hard = (result for result in self.lines if result.line.kind is LineKind.HARD)
        return tuple(result for result in hard if not result.met)

    @cached_property
    def ledger(self) -> tuple[Entry, ...]:
        """Every booking in decimal, to the cent; see `allocopt.plan.ledger`."""
        return ledger_of(self.problem, self.decisions, self.measures)

    @cached_property
    def tables(self) -> "Mapping[str, pd.DataFrame]":
        """Tidy tables by name; see `allocopt.plan.tables.tables`."""
        # pandas is slow to import, and most plans are made without looking at a table
        made: Mapping[str, pd.DataFrame] = import_module("allocopt.plan.tables").tables(self)
        return made
