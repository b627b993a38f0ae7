"""Text in columns of a terminal: a Chinese character takes two."""

import unicodedata

_TAB = 4


def width_of(text: str) -> int:
    """Return how many columns ``text`` takes."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def printable(text: str) -> str:
    """Return ``text`` with nothing in it that moves the cursor."""
    expanded = text.expandtabs(_TAB)
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in expanded)
