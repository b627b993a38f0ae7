"""Quotas from above and how they cascade."""

from enum import StrEnum

from pydantic import Field

from allocopt.scenario.quantities import Bound, NonNegative, Share, SignedShare
from allocopt.scenario.schema.base import Name, Names, Scope, Section, Title, Titled


class Method(StrEnum):
    """Rule by which a quota is cascaded."""

    EVEN = "even"
    WEIGHTED = "weighted"
    BUCKETED = "bucketed"
    POTENTIAL = "potential"
    OPTIMIZED = "optimized"


class Pin(Titled):
    """A fixed, least or largest target of a part of the tree."""

    scope: Scope = Field(default=Scope(), description="Units, products, channels it speaks of.")
    periods: tuple[int, ...] = Field(default=(), description="Periods from 1; the year when empty.")
    equals: Bound | None = Field(default=None, description="Pinned value, sum over the part.")
    at_least: Bound | None = Field(default=None, description="Floor.")
    at_most: Bound | None = Field(default=None, description="Ceiling.")
    reason: Title = Field(default=Title(), description="Why, shown beside the target.")


class CumulativeFloor(Section):
    """So much of the year must be secured by a period (months secure quarters)."""

    period: int = Field(ge=1, description="Period, counted from 1.")
    share: Share = Field(description="Least cumulative share of the year.")


class Bucket(Titled):
    """A class of units that shares a part of the quota evenly."""

    units: Names = Field(description="Units or inner nodes.")
    share: Share = Field(description="Share of the quota.")


class TargetSpec(Titled):
    """A quota from above, its stretch, and the rule that cascades it."""

    measure: str = Field(
        min_length=1,
        max_length=2000,
        description="Expression that attains the target, such as revenue.",
    )
    scope: Scope = Field(default=Scope(), description="Cells that share the quota; all when empty.")
    quota: Bound = Field(
        description="Assessed total of the horizon: money with its unit, or accounts."
    )
    stretch: Bound | None = Field(
        default=None, description="Pledged total, at least the quota; the stretch layer sums to it."
    )
    over_assignment: SignedShare = Field(
        default=0.0, description="Extra share that the children's stretch layer sums to."
    )
    by_product: bool = Field(default=True, description="Whether targets are split by product.")
    by_channel: bool = Field(default=False, description="Whether targets are split by channel.")
    method: Method = Field(default=Method.OPTIMIZED, description="Rule of the cascade.")
    weight: Name | None = Field(
        default=None, description="weighted: factor of the cells (weight.*)."
    )
    buckets: tuple[Bucket, ...] = Field(
        default=(), description="bucketed: classes and their shares."
    )
    profile: Name | None = Field(default=None, description="Schedule profile; even when empty.")
    monthly_slack: Share = Field(
        default=0.0,
        description="How far a month may leave the profile, share of its profile value.",
    )
    smallest_step: Bound | None = Field(
        default=None, description="Targets are whole multiples of it, such as 1 or '100 元'."
    )
    max_growth: SignedShare | None = Field(
        default=None, description="Largest growth on last year per target cell, share."
    )
    pins: tuple[Pin, ...] = Field(default=(), description="Pins, floors and ceilings.")
    cumulative: tuple[CumulativeFloor, ...] = Field(
        default=(), description="Cumulative floors, share of the year."
    )
    shortfall_price: NonNegative | None = Field(
        default=None,
        description="joint: 元 per unit of measure by which a unit falls short in the year.",
    )
