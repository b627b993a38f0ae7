"""Lines: bounds, prices, levels, periods, and ratios that the zero plan satisfies."""

import re
from collections.abc import Iterator

from allocopt.scenario.checks.bounds import check_bounds
from allocopt.scenario.checks.calendar import outside_horizon
from allocopt.scenario.checks.index import Index
from allocopt.scenario.checks.scopes import unknown_members
from allocopt.scenario.pathfinding import PathFinding, error, warning
from allocopt.scenario.schema.limits import LineKind, LineSpec
from allocopt.text import T

_VOLUME_OR_REVENUE = re.compile(
    r"\b(?:volume|gross_adds|effective_adds|net_adds|customers|revenue)\b", re.ASCII
)


def check_lines(index: Index) -> Iterator[PathFinding]:
    """Check the lines."""
    for line in index.data.lines:
        path = f"lines.{line.id}"
        yield from check_bounds(path, line)
        yield from unknown_members(f"{path}.scope", line.scope, index)
        yield from index.levels.unknown(f"{path}.per", [line.per])
        yield from outside_horizon(f"{path}.periods", line.periods, index)
        yield from _price(line, path)
    yield from _ratios_without_floor(index)


def _price(line: LineSpec, path: str) -> Iterator[PathFinding]:
    if line.kind is LineKind.SOFT and line.price is None:
        yield error(
            path,
            T("a soft line needs a price"),
            T("Add 'price', in 元 per unit of shortfall, or write 'kind: hard'."),
            f"{path}.kind",
        )
    if line.kind is not LineKind.SOFT and line.price is not None:
        yield warning(
            f"{path}.price",
            T("the price is not used, because the line is {kind}", kind=line.kind),
            T("Remove it, or write 'kind: soft'."),
            f"{path}.kind",
        )


def _ratios_without_floor(index: Index) -> Iterator[PathFinding]:
    if any(_is_floor(line) for line in index.data.lines):
        return
    for line in index.data.lines:
        if "/" in line.expression and line.kind is not LineKind.REPORT:
            yield warning(
                f"lines.{line.id}.expression",
                T("the zero plan satisfies this ratio"),
                T("Add a line with 'at_least' on volume or revenue."),
                "lines.*",
            )


def _is_floor(line: LineSpec) -> bool:
    bounded = line.at_least is not None or line.equals is not None
    required = bounded and line.kind is not LineKind.REPORT
    return (
        required and "/" not in line.expression and bool(_VOLUME_OR_REVENUE.search(line.expression))
    )
