"""Draw the picture of docs/fitting.md from made-up history: python tools/fitting_picture.py."""

from pathlib import Path

import numpy as np

import allocopt as ao
from allocopt.report.fit_figure import fit_figure

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images"


def main() -> None:
    """Fit the history of the page's example and write the picture."""
    random = np.random.default_rng(1)
    spend = random.uniform(0, 120, 48)
    spend[:6] = 0
    price = random.normal(5, 1, 48)
    true = ao.curves.Hill(beta=90, ec50=40, slope=1.8)
    volume = 50 - 4 * price + true.value(spend) + random.normal(0, 4, 48)
    low = spend < 25
    fits = {
        "whole": ao.fit_history(spend, volume, "hill", {"price": price}),
        "below 25 only": ao.fit_history(spend[low], volume[low], "hill", {"price": price[low]}),
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    figure = fit_figure(fits)
    figure.savefig(FOLDER / "fitting.png", dpi=90, metadata={"Software": None})


if __name__ == "__main__":
    main()
