"""``allocopt verify RUN``: every total, ratio and line recomputed without the solver."""

from functools import partial
from pathlib import Path

import click

from allocopt.audit import verify_run
from allocopt.cli.failure import Exit
from allocopt.cli.findings_view import finding_lines, tally
from allocopt.cli.output import say, say_json
from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenCommand
from allocopt.findings import has_errors
from allocopt.text import T


def command(session: Session) -> click.Command:
    """Return the command in the session's language."""
    return SpokenCommand(
        session,
        "verify",
        T(
            "Recompute every total, ratio and line of the plan in the folder RUN from its "
            "decisions, without solver or model, money to the cent. Exit code 6 if a hard line "
            "is broken or a number does not agree."
        ),
        callback=partial(_verify, session),
        params=[click.Argument(["run"])],
    )


def _verify(session: Session, *, run: str) -> int:
    folder = Path(run)
    found = verify_run(folder)
    if session.as_json:
        say_json(
            {
                "findings": [finding.as_record(session.language) for finding in found.findings],
                "max_abs_error": found.max_abs_error,
                "compared": found.compared,
            }
        )
    else:
        shown_as = folder.as_posix()
        for line in finding_lines(session, found.findings, folder=folder, shown_as=shown_as):
            say(session, line)
        say(
            session,
            T(
                "{compared} numbers recomputed; largest difference {error:.3g}",
                compared=found.compared,
                error=found.max_abs_error,
            ),
        )
        say(
            session, T("the bound is taken from the search: it is not recomputed, the gap to it is")
        )
        say(session, tally(found.findings))
    return Exit.BROKEN if has_errors(found.findings) else Exit.OK
