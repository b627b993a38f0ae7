"""What commands that draw futures share: options, the wanted precision, how far they are."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from allocopt.cli.output import console_on
from allocopt.cli.session import Session
from allocopt.cli.spoken import option
from allocopt.errors import UsageError
from allocopt.text import T, Text

if TYPE_CHECKING:
    from allocopt.simulation.sample import Watch

_SHORT = {"p": "p_met"}


def drawing_options(session: Session, precision: Text) -> list[click.Parameter]:
    """Return the options that say how many futures are drawn, and which.

    Parameters
    ----------
    session : Session
    precision : Text
        What ``--precision`` is of.
    """
    return [
        option(session, ["--precision"], precision, multiple=True, metavar="NAME=VALUE"),
        option(
            session,
            ["--max-draws"],
            T("Largest number of draws. Default: what the scenario says."),
            kind=int,
            metavar="N",
        ),
        option(
            session,
            ["--seed"],
            T("Same seed, same futures. Default: {default}.", default=0),
            kind=int,
            default=0,
            metavar="S",
        ),
    ]


def numbers_of(given: tuple[str, ...]) -> dict[str, float]:
    """Return the half-widths of ``--precision`` by name.

    Raises
    ------
    UsageError
        If one is not of the form NAME=VALUE.
    """
    found = {}
    for text in given:
        name, _, value = text.partition("=")
        try:
            found[_SHORT.get(name, name)] = float(value)
        except ValueError as error:
            raise UsageError(
                T("--precision: {found} is not of the form p=0.01", found=text)
            ) from error
    return found


@contextmanager
def watching_futures(session: Session) -> Iterator["Watch"]:
    """Show on a terminal how many futures were played, or lines broken, of how many."""
    from allocopt.simulation.sample import no_watch

    if not sys.stderr.isatty():
        yield no_watch
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    title = T("replaying").render(session.language)
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console_on(sys.stderr), transient=True) as progress:
        task = progress.add_task("", total=None)

        def watch(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield watch
