"""Draw the picture of docs/whatif.md: python tools/whatif_picture.py."""

from pathlib import Path

import allocopt as ao
from allocopt.report.figures import plans_figure

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images"


def main() -> None:
    """Solve media_mix, ask for less money twice, and write the picture."""
    plan = ao.solve("media_mix", model="subsidies", gap=1e-2)
    session, plans = ao.WhatIf(plan), {"3 000": plan}
    for name, budget in (("2 700", "2700 万元"), ("2 400", "2400 万元")):
        session.set("lines.annual_budget.at_most", budget)
        plans[name] = session.solve()
    FOLDER.mkdir(parents=True, exist_ok=True)
    # without the date and version, so that the same plans are the same file
    plans_figure(plans).savefig(FOLDER / "whatif.png", dpi=80, metadata={"Software": None})


if __name__ == "__main__":
    main()
