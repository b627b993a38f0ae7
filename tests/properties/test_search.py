"""What holds for every search, on random small scenarios."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.plans import search
from tests.scenarios import UPPER, random_sections
from tests.support import problem_of, row

from allocopt.measures.decisions import current_decisions
from allocopt.problem import Problem
from allocopt.solving.candidate import judge_decisions
from allocopt.solving.options import SolveOptions
from allocopt.solving.search import Search

GAP = 2e-3
OPTIONS = SolveOptions(gap=GAP, time_limit=30, threads=1)
CONCAVE = ("linear", "modified_exponential")
ANY = ("linear", "table", "modified_exponential", "hill")
SHAPES = pytest.mark.parametrize("families", [CONCAVE, pytest.param(ANY, marks=pytest.mark.slow)])
SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=2, deadline=None)


def sections_with(seed: int, families: tuple[str, ...], budget: float = 600.0) -> dict[str, Any]:
    """Return a random scenario with a budget, a priced ratio and a mix of products."""
    rng = np.random.default_rng(seed)
    return random_sections(rng, families=families, periods=2) | {
        "lines": [
            row("budget", {"expression": "spend", "at_most": f"{budget} 元"}),
            row(
                "ratio",
                {"expression": "expense / revenue", "at_most": "20 %", "kind": "soft", "price": 2},
            ),
            row("mix", {"expression": 'gross_adds(products="p") / gross_adds', "at_least": "10 %"}),
        ]
    }


def found_in(problem: Problem, model: str = "subsidies") -> tuple[Search, float]:
    """Return the search and the value of its plan, which its own bound covers."""
    found = search(problem, model, OPTIONS)
    assert found.best is not None
    value = found.best.objective
    assert found.bound >= value - 1e-6 * abs(value)
    return found, value


@SHAPES
@FEW
@given(seed=SEEDS)
# Here response is not wanted, and pieces that lie above the curves used to force it.
@example(seed=2114394)
def test_more_budget_is_never_worse(seed: int, families: tuple[str, ...]) -> None:
    values = [
        found_in(problem_of(sections_with(seed, families, budget)))[1] for budget in (100, 300)
    ]
    assert values[1] >= values[0] - GAP * abs(values[0])


@SHAPES
@FEW
@given(seed=SEEDS)
def test_no_feasible_plan_beats_the_bound(seed: int, families: tuple[str, ...]) -> None:
    problem = problem_of(sections_with(seed, families))
    found, value = found_in(problem)
    rng = np.random.default_rng(seed)
    for _ in range(20):
        spend = rng.uniform(0, UPPER, size=problem.placements.upper.shape)
        spend *= rng.uniform(0, 1) * 600 / spend.sum()
        plan = judge_decisions(
            problem,
            replace(current_decisions(problem), spend=np.minimum(spend, UPPER)),
            decides=("spend",),
        )
        if plan.broken(found.outside) == 0.0:
            assert plan.objective <= found.bound + 1e-9 * abs(value)


@SHAPES
@FEW
@given(seed=SEEDS)
def test_the_order_of_rows_changes_nothing(seed: int, families: tuple[str, ...]) -> None:
    sections = sections_with(seed, families)
    rng = np.random.default_rng(seed + 1)
    shuffled = {
        name: [rows[k] for k in rng.permutation(len(rows))]
        if name in ("cells", "placements", "staff", "units", "products", "lines", "charges")
        else rows
        for name, rows in sections.items()
    }
    value, other = (found_in(problem_of(part))[1] for part in (sections, shuffled))
    assert value == pytest.approx(other, rel=GAP)


MONEY = ("price", "arpu", "unit_cost", "amount", "upper", "current", "wage", "hiring_cost",
         "release_cost", "move_cost")  # fmt: skip


def in_wan(part: Any) -> Any:  # noqa: ANN401
    """Return a part of a scenario in 元 as one in 万元: bare amounts and efforts of curves."""
    if isinstance(part, list):
        return [in_wan(one) for one in part]
    if not isinstance(part, dict):
        return part
    scaled = {key: value / 1e4 if key in MONEY else in_wan(value) for key, value in part.items()}
    curve = scaled.get("curve")
    if curve is not None:
        factors = {"efforts": 1e-4, "ec50": 1e-4, "rate": 1e4, "offset": 1e-4}
        if curve["family"] == "square_root":
            factors["scale"] = 100.0
        scaled["curve"] = {
            key: (np.array(value) * factors[key]).tolist() if key in factors else value
            for key, value in curve.items()
        }
    return scaled


@SHAPES
@FEW
@given(seed=SEEDS)
def test_the_unit_of_money_changes_nothing(seed: int, families: tuple[str, ...]) -> None:
    sections = sections_with(seed, families)
    _, value = found_in(problem_of(sections))
    _, other = found_in(problem_of(in_wan(sections), money_unit="万元"))
    assert value == pytest.approx(other, rel=GAP)


@SHAPES
@FEW
@given(seed=SEEDS)
def test_a_placement_that_brings_nothing_changes_nothing(
    seed: int, families: tuple[str, ...]
) -> None:
    sections = sections_with(seed, families)
    idle = row(
        "idle", {"lever": "promotion", "curve": {"family": "linear", "rate": 0}, "upper": 50}
    )
    more = sections | {"placements": [*sections["placements"], idle]}
    (_, value), (found, other) = (found_in(problem_of(part)) for part in (sections, more))
    assert value == pytest.approx(other, rel=GAP)
    assert found.best is not None
    assert found.best.decisions.spend[-1].sum() <= GAP * abs(value)
