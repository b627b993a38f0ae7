"""Every strategy: its plan worked out on paper, what it breaks said, what it owes to others."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tests.strategies import TIGHT, plan_by, root, scenario
from tests.support import calendar, row

import allocopt as ao
from allocopt.errors import ModelError, UsageError
from allocopt.plan.plan import Plan, PlanStatus
from allocopt.solving.options import SolveOptions
from allocopt.strategies import STRATEGIES, Reserve, strategy_named
from allocopt.strategies.bounds import Budget, budgets_of
from allocopt.strategies.filling import filled
from allocopt.strategies.marginal import margins
from allocopt.workflow.plans import prepare

# Revenue is 3 sqrt(x) + 4 sqrt(y); with x + y = 100 it is largest at 36, 64, as 9 to 16: 50.
BY_HAND = {
    # 100 as 10 to 30.
    "last_year": ((25.0, 75.0), (72.0, 48.0)),
    # 120 on last year's 100: a fifth more.
    "uniform_growth": ((12.0, 36.0), (72.0, 48.0)),
    # 100 as 1 to 4, and so the quota.
    "potential": ((20.0, 80.0), (24.0, 96.0)),
    # 40 % of sales of 120, as 60 to 40.
    "share_of_sales": ((28.8, 19.2), (72.0, 48.0)),
    "greedy": ((36.0, 64.0), None),
    "equal_return": ((36.0, 64.0), None),
    "optimized": ((36.0, 64.0), None),
    # 5 % held back: 95 as 9 to 16.
    "reserve": ((34.2, 60.8), None),
}


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_plan_on_paper(name: str, tmp_path: Path) -> None:
    spend, targets = BY_HAND[name]
    plan = plan_by(STRATEGIES[name], scenario(tmp_path))
    # The optimizer stops within its gap, and the top of the goal is flat.
    room = 1.5 if name in ("optimized", "reserve") else 0.01
    assert plan.decisions.spend[:, 0] == pytest.approx(spend, abs=room)
    assert plan.decisions.target.sum() == pytest.approx(120.0)
    if targets is not None:
        assert plan.decisions.target[:, 0] == pytest.approx(targets, abs=1e-6)
    exact = 3 * np.sqrt(plan.decisions.spend[0, 0]) + 4 * np.sqrt(plan.decisions.spend[1, 0])
    assert plan.objective == pytest.approx(exact, rel=1e-9)
    best = {"optimized": 50.0, "reserve": 5.0 * np.sqrt(95.0)}
    if name in best:
        assert best[name] * (1 - 1e-4) <= plan.objective <= best[name] + 1e-9
    assert plan.status is (PlanStatus.PROVEN if name == "optimized" else PlanStatus.GIVEN)


@pytest.mark.parametrize("name", ["last_year", "equal_return", "optimized"])
def test_a_plan_is_saved_read_and_verified(name: str, tmp_path: Path) -> None:
    plan = plan_by(STRATEGIES[name], scenario(tmp_path / "scenario"))
    run = ao.save_plan(plan, tmp_path / "run")
    back = ao.load_plan(run)
    assert np.array_equal(back.decisions.spend, plan.decisions.spend)
    assert (back.status, back.provenance.model) == (plan.status, plan.provenance.model)
    assert not [one for one in ao.verify(run) if one.severity == "error"]


@cache
def media_plan(name: str) -> Plan:
    return plan_by(STRATEGIES[name], ao.load_scenario("media_mix"), SolveOptions(gap=5e-3))


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_plan_of_ten_media_is_what_it_says(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The audit finds nothing but the lines that the plan itself names as broken."""
    media_plan(name)
    assert capfd.readouterr().out == ""
    run = ao.save_plan(media_plan(name), tmp_path / "run")
    errors = [one.path for one in ao.verify(run) if one.severity == "error"]
    assert errors == [f"lines.{one.line.spec}" for one in media_plan(name).broken]


def test_the_optimizer_loses_to_no_plan_that_keeps_the_lines() -> None:
    best = media_plan("optimized")
    kept = [media_plan(name) for name in STRATEGIES if not media_plan(name).broken]
    assert len(kept) >= 5
    assert all(plan.objective <= best.objective * (1 + best.gap) for plan in kept)
    assert all(plan.objective <= best.bound for plan in kept)


def test_what_a_rule_breaks_is_not_mended(tmp_path: Path) -> None:
    """Growth of a fifth wants 48 of a budget of 45."""
    plan = plan_by(STRATEGIES["uniform_growth"], scenario(tmp_path, budget=45.0))
    assert plan.decisions.spend[:, 0] == pytest.approx([12.0, 36.0])
    assert [one.line.name for one in plan.broken] == ["most"]


