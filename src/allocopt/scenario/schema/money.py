"""Expense lines and what is charged to them."""

from enum import StrEnum

from pydantic import Field

from allocopt.scenario.quantities import Cost, Share
from allocopt.scenario.schema.base import Name, Names, Titled


class Expense(Titled):
    """An expense line; a parent groups lines."""

    parent: Name | None = Field(default=None, description="Group of expense lines.")


class ChargeKind(StrEnum):
    """How a charge arises."""

    FIXED = "fixed"
    PER_VOLUME = "per_volume"
    REVENUE_SHARE = "revenue_share"


class Charge(Titled):
    """Money that is spent without being allocated: fixed, per gross add, or a share of revenue."""

    expense: Name = Field(description="Expense line.")
    kind: ChargeKind = Field(description="fixed, per_volume or revenue_share.")
    amount: Cost | None = Field(
        default=None, description="fixed: of the whole horizon; per_volume: money/account."
    )
    share: Share | None = Field(default=None, description="revenue_share: share of revenue.")
    profile: Name | None = Field(
        default=None, description="fixed: shape of the year; even if empty."
    )
    unit: Name | None = Field(
        default=None, description="fixed: unit that bears it; the root if empty."
    )
    units: Names = Field(
        default=(), description="per_volume, revenue_share: units; all when empty."
    )
    products: Names = Field(default=(), description="Products charged; all when empty.")
    channels: Names = Field(default=(), description="Channels charged; all when empty.")
