"""Plans on common futures: differences, the best one, regret, robustness."""

import numpy as np
import pytest
from scipy.stats import norm

from allocopt.arrays import FloatArray
from allocopt.errors import StatisticsError
from allocopt.sampling import Columns, SobolStream, normals
from allocopt.statistics import (
    METRICS,
    PlanOutcomes,
    best_plan,
    estimate,
    paired_differences,
    regret,
    robustness_table,
    satisficing,
    shares_best,
)

RANDOM = np.random.default_rng(11)
ONE = Columns(np.arange(1), np.arange(1, dtype=np.uint64))
MARKET = np.stack([normals(SobolStream(2), ONE, k, range(256))[:, 0] for k in range(16)])


def plans() -> FloatArray:
    """Return a cautious plan, a bold one and a bad one: 100 + N, 101 + 3 N, 95 + N."""
    return np.stack([100.0 + MARKET, 101.0 + 3.0 * MARKET, 95.0 + MARKET])


def test_a_plan_against_itself_is_exactly_zero() -> None:
    outcomes = plans()[[1, 1]]
    (found,) = paired_differences(outcomes)
    assert (found.estimate.value, found.estimate.low, found.estimate.high) == (0.0, 0.0, 0.0)
    assert not found.is_clear
    assert not regret(outcomes).any()
    assert best_plan(outcomes).chance == 1.0
    assert [one.value for one in shares_best(outcomes)] == [0.5, 0.5]


def test_common_futures_cancel() -> None:
    pairs = {(one.first, one.second): one for one in paired_differences(plans())}
    assert list(pairs) == [(0, 1), (0, 2), (1, 2)]
    assert pairs[0, 2].estimate.value == pytest.approx(5.0)
    assert pairs[0, 2].estimate.half_width < 1e-10  # although each plan has a deviation of 1
    assert pairs[0, 2].is_clear


def test_intervals_are_simultaneous_by_bonferroni() -> None:
    for one in paired_differences(plans(), 0.94):
        assert one.estimate.confidence == pytest.approx(0.98)
        lead = (plans()[one.first] - plans()[one.second]).mean(axis=1)
        assert one.estimate == estimate(lead, 1.0 - 0.06 / 3.0)


def test_simultaneous_intervals_hold_together() -> None:
    """Of 400 experiments at 80 %: in at least 80 % minus 3 standard errors all pairs hold."""
    held = 0
    for _ in range(400):
        outcomes = RANDOM.normal(size=(3, 16, 8)) * 4.0
        held += not any(one.is_clear for one in paired_differences(outcomes, 0.8))
    assert held / 400 > 0.8 - 3.0 * np.sqrt(0.8 * 0.2 / 400)


def test_the_best_plan_and_how_sure_that_is() -> None:
    outcomes = plans()
    found = best_plan(outcomes)
    assert found.plan == 1
    assert found.chance > 0.999
    noise = RANDOM.normal(size=(2, 16, 8))
    close = noise - noise.mean(axis=(1, 2), keepdims=True)
    close[1] += 0.01  # a lead of a tenth of the error
    assert 0.5 < best_plan(close).chance < 0.6
    assert best_plan(outcomes[:1]).chance == 1.0


def test_shares_of_futures_by_the_closed_form() -> None:
    """101 + 3 N is above 100 + N where N > -1/2."""
    shares = shares_best(plans())
    truth = norm.cdf(0.5)
    assert shares[1].low < truth < shares[1].high
    assert shares[2].value == 0.0
    assert sum(one.value for one in shares) == pytest.approx(1.0)


def test_regret_by_hand() -> None:
    outcomes = np.array([[[3.0, 1.0]], [[2.0, 4.0]]])
    assert regret(outcomes).tolist() == [[[0.0, 3.0]], [[1.0, 0.0]]]
    perfect = np.array([[5.0, 4.0]])
    assert regret(outcomes, perfect).tolist() == [[[2.0, 3.0]], [[3.0, 0.0]]]
    with pytest.raises(StatisticsError, match="better by 1 than"):
        regret(outcomes, np.array([[5.0, 3.0]]))


def test_no_plans_are_refused() -> None:
    with pytest.raises(StatisticsError, match="not 2 x 3"):
        paired_differences(np.ones((2, 3)))


def table_of(values: FloatArray) -> PlanOutcomes:
    return PlanOutcomes(values, np.maximum(99.0 - values, 0.0), values >= 99.0)


def test_the_robustness_table_by_closed_forms() -> None:
    found = robustness_table(table_of(plans()), (*METRICS, satisficing(98.0)))
    row = {metric.name: k for k, metric in enumerate(found.metrics)}
    expected = {
        "expected": [100.0, 101.0, 95.0],
        "deviation": [1.0, 3.0, 1.0],
        "holds": norm.cdf([1.0, 2.0 / 3.0, -4.0]),
        "signal_to_noise": [100.0, 101.0 / 3.0, 95.0],
        "satisficing": norm.cdf([2.0, 1.0, -3.0]),
        # Of 101 + 3 N above 100 + N; the third is always 5 below the first.
        "regret_90": [1.0 + 2.0 * norm.ppf(0.9), -1.0 - 2.0 * norm.ppf(0.1), np.nan],
        # Of max(0, -1 - N) in the worst tenth: N below its 10 % quantile, always a miss.
        "cvar_shortfall": [norm.pdf(norm.ppf(0.1)) / 0.1 - 1.0, np.nan, np.nan],
    }
    for name, truth in expected.items():
        values = found.values[:, row[name]]
        known = ~np.isnan(truth)
        np.testing.assert_allclose(values[known], np.array(truth)[known], rtol=0.08, atol=0.02)
    worst = plans().reshape(3, -1).min(axis=1)
    np.testing.assert_array_equal(found.values[:, row["worst"]], worst)
    largest = regret(plans()).reshape(3, -1).max(axis=1)
    np.testing.assert_array_equal(found.values[:, row["max_regret"]], largest)


def test_ranks_and_the_metrics_that_change_the_winner() -> None:
    found = robustness_table(table_of(plans()))
    names = [metric.name for metric in found.metrics]
    assert found.ranks[:, 0].tolist() == [2, 1, 3]  # the bold plan by expected value
    flipped = {names[k] for k in found.flips}
    assert {"deviation", "holds", "cvar_shortfall", "worst", "signal_to_noise"} <= flipped
    assert found.ranks[:, names.index("holds")].tolist() == [1, 2, 3]


def test_ties_share_the_better_rank() -> None:
    values = np.stack([MARKET, MARKET, MARKET - 1.0])
    found = robustness_table(PlanOutcomes(values, 0.0 * values, values > -9.0))
    assert found.ranks[:, 0].tolist() == [1, 1, 3]
    assert found.winners(0) == (0, 1)
    assert found.flips == ()


def test_a_sure_plan_has_no_noise() -> None:
    sure = np.stack([np.ones((2, 4)), -np.ones((2, 4))])
    found = robustness_table(PlanOutcomes(sure, 0.0 * sure, sure > 0.0))
    assert found.values[:, -1].tolist() == [np.inf, -np.inf]


def test_the_order_of_plans_only_moves_rows() -> None:
    found = robustness_table(table_of(plans()))
    other = robustness_table(table_of(plans()[[2, 0, 1]]))
    np.testing.assert_allclose(other.values, found.values[[2, 0, 1]])
    np.testing.assert_array_equal(other.ranks, found.ranks[[2, 0, 1]])
