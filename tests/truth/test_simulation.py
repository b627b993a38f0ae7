"""Sampling and statistics against closed forms: the verification problems of a simulator.

Tolerances are k standard errors over 16 replicates; with 15 degrees of freedom one in 20 000
figures is off by more than 5.5 of them. Where a closed form has no sampling in it, digits count.
"""

from collections.abc import Callable
from math import asin, exp, log, pi, sqrt

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize_scalar
from scipy.special import ndtr, ndtri
from scipy.stats import norm

from allocopt.arrays import FloatArray
from allocopt.sampling import (
    Columns,
    CommonFactors,
    GaussianCopula,
    SobolStream,
    normals,
    spearman_of_pearson,
)
from allocopt.sampling.marginals import Empirical, Lognormal, Normal
from allocopt.statistics import (
    Deviation,
    Estimate,
    HighestMean,
    LowestMean,
    Mean,
    Method,
    Quantile,
    Share,
    SobolDesign,
    Statistic,
    discover,
    lower_tail_mean,
    smallest_shock,
)

REPLICATES = 16
K = 5.5


def drawn(inputs: int, points: int = 1024, *, seed: int = 7) -> FloatArray:
    """Return standard normal numbers, (replicates, points, inputs)."""
    columns = Columns(np.arange(inputs), np.arange(inputs, dtype=np.uint64))
    rows = range(points)
    return np.stack([normals(SobolStream(seed), columns, k, rows) for k in range(REPLICATES)])


def agrees(found: Estimate, truth: float, *, error: float) -> None:
    """Assert that an estimate is within K standard errors, and those below ``error``."""
    se = found.half_width / 2.1314  # Student's t with 15 degrees of freedom at 95 %
    assert se < error
    assert abs(found.value - truth) <= K * se + 1e-9 * abs(truth)


def of_normal(statistic: Statistic) -> Estimate:
    return statistic.estimate(Normal(100.0, 20.0).from_normal(drawn(1)[..., 0]))


def ishigami(u: FloatArray) -> FloatArray:
    x = pi * (2.0 * u - 1.0)
    bent = np.sin(x[:, 0]) * (1.0 + 0.1 * x[:, 2] ** 4)
    return np.asarray(bent + 7.0 * np.sin(x[:, 1]) ** 2)


def g_function(u: FloatArray) -> FloatArray:
    a = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0])
    return np.asarray(np.prod((np.abs(4.0 * u - 2.0) + a) / (1.0 + a), axis=1))


def test_v1_ishigami() -> None:
    design = SobolDesign.of_inputs(3, points=2048, seed=5)
    found = design.indices(design.evaluate(ishigami))
    assert found.variance == pytest.approx(13.844588, rel=2e-3)
    for one, truth in zip(found.first, (0.313905, 0.442411, 0.0), strict=True):
        agrees(one, truth, error=0.004)
    for one, truth in zip(found.total, (0.557589, 0.442411, 0.243684), strict=True):
        agrees(one, truth, error=0.004)


def test_v2_g_function() -> None:
    design = SobolDesign.of_inputs(8, points=1024, seed=5)
    found = design.indices(design.evaluate(g_function))
    # Partial variances 1 / (3 (1 + a)^2); the indices follow from their products.
    a = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0])
    part = 1.0 / (3.0 * (1.0 + a) ** 2)
    whole = np.prod(1.0 + part) - 1.0
    total = part * np.array([np.prod(1.0 + np.delete(part, k)) for k in range(8)]) / whole
    np.testing.assert_allclose(part[:4] / whole, [0.7162, 0.1790, 0.0237, 0.0072], atol=5e-5)
    np.testing.assert_allclose(total[:4], [0.7871, 0.2422, 0.0343, 0.0105], atol=5e-5)
    for one, truth in zip(found.first, part / whole, strict=True):
        agrees(one, float(truth), error=0.006)
    for one, truth in zip(found.total, total, strict=True):
        agrees(one, float(truth), error=0.01)


