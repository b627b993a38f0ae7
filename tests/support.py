"""Small scenarios in code, and the shortest way from one to a plan."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from allocopt.problem import Problem, build_problem
from allocopt.scenario.schema import ScenarioSchema
from allocopt.solving.catalog import Formulation, load_formulation
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import no_watch
from allocopt.solving.search import Candidate, Search, search_plan

TIGHT = SolveOptions(gap=1e-5, time_limit=60.0, threads=1, points=24, rounds=8)


def row(name: str, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a row of a section: its id and whatever else it has."""
    return {"id": name, **(values or {})}


def cell(name: str, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a cell of unit u, product p, channel c, unless ``values`` say otherwise."""
    return {"id": name, "unit": "u", "product": "p", "channel": "c", **(values or {})}


def _whole(sections: Mapping[str, Any], money_unit: str) -> dict[str, Any]:
    base: dict[str, Any] = {
        "schema_version": 1,
        "id": "test",
        "title": {"en": "test"},
        "money_unit": money_unit,
        "calendar": {"start": "2016-01-01", "periods": 1},
        "units": [row("u")],
        "products": [row("p")],
        "channels": [row("c")],
        "cells": [cell("i")],
        "expenses": [row("budget")],
    }
    return {**base, **sections}


def scenario(sections: Mapping[str, Any], *, money_unit: str = "元") -> ScenarioSchema:
    """Return a scenario of one unit, product, channel and period, with ``sections`` on top."""
    context = {"money_unit": money_unit}
    return ScenarioSchema.model_validate(_whole(sections, money_unit), context=context)


def problem_of(sections: Mapping[str, Any], *, money_unit: str = "元") -> Problem:
    """Return the problem of a scenario made by `scenario`."""
    return build_problem(scenario(sections, money_unit=money_unit))


def calendar(periods: int) -> dict[str, Any]:
    """Return a calendar of months from January 2016."""
    return {"start": "2016-01-01", "periods": periods}


def search(problem: Problem, model: str | Formulation, options: SolveOptions = TIGHT) -> Search:
    """Return the whole search of a bundled model, or of one made in a test."""
    formulation = load_formulation(model) if isinstance(model, str) else model
    return search_plan(problem, formulation, options, no_watch)


def solve(problem: Problem, model: str | Formulation, options: SolveOptions = TIGHT) -> Candidate:
    """Return the best plan, after checking what every search owes: a valid bound and kept lines."""
    found = search(problem, model, options)
    assert found.best is not None, found.stop
    if model != "targets":  # a cascade has goals of its own, not the scenario's
        assert found.bound >= found.best.objective - 1e-6 * max(abs(found.best.objective), 1.0)
    assert found.best.broken(found.outside) == 0.0
    return found.best


def written(sections: Mapping[str, Any], folder: Path, *, money_unit: str = "元") -> Path:
    """Write the scenario that `scenario` would make into ``folder``, and return the file.

    JSON is YAML, so that the loader reads it with everything it checks.
    """
    path = folder / "scenario.yaml"
    path.write_text(json.dumps(_whole(sections, money_unit)), encoding="utf-8")
    return path
