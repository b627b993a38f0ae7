"""Roles, how they are staffed, and whom they serve."""

from pydantic import Field

from allocopt.scenario.quantities import Cost, NonNegative, Positive, Share
from allocopt.scenario.schema.base import Name, Names, Section, Titled


class Span(Section):
    """Ratio between a role and the role it leads, checked per group of the leading role."""

    of: Name = Field(description="Role that is led.")
    at_most: Positive | None = Field(
        default=None, description="Upper span: people led per leader, heads/head."
    )
    at_least: NonNegative | None = Field(
        default=None, description="With at_most a norm: least people led per leader, heads/head."
    )


class NewcomerAttrition(Section):
    """People leave faster while they are new."""

    rate: Share = Field(description="Share of newcomers who leave per period.")
    periods: int = Field(ge=1, le=60, description="Periods for which one counts as new.")


class Role(Titled):
    """A kind of post."""

    level: Name | None = Field(
        default=None, description="Level of the unit tree where groups sit; checked when given."
    )
    whole: bool = Field(default=True, description="Whether heads are whole people.")
    wage: Cost = Field(default=0.0, description="Wage with on-costs, money/head/period.")
    expense: Name = Field(description="Expense line for wages.")
    hiring_cost: Cost = Field(default=0.0, description="Recruiting and training, money/hire.")
    release_cost: Cost = Field(default=0.0, description="Severance, money/release.")
    move_cost: Cost = Field(default=0.0, description="Redeployment to another unit, money/move.")
    one_off_expense: Name | None = Field(
        default=None,
        description="Expense line of hiring, release and move cost; as wages if empty.",
    )
    attrition: Share = Field(default=0.0, description="Share of people who leave per period.")
    newcomers: NewcomerAttrition | None = Field(default=None, description="Attrition of newcomers.")
    ramp: tuple[Share, ...] = Field(
        default=(), description="Output of a newcomer in the first periods, share of full output."
    )
    lead_time: int = Field(default=0, ge=0, le=24, description="Periods from decision to arrival.")
    max_hires: NonNegative | None = Field(
        default=None, description="Largest number of arrivals per period over all units, heads."
    )
    can_release: bool = Field(default=True, description="Whether people may be let go.")
    can_move: bool = Field(default=False, description="Whether people may change unit.")
    span: Span | None = Field(default=None, description="Span of control.")
    serves_products: Names = Field(default=(), description="Products served; all when empty.")
    serves_channels: Names = Field(default=(), description="Channels served; all when empty.")
    productivity: Positive | None = Field(
        default=None,
        description="Gross adds that one full head can handle per period; no limit if empty.",
    )
    norm: dict[Name, NonNegative] = Field(
        default_factory=dict,
        description="Least heads by the unit's category (staffing norm), heads/unit.",
    )


class StaffRow(Section):
    """A group: the people of a role in a unit."""

    id: Name = Field(description="Identifier, unique.")
    role: Name = Field(description="Role.")
    unit: Name = Field(description="Unit of the main tree, any level; serves the leaves below it.")
    heads: NonNegative = Field(default=0.0, description="Heads at the start.")
    least: NonNegative = Field(default=0.0, description="Least heads in any period.")
    most: NonNegative | None = Field(default=None, description="Largest heads in any period.")
