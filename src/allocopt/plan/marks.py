"""Where each value of a scenario was set, kept across a run."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from allocopt.plan.csv_files import read_table
from allocopt.scenario.tree import Branch, Items, Leaf, Mark, Node, row_name, unfolded

PROVENANCE_FILE = "provenance.csv"
PROVENANCE_COLUMNS = ("path", "file", "line")


def read_marks(folder: Path) -> dict[str, Mark]:
    """Return path -> place of every value of a run's scenario.

    Raises
    ------
    RunError
        If ``provenance.csv`` cannot be read.
    """
    rows = read_table(folder, PROVENANCE_FILE, PROVENANCE_COLUMNS).rows
    return {row.text("path"): Mark(row.text("file"), row.whole("line"), 1) for row in rows}


def with_marks(root: Branch, marks: Mapping[str, Mark]) -> Branch:
    """Return a merged scenario whose leaves have the places in ``marks``, where it has one."""
    marked = _marked(root, (), marks)
    return marked if isinstance(marked, Branch) else root


def _marked(node: Node, path: tuple[str, ...], marks: Mapping[str, Mark]) -> Node:
    found = unfolded(node)
    if isinstance(found, Leaf):
        return replace(found, mark=marks.get(".".join(path), found.mark))
    if isinstance(found, Branch):
        entries = {key: _marked(one, (*path, key), marks) for key, one in found.entries.items()}
        keys = {key: entry.mark for key, entry in entries.items()}
        return Branch(entries, keys, _first(keys.values(), found.mark))
    if isinstance(found, Items):
        nodes = tuple(
            _marked(one, (*path, row_name(found, n)), marks) for n, one in enumerate(found.nodes)
        )
        return replace(found, nodes=nodes, mark=_first((n.mark for n in nodes), found.mark))
    return found


def _first(marks: Iterable[Mark], otherwise: Mark) -> Mark:
    return next(iter(marks), otherwise)
