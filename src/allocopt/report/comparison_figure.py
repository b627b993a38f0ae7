"""Figures of a comparison: worth by plan, differences, regret, lines.

Every function returns a matplotlib `Figure` that is drawn to no screen.
"""

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.figure import Figure

from allocopt.plan.kinds import Kind
from allocopt.report.canvas import BAR, ERROR, FILL, MIDDLE, canvas, lettered
from allocopt.report.comparison import goal_kind, telling_rows
from allocopt.report.lettering import Lettering, lettering
from allocopt.simulation.comparison import Comparison
from allocopt.text import Bilingual

_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
_COLORS = ("#1f6f8b", "#e0a030", "#7a9e5f", "#b03a2e", "#7d6b9e", "#4f4f4f", "#c98fa9", "#9bbfc9")


Drawn = Callable[[Comparison, Lettering | None], Figure]
"""Draws a comparison in the words of a language."""


def worth_figure(found: Comparison, letters: Lettering | None = None) -> Figure:
    """Return the distribution of what each plan is worth: 50 %, 90 % of futures, median, mean.

    Parameters
    ----------
    found : Comparison
    letters : Lettering or None
        English when None.
    """
    words, (unit, label) = letters or lettering(), _unit(found, letters or lettering())
    figure, axes = canvas(7.0, 1.2 + 0.4 * len(found.plans))
    for row, worths in enumerate(found.worths):
        p5, p25, p50, p75, p95 = np.quantile(worths, _LEVELS) / unit
        axes.barh(row, p95 - p5, left=p5, height=0.5, color=FILL)
        axes.barh(row, p75 - p25, left=p25, height=0.5, color=MIDDLE)
        axes.plot([p50, p50], [row - 0.25, row + 0.25], color=BAR, linewidth=1.8)
        axes.plot(worths.mean() / unit, row, marker="o", color=ERROR, markersize=4)
    ends = np.quantile(found.worths, (_LEVELS[0], _LEVELS[-1]), axis=(1, 2)) / unit
    margin = 0.03 * float(ends.max() - ends.min())
    axes.set_xlim(float(ends.min()) - margin, float(ends.max()) + margin)
    axes.set_yticks(range(len(found.plans)), _names(found, words))
    axes.invert_yaxis()
    axes.set_xlabel(label)
    said = Bilingual(
        "价值分布：50%、90% 的情景，中位数与均值（点）",
        "Worth of plans: 50 % and 90 % of futures, median, mean (dot)",
    )
    axes.set_title(words.say(said, ""))
    return lettered(figure, words)


def differences_figure(found: Comparison, letters: Lettering | None = None) -> Figure:
    """Return the mean differences of all pairs, with intervals that hold together.

    Parameters
    ----------
    found : Comparison
    letters : Lettering or None
        English when None.

    Raises
    ------
    ValueError
        If there is one plan alone.
    """
    if not found.differences:
        message = "there is one plan alone"
        raise ValueError(message)
    words, (unit, label) = letters or lettering(), _unit(found, letters or lettering())
    figure, axes = canvas(7.0, 1.2 + 0.26 * len(found.differences))
    names = _names(found, words)
    for row, one in enumerate(found.differences):
        value, low, high = one.estimate.value, one.estimate.low, one.estimate.high
        below, above = (value - low) / unit, (high - value) / unit
        color = BAR if one.is_clear else ERROR
        axes.errorbar(value / unit, row, xerr=[[below], [above]], fmt="o", color=color, capsize=3)
    pairs = [f"{names[one.first]} - {names[one.second]}" for one in found.differences]
    axes.set_yticks(range(len(pairs)), pairs)
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.invert_yaxis()
    axes.set_xlabel(label)
    said = Bilingual("均值之差（联合 95% 区间）", "Differences of means, together at 95 %")
    axes.set_title(words.say(said, ""))
    return lettered(figure, words)


def regret_figure(found: Comparison, letters: Lettering | None = None) -> Figure:
    """Return the matrix of regrets: what the plan of the column is worth more, on average.

    Parameters
    ----------
    found : Comparison
    letters : Lettering or None
        English when None.
    """
    words, (unit, label) = letters or lettering(), _unit(found, letters or lettering())
    size = len(found.plans)
    figure, axes = canvas(2.6 + 0.75 * size, 1.8 + 0.45 * size)
    shown = found.regrets / unit
    picture = axes.imshow(shown, cmap="YlOrRd", aspect="auto")
    top = float(shown.max())
    for row, column in np.ndindex(size, size):
        dark = "white" if shown[row, column] > 0.6 * top else "black"
        text = f"{shown[row, column]:,.0f}" if top >= 100 else f"{shown[row, column]:,.2f}"
        axes.text(column, row, text, ha="center", va="center", color=dark, fontsize=8)
    names = _names(found, words)
    axes.set_xticks(range(size), names, rotation=45, ha="right")
    axes.set_yticks(range(size), names)
    figure.colorbar(picture, ax=axes, label=label)
    said = Bilingual("遗憾：选行方案而列方案更好", "Regret of the row's plan to the column's")
    axes.set_title(words.say(said, ""))
    return lettered(figure, words)


def met_figure(found: Comparison, letters: Lettering | None = None) -> Figure:
    """Return the probability that lines are met, by plan, with intervals.

    Lines that all plans keep equally often, as always or never, are left out.

    Parameters
    ----------
    found : Comparison
    letters : Lettering or None
        English when None.

    Raises
    ------
    ValueError
        If all plans keep every line equally often.
    """
    rows = telling_rows(found)
    if not rows:
        message = "all plans keep every line equally often"
        raise ValueError(message)
    words, count = letters or lettering(), len(found.plans)
    figure, axes = canvas(8.0, 1.4 + 0.1 * (count + 1) * len(rows))
    step = 0.85 / count
    for k, name in enumerate(_names(found, words)):
        shown = [row.of_plans[k].shown for row in rows]
        below = [100 * (one.p_met - one.low) for one in shown]
        above = [100 * (one.high - one.p_met) for one in shown]
        axes.barh(
            np.arange(len(rows)) + (k - (count - 1) / 2) * step,
            [100 * one.p_met for one in shown],
            height=step,
            xerr=(below, above),
            color=_COLORS[k % len(_COLORS)],
            label=name,
            error_kw={"linewidth": 0.6},
        )
    names = [words.say(row.name, row.of_plans[0].plan.line.spec) for row in rows]
    axes.set_yticks(range(len(rows)), names)
    axes.set_xlim(0.0, 100.0)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlabel("%")
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), fontsize=8)
    axes.set_title(words.say(Bilingual("达成概率", "Probability of being met"), ""))
    return lettered(figure, words)


def figures_of(found: Comparison) -> Mapping[str, Drawn]:
    """Return what can be drawn of a comparison, by file name."""
    figures: dict[str, Drawn] = {"worth.png": worth_figure, "regret.png": regret_figure}
    if found.differences:
        figures["differences.png"] = differences_figure
    if telling_rows(found):
        figures["lines.png"] = met_figure
    return figures


def _names(found: Comparison, words: Lettering) -> list[str]:
    return [words.say(one.title, one.name) for one in found.plans]


def _unit(found: Comparison, words: Lettering) -> tuple[float, str]:
    """Return what worths are divided by, and how that is called."""
    problem = found.plans[0].plan.problem
    if goal_kind(found) is Kind.MONEY:
        return float(problem.money_unit), words.money_unit(problem.money_unit)
    return 1.0, problem.objective.goals[0].expression
