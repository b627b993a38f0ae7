"""Figure of what key figures can be: ranges, bounds and trends."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text as DrawnText

from allocopt.report.lettering import Lettering, lettering
from allocopt.solving.kpi import ANYTHING, Interval
from allocopt.text import Bilingual

_RANGE, _BEYOND, _BOUND, _TREND = "#b8d4de", "#7fa8b8", "#b03a2e", "#1f6f8b"
_SEEN = 0.1
_MOST = 200.0
"""Ranges are drawn up to this, % of the bound."""


@dataclass(frozen=True)
class KpiBar:
    """A key figure, in its own unit.

    Attributes
    ----------
    title : Bilingual
    name : str
        Used where the title cannot be drawn.
    bound : float
    range : Interval
    trend : float
    """

    title: Bilingual
    name: str
    bound: float
    range: Interval
    trend: float


def kpi_figure(bars: Sequence[KpiBar], letters: Lettering | None = None) -> Figure:
    """Return each figure's range, bound and trend, as a share of the bound.

    Bars end at 0 and 200 % of the bound, with an arrow where they go on; a figure without a known
    range has no bar. A bound of 0 has no shares: such a line is named below, not drawn.

    Parameters
    ----------
    bars : sequence of KpiBar
    letters : Lettering or None
        English when None.

    Raises
    ------
    ValueError
        If there is nothing to draw.
    """
    drawn = [bar for bar in bars if bar.bound]
    if not drawn:
        message = "there is no line with a bound to draw"
        raise ValueError(message)
    words = letters or lettering()
    figure = Figure(figsize=(7.0, 1.6 + 0.32 * len(drawn)), layout="constrained")
    axes = figure.add_subplot()
    for place, bar in enumerate(drawn):
        _draw(axes, place, bar)
    axes.axvline(100.0, color=_BOUND)
    axes.set_yticks(range(len(drawn)), [words.say(bar.title, bar.name) for bar in drawn])
    axes.set_xlim(0.0, _MOST)
    axes.invert_yaxis()
    axes.set_xlabel(_legend(words, [bar for bar in bars if not bar.bound]))
    for text in figure.findobj(DrawnText):
        text.set_fontfamily(list(words.fonts))
    return figure


def _draw(axes: Axes, place: int, bar: KpiBar) -> None:
    if not bar.range.empty and bar.range != ANYTHING:
        ends = sorted(100.0 * end / bar.bound for end in (bar.range.low, bar.range.high))
        shown = [_shown(end) for end in ends]
        axes.barh(place, shown[1] - shown[0], left=shown[0], color=_RANGE)
        axes.plot(shown, [place, place], color=_RANGE, linewidth=3)
        for end in ends:
            _arrow(axes, place, end, _BEYOND)
    if math.isfinite(bar.trend):
        trend = 100.0 * bar.trend / bar.bound
        if abs(trend - _shown(trend)) <= _SEEN:
            axes.plot(trend, place, marker="D", color=_TREND)
        _arrow(axes, place, trend, _TREND)


def _arrow(axes: Axes, place: int, share: float, color: str) -> None:
    """Mark what lies beyond the figure's edge, in % of the bound."""
    if abs(share - _shown(share)) > _SEEN:
        marker = ">" if share > 0 else "<"
        axes.plot(_shown(share), place, marker=marker, markersize=8, color=color, clip_on=False)


def _legend(words: Lettering, left_out: Sequence[KpiBar]) -> str:
    """Return what the axis counts, what the marks mean and what is not drawn, a line each."""
    marks = Bilingual(
        "条：可能的范围；菱形：现状；线：界限；箭头：超出图外",
        "bar: possible range; diamond: as now; line: bound; arrow: goes on",
    )
    lines = [words.say(Bilingual("占界限的 %", "% of the bound"), "%"), words.say(marks, "")]
    if left_out:
        note = words.say(Bilingual("界限为 0，未画：", "bound of 0, not drawn: "), "0: ")
        lines.append(note + ", ".join(words.say(bar.title, bar.name) for bar in left_out))
    return "\n".join(lines)


def _shown(share: float) -> float:
    return min(max(share, 0.0), _MOST)