def test_v1_grouped_inputs_share_their_variance() -> None:
    """x1 and x3 together explain what is left beside x2."""
    design = SobolDesign(((1,), (0, 2)), points=1024, seed=5)
    found = design.indices(design.evaluate(ishigami))
    agrees(found.first[0], 0.442411, error=0.004)
    agrees(found.first[1], 0.557589, error=0.01)
    agrees(found.total[1], 0.557589, error=0.01)


PRICE, COST, SALVAGE = 10.0, 6.0, 1.0


def profit(quantity: float, demand: FloatArray) -> FloatArray:
    sold = np.minimum(quantity, demand)
    return np.asarray(PRICE * sold + SALVAGE * (quantity - sold) - COST * quantity)


def test_v3_newsvendor() -> None:
    ratio = (PRICE - COST) / (PRICE - SALVAGE)
    best = float(Normal(100.0, 20.0).quantile(np.array(ratio)))
    assert best == pytest.approx(97.205794, abs=5e-7)
    truth = (PRICE - COST) * 100.0 - (PRICE - SALVAGE) * 20.0 * norm.pdf(ndtri(ratio))
    assert truth == pytest.approx(328.887806, abs=5e-7)
    demand = Normal(100.0, 20.0).from_normal(drawn(1)[..., 0])
    agrees(Mean().estimate(profit(best, demand)), truth, error=0.02)  # independent draws: 0.8
    agrees(Quantile(ratio).estimate(demand), best, error=0.01)


def test_v4_scarf() -> None:
    """The quantity of Scarf is best against the worst demand of mean 100 and deviation 20."""
    odds = (PRICE - COST) / (COST - SALVAGE)
    quantity = 100.0 + 20.0 / 2.0 * (sqrt(odds) - 1.0 / sqrt(odds))
    assert quantity == pytest.approx(97.763932, abs=5e-7)

    def worst(at: float) -> float:
        # The two-point demand that reaches the bound E min(q, D) >= (mu + q - root) / 2.
        root = sqrt(20.0**2 + (at - 100.0) ** 2)
        low, high = at - root, at + root
        chance = (high - 100.0) / (high - low)
        two = np.array([low, high])
        assert chance * low + (1.0 - chance) * high == pytest.approx(100.0)
        return float(profit(at, two) @ [chance, 1.0 - chance])

    found = minimize_scalar(lambda at: -worst(at), bounds=(60.0, 140.0), method="bounded")
    assert found.x == pytest.approx(quantity, abs=1e-4)
    even = Empirical((80.0, 120.0))  # of the same mean and deviation
    demand = even.from_normal(drawn(1)[..., 0])
    assert (even.mean, even.sd) == (100.0, 20.0)
    assert Mean().estimate(profit(quantity, demand)).value > worst(quantity)


def test_v5_cvar_of_a_normal() -> None:
    truth = 100.0 - 20.0 * norm.pdf(ndtri(0.1)) / 0.1
    assert truth == pytest.approx(64.900334, abs=5e-7)
    agrees(of_normal(LowestMean(0.1)), truth, error=0.05)


def test_v6_cvar_of_a_lognormal() -> None:
    truth = exp(1.0 + 0.125) * ndtr(ndtri(0.1) - 0.5) / 0.1
    assert truth == pytest.approx(1.152346, abs=5e-7)
    values = Lognormal(1.0, 0.5).from_normal(drawn(1)[..., 0])
    agrees(LowestMean(0.1).estimate(values), truth, error=0.001)
    upper = exp(1.125) * ndtr(0.5 - ndtri(0.9)) / 0.1
    agrees(HighestMean(0.1).estimate(values), upper, error=0.01)


