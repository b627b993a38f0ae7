"""Findings that speak of a field by its path; the loader adds the file and line."""

from dataclasses import dataclass

from allocopt.findings import Severity
from allocopt.text import Text


@dataclass(frozen=True)
class PathFinding:
    """A remark about one field of a scenario.

    Attributes
    ----------
    severity : Severity
    path : str
        Dotted, rows by identifier: ``placements.p07.upper``; rows without a usable
        identifier by position from 0: ``objective.goals.0`` or ``cells.#3``.
    message : Text
        What was found and what was expected.
    hint : Text
        What to do about it.
    about : tuple of str
        Further paths that the finding rests on: a value, a section as the home of
        names (``units``), or all values of a section (``cells.*``). The finding is
        dropped if one of them is invalid anyway, so that one mistake is reported once.
    """

    severity: Severity
    path: str
    message: Text
    hint: Text = Text("")
    about: tuple[str, ...] = ()


def error(path: str, message: Text, hint: Text, *about: str) -> PathFinding:
    """Return a finding that stops the work.

    Parameters
    ----------
    path : str
    message, hint : Text
    *about : str
        Further paths that the finding rests on.
    """
    return PathFinding(Severity.ERROR, path, message, hint, about)


def warning(path: str, message: Text, hint: Text, *about: str) -> PathFinding:
    """Return a finding that the planner should know of; as `error` otherwise."""
    return PathFinding(Severity.WARNING, path, message, hint, about)
