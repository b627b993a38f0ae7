"""Size, signatures and docstrings: the limits of the house style that ruff does not check."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted(path for folder in ("src", "models") for path in (ROOT / folder).rglob("*.py"))

MAX_FILE_LINES = 450
MAX_BODY_LINES = 40
MAX_POSITIONAL = 4

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef


def functions(tree: ast.Module) -> Iterator[tuple[Function, bool]]:
    """Yield each function of ``tree`` and whether its first argument is the instance or class."""
    for parent in ast.walk(tree):
        for node in ast.iter_child_nodes(parent):
            if isinstance(node, Function):
                marks = {ast.unparse(mark) for mark in node.decorator_list}
                yield node, isinstance(parent, ast.ClassDef) and "staticmethod" not in marks


def public_definitions(tree: ast.Module | ast.ClassDef) -> Iterator[Definition]:
    """Yield the public functions, classes and methods that a user of ``tree`` can reach."""
    for node in tree.body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            if "overload" in map(ast.unparse, node.decorator_list):
                continue  # the function that follows has the docstring of all its signatures
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public_definitions(node)


def body_lines(function: Function) -> int:
    """Return the lines of ``function`` from its first statement on, docstring not counted."""
    statements = function.body[1:] if ast.get_docstring(function) else function.body
    if not statements:
        return 0
    return (statements[-1].end_lineno or 0) - statements[0].lineno + 1


def function_complaints(function: Function, *, bound: bool) -> Iterator[str]:
    """Yield what is too much or missing in one function; ``bound`` if it has self or cls."""
    given = function.args
    positional = [*given.posonlyargs, *given.args][1 if bound else 0 :]
    rest = [a for a in (given.vararg, *given.kwonlyargs, given.kwarg) if a is not None]
    if body_lines(function) > MAX_BODY_LINES:
        yield f"body of {body_lines(function)} lines"
    if len(positional) > MAX_POSITIONAL:
        yield f"{len(positional)} positional arguments"
    for argument in (*positional, *rest):
        if argument.annotation is None:
            yield f"argument {argument.arg} without annotation"
    if function.returns is None:
        yield "return without annotation"


def complaints(source: str) -> list[str]:
    """Return what in ``source`` is over the budget, with its line."""
    tree = ast.parse(source)
    lines = len(source.splitlines())
    found = [f"file of {lines} lines"] if lines > MAX_FILE_LINES else []
    for function, bound in functions(tree):
        for complaint in function_complaints(function, bound=bound):
            found.append(f"line {function.lineno}, {function.name}: {complaint}")
    for definition in public_definitions(tree):
        if not ast.get_docstring(definition):
            found.append(f"line {definition.lineno}, {definition.name}: no docstring")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_file_keeps_the_budget(path: Path) -> None:
    assert complaints(path.read_text(encoding="utf-8")) == []


def long_function(lines: int) -> str:
    return "def _f() -> None:\n" + '    """Two\n    lines."""\n' + "    f()\n" * lines


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("x = 1\n" * 451, "file of 451 lines"),
        (long_function(41), "line 1, _f: body of 41 lines"),
        (
            "def _f(a: int, b: int, c: int, d: int, e: int) -> None: ...",
            "line 1, _f: 5 positional arguments",
        ),
        ("class _A:\n    def f(self, a) -> None: ...", "line 2, f: argument a without annotation"),
        ("def _f(*a: int, **b) -> None: ...", "line 1, _f: argument b without annotation"),
        ("def _f():\n    ...", "line 1, _f: return without annotation"),
        ("def f() -> None: ...", "line 1, f: no docstring"),
        ("class A: ...", "line 1, A: no docstring"),
        ('class A:\n    """A."""\n    def f(self) -> None: ...', "line 3, f: no docstring"),
    ],
)
def test_a_planted_excess_is_seen(source: str, complaint: str) -> None:
    assert complaints(source) == [complaint]


@pytest.mark.parametrize(
    "source",
    [
        "x = 1\n" * 450,
        long_function(40),
        "class _A:\n    def f(self, a: int, b: int, c: int, d: int) -> None: ...",
        "def _f(a: int, b: int, c: int, d: int, *, e: int) -> None: ...",
        'class A:\n    """A."""\n    def __len__(self) -> int: ...\n    def _f(self) -> int: ...',
    ],
)
def test_what_the_budget_allows_passes(source: str) -> None:
    assert complaints(source) == []
