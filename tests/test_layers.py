"""Imports point one way; ARCHITECTURE.md says why.

Deferred imports and those under TYPE_CHECKING count like any other.
"""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = {"allocopt": ROOT / "src" / "allocopt", "allocopt.models": ROOT / "models"}

# Lowest first. A part is the module or package right under allocopt; it may import from itself,
# from the other parts of its group, and from every lower level. Groups of one level do not see
# each other.
LEVELS = (
    ({"arrays", "errors", "findings", "text", "waysout"},),
    ({"curves", "sampling"}, {"scenario"}),
    ({"problem"}, {"fitting"}, {"statistics"}),
    ({"measures"},),
    ({"declare"}, {"audit", "plan"}),
    ({"models"},),
    ({"solving"},),
    ({"allocation"}, {"simulation"}),
    ({"report"}, {"stochastic"}),
    ({"strategies"},),
    ({"workflow"},),
    ({"api"},),
    ({"cli"},),
    ({"__init__", "__main__"},),
)
PLACE = {
    part: (level, group)
    for level, groups in enumerate(LEVELS)
    for group, parts in enumerate(groups)
    for part in parts
}

# Heavy or exchangeable libraries, and the only parts that know them.
THIRD_PARTY = {
    "click": {"cli"},
    "highspy": {"allocation", "solving"},
    "matplotlib": {"report"},
    "pydantic": {"scenario"},
    "pyomo": {"declare", "models", "solving"},
    "rich": {"cli"},
}

# Start-up time: these import heavy parts when a command needs them.
MAY_DEFER = {"__init__", "cli"}


class Import(NamedTuple):
    """One imported name, as written: ``from a import b`` is ``a.b``."""

    name: str
    line: int
    deferred: bool


def modules() -> dict[str, Path]:
    """Return dotted name -> file of every module that is shipped."""
    found = {}
    for package, folder in SOURCES.items():
        for path in folder.rglob("*.py"):
            inner = path.relative_to(folder).with_suffix("").parts
            found[".".join((package, *(p for p in inner if p != "__init__")))] = path
    return found


MODULES = modules()


def imports(tree: ast.Module) -> Iterator[Import]:
    """Yield every import of ``tree``, wherever it stands."""
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = {id(inner) for function in functions for inner in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level + (node.module or "")
            names = [f"{start}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            yield Import(name, node.lineno, deferred=id(node) in inside)


def part_of(name: str) -> str:
    """Return the part of allocopt that the dotted ``name`` lies in."""
    second = [*name.split("."), "__init__"][1]
    is_part = second in PLACE or any(m.split(".")[1:2] == [second] for m in MODULES)
    return second if is_part else "__init__"


def layer_complaint(importer: str, imported: str) -> str:
    """Return what is wrong with ``importer`` using the part ``imported``; empty if nothing."""
    if imported not in PLACE:
        return f"allocopt.{imported} has no level yet: add it to LEVELS in tests/test_layers.py"
    if imported == "models" and importer != "models":
        return "models are found by name at run time, so that a user's file can stand in for one"
    here, there = PLACE[importer], PLACE[imported]
    if here == there or here[0] > there[0]:
        return ""
    if here[0] == there[0]:
        return f"allocopt.{importer} and allocopt.{imported} do not see each other"
    return f"allocopt.{importer} lies below allocopt.{imported}"


def complaints(module: str, source: str) -> list[str]:
    """Return what the imports of ``module`` break, one sentence each."""
    part = part_of(module)
    if part not in PLACE:
        return [f"{module} has no level yet: add {part!r} to LEVELS in tests/test_layers.py"]
    found = []
    for name, line, deferred in imports(ast.parse(source)):
        library = name.split(".")[0]
        if not library:
            found.append(f"line {line}: relative import of {name}")
        if library == "allocopt" and (reason := layer_complaint(part, part_of(name))):
            found.append(f"line {line}: {name}: {reason}")
        if part not in THIRD_PARTY.get(library, {part}):
            homes = ", ".join(sorted(THIRD_PARTY[library]))
            found.append(f"line {line}: {library} belongs in {homes}, not in {part}")
        if deferred and part not in MAY_DEFER:
            found.append(f"line {line}: {name} is imported inside a function")
    return found


@pytest.mark.parametrize("module", sorted(MODULES))
def test_module_keeps_the_layers(module: str) -> None:
    assert complaints(module, MODULES[module].read_text(encoding="utf-8")) == []


def cycle(sources: dict[str, str]) -> list[str]:
    """Return modules of ``sources`` (name -> text) that import each other in a ring, if any do."""
    graph: dict[str, set[str]] = {}
    for module, source in sources.items():
        names = {found.name for found in imports(ast.parse(source))}
        graph[module] = {n if n in sources else n.rpartition(".")[0] for n in names} & set(sources)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_module_imports_itself_through_others() -> None:
    assert cycle({name: path.read_text(encoding="utf-8") for name, path in MODULES.items()}) == []


def test_a_planted_ring_is_seen() -> None:
    ring = {"allocopt.a": "from allocopt import b", "allocopt.b": "from allocopt.a import name"}
    assert sorted(set(cycle(ring))) == ["allocopt.a", "allocopt.b"]


@pytest.mark.parametrize(
    ("module", "source", "complaint"),
    [
        ("allocopt.curves.hill", "from allocopt.problem import Problem", "lies below"),
        ("allocopt.curves.hill", "import allocopt.scenario", "do not see each other"),
        ("allocopt.plan.plan", "from allocopt import declare", "do not see each other"),
        ("allocopt.curves.hill", "from allocopt import __version__", "lies below"),
        ("allocopt.problem", "if TYPE_CHECKING:\n    import allocopt.cli", "lies below"),
        ("allocopt.workflow", "from allocopt import models", "by name at run time"),
        ("allocopt.cli", "def f():\n    import allocopt.models.joint", "by name at run time"),
        ("allocopt.cli", "import allocopt.models", "by name at run time"),
        ("allocopt.novelty", "", "no level yet"),
        ("allocopt.curves.hill", "from . import base", "relative import"),
        ("allocopt.report.tables", "def f():\n    import json", "inside a function"),
        ("allocopt.problem", "from pyomo.environ import Var", "belongs in declare, models"),
        ("allocopt.cli", "import matplotlib.pyplot as plt", "belongs in report"),
        ("allocopt.solving.highs", "import rich", "belongs in cli"),
    ],
)
def test_a_planted_breach_is_seen(
    monkeypatch: pytest.MonkeyPatch, module: str, source: str, complaint: str
) -> None:
    monkeypatch.setitem(MODULES, module, Path())
    assert [complaint in found for found in complaints(module, source)] == [True]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("allocopt.curves.hill", "from allocopt.curves.base import Curve"),
        ("allocopt.audit", "from allocopt.plan import Plan"),
        ("allocopt.models.joint", "import pyomo.environ as pyo\nfrom allocopt import declare"),
        ("allocopt.cli", "def f():\n    from allocopt.workflow import plan_scenario"),
    ],
)
def test_an_allowed_import_passes(
    monkeypatch: pytest.MonkeyPatch, module: str, source: str
) -> None:
    monkeypatch.setitem(MODULES, module, Path())
    assert complaints(module, source) == []
