"""The frontier of a scenario as a band: plans below, proven bounds above."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text as DrawnText

from allocopt.plan.kinds import Kind, unit_name
from allocopt.plan.plan import Plan
from allocopt.report.frontier import PointState, ScenarioFrontier
from allocopt.report.lettering import Lettering, lettering
from allocopt.text import Bilingual

_PLANNED, _BAND, _MISSING = "#1f6f8b", "#b8d4de", "#c0504d"
_PERCENT = 100.0


def frontier_figure(frontier: ScenarioFrontier, letters: Lettering | None = None) -> Figure:
    """Return value and bound of every point; below, what else was asked for.

    Values without a plan are marked on the axis.

    Parameters
    ----------
    frontier : ScenarioFrontier
    letters : Lettering or None
        English when None.

    Raises
    ------
    ValueError
        If no point has a plan.
    """
    words = letters or lettering()
    planned = frontier.planned
    if not planned or planned[0].plan is None:
        message = "no point of the frontier has a plan"
        raise ValueError(message)
    panels = 1 + len(frontier.shown)
    figure = Figure(figsize=(6.4, 1.0 + 2.6 * panels), layout="constrained")
    axes = [figure.add_subplot(panels, 1, number + 1) for number in range(panels)]
    _draw_goal(axes[0], frontier, words)
    plan = planned[0].plan
    factor, sign = _counted(frontier.kind, plan, words)
    for number, (drawn, one) in enumerate(zip(axes[1:], frontier.shown, strict=True)):
        scale, unit = _counted(one.kind, plan, words)
        x = np.array([point.value for point in planned]) * factor
        y = np.array([point.shown[number] for point in planned]) * scale
        drawn.plot(x, y, marker="o", color=_PLANNED)
        drawn.set_ylabel(f"{one.expression}, {unit}" if unit else one.expression)
    for drawn in axes:
        drawn.grid(visible=True, alpha=0.3)
    axes[-1].set_xlabel(f"{frontier.knob.path}, {sign}" if sign else frontier.knob.path)
    return _lettered(figure, words)


def _draw_goal(axes: Axes, frontier: ScenarioFrontier, words: Lettering) -> None:
    planned = frontier.planned
    plan = planned[0].plan
    assert plan is not None
    factor, _ = _counted(frontier.kind, plan, words)
    scale, unit = _counted(frontier.aim.kind, plan, words)
    scale *= 1.0 if frontier.aim.maximized else -1.0
    x = np.array([point.value for point in planned]) * factor
    plans = np.array([point.objective for point in planned]) * scale
    bounds = np.array([point.bound for point in planned]) * scale
    proven = words.say(Bilingual("可能的范围", "what is possible at most"), "")
    axes.fill_between(x, plans, bounds, color=_BAND, label=proven)
    axes.plot(x, plans, marker="o", color=_PLANNED, label=words.say(Bilingual("方案", "plan"), ""))
    closed = [point.value for point in frontier.points if point.state is PointState.INFEASIBLE]
    if closed:
        label = words.say(Bilingual("无可行方案", "no plan possible"), "")
        floor = np.full(len(closed), axes.get_ylim()[0])
        axes.plot(np.array(closed) * factor, floor, "x", color=_MISSING, label=label)
    axes.legend(frameon=False)
    goal = words.say(Bilingual("目标值", "goal"), "")
    axes.set_ylabel(f"{goal}, {unit}" if unit else goal)


def _counted(kind: Kind, plan: Plan, words: Lettering) -> tuple[float, str]:
    """Return the factor from base units to those shown, and their sign."""
    if kind is Kind.MONEY:
        return 1.0 / plan.problem.money_unit, words.money_unit(plan.problem.money_unit)
    if kind is Kind.SHARE:
        return _PERCENT, "%"
    if kind is Kind.MIXED:
        return 1.0, ""
    return 1.0, words.say(unit_name(kind, plan.problem.volume_unit), "")


def _lettered(figure: Figure, words: Lettering) -> Figure:
    families = list(words.fonts)
    for axes in figure.axes:
        axes.tick_params(labelfontfamily=families)
    for text in figure.findobj(DrawnText):
        text.set_fontfamily(families)
    return figure
