"""A plan solved again after a change: what a cold solve says, with a proof of its own."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.support import problem_of, row, written

import allocopt as ao
from allocopt.declare.lines import change_lines
from allocopt.declare.pieces import outer_pieces
from allocopt.errors import InfeasibleError, ScenarioError
from allocopt.measures.decisions import current_decisions
from allocopt.measures.lines import compile_lines
from allocopt.problem.compare import differing
from allocopt.solving.catalog import load_formulation
from allocopt.solving.highs import LiveModel
from allocopt.solving.options import SolveOptions
from allocopt.solving.resume import Standing, known_outside
from allocopt.workflow.whatif import PlanWhatIf

GAP = 1e-3


def sections(budget: str = "20 元", share: str = "60 %") -> dict[str, Any]:
    """Return three media, two of them S-shaped, one with a minimum, under three lines."""
    hill = {"family": "hill", "beta": 40, "ec50": 6, "slope": 2.5}
    media: tuple[tuple[str, Mapping[str, Any], float], ...] = (
        ("a", hill, 0.0),
        ("b", {**hill, "beta": 30, "ec50": 4}, 2.0),
        ("c", {"family": "modified_exponential", "top": 20, "rate": 0.2}, 0.0),
    )
    return {
        "levers": [row("l", {"expense": "budget"})],
        "placements": [
            row(
                name,
                {
                    "lever": "l",
                    "curve": dict(curve),
                    "upper": 15,
                    "minimum": least,
                    "split_by": "equal",
                },
            )
            for name, curve, least in media
        ],
        "lines": [
            row("budget", {"expression": "spend", "at_most": budget}),
            row(
                "share",
                {"expression": 'spend(placements="a") / spend', "at_most": share},
            ),
            row("wish", {"expression": "spend", "at_least": "5 元", "kind": "soft", "price": 0.1}),
        ],
        "objective": {"goals": [{"expression": "gross_adds"}]},
    }


def planned(tmp_path: Path) -> ao.Plan:
    return ao.solve(written(sections(), tmp_path), "subsidies", gap=GAP, threads=1)


def same_as_cold(session: PlanWhatIf) -> ao.Plan:
    """Solve, and return the plan after comparing it with a cold solve of the same scenario."""
    warm = session.solve()
    cold = ao.solve(session.scenario, "subsidies", gap=GAP, threads=1)
    assert warm.status == cold.status == "proven"
    room = 1e-9 * abs(cold.objective)
    assert warm.objective <= cold.bound + room
    assert cold.objective <= warm.bound + room
    assert warm.objective == pytest.approx(cold.objective, rel=GAP)
    assert not [f for f in ao.verify(warm) if f.severity == "error"]
    return warm


def test_changes_of_every_kind_give_what_a_cold_solve_gives(tmp_path: Path) -> None:
    session = ao.WhatIf(planned(tmp_path))
    session.set("lines.budget.at_most", "18 元")
    less = same_as_cold(session)
    session.set("lines.budget.at_most", "24 元")
    assert same_as_cold(session).objective > less.objective
    session.set({"lines.share.at_most": "30 %", "lines.wish.at_least": "30 元"})
    same_as_cold(session)
    session.set({"placements.b.curve.beta": 60, "placements.c.upper": 4})
    same_as_cold(session)
    session.set("lines.wish.price", 3)
    same_as_cold(session)
    session.reset("placements.b.curve.beta")
    assert "placements.b.curve.beta" not in session.changes
    same_as_cold(session)
    session.reset()
    assert same_as_cold(session).provenance.overrides == ()


@pytest.mark.parametrize("seed", range(3))
def test_any_sequence_of_changes_gives_what_cold_solves_give(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    session = ao.WhatIf(planned(tmp_path))
    choices: dict[str, Callable[[], Any]] = {
        "lines.budget.at_most": lambda: f"{rng.uniform(6, 40):.2f} 元",
        "lines.share.at_most": lambda: f"{rng.uniform(10, 90):.1f} %",
        "placements.a.upper": lambda: round(float(rng.uniform(2, 15)), 2),
        "placements.b.curve.beta": lambda: round(float(rng.uniform(10, 80)), 2),
    }
    for _ in range(4):
        path = str(rng.choice(list(choices)))
        session.set(path, choices[path]())
        same_as_cold(session)


def test_a_plan_says_what_was_set_and_can_be_saved_and_verified(tmp_path: Path) -> None:
    session = ao.WhatIf(planned(tmp_path))
    session.set("lines.budget.at_most", "18 元")
    plan = session.solve()
    assert plan.provenance.overrides == ("lines.budget.at_most=18 元",)
    ao.save_plan(plan, tmp_path / "run")
    assert not [f for f in ao.verify(tmp_path / "run") if f.severity == "error"]
    again = ao.WhatIf(ao.load_plan(tmp_path / "run"))
    again.set("lines.budget.at_most", "20 元")
    assert again.solve().objective > plan.objective


def test_errors_are_those_of_set_and_leave_the_session_as_it_was(tmp_path: Path) -> None:
    session = ao.WhatIf(planned(tmp_path))
    with pytest.raises(ScenarioError) as caught:
        session.set({"lines.budget.at_most": "18 元", "lines.budgett.at_most": "1 元"})
    assert "budgett" in str(caught.value.findings[0].message)
    assert session.changes == {}


def test_no_plan_is_the_error_of_a_cold_solve_and_the_session_goes_on(tmp_path: Path) -> None:
    session = ao.WhatIf(planned(tmp_path))
    before = session.solve()
    session.set({"lines.wish.kind": "hard", "lines.wish.at_least": "30 元"})
    with pytest.raises(InfeasibleError) as warm:
        session.solve()
    with pytest.raises(InfeasibleError) as cold:
        ao.solve(session.scenario, "subsidies", gap=GAP, threads=1)
    assert str(warm.value) == str(cold.value)
    assert set(warm.value.conflict) == set(cold.value.conflict)
    session.reset()
    assert same_as_cold(session).objective == pytest.approx(before.objective, rel=GAP)


def test_changed_lines_make_the_program_that_is_built_anew() -> None:
    """A bundled model hears of bounds of lines in the rows of lines alone."""
    old, new = problem_of(sections()), problem_of(sections("31 元", "45 %"))
    assert differing(old, new) == {"lines"}
    build, options = load_formulation("subsidies").build, SolveOptions(threads=1)
    live = LiveModel(build(old, outer_pieces(old.placements, points=4)), options)
    live.arrays()
    changed = change_lines(live.model, new, compile_lines(new))
    assert changed is not None
    live.follow(changed)
    fresh = LiveModel(build(new, outer_pieces(new.placements, points=4)), options)
    found, wanted = live.arrays()[0], fresh.arrays()[0]
    assert abs(found.matrix - wanted.matrix).max() == 0.0
    for name in ("cost", "lower", "upper", "row_lower", "row_upper"):
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name))


def test_a_line_of_another_kind_is_no_change_of_bounds() -> None:
    old, other = sections(), sections()
    other["lines"][2] = other["lines"][2] | {"price": 0.2}
    problem = problem_of(old)
    model = load_formulation("subsidies").build(problem, outer_pieces(problem.placements, points=4))
    changed = problem_of(other)
    assert change_lines(model, changed, compile_lines(changed)) is None


KINDS: dict[str, Any] = {
    "lines.budget.at_most": st.floats(6, 40).map(lambda value: f"{value:.2f} 元"),
    "lines.share.at_most": st.floats(10, 90).map(lambda value: f"{value:.1f} %"),
    "lines.wish.price": st.floats(0, 3).map(lambda value: round(value, 2)),
    "placements.a.upper": st.floats(2, 15).map(lambda value: round(value, 2)),
    "placements.b.scale": st.floats(0.3, 2).map(lambda value: round(value, 2)),
    "placements.c.curve.top": st.floats(5, 40).map(lambda value: round(value, 1)),
}
CHANGES = st.sampled_from(sorted(KINDS)).flatmap(lambda path: st.tuples(st.just(path), KINDS[path]))


@settings(max_examples=4, deadline=None)
@given(changes=st.lists(CHANGES, min_size=1, max_size=3))
@example(changes=[("lines.budget.at_most", "8.22 元"), ("placements.c.curve.top", 5.0)])
def test_changes_of_any_kind_in_any_order_give_what_cold_solves_give(
    changes: list[tuple[str, Any]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        session = ao.WhatIf(planned(Path(folder)))
        for path, value in changes:
            session.set(path, value)
            same_as_cold(session)


def test_models_that_stand_prove_nothing_about_looser_or_tighter_budgets(tmp_path: Path) -> None:
    """A bound or a row left from a tighter budget would lie below what the looser one allows."""
    plan = ao.solve(written(sections("10 元"), tmp_path), "subsidies", gap=GAP, threads=1)
    session = ao.WhatIf(plan)
    assert session._standing.models is not None
    assert session._standing.models.branched is not None, "the case is to need binaries"
    found = []
    for budget in ("8 元", "38 元", "8 元", "20 元"):
        session.set("lines.budget.at_most", budget)
        found.append(same_as_cold(session))
    assert found[1].objective > found[0].bound
    assert found[2].bound == pytest.approx(found[0].bound, rel=2 * GAP)
    assert found[2].bound < found[3].objective < found[1].objective


def test_lines_beyond_the_model_are_known_again_only_where_bounds_alone_changed() -> None:
    old, bounds = problem_of(sections()), problem_of(sections("31 元"))
    standing = Standing(old, current_decisions(old), (), outside=("kept",))
    formulation = load_formulation("subsidies")
    assert known_outside(bounds, formulation, standing) == ("kept",)
    other = sections()
    other["lines"][0] = row("budget", {"expression": "2 * spend", "at_most": "20 元"})
    assert known_outside(problem_of(other), formulation, standing) == ()
    other["lines"][0] = row("budget", {"expression": "spend", "at_least": "2 元"})
    assert known_outside(problem_of(other), formulation, standing) == ()
