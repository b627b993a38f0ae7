"""``allocopt models``: the bundled models, what they decide and what they need."""

import ast
from dataclasses import dataclass
from functools import partial
from importlib.resources import files

import click

from allocopt.cli.failure import Exit
from allocopt.cli.output import listed, say, say_json, show
from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenCommand
from allocopt.cli.tables import plain_table
from allocopt.text import T, Text

_WORDS = {
    "targets": T("targets"),
    "spend": T("spend"),
    "people": T("headcount"),
    "placements": T("placements"),
    "staff": T("staff"),
    "market": T("market"),
}


@dataclass(frozen=True)
class ModelNote:
    """What a bundled model says about itself; as in `allocopt.solving.catalog.Formulation`."""

    name: str
    summary: str
    needs: tuple[str, ...]
    decides: tuple[str, ...]


def model_notes() -> tuple[ModelNote, ...]:
    """Return what the bundled models say, read without running them, which takes seconds."""
    sources = (entry for entry in files("allocopt.models").iterdir() if entry.name.endswith(".py"))
    notes = (_note(entry.name.removesuffix(".py"), entry.read_text("utf-8")) for entry in sources)
    return tuple(sorted((n for n in notes if n.name != "__init__"), key=lambda note: note.name))


def _note(name: str, source: str) -> ModelNote:
    tree = ast.parse(source)
    constants = {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    needs, decides = (
        tuple(ast.literal_eval(constants[key])) if key in constants else ()
        for key in ("NEEDS", "DECIDES")
    )
    return ModelNote(name, (ast.get_docstring(tree) or "").partition("\n")[0], needs, decides)


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
    found = model_notes()
    if session.as_json:
        say_json({"models": [_record(session, note) for note in found]})
        return Exit.OK
    heads = (T("model"), T("what it does"), T("decides"), T("needs sections"))
    rows = [
        (
            note.name,
            _summary(session, note),
            _listed(session, note.decides),
            ", ".join(note.needs) or "-",
        )
        for note in found
    ]
    show(plain_table(session, heads, rows))
    say(session, T("run one with: allocopt solve SCENARIO --model NAME"))
    return Exit.OK


def _summary(session: Session, note: ModelNote) -> str:
    """Return the first line of the model's docstring; bundled ones are in the catalog."""
    escaped = note.summary.replace("{", "{{").replace("}", "}}")
    return Text(escaped).render(session.language)


def _listed(session: Session, names: tuple[str, ...]) -> str:
    words = (_WORDS[name].render(session.language) if name in _WORDS else name for name in names)
    return listed(session, words)


def _record(session: Session, note: ModelNote) -> dict[str, object]:
    return {
        "name": note.name,
        "summary": _summary(session, note),
        "decides": list(note.decides),
        "needs": list(note.needs),
    }
