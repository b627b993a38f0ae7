"""What the files of a scenario say, before it is checked: values that know their place.

A scenario becomes one tree of nodes. Overlays are merged on this tree, so that every
leaf of the result still knows the file and line that set it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | None
Plain: TypeAlias = Scalar | dict[str, "Plain"] | list["Plain"]
Path: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in an input file.

    Attributes
    ----------
    file : str
        Relative to the scenario folder, with forward slashes: ``../base/scenario.yaml``
        for a scenario that is extended, ``--set`` for an override.
    line, column : int
        Counted from 1. In a table the column is the number of the field, so that
        column 3 is C in a spreadsheet. 0 for an override.
    """

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Leaf:
    """A single value."""

    value: Scalar
    mark: Mark


@dataclass(frozen=True, slots=True)
class Broken:
    """A place whose value could not be read; a finding has said why."""

    mark: Mark


@dataclass(frozen=True)
class Branch:
    """A mapping; ``key_marks`` tells where each key stands."""

    entries: Mapping[str, Node]
    key_marks: Mapping[str, Mark]
    mark: Mark


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table that rows come from.

    Attributes
    ----------
    file : str
    columns : mapping of path to int
        The number of every usable column.
    refused : frozenset of str
        Names that unusable columns have, or most likely stand for.
    """

    file: str
    columns: Mapping[Path, int]
    refused: frozenset[str]


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table; its marks are made only when somebody asks for them."""

    values: dict[str, Plain]
    table: TableFile
    line: int

    @property
    def mark(self) -> Mark:
        """Return the place of the row's first field."""
        return Mark(self.table.file, self.line, 1)

    def unfolded(self) -> Branch:
        """Return the row as a mapping of leaves with marks."""
        return self._branch(self.values, ())

    def _branch(self, values: Mapping[str, Plain], above: Path) -> Branch:
        entries = {key: self._node(value, (*above, key)) for key, value in values.items()}
        marks = {key: node.mark for key, node in entries.items()}
        first = min(marks.values(), key=lambda mark: mark.column, default=self.mark)
        return Branch(entries, marks, first if above else self.mark)

    def _node(self, value: Plain, path: Path) -> Node:
        if isinstance(value, dict):
            return self._branch(value, path)
        mark = Mark(self.table.file, self.line, self.table.columns[path])
        if isinstance(value, list):
            return Items(tuple(Leaf(str(item), mark) for item in value), mark)
        return Leaf(value, mark)


@dataclass(frozen=True)
class Items:
    """A list.

    Attributes
    ----------
    nodes : sequence of Node
        None of them broken.
    mark : Mark
    incomplete : bool
        Whether rows had to be left out; a finding has said which.
    """

    nodes: Sequence[Node]
    mark: Mark
    incomplete: bool = False

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Return identifier -> position of every row that has one, the first if several."""
        found: dict[str, int] = {}
        for position, node in enumerate(self.nodes):
            if (name := row_id(node)) is not None:
                found.setdefault(name, position)
        return found


Node: TypeAlias = Leaf | Broken | Branch | TableRow | Items


def row_id(node: Node) -> str | None:
    """Return the identifier of a row, if it has one that is text."""
    if isinstance(node, TableRow):
        found = node.values.get("id")
    elif isinstance(node, Branch) and isinstance(leaf := node.entries.get("id"), Leaf):
        found = leaf.value
    else:
        return None
    return found if isinstance(found, str) and found else None


def unfolded(node: Node) -> Node:
    """Return ``node`` with a table row as a mapping of leaves."""
    return node.unfolded() if isinstance(node, TableRow) else node


def plain(node: Node) -> Plain:
    """Return the values of ``node`` without places; broken entries are left out."""
    if isinstance(node, TableRow):
        return node.values
    if isinstance(node, Branch):
        return plain_entries(node)
    if isinstance(node, Items):
        return [plain(inner) for inner in node.nodes]
    return node.value if isinstance(node, Leaf) else None


def plain_entries(node: Branch) -> dict[str, Plain]:
    """Return the values of a mapping without places; broken entries are left out."""
    return {k: plain(n) for k, n in node.entries.items() if not isinstance(n, Broken)}


def child(node: Node, name: str) -> Node | None:
    """Return what ``name`` leads to: a key, a row's identifier, or a position."""
    node = unfolded(node)
    if isinstance(node, Branch):
        return node.entries.get(name)
    if isinstance(node, Items) and (position := position_of(node, name)) is not None:
        return node.nodes[position]
    return None


def position_of(items: Items, name: str) -> int | None:
    """Return where the row called ``name`` stands; ``3`` and ``#3`` are positions from 0."""
    if name in items.positions:
        return items.positions[name]
    digits = name.removeprefix("#")
    if digits.isascii() and digits.isdigit() and len(digits) < 9 and int(digits) < len(items.nodes):
        return int(digits)
    return None


def row_name(items: Items, position: int) -> str:
    """Return what a path calls the row at ``position``."""
    name = row_id(items.nodes[position])
    if name is None:
        return str(position)
    return name if items.positions[name] == position and "." not in name else f"#{position}"


def leaves(node: Node, path: Path = ()) -> Iterator[tuple[Path, Leaf]]:
    """Yield every leaf below ``node`` with its path."""
    node = unfolded(node)
    if isinstance(node, Leaf):
        yield path, node
    elif isinstance(node, Branch):
        for key, inner in node.entries.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(node, Items):
        for position, inner in enumerate(node.nodes):
            yield from leaves(inner, (*path, row_name(node, position)))
