"""Trees over labels: organization, products, channels, expense lines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Tree:
    """A forest given by each node's parent, parents known before use.

    Attributes
    ----------
    parents : mapping from node to its parent, None for a root; in file order
    levels : mapping from node to the name of its level, for nodes that have one
    """

    parents: Mapping[str, str | None]
    levels: Mapping[str, str]

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """Nodes without children, in file order."""
        inner = set(self.parents.values())
        return tuple(node for node in self.parents if node not in inner)

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """Nodes without a parent, in file order."""
        return tuple(node for node, parent in self.parents.items() if parent is None)

    def lineage(self, node: str) -> tuple[str, ...]:
        """Return ``node`` and its ancestors, from the node up to the root."""
        line = [node]
        while (parent := self.parents[line[-1]]) is not None:
            line.append(parent)
        return tuple(line)

    def at_level(self, level: str) -> tuple[str, ...]:
        """Return the nodes of ``level``, in file order."""
        return tuple(node for node in self.parents if self.levels.get(node) == level)

    def lowest_common(self, nodes: Iterable[str]) -> str | None:
        """Return the lowest node above (or equal to) all ``nodes``; None where they have none."""
        lines = [self.lineage(node) for node in nodes]
        if not lines:
            return None
        shared = set(lines[0]).intersection(*lines[1:])
        return next((node for node in lines[0] if node in shared), None)
