"""pyproject.toml lists every package and data file.

One that is forgotten works in the checkout and is missing from the wheel.
"""

import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import allocopt

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = PROJECT["tool"]["setuptools"]
TOP_FOLDERS = {
    "allocopt": ROOT / "src" / "allocopt",
    "allocopt.models": ROOT / "models",
    "allocopt.scenarios": ROOT / "scenarios",
}
GLOBS = [(name, glob) for name, globs in SETUPTOOLS["package-data"].items() for glob in globs]


def code_folders() -> dict[str, Path]:
    """Return dotted name -> folder of everything that holds Python files."""
    found = {}
    for package, top in TOP_FOLDERS.items():
        for folder in {path.parent for path in top.rglob("*.py")}:
            found[".".join((package, *folder.relative_to(top).parts))] = folder
    return found


def test_packages_are_the_folders_with_code() -> None:
    listed, found = set(SETUPTOOLS["packages"]), set(code_folders())
    assert not found - listed, "add to packages in pyproject.toml, or the wheel lacks them"
    assert not listed - found, "remove from packages in pyproject.toml: no such folder"


def test_package_list_is_sorted_and_without_duplicates() -> None:
    assert SETUPTOOLS["packages"] == sorted(set(SETUPTOOLS["packages"]))


@pytest.mark.parametrize("package", sorted(code_folders()))
def test_package_has_an_init_file(package: str) -> None:
    # an editable install cannot import a mapped folder without one
    assert (code_folders()[package] / "__init__.py").is_file()


@pytest.mark.parametrize("package", ["allocopt.models", "allocopt.scenarios"])
def test_mapped_folder_is_imported_from_the_top(package: str) -> None:
    folder = SETUPTOOLS["package-dir"][package]
    assert ROOT / folder == TOP_FOLDERS[package]


@pytest.mark.parametrize("package", sorted(TOP_FOLDERS))
def test_every_data_file_is_shipped(package: str) -> None:
    top = TOP_FOLDERS[package]
    present = {
        path
        for path in top.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"} and "__pycache__" not in path.parts
    }
    shipped = {path for name, glob in GLOBS if name == package for path in top.glob(glob)}
    forgotten = sorted(path.relative_to(ROOT).as_posix() for path in present - shipped)
    assert not forgotten, f"add a glob for them to package-data of {package} in pyproject.toml"


@pytest.mark.parametrize(("package", "glob"), GLOBS)
def test_package_data_glob_finds_something(package: str, glob: str) -> None:
    top = TOP_FOLDERS[package]
    first, slash, _ = glob.partition("/")
    folders = {path.name for path in top.glob(first) if path.is_dir()} - {"__pycache__"}
    if folders or not slash:
        assert list(top.glob(glob)), "remove it from package-data, or mend it"


def test_installed_version_is_that_of_the_source() -> None:
    # differs after the version was raised without installing again: make setup
    assert version("allocopt") == allocopt.__version__


def test_notebooks_can_be_opened_with_what_the_readme_installs() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "jupyter lab notebooks/" in readme
    assert "jupyterlab" in PROJECT["project"]["optional-dependencies"]["notebook"]


def test_license_is_the_one_declared() -> None:
    assert PROJECT["project"]["license"] == "Apache-2.0"
    lines = (ROOT / "LICENSE").read_text(encoding="utf-8").split("\n")
    assert [line.strip() for line in lines[:2]] == ["Apache License", "Version 2.0, January 2004"]
