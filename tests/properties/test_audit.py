"""The audit, which knows nothing of the models, agrees with every plan."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.scenarios import random_sections
from tests.support import row, written

from allocopt.audit import verify_plan
from allocopt.findings import Severity
from allocopt.plan import Plan
from allocopt.solving.options import SolveOptions
from allocopt.workflow.inputs import load
from allocopt.workflow.plans import solve

FAMILIES = ("linear", "table", "modified_exponential", "hill", "square_root")
OPTIONS = SolveOptions(gap=1e-2, time_limit=30, threads=1)
MODELS = ("targets", "subsidies", "headcount", "joint")


def sections_of(seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    lines = [
        row("budget", {"expression": "spend", "at_most": "600 元"}),
        row(
            "cap",
            {
                "expression": "expense",
                "at_most": "150 元",
                "per": "grid",
                "when": "each",
                "kind": "soft",
                "price": 1,
            },
        ),
        row(
            "ratio",
            {"expression": "expense / revenue", "at_most": "30 %", "kind": "soft", "price": 2},
        ),
        row(
            "share",
            {
                "expression": 'customers(products="p") / market_customers',
                "at_least": "10 %",
                "kind": "report",
            },
        ),
        row("mix", {"expression": 'gross_adds(products="p") / gross_adds', "at_least": "10 %"}),
    ]
    targets = [
        row("adds", {"measure": "gross_adds", "quota": 400, "stretch": 420, "shortfall_price": 2})
    ]
    return random_sections(rng, families=FAMILIES) | {"lines": lines, "targets": targets}


def plan_of(seed: int, model: str, folder: Path) -> Plan:
    return solve(load(written(sections_of(seed), folder)), model, options=OPTIONS)


def assert_sound(plan: Plan) -> None:
    report = verify_plan(plan)
    errors = [str(f.message) for f in report.findings if f.severity is Severity.ERROR]
    assert errors == []
    assert report.max_abs_error <= 1e-6 * max(abs(plan.objective), 1.0)


@pytest.mark.parametrize("model", MODELS)
def test_the_audit_agrees_with_a_plan_of_each_model(model: str, tmp_path: Path) -> None:
    assert_sound(plan_of(1, model, tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_audit_agrees_with_every_plan(model: str, tmp_path: Path, seed: int) -> None:
    assert_sound(plan_of(seed, model, tmp_path))
