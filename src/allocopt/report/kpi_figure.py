"""Figure of what key figures can be: ranges, bounds and trends."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.text import Text as DrawnText

from allocopt.report.lettering import Lettering, lettering
from allocopt.solving.kpi import Interval
from allocopt.text import Bilingual

_RANGE, _BOUND, _TREND = "#b8d4de", "#b03a2e", "#1f6f8b"
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
    bound : float, not zero
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

    Bars end at 0 and 200 % of the bound; a figure without a known range has no bar.

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
    if not bars:
        message = "there is no line with a bound to draw"
        raise ValueError(message)
    words = letters or lettering()
    figure = Figure(figsize=(7.0, 1.4 + 0.32 * len(bars)), layout="constrained")
    axes = figure.add_subplot()
    for place, bar in enumerate(bars):
        ends = [_percent(end, bar.bound) for end in (bar.range.low, bar.range.high)]
        if not bar.range.empty:
            axes.barh(place, max(ends) - min(ends), left=min(ends), color=_RANGE)
            axes.plot(ends, [place, place], color=_RANGE, linewidth=3)
        if math.isfinite(bar.trend):
            axes.plot(_percent(bar.trend, bar.bound), place, marker="D", color=_TREND)
    axes.axvline(100.0, color=_BOUND)
    axes.set_yticks(range(len(bars)), [words.say(bar.title, bar.name) for bar in bars])
    axes.set_xlim(0.0, _MOST)
    axes.invert_yaxis()
    label = Bilingual(
        "占界限的 %（条：可能的范围；菱形：现状；线：界限）",
        "% of the bound (bar: possible range; diamond: as now; line: bound)",
    )
    axes.set_xlabel(words.say(label, "%"))
    for text in figure.findobj(DrawnText):
        text.set_fontfamily(list(words.fonts))
    return figure


def _percent(value: float, bound: float) -> float:
    return min(max(100.0 * value / bound, 0.0), _MOST)
