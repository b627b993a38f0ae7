"""What figures of drawn futures share: colors, paper and lettering."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text as DrawnText

from allocopt.report.lettering import Lettering

FILL, MIDDLE, BAR, ERROR, AGAINST = "#b8d4de", "#7fa8b8", "#1f6f8b", "#b03a2e", "#e0a030"


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """Return an empty figure of so many inches, and its axes."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def lettered(figure: Figure, words: Lettering) -> Figure:
    """Return ``figure`` with every text in the fonts of ``words``."""
    for text in figure.findobj(DrawnText):
        text.set_fontfamily(list(words.fonts))
    return figure
