"""Identifiers that stand twice in one list."""

from collections.abc import Iterator

from allocopt.scenario.pathfinding import PathFinding, error
from allocopt.scenario.tree import Branch, Items, Node, Path, row_id, row_name
from allocopt.text import T


def duplicate_ids(node: Node, path: Path = ()) -> Iterator[PathFinding]:
    """Yield a finding for every row whose identifier an earlier row of its list has.

    Parameters
    ----------
    node : Node
        The merged tree: the schema's form has lost the places.
    path : tuple of str
    """
    if isinstance(node, Branch):
        for key, inner in node.entries.items():
            yield from duplicate_ids(inner, (*path, key))
    elif isinstance(node, Items):
        yield from _in_list(node, path)


def _in_list(items: Items, path: Path) -> Iterator[PathFinding]:
    for position, row in enumerate(items.nodes):
        name = row_id(row)
        if name is not None and items.positions[name] != position:
            first = items.nodes[items.positions[name]].mark
            yield error(
                ".".join((*path, f"#{position}", "id")),
                T(
                    "{name} stands twice; first in {file} line {line}",
                    name=name,
                    file=first.file,
                    line=first.line,
                ),
                T("Give each row its own id, or remove one of them."),
            )
        if isinstance(row, Branch):
            yield from duplicate_ids(row, (*path, row_name(items, position)))
