"""Allocations by other methods on the same instances: distance from the proven bound, seconds.

    python benchmarks/rivals.py             one budget: SciPy, greedy steps, PyMC-Marketing if there
    python benchmarks/rivals.py --grouped   20 000 curves in 50 groups: HiGHS on fixed pieces

`make rivals` sets up an environment of its own with PyMC-Marketing (benchmarks/requirements.txt)
and runs both. Every method gets the same curves; a call's preparation, such as compiling, is
not counted. Times of this project are medians of three runs, others are of one.
"""

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable
from functools import partial

import highspy
import numpy as np
from curve_instances import groups, s_shaped, say, timed
from scipy.optimize import Bounds, LinearConstraint, minimize
from scipy.sparse import csc_array, csr_array, vstack

import allocopt as ao
from allocopt.arrays import FloatArray
from allocopt.curves import Hill

SIZES = (20, 100, 500)
GROUPED = (20_000, 50)
PIECES = 24
LONGEST = 600.0
SLOW = {"slsqp x 20", "trust-constr"}
"""Left out from 500 placements on: they take minutes."""

Call = Callable[[], FloatArray]
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


def methods(curve: Hill, upper: FloatArray, budget: float) -> dict[str, Call]:
    """Return the calls of all methods that are there, prepared."""
    own: dict[str, Rival] = {
        "slsqp": slsqp, "slsqp x 20": slsqp_many, "trust-constr": trust_constr, "greedy": greedy,
    }  # fmt: skip
    left_out = SLOW if upper.size >= max(SIZES) else set()
    calls: dict[str, Call] = {
        name: partial(method, curve, upper, budget)
        for name, method in own.items()
        if name not in left_out
    }
    if importlib.util.find_spec("pymc_marketing") is None:
        sys.stdout.write("PyMC-Marketing is not installed: see benchmarks/requirements.txt\n")
        return calls
    from pymc_rival import prepare

    return {**calls, "pymc-marketing": prepare(curve, upper, budget)}


def single_budget() -> None:
    """Print gap and seconds of every method under one budget."""
    say("n", "method", "seconds", "gap", "times own")
    for n in SIZES:
        curve, upper, budget = s_shaped(n)
        _, own = timed(partial(ao.allocate, curve, budget, upper=upper, gap=1e-6))
        best, closest = timed(partial(ao.allocate, curve, budget, upper=upper, gap=1e-9))
        say(n, "allocopt to 1e-6", f"{own:.3f}", "<1e-6", "1.0")
        say(n, "allocopt to 1e-9", f"{closest:.3f}", f"{best.gap:.1e}", f"{closest / own:.1f}")
        for name, call in methods(curve, upper, budget).items():
            since = time.perf_counter()
            plan = call()
            seconds = time.perf_counter() - since
            value = float(curve.value(plan).sum())
            gap = (best.bound - value) / best.bound
            say(n, name, f"{seconds:.3f}", f"{gap:.1e}", f"{seconds / own:.1f}")


def grouped(n: int, count: int) -> None:
    """Print times of the engine and of HiGHS on fixed pieces of the concave envelopes."""
    curve, upper, budget = s_shaped(n)
    caps = groups(n, count, upper)
    found, own = timed(
        lambda: ao.allocate(curve, budget, upper=upper, constraints=[caps], gap=1e-4), runs=1
    )
    say("n", "groups", "method", "seconds", "times own", "gap")
    say(n, count, "allocopt", f"{own:.2f}", "1.0", f"{found.gap:.1e}")
    rows = csr_array(vstack([np.ones((1, n)), caps[0]]))
    plan, seconds = fixed_pieces(curve, upper, rows, np.concatenate([[budget], caps[1]]))
    gap = (found.bound - float(curve.value(plan).sum())) / found.bound
    say(n, count, "fixed pieces", f"{seconds:.2f}", f"{seconds / own:.1f}", f"{gap:.1e}")


def fixed_pieces(
    curve: Hill, upper: FloatArray, rows: csr_array, most: FloatArray
) -> tuple[FloatArray, float]:
    """Return the plan and the seconds of HiGHS, as it comes, on fixed envelope pieces."""
    start = curve.envelope_tangent(np.zeros_like(upper), upper)
    share = np.linspace(0.0, 1.0, PIECES)
    knots = np.concatenate([np.zeros((1, upper.size)), start + share[:, None] * (upper - start)]).T
    width = np.diff(knots, axis=1)
    values = np.stack([curve.value(knots[:, k]) for k in range(PIECES + 1)], axis=1)
    slope = np.diff(values, axis=1) / np.maximum(width, 1e-12)
    owner = np.repeat(np.arange(upper.size), PIECES)
    matrix = csc_array(rows.tocsc()[:, owner])
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = slope.ravel(), np.zeros(owner.size), width.ravel()
    lp.row_lower_, lp.row_upper_ = np.full(most.size, -highspy.kHighsInf), most
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
    lp.a_matrix_.value_ = matrix.data
    highs = highspy.Highs()
    highs.silent()
    highs.setOptionValue("time_limit", LONGEST)
    highs.passModel(lp)
    since = time.perf_counter()
    highs.run()
    seconds = time.perf_counter() - since
    spend = np.array(highs.getSolution().col_value).reshape(width.shape).sum(axis=1)
    return spend, seconds


def main() -> None:
    """Print the table that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--grouped", action="store_true", help="groups and fixed pieces instead")
    if parser.parse_args().grouped:
        grouped(*GROUPED)
    else:
        single_budget()


if __name__ == "__main__":
    main()
