"""What holds for every cascade of a quota, on random trees."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plans import search, solve
from tests.support import calendar, cell, problem_of, row

from allocopt.declare.rounding import build_rounding
from allocopt.problem.axes import AxisName, Dimension
from allocopt.problem.quota import quotas_of
from allocopt.solving.highs import solve_model
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import no_watch

METHODS = ("even", "weighted", "potential", "optimized")
ROUGH = SolveOptions(gap=1e-2, threads=1)
CASES = settings(max_examples=6, deadline=None)


def cascade(rng: np.random.Generator, values: dict[str, Any]) -> dict[str, Any]:
    """Return two districts of two or three grids each, two products, three months, one quota."""
    grids = {f"g{d}{k}": f"d{d}" for d in range(2) for k in range(int(rng.integers(2, 4)))}
    months = rng.uniform(0.5, 2, size=3)
    cells = [
        cell(f"{grid}-{product}", {
            "unit": grid, "product": product, "potential": float(rng.uniform(1, 9)),
            "last_year_volume": float(rng.uniform(1, 9)), "weight": {"w": float(rng.uniform(1, 9))},
        })
        for grid in grids
        for product in ("p", "q")
    ]  # fmt: skip
    return {
        "calendar": calendar(3),
        "units": [
            row("city"),
            *[row(f"d{d}", {"parent": "city"}) for d in range(2)],
            *[row(grid, {"parent": district}) for grid, district in grids.items()],
        ],
        "products": [row("p"), row("q")],
        "profiles": [row("shape", {"weights": (months / months.sum()).tolist()})],
        "cells": cells,
        "targets": [
            row("quota", {
                "measure": "gross_adds", "quota": 1_000, "stretch": 1_100, "profile": "shape",
                "method": str(rng.choice(METHODS)), "weight": "w", **values,
            })
        ],
    }  # fmt: skip


@CASES
@given(seed=st.integers(0, 2**32 - 1))
def test_children_sum_to_their_parents_and_to_the_quota(seed: int) -> None:
    rng = np.random.default_rng(seed)
    floor = row("floor", {"scope": {"units": "d0", "products": "q"}, "at_least": 300})
    problem = problem_of(cascade(rng, {"pins": [floor] if rng.random() < 0.5 else []}))
    plan = solve(problem, "targets")
    base, stretch = plan.decisions.target, plan.decisions.stretch_target
    units = problem.axes[AxisName.TARGETS].members[Dimension.UNITS]
    assert base.sum() == pytest.approx(1_000, rel=1e-7)
    assert stretch.sum() == pytest.approx(1_100, rel=1e-7)
    assert np.all(stretch >= base - 1e-7)
    for district in ("d0", "d1"):
        grids = [unit for unit in units if unit.startswith(f"g{district[1]}")]
        children = sum(base[units[grid]].sum() for grid in grids)
        assert children == pytest.approx(base[units[district]].sum(), rel=1e-12)
    months = base.sum(axis=1, keepdims=True) * problem.calendar.profiles["shape"]
    assert base == pytest.approx(months, abs=1e-5)


@CASES
@given(seed=st.integers(0, 2**32 - 1), growth=st.floats(-0.5, 0.5))
def test_what_growth_leaves_no_room_for_is_missing_from_the_sum_and_nothing_else(
    seed: int, growth: float
) -> None:
    rng = np.random.default_rng(seed)
    problem = problem_of(cascade(rng, {"quota": 60, "stretch": 66, "max_growth": growth}))
    most = problem.target_cells.last_year * (1 + growth)
    found = search(problem, "targets")
    assert found.best is not None
    base, stretch = found.best.decisions.target, found.best.decisions.stretch_target
    assert np.all(stretch.sum(axis=1) <= most + 1e-5)
    assert base.sum() == pytest.approx(min(60.0, most.sum()), abs=1e-4)
    assert stretch.sum() == pytest.approx(min(66.0, most.sum()), abs=1e-4)


@CASES
@given(seed=st.integers(0, 2**32 - 1), step=st.sampled_from([1, 5, 10]))
def test_controlled_rounding_keeps_the_total_and_every_sum_within_a_step(
    seed: int, step: int
) -> None:
    rng = np.random.default_rng(seed)
    problem = problem_of(cascade(rng, {"smallest_step": step}))
    (quota,) = quotas_of(problem)
    wanted = solve(problem, "targets").decisions.target
    rounding = build_rounding(problem, quota, wanted)
    outcome = solve_model(rounding.model, ROUGH, time_limit=20, watch=no_watch, stage="rounding")
    assert outcome.has_plan
    rounded = np.round(rounding.steps.value()) * step
    assert rounded.sum() == 1_000
    assert np.all(np.abs(rounded - wanted) < step + 1e-6)
    districts = problem.axes[AxisName.TARGETS].members[Dimension.UNITS]
    for rows in (districts["d0"], districts["d1"]):
        assert abs(rounded[rows].sum() - wanted[rows].sum()) < step + 1e-6
    assert np.all(np.abs((rounded - wanted).sum(axis=0)) < step + 1e-6)
    assert np.all(np.abs((rounded - wanted).sum(axis=1)) < step + 1e-6)
