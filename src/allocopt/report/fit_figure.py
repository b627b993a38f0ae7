"""Figures of fitted curves: the data, the curve, and how well it is known."""

import math
from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text as DrawnText

from allocopt.errors import FitError
from allocopt.fitting import Fit
from allocopt.report.lettering import Lettering, lettering
from allocopt.text import Bilingual

MOST_DRAWN = 12
_POINTS = 160
_CURVE, _BAND, _DATA = "#1f6f8b", "#b8d4de", "#e0a030"


def fit_figure(fits: Mapping[str, Fit], letters: Lettering | None = None) -> Figure:
    """Return data, fitted curve and its 95 % band, one panel per fit.

    Volumes are less what the controls did beside their means. The band is of the expected volume,
    from draws of the fit; where the data does not identify the curve there is none, and the
    title says so.

    Parameters
    ----------
    fits : mapping of str to Fit
        At most `MOST_DRAWN`.
    letters : Lettering or None
        English when None.

    Raises
    ------
    ValueError
        If there is no fit, or there are too many.
    """
    if not 0 < len(fits) <= MOST_DRAWN:
        message = f"1 to {MOST_DRAWN} fits can be drawn, not {len(fits)}"
        raise ValueError(message)
    words = letters or lettering()
    columns = min(3, len(fits))
    rows = math.ceil(len(fits) / columns)
    size = (5.2, 3.4) if len(fits) == 1 else (3.2 * columns, 2.6 * rows)
    figure = Figure(figsize=size, layout="constrained")
    for place, (name, fit) in enumerate(fits.items(), start=1):
        _draw(figure.add_subplot(rows, columns, place), name, fit, words)
    figure.supxlabel(words.say(Bilingual("投入", "effort"), ""), fontsize="medium")
    figure.supylabel(words.say(Bilingual("量", "volume"), ""), fontsize="medium")
    families = list(words.fonts)
    for axes in figure.axes:
        axes.tick_params(labelfontfamily=families)
    for text in figure.findobj(DrawnText):
        text.set_fontfamily(families)
    return figure


def _draw(axes: Axes, name: str, fit: Fit, words: Lettering) -> None:
    efforts = np.linspace(0.0, 1.05 * (float(fit.effort.max()) or 1.0), _POINTS)
    title = name if words.draws(name) else "?"
    try:
        low, high = fit.band(efforts)
        axes.fill_between(
            efforts,
            low,
            high,
            color=_BAND,
            linewidth=0,
            label=words.say(Bilingual("95% 区间", "95 % band"), ""),
        )
    except FitError:
        title += words.say(Bilingual("（数据无法确定）", " (not identified)"), "")
    axes.plot(
        efforts, fit.predict(efforts), color=_CURVE, label=words.say(Bilingual("曲线", "curve"), "")
    )
    dots = words.say(Bilingual("数据", "data"), "")
    axes.plot(fit.effort, fit.volume, "o", color=_DATA, markersize=3.5, label=dots)
    axes.set_title(title, fontsize="medium")
    axes.grid(visible=True, alpha=0.3)
    axes.legend(frameon=False, fontsize="small")
