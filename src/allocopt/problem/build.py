"""Scenario to Problem: labels become positions here and nowhere else."""

from collections.abc import Iterable, Mapping

from allocopt.curves import FAMILIES, Curve
from allocopt.problem.accounts import account_axis, build_accounts
from allocopt.problem.axes import AxisName
from allocopt.problem.calendar import build_calendar
from allocopt.problem.cells import build_cells, build_market, cell_axis, market_axis
from allocopt.problem.placements import build_placements, placement_axis
from allocopt.problem.problem import Problem, Trees
from allocopt.problem.staff import build_staff, group_axis
from allocopt.problem.targets import build_targets, target_axis
from allocopt.problem.tree import Tree
from allocopt.scenario.schema.money import Expense
from allocopt.scenario.schema.scenario import ScenarioSchema
from allocopt.scenario.schema.structure import Node


def _tree(nodes: Iterable[Node]) -> Tree:
    rows = tuple(nodes)
    return Tree(
        parents={node.id: node.parent for node in rows},
        levels={node.id: node.level for node in rows if node.level is not None},
    )


def _expense_tree(lines: tuple[Expense, ...]) -> Tree:
    return Tree(parents={line.id: line.parent for line in lines}, levels={})


def build_trees(schema: ScenarioSchema) -> Trees:
    """Return the trees that scopes speak of."""
    return Trees(
        units=_tree(schema.units),
        more=tuple(_tree(tree.nodes) for tree in schema.trees),
        products=_tree(schema.products),
        channels=_tree(schema.channels),
        expenses=_expense_tree(schema.expenses),
    )


def build_problem(
    schema: ScenarioSchema, families: Mapping[str, type[Curve]] = FAMILIES
) -> Problem:
    """Return ``schema`` as arrays aligned to labels.

    Parameters
    ----------
    schema : ScenarioSchema
        Checked: every reference resolves, every leaf is there.
    families : mapping family name -> Curve class

    Raises
    ------
    CurveError
        If a placement's curve has an unknown family or a parameter out of range.
    """
    trees = build_trees(schema)
    calendar = build_calendar(schema.calendar, schema.profiles)
    cells = build_cells(schema.cells, calendar)
    axis = cell_axis(schema.cells, trees)
    placements = build_placements(schema, trees, cells=cells, cell_axis=axis, families=families)
    staff = build_staff(schema, axis, trees)
    accounts = build_accounts(
        schema, calendar, trees, cells=cells, cell_axis=axis, placements=placements, staff=staff
    )
    target_cells = build_targets(schema.targets, cells, axis)
    axes = {
        AxisName.CELLS: axis,
        AxisName.MARKET: market_axis(schema.market, trees),
        AxisName.PLACEMENTS: placement_axis(schema, placements, trees),
        AxisName.GROUPS: group_axis(schema, trees),
        AxisName.ACCOUNTS: account_axis(accounts, trees),
        AxisName.TARGETS: target_axis(target_cells, trees),
    }
    return Problem(
        name=schema.id,
        title=schema.title.bilingual(),
        volume_unit=schema.volume_unit.bilingual(),
        money_unit=schema.money_unit.yuan,
        calendar=calendar,
        trees=trees,
        cells=cells,
        placements=placements,
        staff=staff,
        accounts=accounts,
        market=build_market(schema.market, schema.calendar.periods),
        target_cells=target_cells,
        axes=axes,
        lines=schema.lines,
        targets=schema.targets,
        change_limits=schema.change_limits,
        objective=schema.objective,
        uncertainty=schema.uncertainty,
    )
