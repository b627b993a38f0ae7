"""The names of a scenario, gathered once for all checks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from allocopt.scenario.pathfinding import PathFinding, error
from allocopt.scenario.schema.scenario import ScenarioSchema
from allocopt.scenario.schema.structure import Cell
from allocopt.scenario.wording import did_you_mean
from allocopt.text import T, Text

# Searching for near names is slow over long lists; one wrong column would repeat it per row.
_MOST_SEARCHES = 40


class Known:
    """The names that a reference may use.

    Parameters
    ----------
    what : Text
        What the names stand for, with an article: "the unit".
    section : str
        Where they are defined.
    names : iterable of str
    """

    def __init__(self, what: Text, section: str, names: Iterable[str]) -> None:
        self.what = what
        self.section = section
        self.names = tuple(dict.fromkeys(names))
        self._set = frozenset(self.names)
        self._hints: dict[str, Text] = {}

    def __contains__(self, name: object) -> bool:
        """Return whether ``name`` is known."""
        return name in self._set

    def unknown(self, path: str, names: Iterable[str | None]) -> Iterable[PathFinding]:
        """Yield an error at ``path`` for each of ``names`` that is not known.

        Parameters
        ----------
        path : str
        names : iterable of str or None
            ``None`` is no reference.
        """
        for name in names:
            if name is not None and name not in self._set:
                message = T("{what} {name} is not known", what=self.what, name=name)
                yield error(path, message, self._hint(name), self.section)

    def _hint(self, name: str) -> Text:
        if name not in self._hints and len(self._hints) < _MOST_SEARCHES:
            self._hints[name] = did_you_mean(name, self.names)
        return self._hints.get(name) or T("Check the spelling.")


@dataclass(frozen=True)
class Forest:
    """A tree, or several, by the parent of each node.

    Attributes
    ----------
    parents : mapping of str to (str or None)
        Of the first row of each name.
    """

    parents: Mapping[str, str | None]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str | None]]) -> "Forest":
        """Return the forest of (node, parent) pairs."""
        parents: dict[str, str | None] = {}
        for name, parent in pairs:
            parents.setdefault(name, parent)
        return cls(parents)

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """Return the nodes without children."""
        inner = {parent for parent in self.parents.values() if parent is not None}
        return tuple(name for name in self.parents if name not in inner)

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """Return the nodes without parent."""
        return tuple(name for name, parent in self.parents.items() if parent is None)

    @cached_property
    def circles(self) -> Sequence[tuple[str, ...]]:
        """Return the nodes that are above themselves: each circle once, closed by its first."""
        done: set[str] = set()
        found = []
        for start in self.parents:
            line: dict[str, int] = {}
            node: str | None = start
            while (
                node is not None and node in self.parents and node not in done and node not in line
            ):
                line[node] = len(line)
                node = self.parents[node]
            if node is not None and node in line:
                found.append((*list(line)[line[node] :], node))
            done.update(line)
        return found

    def above(self, name: str) -> Sequence[str]:
        """Return ``name`` and what is above it; a cycle is followed once."""
        line: dict[str, None] = {}
        node: str | None = name
        while node is not None and node not in line and node in self.parents:
            line[node] = None
            node = self.parents[node]
        return tuple(line)

    @cached_property
    def leaves_below(self) -> Mapping[str, Sequence[str]]:
        """Return node -> its leaves; a leaf's own is itself."""
        found: dict[str, list[str]] = defaultdict(list)
        for leaf in self.leaves:
            for node in self.above(leaf):
                found[node].append(leaf)
        return found


