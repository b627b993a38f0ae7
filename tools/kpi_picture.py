"""Draw the picture of docs/kpi.md from ``telecom_city``: python tools/kpi_picture.py."""

from pathlib import Path

import allocopt as ao
from allocopt.report.kpi_figure import KpiBar, kpi_figure

FILE = Path(__file__).resolve().parents[1] / "docs" / "images" / "telecom_city_kpi.png"


def main() -> None:
    """Ask for the ranges, which takes minutes, and write the picture."""
    rows = ao.consistency(ao.load_scenario("telecom_city")).rows
    bars = [KpiBar(row.title, row.line.name, row.line.bound, row.range, row.trend) for row in rows]
    kpi_figure(bars).savefig(FILE, dpi=80, metadata={"Software": None})


if __name__ == "__main__":
    main()