def test_v7_accelerator() -> None:
    d = (1.0 - log(4.0)) / 0.5
    truth = exp(1.125) * ndtr(d + 0.5) - 4.0 * ndtr(d)
    assert truth == pytest.approx(0.329714, abs=5e-7)
    values = Lognormal(1.0, 0.5).from_normal(drawn(1)[..., 0])
    agrees(Mean().estimate(np.maximum(values - 4.0, 0.0)), truth, error=0.001)


def test_v8_contest() -> None:
    truth = quad(lambda x: 6.0 * x * norm.pdf(x) * ndtr(x) ** 5, -10.0, 10.0)[0]
    assert truth == pytest.approx(1.267206, abs=5e-7)
    agrees(Mean().estimate(drawn(6).max(axis=2)), truth, error=0.002)


@pytest.mark.parametrize("correlation", [0.0, 0.4, 0.9])
def test_v12_sum_of_equicorrelated_lognormals(correlation: float) -> None:
    count, mu, sigma = 5, 0.2, 0.6
    mean = count * exp(mu + sigma**2 / 2.0)
    each = exp(2.0 * mu + sigma**2)
    variance = count * each * (exp(sigma**2) - 1.0)
    variance += count * (count - 1) * each * (exp(correlation * sigma**2) - 1.0)
    matrix = np.full((count, count), correlation) + (1.0 - correlation) * np.eye(count)
    spearman = spearman_of_pearson(matrix)
    np.fill_diagonal(spearman, 1.0)
    factors = CommonFactors(np.full((count, 1), sqrt(correlation)))
    z = drawn(count + 1)
    for joined in (
        GaussianCopula.of_ranks(spearman).join(z[..., :count]),
        factors.join(z[..., :1], z[..., 1:]),
    ):
        total = Lognormal(mu, sigma).from_normal(joined).sum(axis=2)
        agrees(Mean().estimate(total), mean, error=0.01)
        agrees(Deviation().estimate(total), sqrt(variance), error=0.05)


def test_v16_prim_finds_the_box() -> None:
    columns = Columns(np.arange(5), np.arange(5, dtype=np.uint64))
    points = SobolStream(1).uniforms(columns, 0, range(8192))
    inside = (points[:, :2] >= [0.2, 0.5]) & (points[:, :2] <= [0.6, 0.9])
    hits = np.asarray(inside.all(axis=1))
    assert hits.mean() == pytest.approx(0.16, abs=0.001)
    found = discover(points, hits).suggested
    assert found.box.restricted.tolist() == [0, 1]
    assert found.density >= 0.99
    assert found.coverage >= 0.85
    np.testing.assert_allclose(found.box.low[:2], [0.2, 0.5], atol=0.01)
    np.testing.assert_allclose(found.box.high[:2], [0.6, 0.9], atol=0.01)


@pytest.mark.parametrize("rho", [-0.6, 0.0, 0.7])
def test_v18_orthant(rho: float) -> None:
    spearman = np.array([[1.0, 0.0], [0.0, 1.0]])
    spearman[0, 1] = spearman[1, 0] = spearman_of_pearson(np.array(rho))
    joined = GaussianCopula.of_ranks(spearman).join(drawn(2))
    both = Share().estimate(np.asarray((joined < 0.0).all(axis=2)))
    se = both.half_width / 2.1314
    assert se < 0.001
    assert abs(both.value - 0.25 - asin(rho) / (2.0 * pi)) <= K * se + 1e-9


def test_v19_ratio_of_normals() -> None:
    """P(expense / revenue <= r) is P(expense - r revenue <= 0), a normal probability."""
    limit, rho = 0.021, 0.5
    expense, revenue = Normal(1000.0, 60.0), Normal(50_000.0, 3_000.0)
    spread = sqrt(60.0**2 + (limit * 3000.0) ** 2 - 2.0 * limit * rho * 60.0 * 3000.0)
    truth = float(ndtr((limit * 50_000.0 - 1000.0) / spread))
    spearman = np.array([[1.0, 0.0], [0.0, 1.0]])
    spearman[0, 1] = spearman[1, 0] = spearman_of_pearson(np.array(rho))
    z = GaussianCopula.of_ranks(spearman).join(drawn(2))
    ratio = expense.from_normal(z[..., 0]) / revenue.from_normal(z[..., 1])
    agrees(Share().estimate(ratio <= limit), truth, error=0.001)


