"""Draw the pictures of docs/explain.md and docs/frontier.md: python tools/frontier_picture.py."""

from pathlib import Path

import allocopt as ao
from allocopt.report.figures import returns_figure
from allocopt.report.frontier_figure import frontier_figure
from allocopt.solving.options import SolveOptions

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images"


def main() -> None:
    """Solve media_mix, explain it, sweep its budget, and write the pictures."""
    scenario = ao.load_scenario("media_mix")
    plan = ao.solve(scenario, model="subsidies", gap=1e-2)
    frontier = ao.scenario_frontier(
        scenario,
        "lines.annual_budget.at_most",
        (600, 4500),
        points=9,
        model="subsidies",
        show=("revenue / spend",),
        options=SolveOptions(gap=1e-2),
    )
    FOLDER.mkdir(parents=True, exist_ok=True)
    pictures = {
        "explain": returns_figure(plan, ao.explain(plan)),
        "frontier": frontier_figure(frontier),
    }
    for name, figure in pictures.items():
        # without the date and version, so that the same plan is the same file
        figure.savefig(FOLDER / f"{name}.png", dpi=80, metadata={"Software": None})


if __name__ == "__main__":
    main()
