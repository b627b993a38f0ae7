"""What holds for one call of the command line: its language, and whether it speaks JSON.

Both are read from the arguments before they are parsed, because help texts and complaints
about the arguments themselves need them too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allocopt.text import Language

_VARIABLES = ("ALLOCOPT_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
"""The first that is set decides, as in gettext; the project's own goes before them."""


@dataclass(frozen=True)
class Session:
    """Settings of one call.

    Attributes
    ----------
    language : Language
    as_json : bool
        Standard output holds one JSON value and nothing else.
    """

    language: Language
    as_json: bool


def session_of(arguments: Sequence[str], environment: Mapping[str, str]) -> Session:
    """Return the session that raw arguments and the environment ask for.

    Parameters
    ----------
    arguments : sequence of str
        Without the program's name; may be wrong in any way.
    environment : mapping
    """
    own = list(arguments)
    own = own[: own.index("--")] if "--" in own else own
    wanted = _option(own, "--lang")
    if wanted not in {language.value for language in Language}:
        wanted = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    chinese = wanted.lower().startswith("zh")
    return Session(Language.CHINESE if chinese else Language.ENGLISH, "--json" in own)


def _option(arguments: list[str], name: str) -> str | None:
    """Return the last value given to the option, as click would take it."""
    found = None
    for position, argument in enumerate(arguments):
        if argument == name and position + 1 < len(arguments):
            found = arguments[position + 1]
        elif argument.startswith(f"{name}="):
            found = argument.removeprefix(f"{name}=")
    return found
