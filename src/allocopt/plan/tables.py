"""Tidy tables of a plan: one row per number, what it is counted in beside it.

Money stands in the scenario's money unit (column ``amount``) and in 元 (``amount_yuan``).
Texts for readers stand in both languages where a plan has them in both.
"""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import pandas as pd

from allocopt.arrays import FloatArray
from allocopt.measures.catalog import UnitKind
from allocopt.measures.decisions import Decisions
from allocopt.measures.expressions import parse_expression
from allocopt.measures.lines import LineResult, form_value
from allocopt.measures.score import ObjectivePart
from allocopt.plan.labels import HEADS, counted_in, describing_columns, money_symbol, unit_sign
from allocopt.plan.ledger import DecimalArray, exact, ledger_of, row_axis
from allocopt.plan.money_lines import Books, books_of, line_sides
from allocopt.plan.target_tables import gap_table, target_table
from allocopt.plan.wording import form_unit_sign, line_unit_sign, result_text
from allocopt.problem.axes import AxisName, Dimension, Selection
from allocopt.problem.problem import Problem
from allocopt.text import Language

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
    def lines(self) -> tuple[LineResult, ...]:
        """How the plan stands to every line."""
        ...

    @property
    def parts(self) -> tuple[ObjectivePart, ...]:
        """What the objective is made of."""
        ...


def tables(plan: PlanContents) -> dict[str, pd.DataFrame]:
    """Return every table of ``plan`` by name.

    Returns
    -------
    dict
        spend, people, targets, gaps, volumes, money, expenses, ledger, units, lines,
        ratios, objective.
    """
    return {
        "spend": spend_table(plan),
        "people": people_table(plan),
        "targets": target_table(plan.problem, plan.decisions, plan.measures),
        "gaps": gap_table(plan.problem, plan.decisions, plan.measures),
        "volumes": volume_table(plan),
        "money": money_table(plan),
        "expenses": expense_table(plan),
        "ledger": ledger_table(plan),
        "units": unit_table(plan),
        "lines": line_table(plan),
        "ratios": ratio_table(plan),
        "objective": objective_table(plan),
    }


def _long(
    problem: Problem, axis: AxisName, columns: Mapping[str, FloatArray | DecimalArray]
) -> pd.DataFrame:
    """Return arrays (rows, periods) on one axis as one row per thing and period."""
    periods = len(problem.calendar)
    about = {
        name: np.repeat(np.array(texts, dtype=object), periods)
        for name, texts in describing_columns(problem, axis).items()
    }
    labels = np.tile(np.array(problem.calendar.labels, dtype=object), len(problem.axes[axis]))
    values = {name: np.asarray(array).ravel() for name, array in columns.items()}
    return pd.DataFrame({**about, "period": labels, **values})


def _with_money(problem: Problem, frame: pd.DataFrame) -> pd.DataFrame:
    """Return ``frame`` with the column ``amount_yuan`` also in the scenario's money unit."""
    place = list(frame.columns).index("amount_yuan")
    shown = frame["amount_yuan"].astype(float) / problem.money_unit
    frame.insert(place, "amount", shown)
    frame.insert(place + 1, "counted_in", money_symbol(problem))
    return frame


def spend_table(plan: PlanContents) -> pd.DataFrame:
    """Return spend: placement, lever, unit, period, amount, counted_in, amount_yuan."""
    values = {"amount_yuan": plan.decisions.spend}
    return _with_money(plan.problem, _long(plan.problem, AxisName.PLACEMENTS, values))


def people_table(plan: PlanContents) -> pd.DataFrame:
    """Return people: group, role, unit, period, heads and what moves them, counted_in."""
    values = {name: plan.measures[name] for name in _PEOPLE}
    return _long(plan.problem, AxisName.GROUPS, values).assign(counted_in=unit_sign(HEADS))


def volume_table(plan: PlanContents) -> pd.DataFrame:
    """Return volumes and customers of every cell and period, counted_in."""
    values = {name: plan.measures[name] for name in _VOLUMES}
    sign = unit_sign(counted_in(plan.problem, UnitKind.VOLUME))
    return _long(plan.problem, AxisName.CELLS, values).assign(counted_in=sign)


def money_table(plan: PlanContents) -> pd.DataFrame:
    """Return revenue and cost of sales of every cell and period.

    Columns: measure, cell, unit, product, channel, period, amount, counted_in, amount_yuan.
    """
    frames = []
    for name in _MONEY:
        frame = _long(plan.problem, AxisName.CELLS, {"amount_yuan": plan.measures[name]})
        frame.insert(0, "measure", name)
        frames.append(_with_money(plan.problem, frame))
    return pd.concat(frames, ignore_index=True)


def _books(plan: PlanContents) -> Books:
    spend = np.array(exact(plan.decisions.spend), dtype=object)
    entries = ledger_of(plan.problem, plan.decisions, plan.measures)
    return books_of(plan.problem, spend.reshape(plan.decisions.spend.shape), entries)


def expense_table(plan: PlanContents) -> pd.DataFrame:
    """Return expenses from the ledger: expense, unit, period, amount, counted_in, amount_yuan.

    ``amount_yuan`` holds decimals, exact to the cent.
    """
    values = {"amount_yuan": _books(plan).amounts["expense"]}
    return _with_money(plan.problem, _long(plan.problem, AxisName.ACCOUNTS, values))


def ledger_table(plan: PlanContents) -> pd.DataFrame:
    """Return every entry of the ledger, amounts as decimals in 元."""
    problem, labels = plan.problem, plan.problem.calendar.labels
    names = {axis: problem.axes[axis].labels for axis in (AxisName.ACCOUNTS, AxisName.CELLS)}
    records = [
        (
            str(entry.statement), str(entry.kind), names[row_axis(entry.statement)][entry.row],
            labels[entry.period], entry.amount, "元",
        )
        for entry in ledger_of(problem, plan.decisions, plan.measures)
    ]  # fmt: skip
    columns = ["statement", "kind", "row", "period", "amount_yuan", "counted_in"]
    return pd.DataFrame(records, columns=columns)


def line_table(plan: PlanContents) -> pd.DataFrame:
    """Return every line with its sides and how the plan stands to it, in both languages.

    Money is in 元; ``result_zh`` and ``result_en`` say it in the scenario's money unit.
    """
    problem = plan.problem
    records = []
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
    return pd.DataFrame(records)


def ratio_table(plan: PlanContents) -> pd.DataFrame:
    """Return both sides of every ratio line, from the measures and from the ledger.

    The ledger's columns hold decimals in 元; None where a ratio does not count money.
    """
    books, problem = _books(plan), plan.problem
    records = []
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
    return pd.DataFrame(records)


def unit_table(plan: PlanContents) -> pd.DataFrame:
    """Return the year of every unit of every tree: volumes, customers, money.

    Money is in the scenario's unit, named in ``money_counted_in``; an expense belongs to
    the unit that it lands on and to those above.
    """
    problem = plan.problem
    cells, accounts = problem.axes[AxisName.CELLS], problem.axes[AxisName.ACCOUNTS]
    records = []
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
    return pd.DataFrame(records)


def objective_table(plan: PlanContents) -> pd.DataFrame:
    """Return the objective's parts: part, value (元 for money), counted_in."""
    problem = plan.problem
    goal = problem.objective.goals[0].expression
    form = parse_expression(goal, problem.axes, Selection()).numerator
    records = [
        {
            "part": part.name,
            "value": part.value,
            "counted_in": form_unit_sign(problem, form) if part.name == goal else "元",
        }
        for part in plan.parts
    ]
    return pd.DataFrame(records)
