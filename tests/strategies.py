"""A scenario small enough that every strategy's plan can be worked out on paper."""

from pathlib import Path
from typing import Any

from tests.evaluated import loaded
from tests.simulated import driver, of
from tests.support import cell, row

from allocopt.plan.plan import Plan
from allocopt.scenario.scenario import Scenario
from allocopt.solving.options import SolveOptions
from allocopt.strategies import Brief, Strategy
from allocopt.workflow.plans import prepare

TIGHT = SolveOptions(gap=1e-4, time_limit=60.0, threads=1)


def root(name: str, scale: float, **values: object) -> dict[str, Any]:
    """Return a placement named as the channel it feeds, whose curve is a square root."""
    curve = {"family": "square_root", "scale": scale, "offset": 0}
    return row(
        name,
        {
            "lever": "l",
            "channels": name,
            "split_by": "equal",
            "curve": curve,
            "upper": 1000,
            **values,
        },
    )


def sections(budget: float = 100.0, **more: object) -> dict[str, Any]:
    """Return two places with 3 * sqrt(spend) and 4 * sqrt(spend), under one budget.

    Today they get 10 and 30, potential is as 1 to 4, last year's sales as 60 to 40, and the
    quota is a fifth above them.
    """
    sold = {"price": 1}
    return {
        "channels": [row("a"), row("b")],
        "cells": [
            cell("i", {"channel": "a", "potential": 1, "last_year_revenue": 60, **sold}),
            cell("j", {"channel": "b", "potential": 4, "last_year_revenue": 40, **sold}),
        ],
        "levers": [row("l", {"expense": "budget"})],
        "placements": [root("a", 3, current=10), root("b", 4, current=30)],
        "targets": [
            row("sales", {"measure": "revenue", "quota": "120 元", "method": "potential",
                          "by_channel": True})
        ],
        "lines": [row("most", {"expression": "spend", "at_most": f"{budget} 元"})],
        "objective": {"goals": [{"sense": "maximize", "expression": "revenue"}]},
        "uncertainty": {
            "drivers": [
                driver("response", "response", by="row", distribution=of("lognormal", spread=0.4)),
                driver("price", "price", distribution=of("normal", mean=1, sd=0.05)),
            ]
        },
        **more,
    }  # fmt: skip


def scenario(folder: Path, budget: float = 100.0, **more: object) -> Scenario:
    """Return the scenario of `sections`, loaded from ``folder``."""
    return loaded(sections(budget, **more), folder)


def plan_by(strategy: Strategy, where: Scenario, options: SolveOptions = TIGHT) -> Plan:
    """Return the plan of a strategy."""
    task = prepare(where)
    return strategy.plan(Brief(where, task.problem, task.formulation, options))
