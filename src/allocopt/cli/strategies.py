"""``allocopt strategies``: what plans can be made by beside the optimizer, and their sources."""

from functools import partial

import click

from allocopt.cli.failure import Exit
from allocopt.cli.output import say_json, show
from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenCommand
from allocopt.cli.tables import plain_table
from allocopt.text import T


def command(session: Session) -> click.Command:
    """Return the command in the session's language."""
    return SpokenCommand(
        session,
        "strategies",
        T("List the strategies that plans can be made by, with their sources."),
        callback=partial(_strategies, session),
    )


def _strategies(session: Session) -> int:
    from allocopt.strategies import STRATEGIES

    if session.as_json:
        records = [
            {
                "name": one.name,
                "title": one.title.render(session.language),
                "about": one.about.render(session.language),
                "source": one.source,
            }
            for one in STRATEGIES.values()
        ]
        say_json({"strategies": records})
        return Exit.OK
    heads = (T("strategy"), T("what it does"), T("source"))
    rows = [
        (one.name, one.about.render(session.language), one.source) for one in STRATEGIES.values()
    ]
    show(plain_table(session, heads, rows))
    return Exit.OK
