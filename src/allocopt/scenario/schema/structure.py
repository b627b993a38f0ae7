"""Who sells what through whom: trees, cells, the market around them."""

from pydantic import Field

from allocopt.scenario.quantities import Cost, Money, NonNegative, Share
from allocopt.scenario.schema.base import Name, Rows, Section, Titled


class Node(Titled):
    """A node of a tree; leaves are nodes without children."""

    parent: Name | None = Field(default=None, description="Parent node; none for a root.")
    level: Name | None = Field(default=None, description="Name of the level, such as city or grid.")
    category: Name | None = Field(default=None, description="Class for staffing norms.")


class Tree(Titled):
    """Another tree over the same leaves, such as geography beside organization."""

    nodes: Rows[Node] = Field(description="Inner nodes and the leaves with their parents.")


class Cell(Section):
    """A combination of leaf unit, product and channel that really trades."""

    id: Name = Field(description="Identifier, unique.")
    unit: Name = Field(description="Leaf unit.")
    product: Name = Field(description="Leaf product.")
    channel: Name = Field(description="Leaf channel.")
    opening_customers: NonNegative = Field(
        default=0.0, description="Customers at the start, accounts."
    )
    base_volume: NonNegative = Field(
        default=0.0,
        description="Gross adds of a normal period without any effort, accounts/period.",
    )
    season: Name | None = Field(default=None, description="Profile of the year; flat when empty.")
    price: Money = Field(default=0.0, description="One-off revenue per gross add, money/account.")
    arpu: Cost = Field(
        default=0.0, description="Revenue per customer and period, money/account/period."
    )
    unit_cost: Cost = Field(default=0.0, description="Cost of sales per gross add, money/account.")
    cost_share: Share = Field(default=0.0, description="Cost of sales as a share of revenue.")
    churn: Share = Field(default=0.0, description="Share of customers who leave per period.")
    effective_rate: Share = Field(
        default=1.0, description="Share of gross adds that become lasting customers."
    )
    migrates_to: Name | None = Field(default=None, description="Cell that customers migrate to.")
    migration: Share = Field(default=0.0, description="Share of customers who migrate per period.")
    potential: NonNegative | None = Field(
        default=None, description="Market potential, the yardstick of fair targets."
    )
    last_year_volume: NonNegative | None = Field(
        default=None, description="Gross adds of last year, accounts."
    )
    last_year_revenue: Cost | None = Field(default=None, description="Revenue of last year, money.")
    weight: dict[Name, NonNegative] = Field(
        default_factory=dict,
        description="Named factors that line expressions can weigh by, such as weight.bundle.",
    )


class MarketRow(Section):
    """The whole market of a product in a unit, competitors included."""

    id: Name = Field(description="Identifier, unique.")
    unit: Name = Field(description="Unit of the main tree, any level.")
    product: Name = Field(description="Product or product group.")
    customers: NonNegative = Field(description="Customers of all operators, accounts.")
    growth: NonNegative = Field(
        default=1.0, description="Factor per period by which the market's customers grow."
    )
    gross_adds: NonNegative = Field(default=0.0, description="Gross adds of all, accounts/period.")
    leavers: NonNegative = Field(default=0.0, description="Leavers of all, accounts/period.")
