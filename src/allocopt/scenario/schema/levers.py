"""What a planner can spend money on, and what it brings."""

from enum import StrEnum

from pydantic import ConfigDict, Field

from allocopt.scenario.quantities import Cost, Parameter, Positive, Share
from allocopt.scenario.schema.base import Name, Names, Section, Titled


class Effect(StrEnum):
    """What the response curve of a lever counts."""

    GROSS_ADDS = "gross_adds"
    RETENTION = "retention"
    MIGRATION = "migration"


class SplitBy(StrEnum):
    """How a placement's response spreads over the cells it feeds."""

    EQUAL = "equal"
    BASE_VOLUME = "base_volume"
    OPENING_CUSTOMERS = "opening_customers"
    POTENTIAL = "potential"


class Acts(StrEnum):
    """Over which stretch of time a curve takes its effort."""

    EACH_PERIOD = "each_period"
    HORIZON = "horizon"


class Lever(Titled):
    """A kind of spend or effort."""

    effect: Effect = Field(
        default=Effect.GROSS_ADDS,
        description="gross_adds: new accounts; retention: leavers kept; migration: moves.",
    )
    expense: Name = Field(description="Expense line that the spend lands on.")


class CurveSpec(Section):
    """A response curve: a family, its parameters; effort in the scenario's money unit."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Parameter]

    family: Name = Field(description="Family name, see `allocopt curves`.")


class NamedCurve(Titled):
    """A curve that several placements share."""

    curve: CurveSpec = Field(description="Family and parameters.")


class Placement(Titled):
    """One lever applied to one scope: a place where money is put."""

    lever: Name = Field(description="Lever.")
    units: Names = Field(default=(), description="Units fed; all when empty.")
    products: Names = Field(default=(), description="Products fed; all when empty.")
    channels: Names = Field(default=(), description="Channels fed; all when empty.")
    split_by: SplitBy = Field(
        default=SplitBy.BASE_VOLUME, description="How the response spreads over the cells."
    )
    curve: CurveSpec | None = Field(default=None, description="The response curve.")
    curve_id: Name | None = Field(default=None, description="A curve of the section 'curves'.")
    scale: Positive = Field(default=1.0, description="Factor on the curve's value.")
    acts: Acts = Field(default=Acts.EACH_PERIOD, description="Effort per period or of the horizon.")
    carry_over: Share = Field(
        default=0.0,
        description="Share of a period's effort that still works in the next (adstock).",
    )
    lower: Cost = Field(default=0.0, description="Least spend per period, money.")
    upper: Cost = Field(description="Largest spend per period, money.")
    minimum: Cost = Field(
        default=0.0, description="Least spend per period when there is any, money/period."
    )
    current: Cost = Field(default=0.0, description="Spend per period in the current plan, money.")
    window: Name | None = Field(
        default=None, description="Campaign window; always open when empty."
    )
    largest_move: Share | None = Field(
        default=None, description="Largest change from the current spend, share of it."
    )


class ChangeLimit(Titled):
    """At most so many placements may differ from the current plan."""

    at_most: int = Field(ge=0, description="Number of placements.")
    levers: Names = Field(default=(), description="Levers counted; all when empty.")
    units: Names = Field(default=(), description="Units counted; all when empty.")
