"""Periods, working days, festivals, and the shapes of a year."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from allocopt.scenario.quantities import NonNegative, Share, SignedShare
from allocopt.scenario.schema.base import Section, Titled


class Frequency(StrEnum):
    """Length of one period."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


class Festival(Titled):
    """Days on which trade differs; lunar festivals are dated here, year by year."""

    start: date = Field(description="First day.")
    end: date = Field(description="Last day.")
    uplift: SignedShare = Field(
        default=0.0, description="Change of daily volume on these days, share of a normal day."
    )
    day_off: bool = Field(default=True, description="Whether offices are closed.")


class Window(Titled):
    """A campaign window that placements may be bound to."""

    start: int = Field(ge=1, description="First period, counted from 1.")
    end: int = Field(ge=1, description="Last period, counted from 1.")


class CalendarSection(Section):
    """The planning horizon."""

    start: date = Field(description="First day of the first period, such as 2016-01-01.")
    periods: int = Field(default=12, ge=1, le=520, description="Number of periods.")
    frequency: Frequency = Field(default=Frequency.MONTH, description="Length of a period.")
    working_days: tuple[NonNegative, ...] = Field(
        default=(), description="Working days per period; counted from the calendar when empty."
    )
    extra_working_days: tuple[date, ...] = Field(
        default=(), description="Weekend days that are worked in exchange for a festival."
    )
    festivals: tuple[Festival, ...] = Field(default=(), description="Festivals and holidays.")
    windows: tuple[Window, ...] = Field(default=(), description="Campaign windows.")


class ProfileSource(StrEnum):
    """Where the weights of a schedule profile come from."""

    GIVEN = "given"
    EVEN = "even"
    WORKING_DAYS = "working_days"


class Profile(Titled):
    """A schedule curve: how a year spreads over the periods, one per KPI."""

    source: ProfileSource = Field(default=ProfileSource.GIVEN, description="Origin of the weights.")
    weights: tuple[Share, ...] = Field(
        default=(), description="Share of the year per period, summing to 1; for source 'given'."
    )
