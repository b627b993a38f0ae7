"""One mistake, one finding: what rests on an invalid value is not reported again."""

from collections.abc import Iterable
from dataclasses import dataclass

from allocopt.findings import Severity
from allocopt.scenario.pathfinding import PathFinding
from allocopt.scenario.tree import Branch, Broken, Items, Node, Path, row_name


@dataclass(frozen=True)
class Invalid:
    """What is known to be wrong already.

    Attributes
    ----------
    paths : frozenset of tuple of str
        Of values that are invalid.
    above : frozenset of tuple of str
        Every path that has one of them below it.
    sections : frozenset of str
        Sections that lack rows which could not be read.
    """

    paths: frozenset[Path]
    above: frozenset[Path]
    sections: frozenset[str]

    def covers(self, finding: PathFinding) -> bool:
        """Return whether ``finding`` rests on something that is invalid anyway."""
        path = tuple(finding.path.split("."))
        if path in self.above or finding.path in self.sections or self._has(path):
            return True
        return any(self._rests_on(tuple(other.split("."))) for other in finding.about)

    def extended(self, findings: Iterable[PathFinding]) -> "Invalid":
        """Return the record with the single values that ``findings`` call wrong."""
        paths = (tuple(one.path.split(".")) for one in findings if one.severity is Severity.ERROR)
        return invalid({*self.paths, *(path for path in paths if len(path) > 2)}, self.sections)

    def _has(self, path: Path) -> bool:
        return any(path[:length] in self.paths for length in range(1, len(path) + 1))

    def _rests_on(self, path: Path) -> bool:
        if path[-1] == "*":
            return path[:-1] in self.above or self._rests_on(path[:-1])
        if ".".join(path) in self.sections or self._has(path):
            return True
        return len(path) > 1 and path in self.above


def invalid(paths: Iterable[Path], sections: Iterable[str]) -> Invalid:
    """Return the record of invalid ``paths`` and of ``sections`` that lack rows."""
    known = frozenset(paths)
    above = frozenset(path[:length] for path in known for length in range(len(path)))
    return Invalid(known, above, frozenset(sections))


def broken_paths(node: Node, path: Path = ()) -> Iterable[Path]:
    """Yield the paths of values below ``node`` that could not be read."""
    if isinstance(node, Broken):
        yield path
    elif isinstance(node, Branch):
        for key, inner in node.entries.items():
            yield from broken_paths(inner, (*path, key))
    elif isinstance(node, Items):
        for position, inner in enumerate(node.nodes):
            if isinstance(inner, Branch):
                yield from broken_paths(inner, (*path, row_name(node, position)))


def incomplete_lists(node: Node, path: Path = ()) -> Iterable[str]:
    """Yield the dotted paths of lists below ``node`` from which rows are missing."""
    if isinstance(node, Items):
        if node.incomplete:
            yield ".".join(path)
        for position, inner in enumerate(node.nodes):
            if isinstance(inner, Branch):
                yield from incomplete_lists(inner, (*path, row_name(node, position)))
    elif isinstance(node, Branch):
        for key, inner in node.entries.items():
            yield from incomplete_lists(inner, (*path, key))
