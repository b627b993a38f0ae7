"""Targets at every node of the trees, and how far they are attained."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray, IntArray
from allocopt.measures.attainment import attained
from allocopt.measures.catalog import UnitKind
from allocopt.measures.decisions import Decisions
from allocopt.measures.numbers import Numbers
from allocopt.plan.labels import counted_in, money_symbol, quota_kinds, unit_sign
from allocopt.plan.reasons import month_reason, target_reasons
from allocopt.plan.records import Columns, from_records, joined
from allocopt.problem.axes import AxisName, Dimension
from allocopt.problem.problem import Problem
from allocopt.problem.quota import Quota, quotas_of
from allocopt.text import Language, T, Text

YEAR = "year"
"""In the column ``period``: the whole horizon."""


_NODE = ("quota", "unit", "product", "channel", "is_sum")
_TARGET_COLUMNS = (
    *_NODE, "period", "base", "stretch", "counted_in", "base_exact", "stretch_exact",
    "reason_zh", "reason_en",
)  # fmt: skip
_GAP_COLUMNS = (
    *_NODE, "target", "stretch", "attained", "gap", "gap_to_stretch", "reached", "counted_in",
    "target_exact", "attained_exact",
)  # fmt: skip


@dataclass(frozen=True)
class TargetNode:
    """A node of the trees that a quota is cascaded over.

    Attributes
    ----------
    quota : Quota
    unit, product, channel : str
        Product and channel are empty for all together.
    rows : IntArray
        Target cells below it, on the target axis.
    is_cell : bool
        Whether it is a target cell itself, not a sum.
    """

    quota: Quota
    unit: str
    product: str
    channel: str
    rows: IntArray
    is_cell: bool


def target_nodes(problem: Problem) -> Iterator[TargetNode]:
    """Yield every node with targets, quota by quota: unit x product x channel, with sums."""
    members, cells = problem.axes[AxisName.TARGETS].members, problem.target_cells
    for quota in quotas_of(problem):
        products = _nodes(members[Dimension.PRODUCTS], quota.rows, split=quota.spec.by_product)
        channels = _nodes(members[Dimension.CHANNELS], quota.rows, split=quota.spec.by_channel)
        for unit, of_unit in _nodes(members[Dimension.UNITS], quota.rows, split=True).items():
            for product, of_product in products.items():
                for channel, of_channel in channels.items():
                    rows = np.intersect1d(np.intersect1d(of_unit, of_product), of_channel)
                    if not rows.size or not unit:
                        continue
                    first = int(rows[0])
                    own = (cells.units[first], cells.products[first], cells.channels[first])
                    cell = rows.size == 1 and own == (unit, product, channel)
                    yield TargetNode(quota, unit, product, channel, rows, cell)


def _nodes(members: Mapping[str, IntArray], rows: IntArray, *, split: bool) -> dict[str, IntArray]:
    """Return the nodes that hold some of ``rows``; the empty name holds all of them."""
    found = {"": rows}
    if split:
        inside = {name: np.intersect1d(own, rows) for name, own in members.items()}
        found.update({name: own for name, own in inside.items() if own.size})
    return found


def _shown_in(problem: Problem, quota: Quota) -> tuple[float, str]:
    """Return what a quota is divided by for readers, and the unit that it then has."""
    if quota_kinds(problem)[quota.spec.id] is UnitKind.MONEY:
        return float(problem.money_unit), money_symbol(problem)
    return 1.0, unit_sign(counted_in(problem, UnitKind.VOLUME))


def target_columns(
    problem: Problem, decisions: Decisions, measures: Mapping[str, FloatArray]
) -> Columns:
    """Return targets of every node, per period and for the year, with the reason of each.

    Parameters
    ----------
    problem : Problem
    decisions : Decisions
    measures : mapping measure name -> FloatArray (rows, periods)

    Returns
    -------
    Columns
        quota, unit, product, channel, is_sum, period, base, stretch, counted_in,
        base_exact, stretch_exact (元 or the volume unit), reason_zh, reason_en.
    """
    reasons = [reason.text for reason in target_reasons(problem, decisions, measures)]
    frames = [_target_columns(problem, decisions, node, reasons) for node in target_nodes(problem)]
    return joined(_TARGET_COLUMNS, frames)


def _target_columns(
    problem: Problem, decisions: Decisions, node: TargetNode, reasons: list[Text]
) -> Columns:
    periods = (*problem.calendar.labels, YEAR)
    factor, unit = _shown_in(problem, node.quota)
    base = _with_year(decisions.target, node)
    stretch = _with_year(decisions.stretch_target, node)
    year = reasons[int(node.rows[0])] if node.is_cell else _sum_text(node)
    texts = [month_reason(problem, node.quota)] * (len(periods) - 1) + [year]
    columns: Columns = {name: [text] * len(periods) for name, text in _about(node).items()}
    return {
        **columns,
        "is_sum": [not node.is_cell] * len(periods),
        "period": list(periods),
        "base": (base / factor).tolist(),
        "stretch": (stretch / factor).tolist(),
        "counted_in": [unit] * len(periods),
        "base_exact": base.tolist(),
        "stretch_exact": stretch.tolist(),
        "reason_zh": [text.render(Language.CHINESE) for text in texts],
        "reason_en": [text.render(Language.ENGLISH) for text in texts],
    }


def _about(node: TargetNode) -> dict[str, str]:
    return {
        "quota": node.quota.spec.id,
        "unit": node.unit,
        "product": node.product,
        "channel": node.channel,
    }


def _with_year(layer: FloatArray, node: TargetNode) -> FloatArray:
    """Return a node's targets per period and, last, of the year."""
    months = layer[node.rows].sum(axis=0)
    return np.append(months, layer[node.rows].sum())


def _sum_text(node: TargetNode) -> Text:
    return T("sum of {count} targets", count=len(node.rows))


def gap_columns(
    problem: Problem, decisions: Decisions, measures: Mapping[str, FloatArray]
) -> Columns:
    """Return what came from above against what the plan attains, per node and year.

    Returns
    -------
    Columns
        quota, unit, product, channel, is_sum, target, stretch, attained, gap (attained less
        target), gap_to_stretch, reached (share of the target), counted_in, and the exact
        values of target and attained in 元 or the volume unit.
    """
    reached = attained(Numbers(problem), problem, measures)
    records: list[dict[str, object]] = []
    for node in target_nodes(problem):
        factor, unit = _shown_in(problem, node.quota)
        target, stretch, got = (
            float(layer[node.rows].sum())
            for layer in (decisions.target, decisions.stretch_target, reached)
        )
        records.append(
            {
                **_about(node),
                "is_sum": not node.is_cell,
                "target": target / factor,
                "stretch": stretch / factor,
                "attained": got / factor,
                "gap": (got - target) / factor,
                "gap_to_stretch": (got - stretch) / factor,
                "reached": got / target if target else np.nan,
                "counted_in": unit,
                "target_exact": target,
                "attained_exact": got,
            }
        )
    return from_records(_GAP_COLUMNS, records)
