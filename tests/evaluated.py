"""Plans without a solver: decisions made in a test, everything else evaluated."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from tests.support import row, written

from allocopt.findings import Finding, Severity
from allocopt.measures.decisions import Decisions, current_decisions
from allocopt.measures.lines import compile_lines, judge_lines
from allocopt.measures.numbers import evaluate
from allocopt.measures.score import objective_parts
from allocopt.plan.plan import Plan, PlanStatus, Provenance
from allocopt.problem import build_problem
from allocopt.scenario.load import load_scenario
from allocopt.scenario.scenario import Scenario
from allocopt.text import Bilingual, T

ALL = ("spend", "people", "targets")


def loaded(sections: dict[str, Any], folder: Path, *, money_unit: str = "元") -> Scenario:
    """Return the scenario of ``sections``, read from a file in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    return load_scenario(written(sections, folder, money_unit=money_unit))


def plan_of(
    scenario: Scenario, decisions: Decisions | None = None, *, decides: tuple[str, ...] = ALL
) -> Plan:
    """Return a plan of ``decisions`` (the current plan's when None), evaluated."""
    problem = build_problem(scenario.data)
    chosen = decisions or current_decisions(problem)
    measures = evaluate(problem, chosen)
    lines = judge_lines(problem, compile_lines(problem), measures)
    parts = objective_parts(problem, chosen, measures, lines, decides=decides)
    objective = math.fsum(part.value for part in parts)
    bound = objective + abs(objective) * 0.25
    return Plan(
        scenario=scenario,
        problem=problem,
        status=PlanStatus.LIMIT,
        stop="time_limit",
        objective=objective,
        bound=bound,
        gap=(bound - objective) / max(abs(objective), 1e-9),
        parts=parts,
        decisions=chosen,
        measures=measures,
        lines=lines,
        remarks=REMARKS,
        provenance=_provenance(scenario, decides),
        seconds={"prepare": 0.125, "solver": 1.5},
    )


REMARKS = (
    Finding(
        Severity.WARNING,
        T("{count:.1f} {unit} are left: {why}", count=1.25, unit=Bilingual("户", "accounts"),
          why=T("{name} is {n}", name="x", n=3)),
        T("add more"),
        path="lines.x",
    ),
    Finding(Severity.NOTE, T("nothing else")),
)  # fmt: skip


def _provenance(scenario: Scenario, decides: tuple[str, ...]) -> Provenance:
    return Provenance(
        scenario=scenario.name,
        variant=scenario.variant,
        overrides=scenario.overrides,
        inputs={file.name: file.sha256 for file in scenario.files},
        model="joint",
        model_sha256="0" * 64,
        decides=decides,
        options={"gap": 1e-3, "time_limit": 600.0, "threads": 2, "seed": 0},
        versions={"allocopt": "0.1.0"},
        created="2026-01-02T03:04:05+00:00",
    )


def in_cents(decisions: Decisions) -> Decisions:
    """Return ``decisions`` with spend rounded to whole cents."""
    return replace(decisions, spend=np.round(decisions.spend, 2))


def ratio_sections(spend: float = 1_000.0) -> dict[str, Any]:
    """Return a scenario that takes in 50 000 元 and spends ``spend``, under a line of 2 %."""
    return {
        "id": "ratio",
        "cells": [
            {"id": "i", "unit": "u", "product": "p", "channel": "c", "base_volume": 50,
             "price": 1_000}
        ],
        "levers": [row("subsidy", {"expense": "budget"})],
        "placements": [
            row("a", {"lever": "subsidy", "curve": {"family": "linear", "rate": 0},
                      "upper": 5_000, "current": spend})
        ],
        "lines": [
            row("expense_ratio", {"expression": "expense / revenue", "at_most": "2 %"}),
            row("floor", {"expression": "gross_adds", "at_least": 10}),
        ],
    }  # fmt: skip
