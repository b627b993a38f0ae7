"""Allocations over response curves: time and gap by size, beside other methods.

    python benchmarks/allocation.py                 budgets, groups, all limits, draws

Gaps are distances to the bound that is proven; times are medians of three runs.
"""

import resource
import sys
import time
from collections.abc import Callable

import numpy as np
from curve_instances import draws_of, groups, s_shaped, say, timed

import allocopt as ao
from allocopt.arrays import FloatArray
from allocopt.curves import Hill

SIZES = (20, 100, 500, 2_000, 20_000, 200_000)


def single_budgets() -> None:
    """Print times of one budget by size."""
    say("n", "seconds", "gap", "branches", "ratio", "n ratio^1.2")
    before = (0, 0.0)
    for n in SIZES:
        curve, upper, budget = s_shaped(n)
        found, seconds = timed(_single(curve, upper, budget))
        grown = (seconds / before[1], (n / before[0]) ** 1.2) if before[0] else (1.0, 1.0)
        say(n, f"{seconds:.3f}", f"{found.gap:.1e}", found.explored, *(f"{g:.1f}" for g in grown))
        before = (n, seconds)


def _single(curve: Hill, upper: FloatArray, budget: float) -> Callable[[], ao.Allocation]:
    return lambda: ao.allocate(curve, budget, upper=upper, gap=1e-9)


CASES = (
    (100, 5, 1e-4, True),
    (500, 10, 1e-3, True),
    (2_000, 10, 1e-5, False),
    (20_000, 50, 1e-4, False),
)
"""Placements, groups, wanted gap, whether all limits are put together too."""


def many_limits() -> None:
    """Print times under groups, and under groups, minima and few moves together."""
    say("n", "groups", "limits", "wanted", "seconds", "gap")
    for n, count, wanted, together in CASES:
        for kind in ("groups", "all") if together else ("groups",):
            found, seconds = timed(_limited(n, count, wanted, everything=kind == "all"))
            say(n, count, kind, f"{wanted:.0e}", f"{seconds:.2f}", f"{found.gap:.1e}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"peak memory {peak:.0f} MiB\n")


def _limited(n: int, count: int, gap: float, *, everything: bool) -> Callable[[], ao.Allocation]:
    curve, upper, budget = s_shaped(n)
    rows = [groups(n, count, upper)]
    if not everything:
        return lambda: ao.allocate(curve, budget, upper=upper, constraints=rows, gap=gap)
    minimum = 0.3 * upper
    current = np.where(np.arange(n) % 2, minimum, 0.0)
    return lambda: ao.allocate(
        curve, budget, upper=upper, constraints=rows, minimum=minimum, current=current,
        max_moves=n // 3, gap=gap,
    )  # fmt: skip


def many_draws() -> None:
    """Print times of the mean over draws, of a blend with the worst, and of a frontier."""
    say("n", "draws", "goal", "seconds", "gap")
    for n, count, risk in ((500, 2_000, None), (100, 500, ao.MeanCVaR(0.5, 0.1))):
        draws, upper, budget = draws_of(n, count)
        since = time.perf_counter()
        found = ao.allocate(draws, budget, upper=upper, risk=risk, gap=1e-4)
        seconds = time.perf_counter() - since
        say(n, count, "mean" if risk is None else "blend", f"{seconds:.2f}", f"{found.gap:.1e}")
    curve, upper, _ = s_shaped(100)
    budgets = np.linspace(0.02, 0.98, 1_000) * float(upper.sum())
    line = ao.frontier(curve, budgets, upper=upper)
    say(100, "-", "1000 budgets", f"{line.seconds:.2f}", f"{line.gap:.1e}")


def main() -> None:
    """Print the tables."""
    single_budgets()
    many_limits()
    many_draws()


if __name__ == "__main__":
    main()
