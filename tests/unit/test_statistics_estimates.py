"""Figures with intervals, precision, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocopt.arrays import FloatArray
from allocopt.errors import StatisticsError
from allocopt.sampling import Columns, SobolStream, normals
from allocopt.statistics import (
    Deviation,
    HighestMean,
    LowestMean,
    Mean,
    Method,
    Quantile,
    Share,
    Statistic,
    Target,
    estimate,
    jackknifed,
    least_draws,
    lower_tail_mean,
    run_until_precise,
)

RANDOM = np.random.default_rng(5)
OUTCOMES = RANDOM.normal(10.0, 3.0, size=(16, 64))
ALL: list[Statistic] = [Mean(), Deviation(), Quantile(0.2), LowestMean(0.1), HighestMean(0.1)]


def test_an_interval_by_hand() -> None:
    """Replicates 1, 2, 3: mean 2, s = 1, t(2) at 95 % is 4.302653, so 2 +- 4.302653 / sqrt(3)."""
    found = estimate(np.array([1.0, 2.0, 3.0]))
    assert (found.value, found.replicates, found.method) == (2.0, 3, Method.STUDENT)
    assert found.high - 2.0 == pytest.approx(4.302653 / np.sqrt(3.0), abs=1e-6)
    assert found.half_width == pytest.approx(2.0 - found.low)


def test_the_jackknife_of_a_mean_is_the_interval_of_the_mean() -> None:
    one, other = Mean().estimate(OUTCOMES), jackknifed(lambda x: float(x.mean()), OUTCOMES)
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))
    assert other.method is Method.JACKKNIFE


@pytest.mark.parametrize("statistic", ALL, ids=str)
@settings(max_examples=25, deadline=None)
@given(st.floats(-50.0, 50.0), st.floats(0.01, 20.0))
def test_figures_move_with_their_unit(statistic: Statistic, shift: float, scale: float) -> None:
    before, after = statistic.estimate(OUTCOMES), statistic.estimate(shift + scale * OUTCOMES)
    moved = 0.0 if isinstance(statistic, Deviation) else shift
    size = 1e-9 * (abs(shift) + scale)
    assert after.value == pytest.approx(moved + scale * before.value, abs=size)
    assert after.half_width == pytest.approx(scale * before.half_width, abs=size)


@pytest.mark.parametrize("statistic", [*ALL, Share()], ids=str)
def test_the_order_of_draws_and_replicates_does_not_matter(statistic: Statistic) -> None:
    outcomes = OUTCOMES > 9.0 if isinstance(statistic, Share) else OUTCOMES
    shuffled = outcomes[RANDOM.permutation(16)][:, RANDOM.permutation(64)]
    one, other = (statistic.estimate(np.asarray(x)) for x in (outcomes, shuffled))
    assert (one.value, one.high) == pytest.approx((other.value, other.high), rel=1e-12)


def test_more_confidence_is_a_wider_interval() -> None:
    widths = [Mean().estimate(OUTCOMES, level).half_width for level in (0.5, 0.9, 0.99)]
    assert widths == sorted(widths)


def test_a_share_without_misses_is_not_certain() -> None:
    """Clopper and Pearson: no miss in 1 024 draws leaves 1 - 0.025**(1 / 1024) at 95 %."""
    found = Share().estimate(np.ones((16, 64), dtype=bool))
    assert (found.value, found.high, found.method) == (1.0, 1.0, Method.EXACT)
    assert found.low == pytest.approx(0.025 ** (1.0 / 1024.0))
    none = Share().estimate(np.zeros((16, 64), dtype=bool))
    assert (none.value, none.low) == (0.0, 0.0)
    assert none.high == pytest.approx(1.0 - found.low)


def test_shares_stay_between_none_and_all() -> None:
    misses = np.zeros((16, 64), dtype=bool)
    misses[:2] = True  # far from even
    found = Share().estimate(misses)
    assert (found.low, found.method) == (0.0, Method.STUDENT)


def test_the_least_draws_of_a_tail() -> None:
    assert [least_draws(share) for share in (1.0, 0.1, 0.05, 0.01)] == [32, 256, 512, 4096]


@pytest.mark.parametrize("share", [0.0, 1.5, np.nan])
def test_a_share_of_the_worst_is_one(share: float) -> None:
    with pytest.raises(StatisticsError, match=r"lies in \(0, 1\]"):
        lower_tail_mean(OUTCOMES, share)


def test_one_replicate_has_no_interval() -> None:
    for statistic in (*ALL, Share()):
        with pytest.raises(StatisticsError, match="at least 2 replicates, found 1"):
            statistic.estimate(OUTCOMES[:1])
    with pytest.raises(StatisticsError, match=r"found 1\.0"):
        Mean().estimate(OUTCOMES, 1.0)


class Simulation:
    """Two outcomes of normal numbers, and which rows were asked for."""

    def __init__(self, replicates: int = 16) -> None:
        self.replicates = replicates
        self.asked: list[range] = []

    def __call__(self, rows: range) -> FloatArray:
        self.asked.append(rows)
        columns = Columns(np.arange(2), np.arange(2, dtype=np.uint64))
        z = [normals(SobolStream(3), columns, k, rows) for k in range(self.replicates)]
        return np.stack([np.exp(np.array(z).sum(axis=2)), np.array(z)[..., 0] > 1.0])


def test_draws_are_doubled_until_all_figures_are_precise() -> None:
    simulate = Simulation()
    targets = [Target(0, Mean(), relative=0.01), Target(1, Share(), absolute=0.001)]
    run = run_until_precise(simulate, targets, first=64)
    rows = [(one.start, one.stop) for one in simulate.asked]
    assert rows == [(0, 64), *((64 << k, 128 << k) for k in range(len(rows) - 1))]
    assert run.reached == (True, True)
    assert run.draws == 16 * rows[-1][1] < 16 * 2**14
    np.testing.assert_array_equal(run.outcomes, Simulation()(range(rows[-1][1])))
    # One doubling less was not enough.
    half = run.outcomes[..., : rows[-1][1] // 2]
    pairs = zip(targets, half, strict=True)
    assert not all(one.is_met(one.statistic.estimate(drawn)) for one, drawn in pairs)


def test_a_budget_ends_the_search_and_says_so() -> None:
    targets = [Target(0, Mean(), relative=1e-9), Target(1, Share(), absolute=0.5)]
    run = run_until_precise(Simulation(), targets, first=64, most=256)
    assert run.reached == (False, True)
    assert run.outcomes.shape == (2, 16, 256)


def test_fewer_replicates_cannot_stop_early() -> None:
    with pytest.raises(StatisticsError, match=r"8 replicates; .* needs 16"):
        run_until_precise(Simulation(8), [Target(0, Mean(), absolute=1.0)], first=64)
    with pytest.raises(StatisticsError, match="powers of two, found 100"):
        run_until_precise(Simulation(), [Target(0, Mean(), absolute=1.0)], first=100)
