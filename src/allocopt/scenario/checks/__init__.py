"""Checks across sections: references, trees, ranges that only make sense together."""

from collections.abc import Iterator

from allocopt.scenario.checks.calendar import check_calendar
from allocopt.scenario.checks.cells import check_cells
from allocopt.scenario.checks.duplicates import duplicate_ids
from allocopt.scenario.checks.index import Index
from allocopt.scenario.checks.levers import check_levers
from allocopt.scenario.checks.lines import check_lines
from allocopt.scenario.checks.money import check_money
from allocopt.scenario.checks.people import check_people
from allocopt.scenario.checks.targets import check_targets
from allocopt.scenario.checks.trees import check_trees
from allocopt.scenario.checks.uncertainty import check_uncertainty
from allocopt.scenario.pathfinding import PathFinding
from allocopt.scenario.schema.scenario import ScenarioSchema

__all__ = ["check_sections", "check_structure", "duplicate_ids"]

_STRUCTURE = (check_trees, check_cells)
_SECTIONS = (
    check_calendar,
    check_levers,
    check_money,
    check_people,
    check_lines,
    check_targets,
    check_uncertainty,
)


def check_structure(data: ScenarioSchema) -> Iterator[PathFinding]:
    """Yield what is wrong with trees and cells, which all other sections refer to.

    Parameters
    ----------
    data : ScenarioSchema
        Possibly only the valid part of a scenario.
    """
    index = Index(data)
    for check in _STRUCTURE:
        yield from check(index)


def check_sections(data: ScenarioSchema) -> Iterator[PathFinding]:
    """Yield what is wrong with the other sections; as `check_structure` otherwise."""
    index = Index(data)
    for check in _SECTIONS:
        yield from check(index)
