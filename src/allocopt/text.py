"""What users read, in their own language.

A message is kept as an English template with its values until somebody prints it;
the Chinese wording comes from the gettext catalog in ``locale/``. Sentences that a
scenario's author wrote (titles, lines) are `Bilingual` and need no catalog.
"""

import gettext
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

_LOCALE_FOLDER = Path(__file__).with_name("locale")


class Language(StrEnum):
    """A language that every message exists in."""

    ENGLISH = "en"
    CHINESE = "zh"


@cache
def _catalog(language: Language) -> gettext.NullTranslations:
    if language is Language.ENGLISH:
        return gettext.NullTranslations()
    return gettext.translation("allocopt", _LOCALE_FOLDER, languages=["zh_CN"], fallback=True)


@dataclass(frozen=True)
class Text:
    """A message: an English template and the values that fill it.

    Attributes
    ----------
    template : str
        English, with ``{name}`` fields; also the key into the catalogs.
    values : tuple of (name, value) pairs
    """

    template: str
    values: tuple[tuple[str, object], ...] = ()

    def render(self, language: Language = Language.ENGLISH) -> str:
        """Return the message in ``language``.

        Parameters
        ----------
        language : Language
            Falls back to English where the catalog has no entry.
        """
        wording = _catalog(language).gettext(self.template) if self.template else ""
        filled = {
            name: value.render(language) if isinstance(value, (Text, Bilingual)) else value
            for name, value in self.values
        }
        return wording.format(**filled)

    def __str__(self) -> str:
        """Return the English wording."""
        return self.render()


@dataclass(frozen=True)
class Bilingual:
    """A title or sentence that the scenario's author wrote in both languages."""

    zh: str
    en: str

    def render(self, language: Language = Language.ENGLISH) -> str:
        """Return the wording in ``language``; the other one where it is empty."""
        first, second = (self.zh, self.en) if language is Language.CHINESE else (self.en, self.zh)
        return first or second

    def __str__(self) -> str:
        """Return the English wording."""
        return self.render()


def T(template: str, **values: object) -> Text:  # noqa: N802 - the mark that message extraction looks for
    """Return the message ``template`` filled with ``values``.

    Parameters
    ----------
    template : str
        English; a literal, so that the catalog tools find it.
    **values : object
        One value per ``{name}`` field of the template; may be a `Text` or `Bilingual`.
    """
    return Text(template, tuple(values.items()))
