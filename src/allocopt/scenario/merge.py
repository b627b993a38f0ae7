"""Overlays: one tree laid over another, rows meeting by identifier.

Mappings merge key by key and lists of rows row by row; every other value, and every
other list, is replaced. ``remove: true`` deletes a row.
"""

from allocopt.scenario.notes import Notes
from allocopt.scenario.tree import (
    Branch,
    Items,
    Leaf,
    Node,
    TableRow,
    row_id,
    unfolded,
)
from allocopt.scenario.wording import did_you_mean
from allocopt.text import T


def merged(base: Node, over: Node, notes: Notes, path: str = "") -> Node:
    """Return ``base`` with ``over`` laid on it.

    Parameters
    ----------
    base, over : Node
    notes : Notes
        Takes findings on rows that cannot be merged.
    path : str
        Where the two stand, for findings.
    """
    mappings = (Branch, TableRow)
    if isinstance(base, mappings) and isinstance(over, mappings):
        return _merged_branches(unfolded(base), unfolded(over), notes, path)
    if isinstance(base, Items) and isinstance(over, Items) and _has_rows(over):
        return merged_items(base, over, notes, path)
    return over


def _merged_branches(base: Node, over: Node, notes: Notes, path: str) -> Branch:
    if not isinstance(base, Branch) or not isinstance(over, Branch):
        raise AssertionError
    entries, marks = dict(base.entries), dict(base.key_marks)
    for key, node in over.entries.items():
        below = f"{path}.{key}" if path else key
        entries[key] = merged(entries[key], node, notes, below) if key in entries else node
        marks[key] = over.key_marks[key]
    return Branch(entries, marks, base.mark)


def _has_rows(items: Items) -> bool:
    return any(row_id(node) is not None for node in items.nodes)


def merged_items(base: Items, over: Items, notes: Notes, path: str = "") -> Items:
    """Return the rows of ``base`` with the rows of ``over`` merged in by identifier."""
    rows = list(base.nodes)
    places = dict(base.positions)
    removed: set[int] = set()
    incomplete = base.incomplete or over.incomplete
    for node in over.nodes:
        name = row_id(node)
        if name is None:
            _note_nameless(node, notes, path)
            incomplete = True
        elif _removes(node):
            _remove(node, places, removed, notes=notes, path=path)
        elif name in places:
            rows[places[name]] = merged(rows[places[name]], node, notes, f"{path}.{name}")
        else:
            places[name] = len(rows)
            rows.append(node)
    kept = tuple(row for position, row in enumerate(rows) if position not in removed)
    return Items(kept, base.mark, incomplete)


def _removes(node: Node) -> bool:
    entry = node.entries.get("remove") if isinstance(node, Branch) else None
    return isinstance(entry, Leaf) and entry.value is True


def _remove(
    node: Node, places: dict[str, int], removed: set[int], *, notes: Notes, path: str
) -> None:
    name = row_id(node) or ""
    if name in places:
        removed.add(places.pop(name))
        return
    notes.error(
        node.mark,
        T("the row {name} is to be removed, but is not there", name=name),
        did_you_mean(name, places),
        path=f"{path}.{name}",
    )


def _note_nameless(node: Node, notes: Notes, path: str) -> None:
    notes.error(
        node.mark,
        T("a row without 'id' cannot be merged into the list"),
        T("Give it the 'id' of the row it changes, or a new one."),
        path=path,
    )
