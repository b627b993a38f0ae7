"""Models by name or path."""

import hashlib
import importlib
import importlib.util
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

from allocopt.declare.pieces import Pieces
from allocopt.errors import ModelError, UsageError
from allocopt.problem.problem import Problem
from allocopt.text import T

_FOLDER = "allocopt.models"


@dataclass(frozen=True)
class Formulation:
    """A model file.

    Attributes
    ----------
    name : str
        Of the bundled model, or the file name of a user's.
    build : callable (Problem, Pieces) -> ConcreteModel
    needs : tuple of str
        Sections of the scenario it cannot do without.
    decides : tuple of str
        What it decides: spend, people, targets.
    summary : str
        First line of its docstring.
    sha256 : str
        Of its source, for provenance.
    """

    name: str
    build: Callable[[Problem, Pieces], Any]
    needs: tuple[str, ...]
    decides: tuple[str, ...]
    summary: str
    sha256: str


def bundled_models() -> tuple[str, ...]:
    """Return the names of the models in the folder ``models/``."""
    package = importlib.import_module(_FOLDER)
    return tuple(sorted(module.name for module in pkgutil.iter_modules(package.__path__)))


def is_bundled(formulation: Formulation) -> bool:
    """Return whether a formulation is one of the folder ``models/``, not a user's file."""
    return formulation.name in bundled_models() and formulation == load_formulation(
        formulation.name
    )


def load_formulation(reference: str) -> Formulation:
    """Return the bundled model of this name, or the model file at this path.

    A path runs the user's own code with the user's rights.

    Raises
    ------
    UsageError
        If there is no such model or file.
    ModelError
        If the file cannot be imported or lacks ``build_model``.
    """
    if reference in bundled_models():
        return _formulation(reference, importlib.import_module(f"{_FOLDER}.{reference}"))
    path = Path(reference)
    if path.suffix == ".py" and path.is_file():
        return _formulation(path.stem, imported_file(path))
    known = bundled_models()
    near = get_close_matches(reference, known, n=1)
    raise UsageError(
        T(
            "there is no model {found}; known are {known}, or give the path of a .py file",
            found=reference,
            known=", ".join(near or known),
        )
    )


def imported_file(path: Path) -> ModuleType:
    """Return the module of a user's file, which runs with the user's rights.

    Raises
    ------
    ModelError
        If it cannot be imported.
    """
    spec = importlib.util.spec_from_file_location(f"allocopt_user_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ModelError(T("{file} cannot be imported", file=path.name))
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ModelError(
            T("{file} fails when imported: {error}", file=path.name, error=f"{error}")
        ) from error
    return module


def _formulation(name: str, module: ModuleType) -> Formulation:
    members = vars(module)
    build = members.get("build_model")
    if not callable(build):
        raise ModelError(T("{model} has no function build_model(problem, pieces)", model=name))
    source = Path(str(module.__file__)).read_bytes()
    return Formulation(
        name=name,
        build=build,
        needs=tuple(members.get("NEEDS", ())),
        decides=tuple(members.get("DECIDES", ("spend", "people", "targets"))),
        summary=(module.__doc__ or "").strip().splitlines()[0] if module.__doc__ else "",
        sha256=hashlib.sha256(source).hexdigest(),
    )


_SECTIONS: dict[str, Callable[[Problem], int]] = {
    "placements": lambda problem: len(problem.placements.levers),
    "staff": lambda problem: len(problem.staff.roles),
    "targets": lambda problem: len(problem.targets),
    "market": lambda problem: len(problem.market.customers),
}


def missing_sections(formulation: Formulation, problem: Problem) -> tuple[str, ...]:
    """Return the sections that ``formulation`` needs and ``problem`` lacks."""
    return tuple(
        need for need in formulation.needs if need in _SECTIONS and not _SECTIONS[need](problem)
    )
