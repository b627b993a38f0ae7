"""Draw the README's pictures from a plan of ``media_mix``: python tools/readme_picture.py."""

from pathlib import Path

import allocopt as ao
from allocopt.report.figures import response_figure, spend_figure

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images"


def main() -> None:
    """Solve the scenario and write the pictures."""
    plan = ao.solve(ao.load_scenario("media_mix"), model="subsidies", gap=1e-2)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, figure in (("spend", spend_figure(plan)), ("response", response_figure(plan))):
        # without the date and version, so that the same plan is the same file
        figure.savefig(FOLDER / f"media_mix_{name}.png", dpi=80, metadata={"Software": None})


if __name__ == "__main__":
    main()
