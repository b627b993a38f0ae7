"""Targets, subsidies and headcount, planned together and proven.

    import allocopt as ao

    scenario = ao.load_scenario("telecom_city")
    plan = ao.solve(scenario, model="joint", gap=1e-3)
    findings = ao.verify(plan)

Names are imported when they are first used, so that ``import allocopt`` is quick.
"""

from importlib import import_module
from typing import Any

__all__ = [
    "Allocation",
    "AllocoptError",
    "Fit",
    "LeastBudget",
    "MeanCVaR",
    "MostResponse",
    "Plan",
    "ReturnAtLeast",
    "Scenario",
    "WhatIf",
    "allocate",
    "alternatives",
    "check_scenario",
    "compare",
    "consistency",
    "curves",
    "explain",
    "fit_history",
    "fit_judged",
    "frontier",
    "load_plan",
    "load_scenario",
    "load_stress",
    "replay",
    "save_plan",
    "scenario_frontier",
    "solve",
    "stress",
    "verify",
]

__version__ = "0.1.0"

_HOMES = {
    "Allocation": "allocopt.allocation",
    "AllocoptError": "allocopt.errors",
    "Fit": "allocopt.fitting",
    "LeastBudget": "allocopt.allocation",
    "MeanCVaR": "allocopt.allocation",
    "MostResponse": "allocopt.allocation",
    "Plan": "allocopt.plan.plan",
    "ReturnAtLeast": "allocopt.allocation",
    "Scenario": "allocopt.scenario.scenario",
    "allocate": "allocopt.allocation",
    "WhatIf": "allocopt.api.plans",
    "frontier": "allocopt.allocation",
    "alternatives": "allocopt.api.plans",
    "check_scenario": "allocopt.api.plans",
    "compare": "allocopt.api.comparing",
    "consistency": "allocopt.api.plans",
    "explain": "allocopt.api.plans",
    "fit_history": "allocopt.fitting",
    "fit_judged": "allocopt.fitting",
    "load_plan": "allocopt.api.plans",
    "load_scenario": "allocopt.api.plans",
    "load_stress": "allocopt.api.futures",
    "replay": "allocopt.api.futures",
    "save_plan": "allocopt.api.plans",
    "scenario_frontier": "allocopt.api.plans",
    "solve": "allocopt.api.plans",
    "stress": "allocopt.api.futures",
    "verify": "allocopt.api.plans",
}


Public = Any
"""A public name: a class, a function or a module."""


def __dir__() -> list[str]:
    """Return the public names, whether they were used before or not."""
    return sorted([*__all__, *(name for name in globals() if name.startswith("__"))])


def __getattr__(name: str) -> Public:
    """Import a public name when it is first asked for."""
    if name == "curves":
        return import_module("allocopt.curves")
    if name in _HOMES:
        return vars(import_module(_HOMES[name]))[name]
    message = f"module 'allocopt' has no attribute {name!r}"
    raise AttributeError(message)
