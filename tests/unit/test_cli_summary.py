"""What a summary says adds up to the plan it is about."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from allocopt.measures.score import ObjectivePart
from allocopt.plan.kinds import Kind
from allocopt.plan.plan import Plan
from allocopt.report.goal import goal_of
from allocopt.report.line_rows import line_rows
from allocopt.report.summary import people_rows, quota_tables, spend_rows, top_units
from allocopt.solving.options import SolveOptions
from allocopt.workflow.inputs import load
from allocopt.workflow.plans import solve

SMALL = Path(__file__).parents[1] / "data" / "small"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return solve(load(SMALL), "joint", options=SolveOptions(gap=0.05))


def test_the_parts_of_the_goal_sum_to_it(plan: Plan) -> None:
    goal = goal_of(plan)
    assert goal.maximized
    assert goal.kind is Kind.MONEY
    assert goal.value == plan.objective
    assert math.fsum(part.value for part in goal.parts) == pytest.approx(goal.value, rel=1e-9)
    assert [str(part.name) for part in goal.parts[:3]] == ["revenue", "cost of sales", "expense"]


def test_a_minimized_goal_is_shown_as_it_is_written(plan: Plan) -> None:
    goals = plan.problem.objective.goals
    cost = goals[0].model_copy(update={"sense": "minimize", "expression": "expense"})
    objective = plan.problem.objective.model_copy(update={"goals": (cost,)})
    expense = float(plan.measures["expense"].sum())
    first = replace(plan.parts[0], name="expense", value=-expense)
    cheap = replace(
        plan,
        problem=replace(plan.problem, objective=objective),
        objective=-expense - 7.0,
        bound=-expense,
        parts=(first, replace(first, name="unserved", value=-7.0)),
    )
    goal = goal_of(cheap)
    assert not goal.maximized
    assert goal.value == pytest.approx(expense + 7.0)
    assert goal.bound == pytest.approx(expense)
    assert [part.value for part in goal.parts] == pytest.approx([expense, 7.0])


def test_units_sum_to_the_quota(plan: Plan) -> None:
    tables = quota_tables(plan)
    assert [table.total.name.en for table in tables] == [spec.en for spec in plan.problem.targets]
    for table in tables:
        for total, parts in (
            (table.total.target, [row.target for row in table.units]),
            (table.total.stretch, [row.stretch for row in table.units]),
            (table.total.attained, [row.attained for row in table.units]),
        ):
            assert math.fsum(parts) == pytest.approx(total)
    assert tables[0].total.attained == pytest.approx(plan.measures["revenue"].sum())


def test_no_targets_where_none_were_decided(plan: Plan) -> None:
    without = replace(plan, provenance=replace(plan.provenance, decides=("spend",)))
    assert quota_tables(without) == ()


def test_levers_and_roles_sum_to_the_plan(plan: Plan) -> None:
    assert sum(row.planned for row in spend_rows(plan)) == pytest.approx(
        plan.measures["spend"].sum()
    )
    assert sum(row.current for row in spend_rows(plan)) == pytest.approx(
        plan.problem.placements.current.sum()
    )
    for row in people_rows(plan):
        moved_in = row.arrivals - row.departures - row.releases
        assert row.end == pytest.approx(row.start + moved_in)


def test_top_units_are_those_below_the_root(plan: Plan) -> None:
    assert top_units(plan.problem) == ("east", "west")


def test_every_line_stands_in_one_row(plan: Plan) -> None:
    rows = line_rows(plan)
    assert sum(row.parts for row in rows) == len(plan.lines)
    assert sum(row.met for row in rows) == sum(result.met for result in plan.lines)
    assert sum(row.penalty for row in rows) == pytest.approx(
        sum(result.penalty for result in plan.lines)
    )
    for row in rows:
        mine = [r for r in plan.lines if r.line.spec == row.shown.line.spec]
        assert row.shown.slack == min(result.slack for result in mine)
        assert row.is_met is all(result.met for result in mine)


def test_kinds_of_lines(plan: Plan) -> None:
    kinds = {row.shown.line.spec: row.counts for row in line_rows(plan)}
    assert kinds["expense_ratio"] is Kind.SHARE
    assert kinds["volume_floor"] is Kind.VOLUME


def test_a_model_of_targets_alone_aims_at_placing_them(plan: Plan) -> None:
    names = {spec.id: spec.title() for spec in plan.problem.targets}
    left = tuple(ObjectivePart(f"unplaced {name}", -0.5) for name in names)
    placing = replace(
        plan,
        parts=left,
        objective=-0.5 * len(left),
        bound=0.0,
        provenance=replace(plan.provenance, decides=("targets",)),
    )
    goal = goal_of(placing)
    assert not goal.maximized
    assert goal.kind is Kind.MONTHLY_TARGETS
    assert str(goal.expression) == "targets that are not placed"
    assert (goal.value, goal.bound) == (0.5 * len(left), 0.0)
    assert [(part.name, part.value) for part in goal.parts] == [(n, 0.5) for n in names.values()]
    units = placing.tables["objective"]["counted_in"]
    assert set(units) == {"个月均目标 average monthly targets"}
