"""The merged scenario as one text, without files beside it, and back.

One line per row, each a JSON value, so that two resolved scenarios compare line by
line and a hundred thousand rows read in a second. JSON is YAML: the text is also a
``scenario.yaml``.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from allocopt.errors import ScenarioError
from allocopt.scenario.inspecting import inspected
from allocopt.scenario.notes import Notes
from allocopt.scenario.scenario import Scenario
from allocopt.scenario.tree import Branch, Items, Leaf, Mark, Node, leaves
from allocopt.scenario.yaml_source import read_yaml
from allocopt.text import T

RESOLVED_FILE = "scenario.resolved.yaml"

_SECTION = re.compile(r"([A-Za-z_][A-Za-z0-9_]*):(?: (.+))?", re.ASCII)
_ROW = "  - "
# what JSON leaves as it is and YAML does not allow, or takes for the end of a line
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def resolved_yaml(scenario: Scenario) -> str:
    """Return the merged scenario as the text of one self-contained YAML file.

    Parameters
    ----------
    scenario : Scenario
    """
    return "".join(f"{line}\n" for line in _lines(scenario))


def _lines(scenario: Scenario) -> Iterator[str]:
    for name, value in scenario.resolved.items():
        if isinstance(value, list) and value:
            yield f"{name}:"
            yield from (f"{_ROW}{_json(row)}" for row in value)
        else:
            yield f"{name}: {_json(value)}"


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def leaf_provenance(scenario: Scenario) -> list[tuple[str, str, int]]:
    """Return (path, file, line) of every value of the merged scenario.

    Parameters
    ----------
    scenario : Scenario
    """
    found = leaves(scenario.root)
    return [(".".join(path), leaf.mark.file, leaf.mark.line) for path, leaf in found]


def load_resolved(text: str) -> Scenario:
    """Return the scenario that `resolved_yaml` wrote, or somebody edited.

    Parameters
    ----------
    text : str

    Raises
    ------
    ScenarioError
        If the text is no valid scenario.
    """
    notes = Notes()
    root: Node | None = _fast(text) or read_yaml(text, RESOLVED_FILE, notes)
    if isinstance(root, Branch):
        scenario, findings = inspected(root, notes)
        if scenario is not None:
            return scenario
    else:
        findings = tuple(notes.findings)
    raise ScenarioError(T("{file} is no valid scenario", file=RESOLVED_FILE), findings)


def _fast(text: str) -> Branch | None:
    """Return the tree of a text that `resolved_yaml` wrote, or ``None`` if it is edited."""
    entries: dict[str, Node] = {}
    marks: dict[str, Mark] = {}
    rows: list[Node] | None = None
    try:
        for number, line in enumerate(text.splitlines(), start=1):
            mark = Mark(RESOLVED_FILE, number, 1)
            if rows is not None and line.startswith(_ROW):
                rows.append(_node(json.loads(line[len(_ROW) :], object_pairs_hook=_unique), mark))
                continue
            found = _SECTION.fullmatch(line)
            if found is None or found[1] in entries:
                return None
            marks[found[1]] = mark
            rows = None if found[2] else []
            entries[found[1]] = (
                _node(json.loads(found[2], object_pairs_hook=_unique), mark)
                if rows is None
                else Items(rows, mark)
            )
    except (ValueError, RecursionError):
        return None
    return Branch(entries, marks, Mark(RESOLVED_FILE, 1, 1)) if entries else None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        message = "a key stands twice"
        raise ValueError(message)
    return found


def _node(value: Any, mark: Mark) -> Node:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        entries = {key: _node(inner, mark) for key, inner in value.items()}
        return Branch(entries, dict.fromkeys(entries, mark), mark)
    if isinstance(value, list):
        return Items(tuple(_node(inner, mark) for inner in value), mark)
    return Leaf(value, mark)
