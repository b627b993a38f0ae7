"""Small pieces of messages: how a found value is shown, and which name was meant."""

from collections.abc import Iterable
from difflib import get_close_matches

from allocopt.scenario.quantities import Quantity, QuantityKind
from allocopt.text import T, Text

_LONGEST = 60


def shown(found: object) -> str:
    """Return ``found`` on one line, short, with nothing that a terminal cannot print."""
    if isinstance(found, bool):
        return "true" if found else "false"
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
    wanted = name[:80].casefold()
    found = get_close_matches(wanted, names, n=3, cutoff=0.6)
    # exchanged letters are the most frequent slip
    found.sort(key=lambda other: sorted(other) != sorted(wanted))
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


def amount(yuan: float) -> str:
    """Return an amount of money as text, in 万元 from 1 万元 up."""
    return f"{yuan / 10_000:,.10g} 万元" if abs(yuan) >= 10_000 else f"{yuan:,.10g} 元"


def quantity(found: Quantity) -> str:
    """Return a bound as text, with the unit of its kind."""
    if found.kind is QuantityKind.MONEY:
        return amount(found.value)
    if found.kind is QuantityKind.SHARE:
        return f"{found.value * 100:.10g} %"
    if found.kind is QuantityKind.POINTS:
        return f"{found.value * 100:.10g} pp"
    return f"{found.value:,.10g}"
