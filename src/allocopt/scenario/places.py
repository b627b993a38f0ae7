"""From a dotted path to the place in the files."""

from allocopt.scenario.tree import Branch, Items, Mark, Node, child, position_of, row_name


def resolved_path(root: Branch, path: str) -> tuple[str, Mark]:
    """Return ``path`` with rows by identifier, and the place of its value.

    Parameters
    ----------
    root : Branch
    path : str
        Dotted; rows by identifier or by position from 0. Where it leads nowhere the
        place is that of the nearest value above.
    """
    node: Node = root
    names: list[str] = []
    parts = path.split(".") if path else []
    for place, name in enumerate(parts):
        inner = child(node, name)
        if inner is None:
            names.extend(parts[place:])
            break
        names.append(_shown_name(node, name))
        node = inner
    return ".".join(names), _mark(node)


def _shown_name(holder: Node, name: str) -> str:
    if not isinstance(holder, Items):
        return name
    position = position_of(holder, name)
    return name if position is None else row_name(holder, position)


def _mark(node: Node) -> Mark:
    """Return the place of ``node``; of its first row for a table."""
    if isinstance(node, Items) and node.nodes and not isinstance(node.nodes[0], Branch):
        return node.mark
    return node.mark
