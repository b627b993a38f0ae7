"""Figures of a stress test: revenue to date, lines, and what goes with an outcome.

Every function returns a matplotlib `Figure` that is drawn to no screen.
"""

import numpy as np
from matplotlib.figure import Figure

from allocopt.plan.plan import Plan
from allocopt.report.canvas import AGAINST, BAR, ERROR, FILL, MIDDLE, canvas, lettered
from allocopt.report.lettering import Lettering, lettering
from allocopt.report.stress import OutlookRow, driver_titles, outlook_rows, strongest
from allocopt.simulation.report import StressReport
from allocopt.text import Bilingual

_MOST_DRIVERS = 12


def fan_figure(plan: Plan, report: StressReport, letters: Lettering | None = None) -> Figure:
    """Return revenue to date less the plan's, by period: the middle 50 % and 90 % of futures.

    Parameters
    ----------
    plan : Plan
    report : StressReport
    letters : Lettering or None
        English when None.
    """
    words, unit = letters or lettering(), plan.problem.money_unit
    figure, axes = canvas(7.0, 3.6)
    months = [row.period for row in report.fan]
    rows = np.array([(row.p5, row.p25, row.p50, row.p75, row.p95) for row in report.fan])
    expected = plan.measures["revenue"].sum(axis=0).cumsum()
    p5, p25, p50, p75, p95 = (rows - expected[:, None]).T / unit
    axes.fill_between(months, p5, p95, color=FILL, label="90 %")
    axes.fill_between(months, p25, p75, color=MIDDLE, label="50 %")
    median = words.say(Bilingual("中位数", "median"), "")
    axes.plot(months, p50, color=BAR, linewidth=1.5, label=median)
    axes.axhline(0.0, color="black", linewidth=0.8)
    axes.set_ylabel(words.money_unit(unit))
    title = Bilingual("累计收入与计划之差", "Revenue to date, less the plan's")
    axes.set_title(words.say(title, ""))
    axes.tick_params(axis="x", rotation=45)
    axes.legend(loc="lower left")
    return lettered(figure, words)


def outlook_figure(plan: Plan, report: StressReport, letters: Lettering | None = None) -> Figure:
    """Return the probability that each line is met, with its interval at 95 %.

    Parameters
    ----------
    plan : Plan
    report : StressReport
    letters : Lettering or None
        English when None.

    Raises
    ------
    ValueError
        If the scenario has no lines.
    """
    rows = outlook_rows(plan, report.lines)
    if not rows:
        message = "there is no line to draw"
        raise ValueError(message)
    words = letters or lettering()
    figure, axes = canvas(7.0, 1.2 + 0.28 * len(rows))
    shown = [row.shown for row in rows]
    below = [100 * (one.p_met - one.low) for one in shown]
    above = [100 * (one.high - one.p_met) for one in shown]
    axes.barh(
        range(len(rows)),
        [100 * one.p_met for one in shown],
        xerr=(below, above),
        color=BAR,
        ecolor=ERROR,
    )
    axes.set_yticks(range(len(rows)), [_name(row, words) for row in rows])
    axes.set_xlim(0.0, 100.0)
    axes.invert_yaxis()
    axes.set_xlabel("%")
    axes.set_title(words.say(Bilingual("达成概率", "Probability of being met"), ""))
    return lettered(figure, words)


def tornado_figure(
    plan: Plan, report: StressReport, outcome: str, letters: Lettering | None = None
) -> Figure:
    """Return the drivers that go most with an outcome, by rank correlation.

    Parameters
    ----------
    plan : Plan
    report : StressReport
    outcome : str
        Full name of a line, or a measure of the report.
    letters : Lettering or None
        English when None.

    Raises
    ------
    ValueError
        If nothing goes with such an outcome.
    """
    pulls = strongest(report, outcome, _MOST_DRIVERS)
    if not pulls:
        message = f"nothing goes with {outcome!r}"
        raise ValueError(message)
    words, titles = letters or lettering(), driver_titles(plan)
    figure, axes = canvas(7.0, 1.2 + 0.3 * len(pulls))
    colors = [BAR if pull.rank > 0 else AGAINST for pull in pulls]
    axes.barh(range(len(pulls)), [pull.rank for pull in pulls], color=colors)
    names = [words.say(titles[pull.driver], pull.driver) for pull in pulls]
    axes.set_yticks(range(len(pulls)), names)
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.set_xlim(-1.0, 1.0)
    axes.invert_yaxis()
    label = words.say(Bilingual("秩相关", "rank correlation"), "")
    axes.set_xlabel(f"{label}: {outcome}")
    return lettered(figure, words)


def _name(row: OutlookRow, words: Lettering) -> str:
    _, bracket, place = row.shown.name.partition("[")
    return words.say(row.name, row.plan.line.spec) + (f" [{place}" if bracket else "")
