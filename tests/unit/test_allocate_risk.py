"""A blend of mean and worst draws: its value, its bound, and what it comes to at the ends."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import allocopt as ao
from allocopt.arrays import FloatArray
from allocopt.curves import Hill, Linear
from allocopt.errors import AllocationError


def draws_of(seed: int, n: int, count: int, *, steep: float = 4.0) -> Hill:
    """Return draws of curves, S-shaped where ``steep`` is above 1."""
    rng = np.random.default_rng(seed)
    return Hill(
        rng.lognormal(0.0, 0.5, n) * rng.lognormal(0.0, 0.6, (count, n)),
        rng.uniform(0.5, 2.0, n) * rng.lognormal(0.0, 0.3, (count, n)),
        rng.uniform(0.4, steep, n) * np.ones((count, n)),
    )


def blend(draws: FloatArray, risk: ao.MeanCVaR) -> FloatArray:
    """Return the blend of totals (plans, draws) by Rockafellar and Uryasev's formula, (plans,)."""
    short = np.maximum(draws[:, :, None] - draws[:, None, :], 0.0).mean(axis=2)
    worst = (draws - short / risk.alpha).max(axis=1)
    return np.asarray((1.0 - risk.weight) * draws.mean(axis=1) + risk.weight * worst)


@given(seed=st.integers(0, 10**6), weight=st.floats(0.0, 1.0), alpha=st.floats(0.01, 1.0))
def test_the_score_is_that_of_rockafellar_and_uryasev(
    seed: int, weight: float, alpha: float
) -> None:
    totals, risk = np.random.default_rng(seed).normal(size=17), ao.MeanCVaR(weight, alpha)
    assert risk.score(totals) == pytest.approx(blend(totals[None], risk)[0], abs=1e-12)
    assert risk.worst_weights(totals).sum() == pytest.approx(1.0, abs=1e-12)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=4, deadline=None)
def test_no_plan_on_a_grid_is_above_the_bound(seed: int) -> None:
    draws, budget, risk = draws_of(seed, 2, 20), 2.5, ao.MeanCVaR(0.7, 0.25)
    found = ao.allocate(draws, budget, upper=4.0, risk=risk, gap=1e-4, time_limit=5)
    first = np.linspace(0.0, budget, 501)
    plans = np.stack([first, budget - first], axis=1)
    scores = blend(draws[:, None].value(plans[:, None].swapaxes(0, 1)).sum(axis=2).T, risk)
    own = blend(draws.value(found.spend).sum(axis=1)[None], risk)[0]
    assert found.objective == pytest.approx(own, rel=1e-12)
    assert found.spend.sum() <= budget * (1 + 1e-9)
    assert scores.max() <= found.bound * (1 + 1e-9)
    if found.status == "proven":
        assert scores.max() <= found.objective * (1 + 2e-4)


@pytest.mark.parametrize("seed", range(4))
def test_straight_curves_are_a_linear_program(seed: int) -> None:
    rng = np.random.default_rng(seed)
    slopes, risk = rng.lognormal(0.0, 0.7, (30, 4)), ao.MeanCVaR(0.6, 0.2)
    found = ao.allocate(Linear(slopes), 3.0, upper=2.0, risk=risk, gap=1e-6)
    draws, n = slopes.shape
    # Columns: spend, the value at risk, shortfalls below it.
    gain = np.concatenate([
        (1 - risk.weight) * slopes.mean(axis=0), [risk.weight],
        np.full(draws, -risk.weight / (risk.alpha * draws)),
    ])  # fmt: skip
    short = np.hstack([-slopes, np.ones((draws, 1)), -np.eye(draws)])
    spent = np.concatenate([np.ones(n), np.zeros(draws + 1)])
    best = linprog(
        -gain, np.vstack([short, spent]), np.append(np.zeros(draws), 3.0),
        bounds=[(0, 2.0)] * n + [(None, None)] + [(0, None)] * draws,
    )  # fmt: skip
    assert found.status == "proven"
    assert found.objective == pytest.approx(-best.fun, rel=2e-6)
    assert found.bound >= -best.fun * (1 - 1e-9)


@pytest.mark.parametrize("risk", [ao.MeanCVaR(0.0, 0.1), ao.MeanCVaR(0.8, 1.0)])
def test_without_weight_and_with_all_draws_it_is_the_mean(risk: ao.MeanCVaR) -> None:
    draws = draws_of(5, 6, 50)
    mean = ao.allocate(draws, 4.0, upper=3.0, gap=1e-5)
    found = ao.allocate(draws, 4.0, upper=3.0, risk=risk, gap=1e-5)
    assert found.status == "proven"
    assert found.objective == pytest.approx(mean.objective, rel=2e-5)


def test_the_worst_draws_come_to_more_than_in_the_plan_for_the_mean() -> None:
    draws, risk = draws_of(8, 20, 300, steep=1.0), ao.MeanCVaR(1.0, 0.1)
    mean = ao.allocate(draws, 10.0, upper=4.0, gap=1e-4)
    found = ao.allocate(draws, 10.0, upper=4.0, risk=risk, gap=1e-4)
    assert found.status == "proven"
    assert found.objective > risk.score(draws.value(mean.spend).sum(axis=1)) * 1.001


def test_minima_are_kept_where_plans_cannot_be_mixed() -> None:
    draws, risk = draws_of(2, 3, 40), ao.MeanCVaR(0.9, 0.1)
    found = ao.allocate(draws, 3.0, upper=3.0, minimum=1.2, risk=risk, gap=1e-3, time_limit=20)
    assert ((found.spend == 0.0) | (found.spend >= 1.2 * (1 - 1e-12))).all()
    assert found.bound >= found.objective


def test_input_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(AllocationError, match="weight is 2"):
        ao.MeanCVaR(2.0)
    with pytest.raises(AllocationError, match="alpha is 0"):
        ao.MeanCVaR(alpha=0.0)
    with pytest.raises(AllocationError, match="goes with draws"):
        ao.allocate(draws_of(1, 2, 3)[0], 1.0, upper=2.0, risk=ao.MeanCVaR())
