"""Figures of a plan: where money goes, what it brings, how lines and targets stand.

Every function returns a matplotlib `Figure` that is drawn to no screen; save it with
``figure.savefig("spend.svg")``. Words are Chinese or English, see `allocopt.report.lettering`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text as DrawnText

from allocopt.arrays import FloatArray
from allocopt.plan.kinds import Kind
from allocopt.plan.plan import Plan
from allocopt.plan.wording import objective_unit
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Placements
from allocopt.report.explain import Explanation
from allocopt.report.format import NumberStyle
from allocopt.report.lettering import Lettering, lettering
from allocopt.report.line_rows import LineRow, line_rows
from allocopt.report.summary import QuotaTable, quota_tables, spend_rows
from allocopt.scenario.schema.limits import LineKind
from allocopt.text import Bilingual

_CURRENT, _PLANNED, _ATTAINED, _MISSED = "#b8c4cc", "#1f6f8b", "#e0a030", "#c0392b"
_SEVERAL = ("#1f6f8b", "#e0a030", "#7a9e3f", "#8c5a9e", "#c0392b", "#b8c4cc")
"""Colors of plans beside each other."""
_MOST_BARS = 20
_MOST_CURVES = 6
_WIDEST_SLACK = 0.5
"""Bars of relative slack end here; the number beside them does not."""


@dataclass(frozen=True)
class _Bars:
    """Series of horizontal bars over the same names."""

    names: tuple[str, ...]
    series: tuple[tuple[str, str, FloatArray], ...]


def spend_figure(plan: Plan, letters: Lettering | None = None) -> Figure:
    """Return the horizon's spend beside the current plan's, by lever.

    A plan with one lever is shown by placement; of many placements the smallest are summed.

    Parameters
    ----------
    plan : Plan
    letters : Lettering or None
        English when None.
    """
    words = letters or lettering()
    names, values = _largest(*_spend(plan, words), words)
    labels = (Bilingual("现行", "current plan"), Bilingual("本计划", "this plan"))
    series = tuple(
        (words.say(label, ""), color, column)
        for label, color, column in zip(labels, (_CURRENT, _PLANNED), values.T, strict=True)
    )
    return _spend_bars(plan, _Bars(names, series), words)


def plans_figure(plans: Mapping[str, Plan], letters: Lettering | None = None) -> Figure:
    """Return the horizon's spend of several plans side by side, by lever or placement.

    Parameters
    ----------
    plans : mapping name -> Plan
        At most six, of one scenario with other values: variants, what-ifs, alternatives.
    letters : Lettering or None
        English when None.

    Raises
    ------
    ValueError
        If there is no plan, or they do not spend on the same things.
    """
    words = letters or lettering()
    spends = [_spend(plan, words) for plan in plans.values()]
    if not spends or len(spends) > len(_SEVERAL) or len({names for names, _ in spends}) > 1:
        message = f"one to {len(_SEVERAL)} plans with spend on the same things were expected"
        raise ValueError(message)
    planned = np.stack([pairs[:, 1] for _, pairs in spends], axis=1)
    names, values = _largest(spends[0][0], planned, words)
    series = tuple(zip(plans, _SEVERAL, values.T, strict=False))
    return _spend_bars(next(iter(plans.values())), _Bars(names, series), words)


def _spend_bars(plan: Plan, bars: _Bars, words: Lettering) -> Figure:
    unit = plan.problem.money_unit
    figure, axes = _canvas(len(bars.names))
    _draw_bars(axes, bars, factor=1.0 / unit)
    axes.set_xlabel(words.money_unit(unit))
    axes.set_title(words.say(Bilingual("投入", "Spend"), ""))
    return _lettered(figure, words)


def _spend(plan: Plan, words: Lettering) -> tuple[tuple[str, ...], FloatArray]:
    """Return names, and current and planned spend of the horizon, (rows, 2), 元."""
    rows = spend_rows(plan)
    if len(rows) > 1:
        names = [
            words.say(row.name, lever.id)
            for row, lever in zip(rows, plan.scenario.data.levers, strict=True)
        ]
        return tuple(names), np.array([(row.current, row.planned) for row in rows])
    names = [words.say(row.title(), row.id) for row in plan.scenario.data.placements]
    current = plan.problem.placements.current.sum(axis=1)
    return tuple(names), np.stack([current, plan.decisions.spend.sum(axis=1)], axis=1)


def _largest(
    names: Sequence[str], values: FloatArray, words: Lettering
) -> tuple[tuple[str, ...], FloatArray]:
    """Return the rows with the largest values, and the sum of the others as one."""
    order = np.argsort(-values.max(axis=1), kind="stable")
    shown, rest = order[:_MOST_BARS], order[_MOST_BARS:]
    chosen, kept = [names[number] for number in shown], values[shown]
    if rest.size:
        chosen.append(words.say(Bilingual(f"其他 {rest.size} 处", f"{rest.size} others"), ""))
        kept = np.concatenate([kept, values[rest].sum(axis=0, keepdims=True)])
    return tuple(chosen), kept


def response_figure(
    plan: Plan, placements: Sequence[str] = (), letters: Lettering | None = None
) -> Figure:
    """Return response curves with the efforts that the plan chose, one dot per period.

    Parameters
    ----------
    plan : Plan
    placements : sequence of str
        Identifiers; those with the most spend when empty.
    letters : Lettering or None

    Raises
    ------
    ValueError
        If a placement is not one of the plan's.
    """
    words = letters or lettering()
    labels = plan.problem.axes[AxisName.PLACEMENTS].labels
    unknown = [name for name in placements if name not in labels]
    if unknown or not labels:
        message = f"not a placement of this plan: {', '.join(unknown) or '-'}"
        raise ValueError(message)
    spend = plan.decisions.spend.sum(axis=1)
    chosen = [labels.index(name) for name in placements] or [
        int(number) for number in np.argsort(-spend, kind="stable")[:_MOST_CURVES]
    ]
    columns = min(3, len(chosen))
    figure = Figure(
        figsize=(3.2 * columns, 2.6 * math.ceil(len(chosen) / columns)), layout="constrained"
    )
    for place, number in enumerate(chosen, start=1):
        axes = figure.add_subplot(math.ceil(len(chosen) / columns), columns, place)
        _draw_curve(axes, plan, number, words)
    figure.supxlabel(_effort_label(plan, words), fontsize="medium")
    figure.supylabel(_response_label(plan, words), fontsize="medium")
    return _lettered(figure, words)


def _effort_label(plan: Plan, words: Lettering) -> str:
    unit = words.money_unit(plan.problem.money_unit)
    return words.say(Bilingual(f"投入效力，{unit}/期", f"effort, {unit} per period"), unit)


def _response_label(plan: Plan, words: Lettering) -> str:
    volume = words.say(plan.problem.volume_unit, "volume")
    return words.say(Bilingual(f"响应，{volume}/期", f"response, {volume} per period"), volume)


def _draw_curve(axes: Axes, plan: Plan, number: int, words: Lettering) -> None:
    unit = plan.problem.money_unit
    row = plan.scenario.data.placements[number]
    chosen = plan.measures["effort"][number]
    efforts = np.linspace(0.0, _reach(plan.problem.placements, number, chosen), 200)
    curve = plan.problem.placements.curves.take([number])
    axes.plot(efforts / unit, curve.value(efforts[None, :])[0], color=_PLANNED)
    axes.plot(chosen / unit, curve.value(chosen[None, :])[0], "o", color=_ATTAINED, alpha=0.8)
    axes.set_title(words.say(row.title(), row.id), fontsize="medium")
    axes.grid(visible=True, alpha=0.3)


def _reach(placements: Placements, number: int, chosen: FloatArray) -> float:
    """Return the largest effort worth drawing, 元: beyond the chosen ones, within reach."""
    largest = chosen.max(initial=0.0)
    steady = placements.upper[number].max() / max(1.0 - placements.carry_over[number], 0.1)
    return float(max(1.1 * largest, min(steady, 3.0 * largest), 1.0))


def returns_figure(
    plan: Plan, explanation: Explanation, letters: Lettering | None = None
) -> Figure:
    """Return what one more 元 brings per placement as bars, and what it costs as marks.

    Of many placements those with the most spend are shown; in the goal's unit per 元.

    Parameters
    ----------
    plan : Plan
    explanation : Explanation
        Of the same plan.
    letters : Lettering or None

    Raises
    ------
    ValueError
        If no placement has a marginal return.
    """
    words = letters or lettering()
    rows = [row for row in explanation.placements if math.isfinite(row.marginal)][:_MOST_BARS]
    if not rows:
        message = "the plan has no placement with a marginal return"
        raise ValueError(message)
    figure, axes = _canvas(len(rows))
    returns = np.array([row.marginal for row in rows])
    names = tuple(words.say(row.name, row.id) for row in rows)
    label = words.say(Bilingual("边际回报", "marginal return"), "")
    _draw_bars(axes, _Bars(names, ((label, _PLANNED, returns),)), factor=1.0)
    cost = words.say(Bilingual("资金价格", "price of money"), "")
    prices, places = [row.price for row in rows], np.arange(len(rows))
    axes.plot(prices, places, color=_ATTAINED, marker="D", label=cost)
    axes.legend(frameon=False, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    yuan = words.money_unit(1)
    unit = words.say(objective_unit(plan.problem, plan.provenance.decides), yuan)
    axes.set_xlabel(f"{unit} / {yuan}")
    return _lettered(figure, words)


def lines_figure(plan: Plan, letters: Lettering | None = None) -> Figure:
    """Return how far each line is from its bound, as a share of the bound.

    Of a line with several parts (units, periods) the tightest is shown. Bars end at 50 %;
    the number beside each is the slack itself.

    Parameters
    ----------
    plan : Plan
    letters : Lettering or None

    Raises
    ------
    ValueError
        If the plan has no lines.
    """
    words = letters or lettering()
    rows = line_rows(plan)
    if not rows:
        message = "the plan has no lines"
        raise ValueError(message)
    figure, axes = _canvas(len(rows))
    relative = np.array([_relative_slack(row) for row in rows])
    lengths = np.clip(relative, -_WIDEST_SLACK, _WIDEST_SLACK) * 100.0
    places = np.arange(len(rows))
    axes.barh(places, lengths, color=[_line_color(row) for row in rows])
    style = NumberStyle(words.language, plan.problem.money_unit, plan.problem.volume_unit)
    for place, row, length in zip(places, rows, lengths, strict=True):
        text = _slack_text(row, style, words)
        side = "left" if length >= 0 else "right"
        axes.annotate(text, (length, place), ha=side, va="center", fontsize="small")
    axes.set_yticks(places, [_line_name(row, words) for row in rows])
    axes.set_xlim(-_WIDEST_SLACK * 130.0, _WIDEST_SLACK * 130.0)
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.invert_yaxis()
    axes.set_xlabel(words.say(Bilingual("余量占界限的 %", "slack, % of the bound"), "%"))
    axes.set_title(words.say(Bilingual("红线", "Lines"), ""))
    return _lettered(figure, words)


def _relative_slack(row: LineRow) -> float:
    slack = row.shown.slack
    if not math.isfinite(slack):
        return 0.0
    return slack / max(abs(row.shown.rhs), 1e-12)


def _line_color(row: LineRow) -> str:
    if row.is_met:
        return _PLANNED
    return _MISSED if row.kind is LineKind.HARD else _ATTAINED


def _line_name(row: LineRow, words: Lettering) -> str:
    return words.say(row.name, row.shown.line.spec)


def _slack_text(row: LineRow, style: NumberStyle, words: Lettering) -> str:
    text = style.difference(row.counts, row.shown.slack)
    if not words.draws(text):
        unit = f" {words.money_unit(1)}" if row.counts is Kind.MONEY else ""
        text = f"{row.shown.slack:+,.0f}{unit}" if unit else f"{row.shown.slack:+,.4g}"
    return f" {text} "


def targets_figure(plan: Plan, quota: int = 0, letters: Lettering | None = None) -> Figure:
    """Return target, stretch and what is attained, by the units right below the top.

    Parameters
    ----------
    plan : Plan
    quota : int
        Which quota of the scenario, counted from 0.
    letters : Lettering or None

    Raises
    ------
    ValueError
        If the plan has no such quota, or did not decide targets.
    """
    words = letters or lettering()
    tables = quota_tables(plan)
    if not 0 <= quota < len(tables):
        message = f"the plan has targets for {len(tables)} quotas, not for number {quota}"
        raise ValueError(message)
    table = tables[quota]
    figure, axes = _canvas(len(table.units))
    money = table.total.kind is Kind.MONEY
    unit = plan.problem.money_unit if money else 1
    _draw_bars(axes, _target_bars(table, words), factor=1.0 / unit)
    counted = words.money_unit(unit) if money else words.say(plan.problem.volume_unit, "volume")
    axes.set_xlabel(counted)
    axes.set_title(words.say(table.total.name, plan.problem.targets[quota].id))
    return _lettered(figure, words)


def _target_bars(table: QuotaTable, words: Lettering) -> _Bars:
    rows = table.units
    series = (
        (Bilingual("目标", "target"), _PLANNED, [row.target for row in rows]),
        (Bilingual("认购目标", "stretch target"), _CURRENT, [row.stretch for row in rows]),
        (Bilingual("预计完成", "attained"), _ATTAINED, [row.attained for row in rows]),
    )
    names = tuple(words.say(row.name, f"#{number}") for number, row in enumerate(rows, start=1))
    return _Bars(
        names, tuple((words.say(name, ""), color, np.array(v)) for name, color, v in series)
    )


def _canvas(bars: int) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(7.0, 1.4 + 0.34 * max(bars, 1)), layout="constrained")
    return figure, figure.add_subplot()


def _draw_bars(axes: Axes, bars: _Bars, *, factor: float) -> None:
    """Draw series side by side, the first name on top."""
    places = np.arange(len(bars.names))
    height = 0.8 / len(bars.series)
    for number, (label, color, values) in enumerate(bars.series):
        offset = (number - (len(bars.series) - 1) / 2) * height
        axes.barh(places + offset, values * factor, height, label=label, color=color)
    axes.set_yticks(places, list(bars.names))
    axes.invert_yaxis()
    axes.grid(visible=True, axis="x", alpha=0.3)
    axes.legend(frameon=False)


def _lettered(figure: Figure, words: Lettering) -> Figure:
    """Write every text of ``figure`` in the fonts of ``words``."""
    families = list(words.fonts)
    for axes in figure.axes:
        axes.tick_params(labelfontfamily=families)
    for text in figure.findobj(DrawnText):
        text.set_fontfamily(families)
    return figure
