"""A scenario that arrays can be built from, although checks have found it wrong.

Further checks build the problem to judge expressions. Trees that run in circles,
placements that feed nothing and calendars out of range would stop them, or never let
them stop; what is wrong with those has been said already.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from allocopt.findings import Severity
from allocopt.scenario.pathfinding import PathFinding
from allocopt.scenario.schema.base import Titled
from allocopt.scenario.schema.calendar import CalendarSection, ProfileSource
from allocopt.scenario.schema.levers import SplitBy
from allocopt.scenario.schema.scenario import ScenarioSchema
from allocopt.scenario.schema.structure import Tree
from allocopt.scenario.tree import Path

Row = TypeVar("Row", bound=Titled)

_ROOT = {"parent": None}
_FEEDS_ALL = {"split_by": SplitBy.EQUAL, "units": (), "products": (), "channels": ()}
_EVEN = {"source": ProfileSource.EVEN, "weights": ()}


def made_sound(data: ScenarioSchema, findings: Iterable[PathFinding]) -> ScenarioSchema:
    """Return ``data`` with what ``findings`` call wrong replaced where it must be.

    Parameters
    ----------
    data : ScenarioSchema
    findings : iterable of PathFinding
        Of all checks so far.
    """
    wrong = {tuple(one.path.split(".")) for one in findings if one.severity is Severity.ERROR}
    if not wrong:
        return data
    changes: dict[str, Any] = {
        "units": _changed(data.units, _rows(wrong, "units", "parent"), _ROOT),
        "products": _changed(data.products, _rows(wrong, "products", "parent"), _ROOT),
        "channels": _changed(data.channels, _rows(wrong, "channels", "parent"), _ROOT),
        "expenses": _changed(data.expenses, _rows(wrong, "expenses", "parent"), _ROOT),
        "trees": tuple(_with_sound_nodes(tree, wrong) for tree in data.trees),
        "profiles": _changed(data.profiles, _rows(wrong, "profiles", "weights"), _EVEN),
    }
    unfed = _rows(wrong, "placements", "split_by") | _rows(wrong, "placements", None)
    changes["placements"] = _changed(data.placements, unfed, _FEEDS_ALL)
    if any(path[0] == "calendar" for path in wrong):
        start, periods = date(2000, 1, 1), data.calendar.periods
        changes["calendar"] = CalendarSection(start=start, periods=periods)
    return data.model_copy(update=changes)


def _rows(wrong: Iterable[Path], section: str, key: str | None) -> frozenset[str]:
    """Return the rows of ``section`` whose ``key``, or which as a whole, are wrong."""
    tail = () if key is None else (key,)
    return frozenset(
        path[1] for path in wrong if path[:1] == (section,) and path[2:] == tail and len(path) > 1
    )


def _with_sound_nodes(tree: Tree, wrong: Iterable[Path]) -> Tree:
    nodes = {path[2:] for path in wrong if path[:2] == ("trees", tree.id)}
    names = frozenset(
        path[1] for path in nodes if path[:1] == ("nodes",) and path[2:] == ("parent",)
    )
    return tree.model_copy(update={"nodes": _changed(tree.nodes, names, _ROOT)})


def _changed(
    rows: tuple[Row, ...], names: frozenset[str], values: Mapping[str, Any]
) -> tuple[Row, ...]:
    return tuple(row.model_copy(update=values) if row.id in names else row for row in rows)
