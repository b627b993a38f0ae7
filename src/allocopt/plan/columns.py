"""Tidy tables of a plan as columns: one row per number, what it is counted in beside it.

Money stands in the scenario's money unit (column ``amount``) and in 元 (``amount_yuan``).
Texts for readers stand in both languages where a plan has them in both. No pandas here: a
run directory is written without waiting for it.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.measures.catalog import UnitKind
from allocopt.measures.decisions import Decisions
from allocopt.measures.lines import LineResult, form_value
from allocopt.measures.score import ObjectivePart
from allocopt.plan.kinds import HEADS
from allocopt.plan.labels import counted_in, describing_columns, money_symbol, unit_sign
from allocopt.plan.ledger import DecimalArray, Entry, exact, row_axis
from allocopt.plan.money_lines import Books, books_of, line_sides
from allocopt.plan.records import Columns, from_records, joined
from allocopt.plan.target_columns import gap_columns, target_columns
from allocopt.plan.wording import form_unit_sign, line_unit_sign, part_signs, result_text
from allocopt.problem.axes import AxisName, Dimension
from allocopt.problem.problem import Problem
from allocopt.text import Language

if TYPE_CHECKING:
    from allocopt.plan.plan import Provenance

_PEOPLE = (
    "heads", "effective_heads", "arrivals", "releases", "departures", "moves_in", "moves_out",
)  # fmt: skip
_VOLUMES = (
    "demand", "unserved", "gross_adds", "effective_adds", "saved", "moved_in", "moved_out",
    "leavers", "net_adds", "customers", "base_customers",
)  # fmt: skip
_MONEY = ("revenue", "base_revenue", "cost_of_sales", "end_value")
_UNIT_SUMS = ("gross_adds", "net_adds", "revenue", "cost_of_sales")
_UNIT_MONEY = ("revenue", "cost_of_sales", "expense", "contribution")
_LEDGER = ("statement", "kind", "row", "period", "amount_yuan", "counted_in")
_LINES = (
    "name", "line", "kind", "sense", "lhs", "rhs", "slack", "counted_in", "shortfall",
    "shortfall_counted_in", "met", "penalty_yuan", "stretch", "sentence_zh", "sentence_en",
    "result_zh", "result_en",
)  # fmt: skip
_RATIOS = (
    "name", "stretch", "numerator", "numerator_counted_in", "denominator",
    "denominator_counted_in", "ratio", "sense", "bound", "counted_in", "ledger_numerator",
    "ledger_denominator",
)  # fmt: skip
_UNITS = (
    "unit", "level", "gross_adds", "net_adds", "customers", "volume_counted_in", *_UNIT_MONEY,
    "money_counted_in",
)  # fmt: skip
_PARTS = ("part", "value", "counted_in")


class PlanContents(Protocol):
    """What tables are made from; a `Plan` is one."""

    @property
    def problem(self) -> Problem:
        """The arrays of the scenario."""
        ...

    @property
    def decisions(self) -> Decisions:
        """Decisions as numbers."""
        ...

    @property
    def measures(self) -> Mapping[str, FloatArray]:
        """Every measure by name."""
        ...

    @property
    def provenance(self) -> "Provenance":
        """Where the plan comes from, and what its model decides."""
        ...

    @property
    def lines(self) -> tuple[LineResult, ...]:
        """How the plan stands to every line."""
        ...

    @property
    def parts(self) -> tuple[ObjectivePart, ...]:
        """What the objective is made of."""
        ...

    @property
    def ledger(self) -> tuple[Entry, ...]:
        """Every booking."""
        ...


def _long(
    problem: Problem, axis: AxisName, values: Mapping[str, FloatArray | DecimalArray]
) -> Columns:
    """Return arrays (rows, periods) on one axis as one row per thing and period."""
    periods = problem.calendar.labels
    about: Columns = {
        name: [text for text in texts for _ in periods]
        for name, texts in describing_columns(problem, axis).items()
    }
    labels = list(periods) * len(problem.axes[axis])
    numbers = {name: np.asarray(array).ravel().tolist() for name, array in values.items()}
    return {**about, "period": labels, **numbers}


def _with_money(problem: Problem, columns: Columns) -> Columns:
    """Return ``columns`` with ``amount_yuan``, the last, also in the scenario's money unit."""
    *others, last = columns
    exact_amounts = columns[last]
    return {
        **{name: columns[name] for name in others},
        "amount": [float(value) / problem.money_unit for value in exact_amounts],
        "counted_in": [money_symbol(problem)] * len(exact_amounts),
        last: exact_amounts,
    }


