"""Scenarios that come with the package, and finding one by name or path."""

from importlib.resources import files
from pathlib import Path

from allocopt.errors import UsageError
from allocopt.scenario.layers import SCENARIO_FILE
from allocopt.scenario.wording import near_name, shown
from allocopt.text import T

_PACKAGE = "allocopt.scenarios"


def _bundled() -> dict[str, Path]:
    """Return name -> folder of every bundled scenario."""
    folders = (Path(str(entry)) for entry in files(_PACKAGE).iterdir() if entry.is_dir())
    return {f.name: f for f in sorted(folders) if (f / SCENARIO_FILE).is_file()}


def bundled_scenarios() -> tuple[str, ...]:
    """Return the names of the scenarios that come with the package."""
    return tuple(_bundled())


def find_scenario(name_or_path: str | Path) -> Path:
    """Return the folder, or the scenario file, that is meant.

    Parameters
    ----------
    name_or_path : str or Path
        A folder with a ``scenario.yaml``, such a file, or the name of a bundled scenario.
        What exists on disk goes before a bundled name.

    Raises
    ------
    UsageError
        If there is nothing of that name.
    """
    path = Path(name_or_path)
    if _is_file(path) or _is_file(path / SCENARIO_FILE):
        return path
    bundled = _bundled()
    if str(name_or_path) in bundled:
        return bundled[str(name_or_path)]
    near = near_name(path.name, bundled)
    if near is not None:
        message = T(
            "there is no scenario {name}; did you mean the bundled {near}?",
            name=shown(name_or_path),
            near=near,
        )
    else:
        message = T(
            "there is no scenario {name}; give a folder that holds a {file}, or one of: {names}",
            name=shown(name_or_path),
            file=SCENARIO_FILE,
            names=", ".join(bundled) or "-",
        )
    raise UsageError(message)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
