"""Every measure by name: what it is counted per, in what unit, and how it adds up over time."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from allocopt.problem.axes import AxisName
from allocopt.text import Bilingual


class OverTime(StrEnum):
    """How a measure is taken over a stretch of periods."""

    SUM = "sum"
    LAST = "last"
    FIRST = "first"


class UnitKind(StrEnum):
    """What a measure counts."""

    MONEY = "money"
    VOLUME = "volume"
    HEADS = "heads"


@dataclass(frozen=True)
class Measure:
    """A named quantity per row of an axis and period.

    Attributes
    ----------
    name : str
    axis : AxisName
    over_time : OverTime
    unit : UnitKind
    title : Bilingual
    """

    name: str
    axis: AxisName
    over_time: OverTime
    unit: UnitKind
    title: Bilingual


def _measure(
    name: str, place: tuple[AxisName, OverTime], unit: UnitKind, title: tuple[str, str]
) -> Measure:
    axis, over_time = place
    return Measure(name, axis, over_time, unit, Bilingual(zh=title[0], en=title[1]))


_CELLS, _GROUPS = AxisName.CELLS, AxisName.GROUPS
_SUM, _LAST, _FIRST = OverTime.SUM, OverTime.LAST, OverTime.FIRST
_MONEY, _VOLUME, _HEADS = UnitKind.MONEY, UnitKind.VOLUME, UnitKind.HEADS

MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        _measure("demand", (_CELLS, _SUM), _VOLUME, ("需求量", "demand")),
        _measure("unserved", (_CELLS, _SUM), _VOLUME, ("未承接量", "unserved demand")),
        _measure("gross_adds", (_CELLS, _SUM), _VOLUME, ("新增量", "gross adds")),
        _measure("effective_adds", (_CELLS, _SUM), _VOLUME, ("有效新增", "effective adds")),
        _measure("leavers", (_CELLS, _SUM), _VOLUME, ("流失量", "leavers")),
        _measure("saved", (_CELLS, _SUM), _VOLUME, ("挽留量", "customers kept by retention")),
        _measure("moved_in", (_CELLS, _SUM), _VOLUME, ("迁入量", "customers migrated in")),
        _measure("moved_out", (_CELLS, _SUM), _VOLUME, ("迁出量", "customers migrated out")),
        _measure("net_adds", (_CELLS, _SUM), _VOLUME, ("净增量", "net adds")),
        _measure("customers", (_CELLS, _LAST), _VOLUME, ("期末用户", "customers at the end")),
        _measure(
            "customers_start", (_CELLS, _FIRST), _VOLUME, ("期初用户", "customers at the start")
        ),
        _measure(
            "base_customers", (_CELLS, _LAST), _VOLUME, ("存量用户", "survivors of opening base")
        ),
        _measure("revenue", (_CELLS, _SUM), _MONEY, ("收入", "revenue")),
        _measure("base_revenue", (_CELLS, _SUM), _MONEY, ("存量收入", "revenue of opening base")),
        _measure("cost_of_sales", (_CELLS, _SUM), _MONEY, ("销售成本", "cost of sales")),
        _measure(
            "end_value", (_CELLS, _SUM), _MONEY, ("期末用户价值", "worth of customers at the end")
        ),
        _measure("last_year_volume", (_CELLS, _SUM), _VOLUME, ("上年新增", "gross adds last year")),
        _measure("last_year_revenue", (_CELLS, _SUM), _MONEY, ("上年收入", "revenue last year")),
        _measure("potential", (_CELLS, _SUM), _VOLUME, ("市场潜力", "potential")),
        _measure(
            "market_customers", (AxisName.MARKET, _LAST), _VOLUME, ("市场用户", "market customers")
        ),
        _measure(
            "market_gross_adds", (AxisName.MARKET, _SUM), _VOLUME, ("市场新增", "market gross adds")
        ),
        _measure(
            "market_leavers", (AxisName.MARKET, _SUM), _VOLUME, ("市场流失", "market leavers")
        ),
        _measure("spend", (AxisName.PLACEMENTS, _SUM), _MONEY, ("投入", "spend")),
        _measure(
            "response", (AxisName.PLACEMENTS, _SUM), _VOLUME, ("投入带来量", "response to spend")
        ),
        _measure("heads", (_GROUPS, _LAST), _HEADS, ("人数", "heads")),
        _measure("effective_heads", (_GROUPS, _LAST), _HEADS, ("有效人数", "effective heads")),
        _measure("arrivals", (_GROUPS, _SUM), _HEADS, ("到岗", "arrivals")),
        _measure("releases", (_GROUPS, _SUM), _HEADS, ("辞退", "releases")),
        _measure("departures", (_GROUPS, _SUM), _HEADS, ("离职", "departures")),
        _measure("moves_in", (_GROUPS, _SUM), _HEADS, ("调入", "moves in")),
        _measure("moves_out", (_GROUPS, _SUM), _HEADS, ("调出", "moves out")),
        _measure("expense", (AxisName.ACCOUNTS, _SUM), _MONEY, ("费用", "expense")),
        _measure("target", (AxisName.TARGETS, _SUM), _VOLUME, ("目标", "target")),
        _measure(
            "stretch_target", (AxisName.TARGETS, _SUM), _VOLUME, ("认购目标", "stretch target")
        ),
    )
}


@dataclass(frozen=True)
class Derived:
    """A sum of measures that has a name of its own.

    Attributes
    ----------
    name : str
    parts : tuple of (factor, measure name)
    title : Bilingual
    """

    name: str
    parts: tuple[tuple[float, str], ...]
    title: Bilingual


DERIVED: Mapping[str, Derived] = {
    derived.name: derived
    for derived in (
        Derived(
            "contribution",
            ((1.0, "revenue"), (-1.0, "cost_of_sales"), (-1.0, "expense")),
            Bilingual(zh="贡献额", en="contribution"),
        ),
    )
}