@dataclass(frozen=True)
class Index:
    """What the checks look up again and again.

    Attributes
    ----------
    data : ScenarioSchema
        Possibly only the valid part of a scenario.
    """

    data: ScenarioSchema

    @cached_property
    def unit_tree(self) -> Forest:
        """Return the organization tree."""
        return Forest.of((node.id, node.parent) for node in self.data.units)

    @cached_property
    def product_tree(self) -> Forest:
        """Return products and their groups."""
        return Forest.of((node.id, node.parent) for node in self.data.products)

    @cached_property
    def channel_tree(self) -> Forest:
        """Return channels and their groups."""
        return Forest.of((node.id, node.parent) for node in self.data.channels)

    @cached_property
    def other_trees(self) -> Mapping[str, Forest]:
        """Return the further trees over the unit leaves."""
        return {
            tree.id: Forest.of((node.id, node.parent) for node in tree.nodes)
            for tree in self.data.trees
        }

    @cached_property
    def is_sound(self) -> bool:
        """Return whether every node has leaves below it: no tree runs in a circle."""
        trees = (self.unit_tree, self.product_tree, self.channel_tree, *self.other_trees.values())
        return not any(tree.circles for tree in trees)

    @cached_property
    def unit_leaves_below(self) -> Mapping[str, Sequence[str]]:
        """Return node of any tree over the units -> its leaves."""
        found: dict[str, Sequence[str]] = {}
        for tree in (*self.other_trees.values(), self.unit_tree):
            found.update(tree.leaves_below)
        return found

    @cached_property
    def units(self) -> Known:
        """Return the units of the organization tree."""
        return Known(T("the unit"), "units", self.unit_tree.parents)

    @cached_property
    def all_units(self) -> Known:
        """Return the units of all trees."""
        trees = (self.unit_tree, *self.other_trees.values())
        return Known(T("the unit"), "units", (name for tree in trees for name in tree.parents))

    @cached_property
    def products(self) -> Known:
        """Return products and groups of them."""
        return Known(T("the product"), "products", self.product_tree.parents)

    @cached_property
    def channels(self) -> Known:
        """Return channels and groups of them."""
        return Known(T("the channel"), "channels", self.channel_tree.parents)

    @cached_property
    def cells(self) -> Known:
        """Return the cells."""
        return Known(T("the cell"), "cells", (cell.id for cell in self.data.cells))

    @cached_property
    def profiles(self) -> Known:
        """Return the schedule profiles."""
        return Known(T("the profile"), "profiles", (one.id for one in self.data.profiles))

    @cached_property
    def windows(self) -> Known:
        """Return the campaign windows."""
        names = (window.id for window in self.data.calendar.windows)
        return Known(T("the window"), "calendar.windows", names)

    @cached_property
    def expenses(self) -> Known:
        """Return the expense lines and groups of them."""
        return Known(T("the expense line"), "expenses", (one.id for one in self.data.expenses))

    @cached_property
    def levers(self) -> Known:
        """Return the levers."""
        return Known(T("the lever"), "levers", (one.id for one in self.data.levers))

    @cached_property
    def curves(self) -> Known:
        """Return the shared curves."""
        return Known(T("the curve"), "curves", (one.id for one in self.data.curves))

    @cached_property
    def placements(self) -> Known:
        """Return the placements."""
        return Known(T("the placement"), "placements", (one.id for one in self.data.placements))

    @cached_property
    def roles(self) -> Known:
        """Return the roles."""
        return Known(T("the role"), "roles", (one.id for one in self.data.roles))

    @cached_property
    def levels(self) -> Known:
        """Return the levels of the organization tree."""
        names = (unit.level for unit in self.data.units if unit.level is not None)
        return Known(T("the level"), "units", names)

    @cached_property
    def categories(self) -> Known:
        """Return the categories of units."""
        names = (unit.category for unit in self.data.units if unit.category is not None)
        return Known(T("the category"), "units", names)

    @cached_property
    def weights(self) -> Known:
        """Return the named factors of the cells."""
        names = (name for cell in self.data.cells for name in cell.weight)
        return Known(T("the factor"), "cells", names)

    @cached_property
    def cells_by_unit(self) -> Mapping[str, Sequence[Cell]]:
        """Return leaf unit -> its cells."""
        found: dict[str, list[Cell]] = defaultdict(list)
        for cell in self.data.cells:
            found[cell.unit].append(cell)
        return found

    def cells_in(
        self, units: Sequence[str], products: Sequence[str], channels: Sequence[str]
    ) -> list[Cell]:
        """Return the cells of a scope; an empty axis filters nothing."""
        wanted = _below(self.product_tree.leaves_below, products)
        through = _below(self.channel_tree.leaves_below, channels)
        leaves = _below(self.unit_leaves_below, units) if units else self.cells_by_unit
        return [
            cell
            for leaf in leaves
            for cell in self.cells_by_unit.get(leaf, ())
            if (not products or cell.product in wanted)
            and (not channels or cell.channel in through)
        ]


def _below(leaves: Mapping[str, Sequence[str]], names: Sequence[str]) -> Mapping[str, None]:
    """Return the leaves below any of ``names``, each once and in order."""
    return dict.fromkeys(leaf for name in names for leaf in leaves.get(name, ()))