def _everywhere(columns: Columns, name: str, value: str) -> Columns:
    """Return ``columns`` with one more that has the same text in every row."""
    return {**columns, name: [value] * len(next(iter(columns.values())))}


def spend_columns(plan: PlanContents) -> Columns:
    """Return spend: placement, lever, unit, period, amount, counted_in, amount_yuan."""
    values = {"amount_yuan": plan.decisions.spend}
    return _with_money(plan.problem, _long(plan.problem, AxisName.PLACEMENTS, values))


def people_columns(plan: PlanContents) -> Columns:
    """Return people: group, role, unit, period, heads and what moves them, counted_in."""
    values = {name: plan.measures[name] for name in _PEOPLE}
    return _everywhere(_long(plan.problem, AxisName.GROUPS, values), "counted_in", unit_sign(HEADS))


def volume_columns(plan: PlanContents) -> Columns:
    """Return volumes and customers of every cell and period, counted_in."""
    values = {name: plan.measures[name] for name in _VOLUMES}
    sign = unit_sign(counted_in(plan.problem, UnitKind.VOLUME))
    return _everywhere(_long(plan.problem, AxisName.CELLS, values), "counted_in", sign)


def money_columns(plan: PlanContents) -> Columns:
    """Return revenue and cost of sales of every cell and period.

    Columns: measure, cell, unit, product, channel, period, amount, counted_in, amount_yuan.
    """
    parts = {
        name: _long(plan.problem, AxisName.CELLS, {"amount_yuan": plan.measures[name]})
        for name in _MONEY
    }
    names = [name for name, part in parts.items() for _ in part["period"]]
    return _with_money(
        plan.problem, {"measure": names, **joined(list(parts["revenue"]), list(parts.values()))}
    )


def _books(plan: PlanContents) -> Books:
    spend = np.array(exact(plan.decisions.spend), dtype=object)
    return books_of(plan.problem, spend.reshape(plan.decisions.spend.shape), plan.ledger)


def expense_columns(plan: PlanContents) -> Columns:
    """Return expenses from the ledger: expense, unit, period, amount, counted_in, amount_yuan.

    ``amount_yuan`` holds decimals, exact to the cent.
    """
    values = {"amount_yuan": _books(plan).amounts["expense"]}
    return _with_money(plan.problem, _long(plan.problem, AxisName.ACCOUNTS, values))


def ledger_columns(plan: PlanContents) -> Columns:
    """Return every entry of the ledger, amounts as decimals in 元."""
    problem, labels = plan.problem, plan.problem.calendar.labels
    names = {axis: problem.axes[axis].labels for axis in (AxisName.ACCOUNTS, AxisName.CELLS)}
    records: list[dict[str, object]] = [
        {
            "statement": str(entry.statement),
            "kind": str(entry.kind),
            "row": names[row_axis(entry.statement)][entry.row],
            "period": labels[entry.period],
            "amount_yuan": entry.amount,
            "counted_in": "元",
        }
        for entry in plan.ledger
    ]
    return from_records(_LEDGER, records)


def line_columns(plan: PlanContents) -> Columns:
    """Return every line with its sides and how the plan stands to it, in both languages.

    Money is in 元; ``result_zh`` and ``result_en`` say it in the scenario's money unit.
    """
    problem = plan.problem
    records: list[dict[str, object]] = []
    for found in plan.lines:
        line, said = found.line, result_text(problem, found)
        records.append(
            {
                "name": line.name,
                "line": line.spec,
                "kind": str(line.kind),
                "sense": str(line.sense),
                "lhs": found.lhs,
                "rhs": found.rhs,
                "slack": found.slack,
                "counted_in": line_unit_sign(problem, line),
                "shortfall": found.shortfall,
                "shortfall_counted_in": form_unit_sign(problem, line.expression.numerator),
                "met": found.met,
                "penalty_yuan": found.penalty,
                "stretch": line.stretch.label,
                "sentence_zh": line.sentence.render(Language.CHINESE),
                "sentence_en": line.sentence.render(Language.ENGLISH),
                "result_zh": said.render(Language.CHINESE),
                "result_en": said.render(Language.ENGLISH),
            }
        )
    return from_records(_LINES, records)


