"""Lines that a plan must keep, and what it aims at."""

from enum import StrEnum

from pydantic import Field

from allocopt.scenario.quantities import Bound, NonNegative
from allocopt.scenario.schema.base import Name, Scope, Section, Title, Titled


class LineKind(StrEnum):
    """What happens when a line is not met."""

    HARD = "hard"
    SOFT = "soft"
    REPORT = "report"


class When(StrEnum):
    """Stretch of time that a line speaks of."""

    YEAR = "year"
    EACH = "each"
    CUMULATIVE = "cumulative"


class LineSpec(Titled):
    """A limit on an expression of measures, such as ``expense / revenue`` at most ``18 %``."""

    sentence: Title = Field(default=Title(), description="The line as a business sentence.")
    expression: str = Field(
        min_length=1, max_length=2000, description="Measures, numbers, + - * / and one division."
    )
    at_least: Bound | None = Field(default=None, description="Least value.")
    at_most: Bound | None = Field(default=None, description="Largest value.")
    equals: Bound | None = Field(default=None, description="Exact value; alone.")
    scope: Scope = Field(default=Scope(), description="Filter on every measure of the expression.")
    per: Name | None = Field(
        default=None, description="Level of the unit tree: one line per unit of that level."
    )
    when: When = Field(default=When.YEAR, description="Whole horizon, each period, or cumulative.")
    periods: tuple[int, ...] = Field(
        default=(), description="Only at these periods, counted from 1; all when empty."
    )
    kind: LineKind = Field(default=LineKind.HARD, description="hard, soft (priced) or report-only.")
    price: NonNegative | None = Field(
        default=None,
        description="soft: 元 per unit by which the left side's numerator falls short.",
    )
    source: str = Field(default="", max_length=400, description="Where the line comes from.")


class Sense(StrEnum):
    """Direction of an objective."""

    MAXIMIZE = "maximize"
    MINIMIZE = "minimize"


class Goal(Section):
    """One objective; several are taken in order."""

    sense: Sense = Field(default=Sense.MAXIMIZE, description="maximize or minimize.")
    expression: str = Field(
        default="contribution",
        min_length=1,
        max_length=2000,
        description="Linear expression of measures.",
    )
    slack: NonNegative = Field(
        default=0.0,
        description="What later objectives may give up of this one, share of its value.",
    )


class ObjectiveSection(Section):
    """What the models optimize."""

    goals: tuple[Goal, ...] = Field(default=(Goal(),), min_length=1, description="In order.")
    end_value_periods: NonNegative = Field(
        default=0.0,
        description="Worth of a customer at the end of the horizon, in periods of ARPU after "
        "cost of sales.",
    )
    unserved_price: NonNegative | None = Field(
        default=None,
        description="元 per gross add that demand offers and no one serves; the cell's own "
        "worth if empty.",
    )
