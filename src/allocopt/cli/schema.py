"""``allocopt schema``: the format of scenario files, for completion in editors."""

from functools import partial
from pathlib import Path

import click

from allocopt.cli.failure import Exit
from allocopt.cli.output import say, say_json
from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenCommand, option
from allocopt.scenario.json_schema import scenario_json_text
from allocopt.text import T


def command(session: Session) -> click.Command:
    """Return the command in the session's language."""
    return SpokenCommand(
        session,
        "schema",
        T(
            "Print the JSON Schema of scenario.yaml, or write it to a file. An editor that knows "
            "it completes keys and shows what they mean."
        ),
        callback=partial(_schema, session),
        params=[option(session, ["--out"], T("File to write."), metavar="FILE")],
    )


def _schema(session: Session, *, out: str | None) -> int:
    text = scenario_json_text()
    if out is None:
        click.echo(text, nl=False)
        return Exit.OK
    Path(out).write_text(text, encoding="utf-8", newline="\n")
    if session.as_json:
        say_json({"schema": out})
    else:
        say(session, T("written: {file}", file=out))
    return Exit.OK
