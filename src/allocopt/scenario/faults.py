"""Validation errors of pydantic, brought to the place in the tree they speak of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from allocopt.scenario.schema.scenario import ScenarioSchema
from allocopt.scenario.shape import Shape, stepped
from allocopt.scenario.tree import Branch, Items, Mark, Node, Path, TableRow, row_name, unfolded

MISSING = "missing"
TOO_SHORT = "too_short"
UNKNOWN = "extra_forbidden"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with one value.

    Attributes
    ----------
    code : str
        The validator's error type.
    path : tuple of str
        To the value; to the key that is missing or unknown.
    mark : Mark
        Of the value; of the row if a key is missing.
    found : object
        The value as written.
    limits : mapping
        What the validator compared with, such as ``{"ge": 0}``.
    shape : Shape
        What the schema declares there; for an unknown key, what holds it.
    parent : Node
        What holds the value.
    """

    code: str
    path: Path
    mark: Mark
    found: object
    limits: dict[str, Any]
    shape: Shape
    parent: Node

    @property
    def name(self) -> str:
        """Return the last part of the path."""
        return self.path[-1] if self.path else ""


class _Walk:
    """Follows an error's location through the tree."""

    def __init__(self, root: Node) -> None:
        self.node = self.parent = root
        self.path: list[str] = []
        self.shape: Shape = ScenarioSchema
        self.holder: Shape = None
        self.key_mark = root.mark

    def step(self, element: int | str) -> bool:
        """Go where ``element`` leads; ``False`` if it is no place but a tag of a union."""
        node = unfolded(self.node)
        if isinstance(node, Items) and isinstance(element, int) and element < len(node.nodes):
            self._enter(row_name(node, element), node.nodes[element])
            return True
        if isinstance(node, Branch) and element in node.entries:
            name = str(element)
            self._enter(name, node.entries[name])
            self.key_mark = node.key_marks[name]
            return True
        return False

    def _enter(self, name: str, node: Node) -> None:
        self.parent, self.node = self.node, node
        self.holder = self.shape
        self.path.append(name)
        self.shape = stepped(self.shape, name)
        self.key_mark = node.mark


def faults(root: Branch, errors: Sequence[Any]) -> Iterator[Fault]:
    """Yield one fault per value that pydantic complains of, in its order.

    Parameters
    ----------
    root : Branch
        The tree whose plain form was validated.
    errors : sequence of dict
        As ``ValidationError.errors()`` returns them.
    """
    seen: set[tuple[Path, bool]] = set()
    for error in errors:
        fault = _fault(root, error)
        # the members of a union complain one by one of the same value
        key = (fault.path, fault.code == MISSING)
        if key not in seen:
            seen.add(key)
            yield fault


def _fault(root: Branch, error: Any) -> Fault:  # noqa: ANN401 - pydantic's dict
    location = error["loc"]
    code = error["type"]
    walk = _Walk(root)
    for element in location[: -1 if code == MISSING else None]:
        walk.step(element)
    limits = error.get("ctx", {})
    if code == MISSING:
        path = (*walk.path, str(location[-1]))
        shape = stepped(walk.shape, str(location[-1]))
        return Fault(code, path, _first(walk.node), None, limits, shape, walk.node)
    is_key = code == UNKNOWN or location[-1] == "[key]"
    shape = walk.holder if code == UNKNOWN else walk.shape
    mark = walk.key_mark if is_key else walk.node.mark
    return Fault(code, tuple(walk.path), mark, error["input"], limits, shape, walk.parent)


def _first(node: Node) -> Mark:
    """Return where a row begins."""
    return node.mark if not isinstance(node, TableRow) else node.unfolded().mark