def test_what_a_placement_cannot_take_is_said(tmp_path: Path) -> None:
    """Growth wants 12 and 36; the second takes 30 at most."""
    places = [root("a", 3, current=10), root("b", 4, current=30, upper=30)]
    where = scenario(tmp_path, placements=places)
    plan = plan_by(STRATEGIES["uniform_growth"], where)
    assert plan.decisions.spend[:, 0] == pytest.approx([12.0, 30.0])
    said = "6 元 less and 0 元 more than the rule says, to stay within the bounds of placements: b"
    assert str(plan.remarks[0].message) == said


def test_a_minimum_that_is_not_reached_leaves_its_money_to_others(tmp_path: Path) -> None:
    """100 as 10 to 30 gives the first 25; below half of its minimum of 60 it is off."""
    places = [root("a", 3, current=10, minimum=60), root("b", 4, current=30)]
    plan = plan_by(STRATEGIES["last_year"], scenario(tmp_path, placements=places))
    assert plan.decisions.spend[:, 0] == pytest.approx([0.0, 100.0])


def test_a_minimum_that_is_nearly_reached_is_given_out_of_the_budget(tmp_path: Path) -> None:
    """Pro rata gives the first 25, above half of its minimum of 40: it gets 40, the other 60."""
    places = [root("a", 3, current=10, minimum=40), root("b", 4, current=30)]
    plan = plan_by(STRATEGIES["last_year"], scenario(tmp_path, placements=places))
    assert plan.decisions.spend[:, 0] == pytest.approx([40.0, 60.0])


def test_pouring_stops_at_bounds_and_goes_on_elsewhere() -> None:
    """100 over 1 : 3 : 6, the last at most 20: 80 more as 1 to 3."""
    shares = np.array([[1.0], [3.0], [6.0]])
    bounds = np.zeros((3, 1)), np.array([[90.0], [90.0], [20.0]])
    budget = Budget("", "", np.ones((3, 1)), 100.0)
    assert filled(shares, bounds, [budget])[:, 0] == pytest.approx([20.0, 60.0, 20.0])
    # Of the first two together 40 at most, as 1 to 3.
    both = Budget("", "", np.array([[1.0], [1.0], [0.0]]), 40.0)
    assert filled(shares, bounds, [budget, both])[:, 0] == pytest.approx([10.0, 30.0, 20.0])


def test_budgets_are_lines_on_spend_alone(tmp_path: Path) -> None:
    lines = [
        row("most", {"expression": "spend", "at_most": "100 元"}),
        row("booked", {"expression": "2 * expense", "at_most": "250 元"}),
        row("ratio", {"expression": "expense / revenue", "at_most": 2}),
        row("floor", {"expression": "spend", "at_least": "1 元"}),
        row("wish", {"expression": "spend", "at_most": "1 元", "kind": "report"}),
        row("each", {"expression": "spend", "at_most": "60 元", "when": "each"}),
    ]
    where = scenario(tmp_path, lines=lines, calendar=calendar(2))
    found = {one.name: one for one in budgets_of(prepare(where).problem)}
    assert list(found) == ["most", "booked", "each[2016-01]", "each[2016-02]"]
    assert found["booked"].weights == pytest.approx(np.full((2, 2), 2.0))
    assert found["each[2016-02]"].weights == pytest.approx(np.array([[0.0, 1.0], [0.0, 1.0]]))
    assert [one.room for one in found.values()] == [100.0, 250.0, 60.0, 60.0]


def test_margins_are_what_the_goal_gains(tmp_path: Path) -> None:
    """An account brings its price at once, and its revenue per month for as long as it stays.

    Two months, price 1, 10 a month, a tenth leaves: half of the first month's 10, and the second
    month's 10 * (1 + 0.9) / 2, times what is left at its start (all of those who joined).
    """
    where = scenario(
        tmp_path,
        calendar=calendar(2),
        objective={"goals": [{"sense": "maximize", "expression": "revenue - expense"}]},
        targets=[],
    )
    problem = prepare(where).problem
    cells = replace(
        problem.cells,
        arpu=np.full_like(problem.cells.arpu, 10.0),
        churn=np.full_like(problem.cells.churn, 0.1),
        effective_rate=np.ones_like(problem.cells.effective_rate),
    )
    found = margins(replace(problem, cells=cells))
    assert found.response[0] == pytest.approx([1 + 5 + 9.5, 1 + 5], rel=1e-6)
    assert found.spend == pytest.approx([-1.0, -1.0], rel=1e-6)
    cost = [{"sense": "minimize", "expression": "expense - revenue"}]
    objective = problem.objective.model_validate({"goals": cost})
    turned = margins(replace(problem, cells=cells, objective=objective))
    assert turned.response == pytest.approx(found.response)
    assert turned.spend == pytest.approx(found.spend)


