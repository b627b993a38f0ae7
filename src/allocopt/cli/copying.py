"""Copying a bundled scenario: whole or not at all, nothing overwritten."""

import shutil
import tempfile
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path

from allocopt.errors import UsageError
from allocopt.scenario.bundled import bundled_scenarios
from allocopt.scenario.layers import SCENARIO_FILE
from allocopt.text import T

_SCHEMA = "scenario.schema.json"
_POINTER = "# yaml-language-server: $schema="
_ENDINGS = {".csv", ".md", ".xlsx", ".yaml"}


def copy_scenario(name: str, folder: Path) -> tuple[str, ...]:
    """Copy the bundled scenario ``name`` into ``folder`` and return the files' names.

    Parameters
    ----------
    name : str
    folder : Path
        Must not exist, or be an empty folder.

    Raises
    ------
    UsageError
        If there is no such scenario, or the folder holds something.
    """
    known = bundled_scenarios()
    if name not in known:
        near = get_close_matches(name, known, n=1)
        raise UsageError(
            T(
                "there is no bundled scenario {found}; known: {known}",
                found=name,
                known=", ".join(near or known),
            )
        )
    _require_empty(folder)
    source = Path(str(files("allocopt.scenarios"))) / name
    names = _files_of(source)
    parent = folder.absolute().parent
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix=".allocopt-new-") as spare:
        fresh = Path(spare) / "scenario"
        for each in names:
            (fresh / each).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / each, fresh / each)
        extra = _point_to_schema(fresh)
        if folder.exists():
            folder.rmdir()
        fresh.rename(folder)
    return (*names, *extra)


def _point_to_schema(folder: Path) -> tuple[str, ...]:
    """Put the format beside the scenario, where its first line tells editors to look."""
    shipped = Path(str(files("allocopt"))) / "schema" / _SCHEMA
    entry = folder / SCENARIO_FILE
    first, _, rest = entry.read_text(encoding="utf-8").partition("\n")
    if not first.startswith(_POINTER) or not shipped.is_file():
        return ()
    shutil.copyfile(shipped, folder / _SCHEMA)
    entry.write_text(f"{_POINTER}{_SCHEMA}\n{rest}", encoding="utf-8")
    return (_SCHEMA,)


def _require_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if folder.exists() or folder.is_symlink():
        raise UsageError(
            T("{folder} is there already and not an empty folder", folder=folder.as_posix())
        )


def _files_of(source: Path) -> tuple[str, ...]:
    """Return the scenario's files; what the machine left there (caches) is not copied."""
    found = (path for path in source.rglob("*") if path.is_file() and not path.is_symlink())
    return tuple(
        sorted(path.relative_to(source).as_posix() for path in found if path.suffix in _ENDINGS)
    )
