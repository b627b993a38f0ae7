"""How load and build grow with the number of cell-months.

    python benchmarks/scaling.py            1 000, 10 000 and 100 000 cell-months

Each size runs in a process of its own: reading the scenario folder, making the arrays,
declaring the model of subsidies. Times are ratios to the smallest size beside seconds.
"""

import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

SIZES = (1_000, 10_000, 100_000)
PERIODS = 12
STAGES = ("load", "problem", "model")


def write_scenario(folder: Path, cells: int) -> None:
    """Write a scenario of ``cells`` cells, one placement per ten of them."""
    head = [
        "schema_version: 1",
        "id: scaling",
        "title: {en: Scaling}",
        "money_unit: 元",
        f"calendar: {{start: 2026-01-01, periods: {PERIODS}}}",
        "units: {file: units.csv}",
        "products: [{id: p}]",
        "channels: [{id: c}]",
        "cells: {file: cells.csv}",
        "expenses: [{id: media}]",
        "levers: [{id: media, expense: media}]",
        "placements: {file: placements.csv}",
        "lines: [{id: budget, expression: spend, at_most: 1000000 元}]",
    ]
    (folder / "scenario.yaml").write_text("\n".join(head) + "\n", encoding="utf-8")
    units = [("city", "")] + [(f"u{number}", "city") for number in range(cells)]
    _table(folder / "units.csv", ("id", "parent"), units)
    columns = ("id", "unit", "product", "channel", "price", "arpu", "churn", "base_volume")
    rows = [(f"i{n}", f"u{n}", "p", "c", 300, 50, 0.02, 10) for n in range(cells)]
    _table(folder / "cells.csv", columns, rows)
    columns = ("id", "lever", "units", "upper", "curve.family", "curve.top", "curve.rate")
    places = [
        (f"a{n}", "media", "|".join(f"u{i}" for i in range(n, min(n + 10, cells))), 5000,
         "modified_exponential", 20, 0.001)
        for n in range(0, cells, 10)
    ]  # fmt: skip
    _table(folder / "placements.csv", columns, places)


def _table(path: Path, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def measure(folder: Path) -> dict[str, float]:
    """Return seconds by stage and the peak memory in MiB, measured in this process."""
    from allocopt.declare.pieces import outer_pieces
    from allocopt.problem import build_problem
    from allocopt.scenario.load import load_scenario
    from allocopt.solving.catalog import load_formulation

    build = load_formulation("subsidies").build
    marks = [time.perf_counter()]
    scenario = load_scenario(folder)
    marks.append(time.perf_counter())
    problem = build_problem(scenario.data)
    marks.append(time.perf_counter())
    build(problem, outer_pieces(problem.placements, points=6))
    marks.append(time.perf_counter())
    seconds = dict(zip(STAGES, (b - a for a, b in pairwise(marks)), strict=True))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**seconds, "MiB": peak}


def main() -> None:
    """Print one row per size: seconds by stage, memory, and the ratio of times to the first."""
    first = 0.0
    sys.stdout.write("cell-months      load   problem     model       sum   ratio       MiB\n")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as name:
            write_scenario(Path(name), size // PERIODS)
            command = [sys.executable, __file__, name]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
        found = json.loads(done.stdout)
        total = sum(found[stage] for stage in STAGES)
        first = first or total
        cells = "".join(f"{found[stage]:10.2f}" for stage in STAGES)
        sys.stdout.write(
            f"{size:11d}{cells}{total:10.2f}{total / first:8.1f}{found['MiB']:10.0f}\n"
        )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(measure(Path(sys.argv[1]))))
    else:
        main()
