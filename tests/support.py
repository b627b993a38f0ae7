"""Small scenarios in code."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from allocopt.problem import Problem, build_problem
from allocopt.scenario.schema import ScenarioSchema


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


def written(sections: Mapping[str, Any], folder: Path, *, money_unit: str = "元") -> Path:
    """Write the scenario that `scenario` would make into ``folder``, and return the file.

    JSON is YAML, so that the loader reads it with everything it checks.
    """
    path = folder / "scenario.yaml"
    path.write_text(json.dumps(_whole(sections, money_unit)), encoding="utf-8")
    return path
