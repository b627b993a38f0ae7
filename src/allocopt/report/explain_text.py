"""The sentences of an explanation, and its numbers per unit of money."""

from dataclasses import dataclass

from allocopt.measures.lines import Sense
from allocopt.report.explain import Explanation, LineWorth, PlacementReason, Reason
from allocopt.report.format import MONEY_UNITS, NumberStyle
from allocopt.text import T, Text


@dataclass(frozen=True)
class Teller:
    """Says an explanation in one language.

    Attributes
    ----------
    explanation : Explanation
    style : NumberStyle
    """

    explanation: Explanation
    style: NumberStyle

    @property
    def unit(self) -> str:
        """The money unit in which returns are said."""
        return MONEY_UNITS[self.style.money_unit]

    def rate(self, value: float) -> str:
        """Return what one more unit of money brings.

        Parameters
        ----------
        value : float
            The goal's unit per 元.
        """
        return self.style.value(self.explanation.kind, value * self.style.money_unit)

    def worth(self, line: LineWorth) -> str:
        """Return what the goal gains when a bound is moved by one step."""
        return self.style.difference(self.explanation.kind, line.worth)

    def step(self, line: LineWorth) -> str:
        """Return the step by which a bound is moved, signed."""
        return self.style.difference(line.counts, line.step)

    def line(self, line: LineWorth) -> Text:
        """Return what moving the bound of a line is worth, as a sentence."""
        values = {
            "name": line.name,
            "bound": self.style.value(line.counts, line.result.rhs),
            "step": self.step(line),
            "worth": self.worth(line),
        }
        if line.result.line.sense is Sense.EQUAL:
            return T("{name}: raised from {bound} by {step}, the goal changes by {worth}", **values)
        return T("{name}: eased from {bound} by {step}, the goal gains {worth}", **values)

    def reason(self, row: PlacementReason) -> Text:
        """Return why a placement stopped where it did, as a sentence."""
        values = {
            "unit": self.unit,
            "marginal": self.rate(row.marginal),
            "price": self.rate(row.price),
            "average": self.rate(row.average),
            "line": self.explanation.line_name(row.line),
        }
        return Text(_sentence(row).template, tuple(values.items()))

    def displaced(self, row: PlacementReason) -> Text | None:
        """Return what its money displaced, or whose money one more unit would be.

        None where no line weighs on the money and it is fixed, or nothing could be exchanged.
        """
        if row.line is None:
            if row.reason in (Reason.UPPER, Reason.FIXED):
                return None
            return T("unspent, a {unit} is worth {price} to the goal", **self._unspent(row))
        for use, sentence in ((row.elsewhere, _ELSEWHERE), (row.source, _SOURCE)):
            if use is not None:
                values = {"unit": self.unit, "name": use.name, "brings": self.rate(use.brings)}
                return Text(sentence.template, tuple(values.items()))
        return None

    def _unspent(self, row: PlacementReason) -> dict[str, object]:
        return {"unit": self.unit, "price": self.rate(row.price)}


_ELSEWHERE = T("its last {unit} would bring {brings} at {name}, the best use elsewhere")
_SOURCE = T("one more {unit} would come from {name}, which would lose {brings} by it")
_SENTENCES = {
    Reason.LINE: T(
        "gets money until one more {unit} brings what it costs under {line}: {price}, which is "
        "what its next best use brings"
    ),
    Reason.COST: T("gets money until one more {unit} brings what it costs: {price}"),
    Reason.UPPER: T("at its upper bound; one more {unit} would bring {marginal} and cost {price}"),
    Reason.LOWER: T("at its lower bound; the last {unit} brings {marginal} and costs {price}"),
    Reason.MINIMUM: T(
        "at its minimum efficient spend; the last {unit} brings {marginal} and costs {price}"
    ),
    Reason.MOVE: T(
        "as far from the current plan as it may move; one more {unit} would bring {marginal} "
        "and cost {price}"
    ),
    Reason.CHANGES: T(
        "as in the current plan, because others may change instead; one more {unit} would bring "
        "{marginal} and cost {price}"
    ),
    Reason.MENU: T("stands on a level of its menu; a {unit} costs {price}"),
    Reason.FIXED: T("fixed by the scenario; a {unit} costs {price}"),
}
_OFF = T("gets nothing; a {unit} would bring at most {average} and would have to bring {price}")
_OFF_ALTHOUGH = T(
    "gets nothing; turned on, it could bring up to {average} a {unit} at a cost of {price}, a "
    "choice that prices of small changes do not make"
)


def _sentence(row: PlacementReason) -> Text:
    if row.reason is Reason.OFF:
        return _OFF_ALTHOUGH if row.average > row.price else _OFF
    return _SENTENCES[row.reason]
