"""``allocopt curves [NAME]``: families of response curves and their parameters."""

from functools import partial

import click

from allocopt.cli.failure import Exit
from allocopt.cli.output import say, say_json, show
from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenCommand
from allocopt.cli.tables import plain_table
from allocopt.curves import FAMILIES, Curve, Parameter, family_named
from allocopt.errors import CurveError, UsageError
from allocopt.text import T, Text


def command(session: Session) -> click.Command:
    """Return the command in the session's language."""
    return SpokenCommand(
        session,
        "curves",
        T(
            "List the families of response curves; with NAME, one family's parameters, their "
            "units and ranges. Effort is in the scenario's money unit, volume in its volume unit."
        ),
        callback=partial(_curves, session),
        params=[click.Argument(["name"], required=False)],
    )


def _curves(session: Session, *, name: str | None) -> int:
    chosen = list(FAMILIES.values()) if name is None else [_family(name)]
    if session.as_json:
        say_json({"curves": [_record(session, family) for family in chosen]})
    elif name is None:
        _list(session, chosen)
    else:
        _describe(session, chosen[0])
    return Exit.OK


def _family(name: str) -> type[Curve]:
    try:
        return family_named(name)
    except CurveError as error:
        raise UsageError(error.text) from error


def _list(session: Session, families: list[type[Curve]]) -> None:
    heads = (T("family"), T("name"), T("parameters"))
    rows = [
        (
            family.family,
            family.title.render(session.language),
            ", ".join(f"{one.name} {one.range}" for one in family.parameters),
        )
        for family in families
    ]
    show(plain_table(session, heads, rows))
    say(session, T("details: allocopt curves NAME"))


def _describe(session: Session, family: type[Curve]) -> None:
    say(session, f"{family.family}  {family.title.render(session.language)}")
    say(session, (family.__doc__ or "").partition("\n")[0])
    say(session)
    heads = (T("parameter"), T("range"), T("unit"), T("meaning"))
    rows = [
        (one.name, one.range, _unit(session, one), one.description.render(session.language))
        for one in family.parameters
    ]
    show(plain_table(session, heads, rows))
    for order in family.orders:
        sign = "<" if order.strict else "<="
        say(session, T("required: {order}", order=f"{order.lesser} {sign} {order.greater}"))
    say(session)
    say(session, T("in a scenario: {example}", example=_example(family)))


def _unit(session: Session, parameter: Parameter) -> str:
    say_word = partial(Text.render, language=session.language)
    text = say_word(T("pure number"))
    if parameter.unit != "1":
        text = parameter.unit.replace("volume", say_word(T("volume")))
        text = text.replace("effort", say_word(T("effort")))
    return f"{text} ({say_word(T('a list'))})" if parameter.many else text


def _example(family: type[Curve]) -> str:
    parts = [f"{one.name}: {'[...]' if one.many else '...'}" for one in family.parameters]
    return f"curve: {{{', '.join([f'family: {family.family}', *parts])}}}"


def _record(session: Session, family: type[Curve]) -> dict[str, object]:
    return {
        "name": family.family,
        "title": family.title.render(session.language),
        "parameters": [
            {
                "name": one.name,
                "unit": one.unit,
                "range": one.range,
                "lower": one.lower,
                "upper": one.upper,
                "many": one.many,
                "description": one.description.render(session.language),
            }
            for one in family.parameters
        ],
    }