def ratio_columns(plan: PlanContents) -> Columns:
    """Return both sides of every ratio line, from the measures and from the ledger.

    The ledger's columns hold decimals in 元; None where a ratio does not count money.
    """
    books, problem = _books(plan), plan.problem
    records: list[dict[str, object]] = []
    for found in plan.lines:
        line, below = found.line, found.line.expression.denominator
        if below is None:
            continue
        sides = line_sides(books, line)
        top, bottom = (
            float(form_value(problem, form, plan.measures, line.stretch))
            for form in (line.expression.numerator, below)
        )
        records.append(
            {
                "name": line.name,
                "stretch": line.stretch.label,
                "numerator": top,
                "numerator_counted_in": form_unit_sign(problem, line.expression.numerator),
                "denominator": bottom,
                "denominator_counted_in": form_unit_sign(problem, below),
                "ratio": found.lhs,
                "sense": str(line.sense),
                "bound": found.rhs,
                "counted_in": line_unit_sign(problem, line),
                "ledger_numerator": sides[0].value if sides else None,
                "ledger_denominator": sides[1].value if sides else None,
            }
        )
    return from_records(_RATIOS, records)


def unit_columns(plan: PlanContents) -> Columns:
    """Return the year of every unit of every tree: volumes, customers, money.

    Money is in the scenario's unit, named in ``money_counted_in``; an expense belongs to
    the unit that it lands on and to those above.
    """
    problem = plan.problem
    cells, accounts = problem.axes[AxisName.CELLS], problem.axes[AxisName.ACCOUNTS]
    records: list[dict[str, object]] = []
    for unit, rows in cells.members[Dimension.UNITS].items():
        year = {name: float(plan.measures[name][rows].sum()) for name in _UNIT_SUMS}
        spent = accounts.members[Dimension.UNITS][unit]
        year["expense"] = float(plan.measures["expense"][spent].sum())
        year["contribution"] = year["revenue"] - year["cost_of_sales"] - year["expense"]
        money = {name: year[name] / problem.money_unit for name in _UNIT_MONEY}
        records.append(
            {
                "unit": unit,
                "level": problem.trees.units.levels.get(unit, ""),
                **{name: year[name] for name in ("gross_adds", "net_adds")},
                "customers": float(plan.measures["customers"][rows, -1].sum()),
                "volume_counted_in": unit_sign(counted_in(problem, UnitKind.VOLUME)),
                **money,
                "money_counted_in": money_symbol(problem),
            }
        )
    return from_records(_UNITS, records)


def objective_columns(plan: PlanContents) -> Columns:
    """Return the objective's parts: part, value (元 for money), counted_in."""
    signs = part_signs(plan.problem, len(plan.parts), plan.provenance.decides)
    records: list[dict[str, object]] = [
        {"part": part.name, "value": part.value, "counted_in": sign}
        for part, sign in zip(plan.parts, signs, strict=True)
    ]
    return from_records(_PARTS, records)


TABLES: Mapping[str, Callable[[PlanContents], Columns]] = {
    "spend": spend_columns,
    "people": people_columns,
    "targets": lambda plan: target_columns(plan.problem, plan.decisions, plan.measures),
    "gaps": lambda plan: gap_columns(plan.problem, plan.decisions, plan.measures),
    "volumes": volume_columns,
    "money": money_columns,
    "expenses": expense_columns,
    "ledger": ledger_columns,
    "units": unit_columns,
    "lines": line_columns,
    "ratios": ratio_columns,
    "objective": objective_columns,
}
"""Every table by name, and what makes it."""