@pytest.mark.parametrize("over", [1.0, 1.05, 1.2])
def test_v20_attainment_with_over_assignment(over: float) -> None:
    """Units that were assigned more than the target in sum reach it with a known chance."""
    units, each, spread = 12, 100.0, 15.0
    target = units * each
    truth = float(ndtr((over * target - target) / (spread * sqrt(units))))
    values = Normal(over * each, spread).from_normal(drawn(units)).sum(axis=2)
    found = Share().estimate(values >= target)
    if found.method is Method.EXACT:  # with 1.2, one miss in half a million
        assert found.low <= truth <= found.high
        return
    # Where it depends on twelve inputs alike whether a step is taken, Sobol gains a little only.
    agrees(found, truth, error=0.7 * sqrt(truth * (1.0 - truth) / values.size))


@pytest.mark.parametrize(("draws", "share"), [(7, 0.3), (10, 0.25), (3, 0.9), (4, 0.1), (5, 1.0)])
def test_the_tail_counts_fractions_of_a_draw(draws: int, share: float) -> None:
    """The least of Rockafellar and Uryasev's program: max over t of t - E(t - X)+ / share."""
    values = np.random.default_rng(draws).normal(size=draws)
    program = max(t - np.maximum(t - values, 0.0).mean() / share for t in values)
    assert float(lower_tail_mean(values, share)) == pytest.approx(program, abs=1e-12)


def corner(z: FloatArray) -> FloatArray:
    """Break a line where input 7 falls by 2 and no other moves: a narrow cone of twelve inputs."""
    others = np.abs(np.delete(z, 7, axis=1)).max(axis=1)
    return np.where((z[:, 7] < -2.0) & (others < 0.2), -1.0, 1.0)


SHOCKS: list[tuple[str, Callable[[FloatArray], FloatArray], int, float]] = [
    # The distance of a plane.
    ("plane", lambda z: 3.0 - z @ np.array([0.6, 0.0, 0.8]), 3, 3.0),
    # On z1 = 4 - 0.3 z2^2 the nearest point has z1 = 5/3: 25/9 + (4 - 5/3) / 0.3.
    ("parabola", lambda z: 4.0 - z[:, 0] - 0.3 * z[:, 1] ** 2, 2, sqrt(25 / 9 + 70 / 9)),
    # Two ways to break; the steepest way at the origin leads to the farther one.
    ("hidden", lambda z: np.minimum(3.5 - z[:, 0], 0.5 * (2.5 + z[:, 1])), 4, 2.5),
    # Whole people: a margin of steps has no slope.
    ("steps", lambda z: np.where(z[:, 0] + z[:, 1] > 3.0, -1.0, 1.0), 4, 3.0 / sqrt(2.0)),
    # A lognormal product falls to a third of its median.
    ("product", lambda z: np.exp(0.2 * z[:, 0] + 0.4 * z[:, 1]) - 1 / 3, 2, log(3) / sqrt(0.2)),
    ("corner", corner, 12, 2.0),
    ("many", lambda z: 3.0 - z.sum(axis=1) / sqrt(150.0), 150, 3.0),
]


@pytest.mark.parametrize(("name", "margin", "inputs", "distance"), SHOCKS)
def test_the_smallest_shock(
    name: str, margin: Callable[[FloatArray], FloatArray], inputs: int, distance: float
) -> None:
    found = smallest_shock(margin, inputs)
    assert found is not None, name
    assert found.distance == pytest.approx(distance, rel=1e-6)
    assert margin(found.z[None])[0] <= 0.0
    assert found.nearer == 0
    assert found.composition.sum() == pytest.approx(1.0)
