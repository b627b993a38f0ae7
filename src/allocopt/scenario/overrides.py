"""``--set path=value``: single values laid over the merged scenario."""

from collections.abc import Sequence

from allocopt.scenario.merge import merged
from allocopt.scenario.notes import Notes
from allocopt.scenario.schema.scenario import ScenarioSchema
from allocopt.scenario.shape import Shape, fields_of, item_of, stepped
from allocopt.scenario.tree import Branch, Broken, Items, Leaf, Mark, Node, position_of, unfolded
from allocopt.scenario.wording import did_you_mean, shown
from allocopt.scenario.yaml_source import read_yaml
from allocopt.text import T, Text

OVERRIDE = Mark("--set", 0, 0)


class _PathError(Exception):
    """The path leads nowhere."""

    def __init__(self, message: Text, hint: Text) -> None:
        super().__init__(str(message))
        self.message = message
        self.hint = hint


def with_overrides(root: Branch, overrides: Sequence[str], notes: Notes) -> Branch:
    """Return ``root`` with every override applied, in order.

    Parameters
    ----------
    root : Branch
    overrides : sequence of str
        Each ``path=value``; the path dotted with row identifiers, the value YAML.
    notes : Notes
    """
    for text in overrides:
        path, equals, value = text.partition("=")
        if not equals or not path.strip():
            notes.error(
                OVERRIDE,
                T("the override {text} is not path=value", text=shown(text)),
                T("Write it as in placements.p07.upper=30."),
            )
            continue
        node = _value(value, path, notes)
        if node is not None:
            root = _applied(root, path.strip(), node, notes)
    return root


def _value(text: str, path: str, notes: Notes) -> Node | None:
    inner = Notes()
    node = read_yaml(text, OVERRIDE.file, inner) if text.strip() else Leaf(None, OVERRIDE)
    for finding in inner.findings:
        notes.error(OVERRIDE, finding.message, finding.hint, path=path)
    return None if inner.findings or node is None else _remarked(node)


def _remarked(node: Node) -> Node:
    """Return ``node`` as set by an override."""
    if isinstance(node, Branch):
        entries = {key: _remarked(inner) for key, inner in node.entries.items()}
        return Branch(entries, dict.fromkeys(entries, OVERRIDE), OVERRIDE)
    if isinstance(node, Items):
        return Items(tuple(_remarked(inner) for inner in node.nodes), OVERRIDE)
    return Leaf(node.value, OVERRIDE) if isinstance(node, Leaf) else Broken(OVERRIDE)


def _applied(root: Branch, path: str, value: Node, notes: Notes) -> Branch:
    try:
        found = _replaced(root, ScenarioSchema, path.split("."), value)
    except _PathError as error:
        notes.error(OVERRIDE, error.message, error.hint, path=path)
        return root
    return found if isinstance(found, Branch) else root


def _replaced(node: Node, shape: Shape, path: Sequence[str], value: Node) -> Node:
    """Return ``node`` with ``value`` at ``path``."""
    if not path:
        return merged(node, value, Notes()) if isinstance(value, Branch) else value
    node = unfolded(node)
    if isinstance(node, Broken):
        return node
    if isinstance(node, Branch):
        return _replaced_entry(node, shape, path, value)
    if isinstance(node, Items):
        return _replaced_item(node, shape, path, value)
    raise _PathError(
        T("{name} leads into a single value", name=shown(path[0])),
        T("Shorten the path."),
    )


def _replaced_entry(node: Branch, shape: Shape, path: Sequence[str], value: Node) -> Branch:
    name = path[0]
    below = stepped(shape, name)
    if below is None:
        raise _PathError(
            T("the key {key} is not known", key=shown(name)),
            did_you_mean(name, fields_of(shape)),
        )
    inner = node.entries.get(name)
    if inner is None:
        empty: Node = Items((), OVERRIDE) if item_of(below) else Branch({}, {}, OVERRIDE)
        inner = value if len(path) == 1 else empty
    replaced = _replaced(inner, below, path[1:], value)
    marks = {**node.key_marks, name: node.key_marks.get(name, OVERRIDE)}
    return Branch({**node.entries, name: replaced}, marks, node.mark)


def _replaced_item(node: Items, shape: Shape, path: Sequence[str], value: Node) -> Items:
    position = position_of(node, path[0])
    if position is None:
        raise _PathError(
            T("there is no row {name}", name=shown(path[0])),
            did_you_mean(path[0], node.positions),
        )
    nodes = list(node.nodes)
    nodes[position] = _replaced(nodes[position], item_of(shape), path[1:], value)
    return Items(nodes, node.mark, node.incomplete)
