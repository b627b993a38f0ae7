"""Interior point and simplex on the first relaxation of the bundled scenarios, in pairs.

    python benchmarks/algorithms.py          three pairs each, in turn; medians and their ratio

Both algorithms solve the same arrays from scratch. The limit in `allocopt.solving.highs`
between them rests on this table.
"""

import statistics
import sys
import time

import highspy

from allocopt.declare.pieces import exact_pieces, outer_pieces
from allocopt.problem import build_problem
from allocopt.solving.catalog import load_formulation
from allocopt.solving.highs import LiveModel
from allocopt.solving.options import SolveOptions
from allocopt.workflow.inputs import load

CASES = (
    ("media_mix", "subsidies"),
    ("noodle_fmcg", "headcount"),
    ("noodle_fmcg", "joint"),
    ("telecom_city", "targets"),
    ("telecom_city", "headcount"),
    ("telecom_city", "subsidies"),
    ("telecom_city", "joint"),
)
PAIRS = 3
OPTIONS = SolveOptions()


def relaxation(scenario: str, model: str) -> highspy.HighsLp:
    """Return the first relaxed model of a bundled scenario as HiGHS holds it."""
    problem = build_problem(load(scenario).data)
    formulation = load_formulation(model)
    placements = problem.placements
    if "spend" in formulation.decides:
        pieces = outer_pieces(placements, points=OPTIONS.points)
    else:
        pieces = exact_pieces(placements, placements.current)
    live = LiveModel(formulation.build(problem, pieces), OPTIONS)
    return live.loaded()._solver_model.getLp()


def seconds(program: highspy.HighsLp, algorithm: str) -> tuple[float, float]:
    """Return the seconds that an algorithm takes, and the value it ends with."""
    highs = highspy.Highs()
    highs.silent()
    highs.setOptionValue("solver", algorithm)
    highs.setOptionValue("solve_relaxation", True)
    highs.setOptionValue("threads", OPTIONS.threads)
    highs.passModel(program)
    since = time.perf_counter()
    highs.run()
    taken = time.perf_counter() - since
    return taken, highs.getObjectiveValue()


def main() -> None:
    """Print columns, rows, median seconds of both and the median of the paired ratios."""
    sys.stdout.write(
        f"{'relaxation':28s}{'columns':>9s}{'rows':>8s}{'ipm':>9s}{'simplex':>9s}  ratio\n"
    )
    for scenario, model in CASES:
        program = relaxation(scenario, model)
        pairs = []
        for _ in range(PAIRS):
            (ipm, first), (simplex, second) = (seconds(program, one) for one in ("ipm", "simplex"))
            if abs(first - second) > 1e-6 * max(abs(first), 1.0):
                sys.stdout.write(f"values differ: {first!r}, {second!r}\n")
            pairs.append((ipm, simplex))
        medians = [statistics.median(column) for column in zip(*pairs, strict=True)]
        ratio = statistics.median(simplex / ipm for ipm, simplex in pairs)
        sys.stdout.write(
            f"{scenario + ' ' + model:28s}{program.num_col_:9d}{program.num_row_:8d}"
            f"{medians[0]:9.3f}{medians[1]:9.3f}{ratio:7.2f}\n"
        )


if __name__ == "__main__":
    main()
