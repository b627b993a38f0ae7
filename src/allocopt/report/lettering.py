"""Which words a figure can draw: Chinese where a font has the characters, English elsewhere."""

from dataclasses import dataclass

from matplotlib.font_manager import fontManager
from matplotlib.ft2font import FT2Font

from allocopt.report.fonts import CANDIDATES
from allocopt.report.format import MONEY_UNITS
from allocopt.text import Bilingual, Language, Text

PLAIN_FONT = "DejaVu Sans"
"""Comes with matplotlib; has no Chinese."""

_SPELLED_OUT = {1: "yuan", 10**4: "10 000 yuan", 10**8: "100 million yuan"}


@dataclass(frozen=True)
class Lettering:
    """A language, and the fonts that write it.

    Attributes
    ----------
    language : Language
    fonts : tuple of str
        Families in order of preference; the last one is matplotlib's own.
    characters : frozenset of int
        Code points that the fonts can draw.
    """

    language: Language
    fonts: tuple[str, ...]
    characters: frozenset[int]

    def draws(self, text: str) -> bool:
        """Return whether every character of ``text`` has a glyph."""
        return all(ord(character) in self.characters for character in text)

    def say(self, words: Bilingual | Text, instead: str) -> str:
        """Return ``words`` in the language, or in English; ``instead`` if neither can be drawn.

        Parameters
        ----------
        words : Bilingual or Text
        instead : str
            Such as an identifier.
        """
        for language in (self.language, Language.ENGLISH):
            text = words.render(language)
            if text and self.draws(text):
                return text
        return instead

    def money_unit(self, unit: int) -> str:
        """Return the name of a unit of 1, 10 000 or 100 000 000 元."""
        name = MONEY_UNITS[unit]
        return name if self.draws(name) else _SPELLED_OUT[unit]


def lettering(
    language: Language = Language.ENGLISH, candidates: tuple[str, ...] = CANDIDATES
) -> Lettering:
    """Return how to write ``language`` with the fonts of this machine.

    Parameters
    ----------
    language : Language
        Chinese becomes English where no candidate is installed.
    candidates : tuple of str
        Font families with Chinese, in order of preference.
    """
    files = {entry.name: entry.fname for entry in fontManager.ttflist}
    chinese = next((name for name in candidates if name in files), None)
    fonts = (PLAIN_FONT,) if chinese is None else (chinese, PLAIN_FONT)
    characters = frozenset().union(*(FT2Font(files[name]).get_charmap() for name in fonts))
    spoken = Language.ENGLISH if chinese is None else language
    return Lettering(spoken, fonts, characters)
