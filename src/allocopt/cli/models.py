"""``allocopt models``: the bundled models, what they decide and what they need."""

from functools import partial

import click

from allocopt.cli.failure import Exit
from allocopt.cli.output import listed, say, say_json, show
from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenCommand
from allocopt.cli.tables import plain_table
from allocopt.solving.catalog import Formulation, bundled_models, load_formulation
from allocopt.text import T, Text

_WORDS = {
    "targets": T("targets"),
    "spend": T("spend"),
    "people": T("headcount"),
    "placements": T("placements"),
    "staff": T("staff"),
    "market": T("market"),
}


def command(session: Session) -> click.Command:
    """Return the command in the session's language."""
    return SpokenCommand(
        session,
        "models",
        T(
            "List the bundled models. A file of your own may stand in for one (--model PATH of "
            "solve); it is a program and runs with your rights."
        ),
        callback=partial(_models, session),
    )


def _models(session: Session) -> int:
    found = [load_formulation(name) for name in bundled_models()]
    if session.as_json:
        say_json({"models": [_record(session, formulation) for formulation in found]})
        return Exit.OK
    heads = (T("model"), T("what it does"), T("decides"), T("needs sections"))
    rows = [
        (
            formulation.name,
            _summary(session, formulation),
            _listed(session, formulation.decides),
            ", ".join(formulation.needs) or "-",
        )
        for formulation in found
    ]
    show(plain_table(session, heads, rows))
    say(session, T("run one with: allocopt solve SCENARIO --model NAME"))
    return Exit.OK


def _summary(session: Session, formulation: Formulation) -> str:
    """Return the first line of the model's docstring; bundled ones are in the catalog."""
    escaped = formulation.summary.replace("{", "{{").replace("}", "}}")
    return Text(escaped).render(session.language)


def _listed(session: Session, names: tuple[str, ...]) -> str:
    words = (_WORDS[name].render(session.language) if name in _WORDS else name for name in names)
    return listed(session, words)


def _record(session: Session, formulation: Formulation) -> dict[str, object]:
    return {
        "name": formulation.name,
        "summary": _summary(session, formulation),
        "decides": list(formulation.decides),
        "needs": list(formulation.needs),
    }
