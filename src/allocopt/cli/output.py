"""Writing to the user: text and tables for people, one JSON value for programs.

Nothing is colored unless a terminal reads it, and then not under ``NO_COLOR``.
"""

import json
import math
import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TextIO

import click

from allocopt.cli.session import Session
from allocopt.text import Bilingual, T, Text

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_WIDTH_WITHOUT_TERMINAL = 120


def paint(text: str, color: str) -> str:
    """Return ``text`` in a color, unless it goes to a file or ``NO_COLOR`` is set."""
    colored = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return click.style(text, fg=color, bold=True) if colored else text


def say(session: Session, text: Text | Bilingual | str = "", *, to_error: bool = False) -> None:
    """Write a line.

    Parameters
    ----------
    session : Session
    text : Text, Bilingual or str
    to_error : bool
        Write to standard error.
    """
    click.echo(text if isinstance(text, str) else text.render(session.language), err=to_error)


def listed(session: Session, parts: Iterable[str]) -> str:
    """Return ``parts`` as a list within a sentence."""
    return T(", ").render(session.language).join(parts)


def say_json(value: object) -> None:
    """Write ``value`` as JSON; NaN and infinity become null, which JSON has no word for."""
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    plain = _plain(value)
    click.echo(json.dumps(plain, ensure_ascii=encoding != "utf8", allow_nan=False, indent=2))


def _plain(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def console_on(stream: TextIO) -> "Console":
    """Return a rich console on ``stream``; wide and plain where no terminal reads it."""
    from rich.console import Console

    return Console(
        file=stream,
        width=None if stream.isatty() else _WIDTH_WITHOUT_TERMINAL,
        highlight=False,
        emoji=False,
        markup=False,
    )


def show(*parts: "RenderableType") -> None:
    """Write rich renderables to standard output, without spaces at the ends of lines.

    Parameters
    ----------
    *parts : RenderableType
    """
    console = console_on(sys.stdout)
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())
