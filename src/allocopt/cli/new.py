"""``allocopt new DIR --from NAME``: a folder of one's own to edit."""

from functools import partial
from pathlib import Path

import click

from allocopt.cli.copying import copy_scenario
from allocopt.cli.failure import Exit
from allocopt.cli.output import say, say_json
from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenCommand, option
from allocopt.scenario.bundled import bundled_scenarios
from allocopt.text import T


def command(session: Session) -> click.Command:
    """Return the command in the session's language."""
    return SpokenCommand(
        session,
        "new",
        T("Copy a bundled scenario into the folder DIR, to be edited there."),
        callback=partial(_new, session),
        params=[
            click.Argument(["folder"], metavar="DIR"),
            option(
                session,
                ["--from", "name"],
                T("Bundled scenario to start from: {names}.", names=", ".join(bundled_scenarios())),
                required=True,
                metavar="NAME",
            ),
        ],
    )


def _new(session: Session, *, folder: str, name: str) -> int:
    written = copy_scenario(name, Path(folder))
    if session.as_json:
        say_json({"scenario": folder, "from": name, "files": list(written)})
        return Exit.OK
    say(session, T("{count} files in {folder}", count=len(written), folder=folder))
    say(session, T("next: edit them, then allocopt check {folder}", folder=folder))
    return Exit.OK
