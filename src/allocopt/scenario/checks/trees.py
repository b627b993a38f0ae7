"""Trees: parents exist, nobody is above itself, all trees stand over the same leaves."""

from collections.abc import Iterator

from allocopt.scenario.checks.index import Forest, Index, Known
from allocopt.scenario.pathfinding import PathFinding, error
from allocopt.scenario.schema.structure import Tree
from allocopt.text import T, Text


def check_trees(index: Index) -> Iterator[PathFinding]:
    """Check every tree of the scenario."""
    expenses = Forest.of((one.id, one.parent) for one in index.data.expenses)
    yield from _tree("units", T("the unit"), index.unit_tree)
    yield from _tree("products", T("the product"), index.product_tree)
    yield from _tree("channels", T("the channel"), index.channel_tree)
    yield from _tree("expenses", T("the expense line"), expenses)
    yield from _single_root(index)
    for tree in index.data.trees:
        path = f"trees.{tree.id}.nodes"
        yield from _tree(path, T("the node"), index.other_trees[tree.id])
        yield from _same_leaves(tree, index)
    yield from _clashes(index)


def _tree(section: str, what: Text, tree: Forest) -> Iterator[PathFinding]:
    known = Known(what, section, tree.parents)
    for name, parent in tree.parents.items():
        yield from known.unknown(f"{section}.{name}.parent", [parent])
    for circle in tree.circles:
        yield error(
            f"{section}.{circle[0]}.parent",
            T("these are parents of each other in a circle: {names}", names=" > ".join(circle)),
            T("Give one of them another parent, or none."),
            *(f"{section}.{name}.parent" for name in circle),
        )


def _single_root(index: Index) -> Iterator[PathFinding]:
    for name in index.unit_tree.roots[1:]:
        first = index.unit_tree.roots[0]
        yield error(
            f"units.{name}",
            T(
                "{name} has no parent, but the organization's root is {first}",
                name=name,
                first=first,
            ),
            T("Give it a parent; the tree of units has one root."),
            "units",
        )


def _same_leaves(tree: Tree, index: Index) -> Iterator[PathFinding]:
    forest = index.other_trees[tree.id]
    if forest.circles or index.unit_tree.circles:
        return
    path = f"trees.{tree.id}.nodes"
    leaves = frozenset(index.unit_tree.leaves)
    for name in forest.leaves:
        if name not in leaves:
            yield error(
                f"{path}.{name}",
                T("{name} has no children here and is no leaf of the units", name=name),
                T("Use the identifiers of the units' leaves, or remove the node."),
                "units",
            )
    for name in index.unit_tree.leaves:
        if name not in forest.parents:
            yield error(
                path,
                T("the unit {name} is missing from the tree {tree}", name=name, tree=tree.id),
                T("Add a row with its id and its parent in this tree."),
                "units",
                f"units.{name}",
            )


def _clashes(index: Index) -> Iterator[PathFinding]:
    """Find inner nodes whose name another tree over the units has."""
    if index.unit_tree.circles:
        return
    leaves = frozenset(index.unit_tree.leaves)
    owner = dict.fromkeys(index.unit_tree.parents, "units")
    for tree, forest in index.other_trees.items():
        inner = frozenset(forest.parents) - frozenset(forest.leaves)
        for name in forest.parents:
            if name in owner and (name in inner or name not in leaves):
                yield error(
                    f"trees.{tree}.nodes.{name}",
                    T(
                        "{name} is an inner node here and also stands in {other}",
                        name=name,
                        other=owner[name],
                    ),
                    T("Rename it; inner nodes of all unit trees have different names."),
                    "units",
                )
        for name in inner:
            owner.setdefault(name, f"trees.{tree}")
