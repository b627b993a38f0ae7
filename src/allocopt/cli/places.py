"""Where a scenario is, and what to call it."""

from dataclasses import dataclass
from pathlib import Path

from allocopt.scenario.bundled import find_scenario


@dataclass(frozen=True)
class Place:
    """The folder of a scenario.

    Attributes
    ----------
    folder : Path
    shown_as : str
        As the user wrote it; empty for a bundled scenario, which was given by name.
    """

    folder: Path
    shown_as: str


def place_of(reference: str) -> Place:
    """Return where the scenario is that the user named.

    Raises
    ------
    UsageError
        If there is none.
    """
    found = find_scenario(reference)
    folder = found if found.is_dir() else found.parent
    given = Path(reference)
    if not given.exists():
        return Place(folder, "")
    shown = given if given.is_dir() else given.parent
    return Place(folder, "" if shown == Path() else shown.as_posix())
