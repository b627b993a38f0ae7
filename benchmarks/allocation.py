"""Allocations over response curves: time and gap by size, beside other methods.

    python benchmarks/allocation.py                 single budgets, groups, all limits together

Gaps are distances to the bound that is proven; times are medians of three runs.
"""

import resource
import sys
from collections.abc import Callable

import numpy as np
from curve_instances import groups, s_shaped, say, timed

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


def main() -> None:
    """Print the tables."""
    single_budgets()
    many_limits()


if __name__ == "__main__":
    main()
