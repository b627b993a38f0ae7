"""Numbers as text, the only place where that is decided: digits, sign, and always a unit.

Money is shown in the unit that the scenario is written in (元, 万元 or 亿元, the same in both
languages, because the tables a planner edits use it); what would vanish in it is shown in 元.
Percent and percentage points are different kinds: a difference of two shares is in points.
"""

import math
from dataclasses import dataclass

from allocopt.plan.kinds import Kind, unit_name
from allocopt.text import Bilingual, Language, T, Text

MONEY_UNITS = {1: "元", 10**4: "万元", 10**8: "亿元"}
NOT_KNOWN = "-"

ACCOUNTS = Bilingual("户", "accounts")
_PERCENT = 100.0


@dataclass(frozen=True)
class NumberStyle:
    """How the numbers of one scenario are shown in one language.

    Attributes
    ----------
    language : Language
    money_unit : int
        元 per unit in which money is shown: 1, 10 000 or 100 000 000.
    volume_unit : Bilingual
        What gross adds and customers are counted in.
    """

    language: Language
    money_unit: int = 1
    volume_unit: Bilingual = ACCOUNTS

    def money(self, yuan: float, *, sign: bool = False) -> str:
        """Return an amount, two decimals in the scenario's unit.

        Parameters
        ----------
        yuan : float
        sign : bool
            Show a plus too.
        """
        unit = self.money_unit
        if math.isfinite(yuan) and 0 < abs(yuan) < unit / 100:
            unit = 1
        return self._with_unit(_number(yuan / unit, 2, sign=sign), MONEY_UNITS[unit])

    def volume(self, count: float, *, sign: bool = False) -> str:
        """Return a count of accounts; one decimal unless it is a whole number."""
        return self._with_unit(_count(count, sign=sign), self._say(self.volume_unit))

    def heads(self, count: float, *, sign: bool = False) -> str:
        """Return a number of people; one decimal unless it is whole."""
        unit = T("person") if abs(count) == 1 else T("people")
        return self._with_unit(_count(count, sign=sign), self._say(unit))

    def share(self, fraction: float, *, digits: int = 2) -> str:
        """Return a fraction as percent."""
        return self._with_unit(_number(fraction * _PERCENT, digits), "%")

    def points(self, difference: float) -> str:
        """Return a difference of two fractions in percentage points, signed."""
        text = _number(difference * _PERCENT, 2, sign=True)
        return self._with_unit(text, self._say(T("pp")))

    def seconds(self, seconds: float) -> str:
        """Return a time; one decimal below a minute."""
        return self._with_unit(_number(seconds, 1 if seconds < 60 else 0), self._say(T("s")))

    def value(self, kind: Kind, value: float) -> str:
        """Return a number of any kind with its unit.

        Parameters
        ----------
        kind : Kind
        value : float
            元 for money, a fraction for shares.
        """
        return self._of_kind(kind, value, sign=False)

    def difference(self, kind: Kind, value: float) -> str:
        """Return the difference of two numbers of a kind, signed; of two shares, in points."""
        return self.points(value) if kind is Kind.SHARE else self._of_kind(kind, value, sign=True)

    def _of_kind(self, kind: Kind, value: float, *, sign: bool) -> str:
        if kind is Kind.MONEY:
            return self.money(value, sign=sign)
        if kind is Kind.VOLUME:
            return self.volume(value, sign=sign)
        if kind is Kind.HEADS:
            return self.heads(value, sign=sign)
        if kind is Kind.SHARE:
            return self.share(value)
        unit = self._say(unit_name(kind, self.volume_unit))
        return self._with_unit(_number(value, kind.digits, sign=sign), unit)

    def _say(self, word: Text | Bilingual) -> str:
        return word.render(self.language)

    def _with_unit(self, number: str, unit: str) -> str:
        return number if number == NOT_KNOWN else f"{number} {unit}"


def _number(value: float, digits: int, *, sign: bool = False) -> str:
    """Return ``value`` with separators; the sign of zero is never shown."""
    if not math.isfinite(value):
        return NOT_KNOWN
    text = f"{value:{'+' if sign else ''},.{digits}f}"
    return text.lstrip("+-") if float(text.replace(",", "")) == 0 else text


def _count(value: float, *, sign: bool = False) -> str:
    if not math.isfinite(value):
        return NOT_KNOWN
    nearest = round(value)
    whole = abs(value - nearest) <= 1e-6 * max(abs(value), 1.0)
    return _number(nearest if whole else value, 0 if whole or abs(value) >= 1000 else 1, sign=sign)
