"""Small pieces of messages: how a found value is shown, and which name was meant."""

from collections.abc import Iterable
from difflib import get_close_matches

from allocopt.text import T, Text

_LONGEST = 60


def shown(found: object) -> str:
    """Return ``found`` on one line, short, with nothing that a terminal cannot print."""
    if isinstance(found, dict | list | tuple):
        found = "{...}" if isinstance(found, dict) else "[...]"
    try:
        text = str(found)
    except ValueError:
        # an int of more digits than Python turns into text
        text = "..."
    start = text[: _LONGEST + 1]
    printable = "".join(c if c.isprintable() else repr(c)[1:-1] for c in start)
    return printable if len(text) <= _LONGEST else f"{printable[:_LONGEST]}..."


def near_name(name: str, known: Iterable[str]) -> str | None:
    """Return the name in ``known`` that ``name`` most likely stands for."""
    names = {known_name.casefold(): known_name for known_name in known}
    found = get_close_matches(name[:80].casefold(), names, n=1, cutoff=0.6)
    return names[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> Text:
    """Return the hint for an unknown ``name``: the near one, or the list if it is short."""
    names = list(known)
    near = near_name(name, names)
    if near is not None:
        return T("Did you mean {name}?", name=near)
    if not names:
        return T("None are defined; define it or remove the reference.")
    if len(names) <= 12:
        return T("Use one of: {names}.", names=", ".join(names))
    return T("Check the spelling; {count} names are defined there.", count=len(names))
