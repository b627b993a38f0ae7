"""A changed budget solved again in a session, beside a cold solve of the same, in one run.

    python benchmarks/whatif.py                              media_mix and noodle_fmcg
    python benchmarks/whatif.py telecom_city joint lines.spend_budget.at_most 4320 4800
    python benchmarks/whatif.py allocations

Each budget is solved cold and in the session, in turn, in CPU seconds; allocations three times, of
which medians are told. Opening a session is counted apart. Scenarios are to the gap of 1e-3 unless
another is given last.
"""

import sys
import time
from collections.abc import Callable
from statistics import median
from typing import TypeVar

import numpy as np

import allocopt as ao

Result = TypeVar("Result")
CASES = (
    ("media_mix", "subsidies", "lines.annual_budget.at_most", "2700", "3300", "0.01"),
    ("media_mix", "subsidies", "lines.annual_budget.at_most", "2700", "3300", "0.001"),
    ("noodle_fmcg", "joint", "lines.travel_budget.at_most", "270", "330", "0.001"),
)


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Return the CPU seconds that ``work`` took, and its result: others may use the machine."""
    since = time.process_time()
    result = work()
    return time.process_time() - since, result


def say(name: str, times: tuple[list[float], list[float]], opening: float, apart: float) -> None:
    """Write one row: medians of cold and warm, their ratio, and how far the values differ."""
    cold, warm = (median(one) for one in times)
    sys.stdout.write(
        f"{name:44s} cold {cold:8.3f} s  warm {warm:8.3f} s  ratio {warm / cold:5.2f}"
        f"  opening {opening:7.3f} s  values differ by {apart:.1e}\n"
    )
    sys.stdout.flush()


def plans(case: tuple[str, ...]) -> None:
    """Measure one scenario, model and line at two budgets, 万元."""
    scenario, model, path, *budgets, gap = case
    plan = ao.solve(scenario, model, gap=float(gap))
    opening, session = timed(lambda: ao.WhatIf(plan))
    for budget in budgets:
        session.set(path, f"{budget} 万元")
        warm_seconds, warm = timed(session.solve)
        changed = session.scenario
        cold_seconds, cold = timed(lambda at=changed: ao.solve(at, model, gap=float(gap)))
        apart = abs(warm.objective / cold.objective - 1.0)
        name = f"{scenario} {model} to {gap}, {budget}"
        say(name, ([cold_seconds], [warm_seconds]), opening, apart)


def allocations(n: int, *, grouped: bool) -> None:
    """Measure S-shaped placements at budgets a tenth lower and higher."""
    rng = np.random.default_rng(1)
    curves = ao.curves.Hill(rng.uniform(1, 10, n), rng.uniform(1, 5, n), rng.uniform(1.1, 4.0, n))
    budget, rows = 1.5 * n, ()
    if grouped:
        groups = (np.arange(n) % 5 == np.arange(5)[:, None]).astype(np.float64)
        rows = ((groups, np.full(5, budget / 4.5)),)
    gap = 1e-4 if grouped else 1e-6
    first = ao.allocate(curves, budget, upper=8.0, constraints=rows, gap=gap)
    opening, session = timed(lambda: ao.WhatIf(first))
    times: tuple[list[float], list[float]] = ([], [])
    apart = 0.0
    for factor in (0.9, 1.1, 0.9, 1.1, 0.9, 1.1):
        session.set(budget=budget * factor)
        seconds, warm = timed(session.solve)
        times[1].append(seconds)
        seconds, cold = timed(
            lambda at=budget * factor: ao.allocate(curves, at, upper=8.0, constraints=rows, gap=gap)
        )
        times[0].append(seconds)
        apart = max(apart, abs(warm.objective / cold.objective - 1.0))
    say(f"{n} placements{', 5 groups' if grouped else ''} to {gap:g}", times, opening, apart)


def main(arguments: list[str]) -> None:
    """Measure what is named, or the bundled cases."""
    if arguments == ["allocations"]:
        for n in (100, 2_000, 20_000):
            allocations(n, grouped=False)
        for n in (100, 500):
            allocations(n, grouped=True)
        return
    given = (*arguments, "0.001") if len(arguments) == 5 else tuple(arguments)
    for case in (given,) if given else CASES:
        plans(case)


if __name__ == "__main__":
    main(sys.argv[1:])
