"""Allocations over response curves: time and gap by size, beside other methods.

    python benchmarks/allocation.py                 single budgets, groups, all limits together
    python benchmarks/allocation.py --draws         the mean over draws, with the worst, a frontier
    python benchmarks/allocation.py --rivals        SciPy and greedy on the same instances too

Gaps are distances to the bound that allocopt proves. Every method gets the same curves; times
are medians of three runs, those of slow methods of one.
"""

import argparse
import resource
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, minimize
from scipy.sparse import csr_array

import allocopt as ao
from allocopt.arrays import FloatArray
from allocopt.curves import Hill

SIZES = (20, 100, 500, 2_000, 20_000, 200_000)
RIVAL_SIZES = (20, 100, 500)
LONGEST = 120.0


def s_shaped(n: int, seed: int = 1) -> tuple[Hill, FloatArray, float]:
    """Return n S-shaped curves, their upper bounds and a budget of a fifth of these."""
    rng = np.random.default_rng(seed)
    ec50 = rng.uniform(0.5, 2.0, n)
    curve = Hill(rng.lognormal(0.0, 0.5, n), ec50, rng.uniform(1.5, 4.0, n))
    return curve, 4.0 * ec50, 0.21 * float(4.0 * ec50.sum())


def groups(n: int, count: int, upper: FloatArray) -> tuple[csr_array, FloatArray]:
    """Return caps on groups of placements, two thirds of them tight."""
    rng = np.random.default_rng(2)
    group = rng.integers(0, count, n)
    matrix = csr_array((np.ones(n), (group, np.arange(n))), shape=(count, n))
    return matrix, (matrix @ upper) * rng.uniform(0.1, 0.3, count)


def timed(call: Callable[[], ao.Allocation], runs: int = 3) -> tuple[ao.Allocation, float]:
    """Return the last result and the median of seconds."""
    seconds = []
    for _ in range(runs):
        since = time.perf_counter()
        found = call()
        seconds.append(time.perf_counter() - since)
    return found, statistics.median(seconds)


def say(*cells: object) -> None:
    """Print one row of a table."""
    sys.stdout.write("  ".join(str(cell).rjust(14) for cell in cells) + "\n")
    sys.stdout.flush()


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


def draws_of(n: int, count: int) -> tuple[Hill, FloatArray, float]:
    """Return draws around S-shaped curves, upper bounds and a budget as in `s_shaped`."""
    curve, upper, budget = s_shaped(n)
    rng = np.random.default_rng(3)
    spread = [rng.lognormal(0.0, size, (count, n)) for size in (0.2, 0.2, 0.1)]
    draws = Hill(curve.beta * spread[0], curve.ec50 * spread[1], curve.slope * spread[2])
    return draws, upper, budget


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


Rival = Callable[[Hill, FloatArray, float], FloatArray]


def slsqp(curve: Hill, upper: FloatArray, budget: float) -> FloatArray:
    """Return SciPy's SLSQP from an even plan, with exact gradients."""
    return _scipy(curve, upper, budget, np.full(upper.size, budget / upper.size), "SLSQP")


def slsqp_many(curve: Hill, upper: FloatArray, budget: float) -> FloatArray:
    """Return the best of SLSQP from 20 random plans."""
    rng = np.random.default_rng(0)
    plans = []
    for _ in range(20):
        share = rng.dirichlet(np.ones(upper.size)) * budget
        plans.append(_scipy(curve, upper, budget, np.minimum(share, upper), "SLSQP"))
    return max(plans, key=lambda plan: float(curve.value(plan).sum()))


def trust_constr(curve: Hill, upper: FloatArray, budget: float) -> FloatArray:
    """Return SciPy's trust-constr from an even plan."""
    return _scipy(curve, upper, budget, np.full(upper.size, budget / upper.size), "trust-constr")


def _scipy(
    curve: Hill, upper: FloatArray, budget: float, start: FloatArray, method: str
) -> FloatArray:
    found = minimize(
        lambda x: -float(curve.value(np.clip(x, 0.0, upper)).sum()),
        start,
        jac=lambda x: -curve.marginal(np.clip(x, 0.0, upper)),
        method=method,
        bounds=Bounds(np.zeros(upper.size), upper),
        constraints=[LinearConstraint(np.ones((1, upper.size)), -np.inf, budget)],
        options={"maxiter": 1000},
    )
    plan = np.clip(found.x, 0.0, upper)
    return plan * min(1.0, budget / plan.sum())


def greedy(curve: Hill, upper: FloatArray, budget: float) -> FloatArray:
    """Return a plan made of thousand steps, each where it brings most at once."""
    step, plan = budget / 1000.0, np.zeros(upper.size)
    for _ in range(1000):
        more = np.minimum(plan + step, upper)
        gain = curve.value(more) - curve.value(plan)
        plan[int(gain.argmax())] = more[int(gain.argmax())]
    return plan


def rivals() -> None:
    """Print gap and seconds of other methods on the same instances."""
    methods: dict[str, Rival] = {
        "slsqp": slsqp, "slsqp x 20": slsqp_many, "trust-constr": trust_constr, "greedy": greedy,
    }  # fmt: skip
    say("n", "method", "seconds", "gap", "times allocopt")
    for n in RIVAL_SIZES:
        curve, upper, budget = s_shaped(n)
        best, own = timed(_single(curve, upper, budget))
        say(n, "allocopt", f"{own:.3f}", f"{best.gap:.1e}", "1.0")
        for name, method in methods.items():
            if n >= 500 and name in {"slsqp x 20", "trust-constr"}:
                continue
            since = time.perf_counter()
            plan = method(curve, upper, budget)
            seconds = time.perf_counter() - since
            value = float(curve.value(plan).sum())
            gap = (best.bound - value) / best.bound
            say(n, name, f"{seconds:.3f}", f"{gap:.1e}", f"{seconds / own:.1f}")


def main() -> None:
    """Print the tables that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--rivals", action="store_true")
    parser.add_argument("--draws", action="store_true")
    wanted = parser.parse_args()
    if wanted.rivals:
        rivals()
        return
    if wanted.draws:
        many_draws()
        return
    single_budgets()
    many_limits()


if __name__ == "__main__":
    main()
