"""The scenario as a whole."""

from typing import Literal

from pydantic import Field

from allocopt.scenario.quantities import MoneyUnit
from allocopt.scenario.schema.base import Name, Rows, Section, Title, Titled
from allocopt.scenario.schema.calendar import CalendarSection, Profile
from allocopt.scenario.schema.levers import ChangeLimit, Lever, NamedCurve, Placement
from allocopt.scenario.schema.limits import LineSpec, ObjectiveSection
from allocopt.scenario.schema.money import Charge, Expense
from allocopt.scenario.schema.people import Role, StaffRow
from allocopt.scenario.schema.structure import Cell, MarketRow, Node, Tree
from allocopt.scenario.schema.targets import TargetSpec
from allocopt.scenario.schema.uncertainty import UncertaintySection


class Source(Titled):
    """A document that numbers come from."""

    date: str = Field(default="", max_length=40, description="As-of date of the document.")


class ScenarioSchema(Section):
    """Everything that a scenario folder says; money in 元, shares as fractions."""

    schema_version: Literal[1] = Field(description="Version of this format.")
    id: Name = Field(description="Short name of the scenario, such as telecom_city.")
    title: Title = Field(description="Title in both languages.")
    currency: Literal["CNY"] = Field(default="CNY", description="Currency of every amount.")
    money_unit: MoneyUnit = Field(
        default=MoneyUnit.YUAN,
        description="What a bare money amount is counted in: 元, 万元, 亿元.",
    )
    volume_unit: Title = Field(
        default=Title(zh="户", en="accounts"),
        description="What gross adds and customers are counted in.",
    )
    sources: tuple[Source, ...] = Field(default=(), description="Documents.")
    calendar: CalendarSection = Field(description="Periods.")
    units: Rows[Node] = Field(min_length=1, description="The organization tree.")
    trees: tuple[Tree, ...] = Field(default=(), description="Further trees over the same leaves.")
    products: Rows[Node] = Field(min_length=1, description="Products, with groups as parents.")
    channels: Rows[Node] = Field(min_length=1, description="Channels, with groups as parents.")
    cells: Rows[Cell] = Field(min_length=1, description="Combinations that trade.")
    market: Rows[MarketRow] = Field(default=(), description="The market around the cells.")
    profiles: tuple[Profile, ...] = Field(default=(), description="Schedule profiles.")
    expenses: tuple[Expense, ...] = Field(default=(), description="Expense lines.")
    charges: Rows[Charge] = Field(default=(), description="Expenses that are not allocated.")
    levers: tuple[Lever, ...] = Field(default=(), description="Kinds of spend.")
    curves: tuple[NamedCurve, ...] = Field(default=(), description="Curves that placements share.")
    placements: Rows[Placement] = Field(default=(), description="Places where money is put.")
    change_limits: tuple[ChangeLimit, ...] = Field(
        default=(), description="How many placements may change."
    )
    roles: tuple[Role, ...] = Field(default=(), description="Kinds of posts.")
    staff: Rows[StaffRow] = Field(default=(), description="Groups of people by role and unit.")
    lines: tuple[LineSpec, ...] = Field(default=(), description="Limits.")
    targets: tuple[TargetSpec, ...] = Field(default=(), description="Quotas.")
    objective: ObjectiveSection = Field(
        default=ObjectiveSection(), description="What is maximized or minimized."
    )
    uncertainty: UncertaintySection = Field(
        default=UncertaintySection(), description="What may turn out otherwise, for stress tests."
    )