@pytest.mark.parametrize("name", ["greedy", "equal_return"])
def test_spend_ends_where_a_yuan_brings_a_yuan(name: str, tmp_path: Path) -> None:
    """Goal revenue - expense: 3 / (2 sqrt(x)) = 1 at 2.25, 4 / (2 sqrt(y)) = 1 at 4."""
    goal = {"goals": [{"sense": "maximize", "expression": "revenue - expense"}]}
    plan = plan_by(STRATEGIES[name], scenario(tmp_path, objective=goal))
    room = 100.0 / 4000 if name == "greedy" else 0.01
    assert plan.decisions.spend[:, 0] == pytest.approx([2.25, 4.0], abs=room)


def test_a_budget_each_has_a_price_of_its_own(tmp_path: Path) -> None:
    """100 in all, the second 40 at most: 60 and 40, not 36 and 64."""
    lines = [
        row("most", {"expression": "spend", "at_most": "100 元"}),
        row("second", {"expression": 'spend(placements="b")', "at_most": "40 元"}),
    ]
    plan = plan_by(STRATEGIES["equal_return"], scenario(tmp_path, lines=lines))
    assert plan.decisions.spend[:, 0] == pytest.approx([60.0, 40.0], abs=0.01)


@pytest.mark.parametrize("name", ["last_year", "share_of_sales", "equal_return"])
def test_the_order_of_placements_does_not_matter(name: str, tmp_path: Path) -> None:
    places = [root("b", 4, current=30), root("a", 3, current=10)]
    plan = plan_by(STRATEGIES[name], scenario(tmp_path, placements=places))
    assert plan.decisions.spend[::-1, 0] == pytest.approx(BY_HAND[name][0], abs=0.01)


@pytest.mark.parametrize("name", ["last_year", "potential", "equal_return"])
def test_the_unit_of_money_does_not_matter(name: str, tmp_path: Path) -> None:
    """All money times 100: spend times 100, shares of the budget as before."""
    places = [
        root(
            label,
            scale / 10,
            current=100 * current,
            upper=100_000,
        )
        for label, scale, current in (("a", 3, 10), ("b", 4, 30))
    ]
    where = scenario(tmp_path, budget=10_000.0, placements=places)
    plan = plan_by(STRATEGIES[name], where)
    assert plan.decisions.spend[:, 0] == pytest.approx(100 * np.array(BY_HAND[name][0]), abs=1.0)


def test_a_reserve_of_nothing_is_the_optimum(tmp_path: Path) -> None:
    where = scenario(tmp_path)
    plan = plan_by(Reserve(share=0.0), where)
    assert plan.objective == pytest.approx(plan_by(STRATEGIES["optimized"], where).objective)
    with pytest.raises(UsageError, match="reserve is 1"):
        Reserve(share=1.0)


def test_the_reserve_keeps_the_lines_of_the_scenario(tmp_path: Path) -> None:
    """Lines are judged by their own bounds: 5 of 100 are left."""
    plan = plan_by(STRATEGIES["reserve"], scenario(tmp_path))
    (line,) = plan.lines
    assert line.rhs == 100.0
    assert line.slack == pytest.approx(5.0, abs=0.01)
    assert "5 % are held back of most" in [str(one.message) for one in plan.remarks]


def test_people_follow_the_demand(tmp_path: Path) -> None:
    """25 and 75 bring 15 + 34.6 accounts; one person serves 10 a month: 5 people, 3 come."""
    where = scenario(
        tmp_path,
        roles=[
            row("seller", {"level": "unit", "wage": 1, "expense": "budget", "productivity": 10})
        ],
        staff=[row("s", {"role": "seller", "unit": "u", "heads": 2})],
        units=[row("u", {"level": "unit"})],
        objective={"goals": [{"sense": "maximize", "expression": "100 * revenue - expense"}]},
    )
    plan = plan_by(STRATEGIES["last_year"], where)
    assert plan.measures["heads"][0, 0] == 5.0
    assert plan.measures["unserved"].sum() == pytest.approx(0.0, abs=1e-9)
    assert not [one for one in ao.verify(plan) if one.severity == "error"]


def test_an_unknown_strategy_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no strategy greedi; known are greedy, last_year"):
        strategy_named("greedi")
    (tmp_path / "own.py").write_text("X = 1\n", encoding="utf-8")
    with pytest.raises(ModelError, match=r"own\.py has no STRATEGY"):
        strategy_named(str(tmp_path / "own.py"))


def test_a_strategy_of_ones_own_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "halves.py").write_text(
        "import numpy as np\n"
        "from allocopt.strategies import Choice, Rule\n"
        "from allocopt.text import T\n"
        "def decide(problem):\n"
        "    return Choice(np.full_like(problem.placements.upper, 50.0))\n"
        "STRATEGY = Rule('halves', T('Halves'), T('half each'), '', decide)\n",
        encoding="utf-8",
    )
    plan = plan_by(strategy_named(str(tmp_path / "halves.py")), scenario(tmp_path / "s"), TIGHT)
    assert plan.decisions.spend[:, 0] == pytest.approx([50.0, 50.0])
    assert plan.provenance.model == "rule:halves"
