"""``allocopt runs``: plans that were made."""

import click

from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenGroup
from allocopt.text import T


def command(session: Session) -> click.Command:
    """Return the group in the session's language."""
    members = {
        "list": (T("list the runs of a folder, oldest first"), _list),
        "diff": (T("show how two runs differ"), _diff),
    }
    about = T("List plans that were made, or compare two.")
    return SpokenGroup(session, "runs", about, members=members)


def _list(session: Session) -> click.Command:
    from allocopt.cli.runs_list import command

    return command(session)


def _diff(session: Session) -> click.Command:
    from allocopt.cli.runs_diff import command

    return command(session)
