"""Why a plan is as it is: what lines are worth, what money earns, and where it stopped."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np

from allocopt.arrays import BoolArray, FloatArray
from allocopt.measures.lines import LineResult, Sense
from allocopt.plan.kinds import Kind
from allocopt.plan.plan import Plan
from allocopt.plan.wording import expression_kind, objective_kind
from allocopt.problem.axes import AxisName, Dimension, Selection
from allocopt.problem.problem import Placements, Problem
from allocopt.report.displaced import Exchange, Use
from allocopt.scenario.schema.limits import LineKind
from allocopt.solving.commit import stepped_placements
from allocopt.solving.prices import Prices, SpendPrices
from allocopt.text import Bilingual

if TYPE_CHECKING:
    import pandas as pd

_CENT = 0.01
_SMALL = 1e-9
_STEPS = {Kind.SHARE: 0.01, Kind.TIMES: 0.01}
"""By how much a bound is moved when its worth is said; 1 in the unit shown for other kinds."""


class Reason(StrEnum):
    """Why spend stopped where it did."""

    LINE = "line"
    """One more 元 brings what it costs, most of it the price of a line."""
    COST = "cost"
    """One more 元 brings what it costs in the goal itself."""
    UPPER = "upper_bound"
    LOWER = "lower_bound"
    MINIMUM = "minimum"
    OFF = "off"
    MOVE = "largest_move"
    CHANGES = "change_limit"
    MENU = "menu"
    FIXED = "fixed"


@dataclass(frozen=True)
class LineWorth:
    """What a line is worth at the plan.

    Attributes
    ----------
    result : LineResult
    name : Bilingual
    counts : Kind
        What the bound counts.
    price : float
        What the goal gains per unit by which the bound is eased (元, a share of 1, people);
        for an equality, per unit by which it is raised.
    step : float
        By how much the bound is moved when the worth is said, signed, in base units: 1 of
        the money unit, 1 percentage point, 1 account or person.
    """

    result: LineResult
    name: Bilingual
    counts: Kind
    price: float
    step: float

    @property
    def worth(self) -> float:
        """What the goal gains by the step, in its own unit."""
        return self.price * abs(self.step)


@dataclass(frozen=True)
class PeriodReason:
    """A placement in one period; money in 元, returns in the goal's unit per 元.

    Attributes
    ----------
    period : str
    spend, response : float
    marginal, price : float
        What one more 元 brings and costs; ``marginal`` is NaN where spend cannot move.
    reason : Reason
    line : str or None
        The line with the largest part of ``price``.
    """

    period: str
    spend: float
    response: float
    marginal: float
    price: float
    reason: Reason
    line: str | None


@dataclass(frozen=True)
class PlacementReason:
    """A placement over the horizon; money in 元, returns in the goal's unit per 元.

    Attributes
    ----------
    id : str
    name : Bilingual
    spend, response : float
    marginal, price : float
        Means over the periods of ``reason``, weighted with their spend where there is any.
    average : float
        The best that a 元 of extra spend could bring on average in any period; NaN where
        spend cannot move.
    reason : Reason
        Of most periods in which money is spent, or of most periods.
    share : float
        Of the periods that have a choice, those with this reason.
    line : str or None
    elsewhere : Use or None
        The best use of its last unit of money elsewhere, under the same line: what it
        displaced. None where nothing is spent or no line prices the money.
    source : Use or None
        Who would give up one more unit for it; None where it could not take it.
    periods : tuple of PeriodReason
    """

    id: str
    name: Bilingual
    spend: float
    response: float
    marginal: float
    price: float
    average: float
    reason: Reason
    share: float
    line: str | None
    elsewhere: Use | None
    source: Use | None
    periods: tuple[PeriodReason, ...]


@dataclass(frozen=True)
class Balance:
    """Whether marginal returns equal prices where spend is free to move.

    Attributes
    ----------
    compared : int
        Placements and periods strictly between their bounds.
    largest, mean : float
        Difference as a share of the price; the mean is weighted with spend. NaN where
        nothing is compared.
    """

    compared: int
    largest: float
    mean: float


@dataclass(frozen=True)
class Explanation:
    """Why a plan is as it is.

    Attributes
    ----------
    kind : Kind
        What the goal counts.
    lines : tuple of LineWorth
        Lines with a price, the weightiest first.
    placements : tuple of PlacementReason
        The largest spend first.
    balance : Balance
    money_unit : int
        元 per unit in which the scenario counts money.
    volume_unit : Bilingual
        What it counts gross adds and customers in.
    """

    kind: Kind
    lines: tuple[LineWorth, ...]
    placements: tuple[PlacementReason, ...]
    balance: Balance
    money_unit: int
    volume_unit: Bilingual

    @cached_property
    def tables(self) -> "Mapping[str, pd.DataFrame]":
        """Tidy tables ``lines``, ``placements`` and ``periods``, money in 元."""
        module = import_module("allocopt.report.explain_tables")
        made: Mapping[str, pd.DataFrame] = module.explanation_tables(self)
        return made

    def line_name(self, name: str | None) -> Bilingual:
        """Return the title of a line with a price; its own name if there is none."""
        titles = {line.result.line.name: line.name for line in self.lines}
        return titles.get(name or "", Bilingual(name or "", name or ""))


def explain_plan(plan: Plan, prices: Prices) -> Explanation:
    """Return why ``plan`` is as it is, at ``prices`` of its own model.

    Parameters
    ----------
    plan : Plan
    prices : Prices
        See `allocopt.solving.prices.price_plan`.

    Notes
    -----
    Where spend lies strictly between its bounds, marginal return and price are equal at an
    optimum (conditions of Karush, Kuhn and Tucker; Boyd and Vandenberghe, Convex
    Optimization, 2004, section 5.5); `Balance` says how nearly.
    """
    kind = objective_kind(plan.problem, plan.provenance.decides)
    lines = _line_worths(plan, prices)
    if prices.spend is None:
        return Explanation(
            kind, lines, (), Balance(0, float("nan"), float("nan")), *_units(plan.problem)
        )
    facts = _Facts(plan, prices.spend)
    placements = [facts.placement(a) for a in range(len(facts.labels))]
    placements.sort(key=lambda row: -row.spend)
    balance = _balance(tuple(placements))
    return Explanation(kind, lines, tuple(placements), balance, *_units(plan.problem))


def _units(problem: Problem) -> tuple[int, Bilingual]:
    return problem.money_unit, problem.volume_unit


def _line_worths(plan: Plan, prices: Prices) -> tuple[LineWorth, ...]:
    titles = {spec.id: spec.title() for spec in plan.problem.lines}
    found = []
    for result in plan.lines:
        line, price = result.line, prices.lines.get(result.line.name, 0.0)
        if line.kind is LineKind.REPORT or abs(price) <= _negligible(plan, result):
            continue
        counts = expression_kind(line.expression)
        unit = float(plan.problem.money_unit) if counts is Kind.MONEY else 1.0
        step = _STEPS.get(counts, unit) * (-1.0 if line.sense is Sense.AT_LEAST else 1.0)
        title = titles[line.spec]
        place = line.name.removeprefix(line.spec)
        name = Bilingual(*(f"{word} {place}".strip() for word in (title.zh, title.en)))
        found.append(LineWorth(result, name, counts, price, step))
    found.sort(key=lambda row: -abs(row.price) * max(abs(row.result.rhs), abs(row.step)))
    return tuple(found)


def _negligible(plan: Plan, result: LineResult) -> float:
    """Return a price at which the whole bound is worth nothing beside the objective."""
    return _SMALL * max(abs(plan.objective), 1.0) / max(abs(result.rhs), 1.0)


def _balance(placements: tuple[PlacementReason, ...]) -> Balance:
    free = [
        row
        for placement in placements
        for row in placement.periods
        if row.reason in (Reason.LINE, Reason.COST) and row.price > 0
    ]
    if not free:
        return Balance(0, float("nan"), float("nan"))
    apart = np.array([abs(row.marginal - row.price) / row.price for row in free])
    spend = np.array([row.spend for row in free])
    return Balance(len(free), float(apart.max()), float(np.average(apart, weights=spend)))


class _Facts:
    """A plan's spend beside its prices, looked up by placement.

    Parameters
    ----------
    plan : Plan
    prices : SpendPrices
    """

    def __init__(self, plan: Plan, prices: SpendPrices) -> None:
        self._plan, self._prices = plan, prices
        self.labels = plan.problem.axes[AxisName.PLACEMENTS].labels
        self._reasons = _reasons(plan.problem, plan.decisions.spend)
        self._lines = tuple(prices.by_line)
        self._exchange = Exchange(plan, prices)
        shape = plan.decisions.spend.shape
        parts = [prices.by_line[name] for name in self._lines]
        self._parts = np.stack(parts) if parts else np.zeros((0, *shape))

    def placement(self, a: int) -> PlacementReason:
        """Return what is said of placement ``a``."""
        plan, prices = self._plan, self._prices
        periods = tuple(self._period(a, t) for t in range(len(plan.problem.calendar)))
        chosen, share = _main(periods)
        weights = np.array([row.spend for row in chosen])
        weights = weights if weights.sum() > 0 else np.ones(len(chosen))
        average = prices.average[a]
        price = float(np.average([row.price for row in chosen], weights=weights))
        elsewhere, source = self._uses(a, chosen[0], price)
        return PlacementReason(
            id=self.labels[a],
            name=plan.scenario.data.placements[a].title(),
            spend=float(plan.decisions.spend[a].sum()),
            response=float(plan.measures["response"][a].sum()),
            marginal=float(np.average([row.marginal for row in chosen], weights=weights)),
            price=price,
            average=float(np.nanmax(average)) if np.isfinite(average).any() else float("nan"),
            reason=chosen[0].reason,
            share=share,
            line=chosen[0].line,
            elsewhere=elsewhere,
            source=source,
            periods=periods,
        )

    def _uses(self, a: int, row: PeriodReason, price: float) -> tuple[Use | None, Use | None]:
        """Return where its last unit would go instead, and where one more would come from."""
        if row.line is None:
            return None, None
        spends = float(self._plan.decisions.spend[a].sum()) > _CENT
        closed = row.reason in (Reason.UPPER, Reason.FIXED, Reason.MENU, Reason.CHANGES)
        return (
            self._exchange.elsewhere(a, row.line, price) if spends else None,
            None if closed else self._exchange.source(a, row.line, price),
        )

    def _period(self, a: int, t: int) -> PeriodReason:
        plan, prices = self._plan, self._prices
        price = float(prices.price[a, t])
        line = self._heaviest(a, t, price)
        reason = self._reasons[a][t]
        return PeriodReason(
            period=plan.problem.calendar.labels[t],
            spend=float(plan.decisions.spend[a, t]),
            response=float(plan.measures["response"][a, t]),
            marginal=float(prices.marginal[a, t]),
            price=price,
            reason=Reason.COST if reason is Reason.LINE and line is None else reason,
            line=line,
        )

    def _heaviest(self, a: int, t: int, price: float) -> str | None:
        """Return the line with the largest part of the price, if any has one worth naming."""
        parts = self._parts[:, a, t]
        if not parts.size or parts.max() <= 1e-6 * max(abs(price), _SMALL):
            return None
        return self._lines[int(parts.argmax())]


def _main(periods: tuple[PeriodReason, ...]) -> tuple[list[PeriodReason], float]:
    """Return the periods of the reason that most of them have, and their share.

    Periods with spend go before those without, these before those that have no choice.
    """
    open_ = [row for row in periods if row.reason is not Reason.FIXED]
    active = [row for row in open_ if row.spend > 0] or open_ or list(periods)
    kinds = [(row.reason, row.line) for row in active]
    most = max(dict.fromkeys(kinds), key=kinds.count)
    chosen = [row for row in active if (row.reason, row.line) == most]
    return chosen, len(chosen) / len(open_ or periods)


def _reasons(problem: Problem, spend: FloatArray) -> list[list[Reason]]:
    """Return why spend stopped, by placement and period; `Reason.LINE` where it is free.

    Of the rules that hold the last one decides.
    """
    placements = problem.placements
    lower, upper, least = placements.lower, placements.upper, placements.minimum
    cent = _CENT * 2 + 1e-9 * upper
    rules = (
        (Reason.MINIMUM, spend <= least + cent),
        (Reason.LOWER, spend <= lower + cent),
        (Reason.MOVE, _at_largest_move(placements, spend, cent)),
        (Reason.UPPER, spend >= upper - cent),
        (Reason.OFF, (spend <= cent) & (lower <= cent)),
        (Reason.MENU, np.tile(stepped_placements(placements)[:, None], spend.shape[1])),
        (Reason.CHANGES, np.tile(_held_by_changes(problem, spend, cent)[:, None], spend.shape[1])),
        (Reason.FIXED, upper - lower <= cent),
    )
    number = np.full(spend.shape, -1)
    for place, (_, holds) in enumerate(rules):
        number[holds] = place
    reasons = [reason for reason, _ in rules] + [Reason.LINE]
    return [[reasons[place] for place in row] for row in number]


def _at_largest_move(placements: Placements, spend: FloatArray, cent: FloatArray) -> BoolArray:
    room = placements.current * placements.largest_move[:, None]
    moved = np.abs(spend - placements.current)
    return np.asarray(moved >= np.where(np.isnan(room), np.inf, room) - cent, dtype=np.bool_)


def _held_by_changes(problem: Problem, spend: FloatArray, cent: FloatArray) -> BoolArray:
    """Return which placements stay as they are because others changed, (placements,)."""
    axis = problem.axes[AxisName.PLACEMENTS]
    changed = (np.abs(spend - problem.placements.current) > cent).any(axis=1)
    held = np.zeros(len(problem.placements.levers), dtype=np.bool_)
    for limit in problem.change_limits:
        chosen = Selection.of({Dimension.LEVERS: limit.levers, Dimension.UNITS: limit.units})
        counted = np.asarray(axis.rows(chosen) != 0, dtype=np.bool_)
        if int((counted & changed).sum()) >= limit.at_most:
            held |= counted & ~changed
    return held
