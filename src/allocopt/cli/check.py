"""``allocopt check SCENARIO``: every finding at once."""

from functools import partial

import click

from allocopt.cli.failure import Exit
from allocopt.cli.findings_view import finding_lines, tally
from allocopt.cli.output import say, say_json
from allocopt.cli.places import place_of
from allocopt.cli.scenario_options import scenario_options
from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenCommand
from allocopt.findings import has_errors
from allocopt.text import T
from allocopt.workflow.inputs import check


def command(session: Session) -> click.Command:
    """Return the command in the session's language."""
    return SpokenCommand(
        session,
        "check",
        T(
            "Say everything that is wrong with SCENARIO (a folder, or the name of a bundled one), "
            "each with its place and what to do. Exit code 2 if there are errors."
        ),
        callback=partial(_check, session),
        params=[
            click.Argument(["scenario"]),
            *scenario_options(session),
        ],
    )


def _check(session: Session, scenario: str, variant: str | None, overrides: tuple[str, ...]) -> int:
    place = place_of(scenario)
    findings = check(scenario, variant=variant, overrides=overrides)
    if session.as_json:
        say_json({"findings": [finding.as_record(session.language) for finding in findings]})
    else:
        for line in finding_lines(session, findings, folder=place.folder, shown_as=place.shown_as):
            say(session, line)
        say(session, tally(findings))
    return Exit.INVALID if has_errors(findings) else Exit.OK
