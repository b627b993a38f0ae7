"""Distributions: never falling, with the mean they say, and what their constructors were told."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import ndtr, roots_legendre

from allocopt.arrays import FloatArray
from allocopt.errors import SamplingError
from allocopt.sampling import make_marginal, marginal_problems
from allocopt.sampling.marginals import (
    FAMILIES,
    Bernoulli,
    Beta,
    Binomial,
    Constant,
    Empirical,
    Lognormal,
    Marginal,
    Metalog,
    NegativeBinomial,
    Normal,
    Pert,
    Poisson,
    Triangular,
    TruncatedNormal,
    Uniform,
    binomial_counts,
)


def number(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers that somebody might write: of few digits."""
    return st.floats(low, high).map(lambda value: round(value, 4))


ORDERED = st.tuples(number(-50.0, 50.0), number(0.01, 0.99), number(1e-3, 100.0)).map(
    lambda t: (t[0], t[0] + t[1] * t[2], t[0] + t[2])
)

ANY: dict[str, st.SearchStrategy[Marginal]] = {
    "beta": st.builds(Beta, number(0.3, 500.0), number(0.3, 500.0)),
    "lognormal": st.builds(Lognormal, number(-3.0, 3.0), number(0.0, 0.7)),
    "normal": st.builds(Normal, number(-10.0, 10.0), number(0.0, 9.0)),
    "truncated_normal": st.builds(
        lambda at, ends: TruncatedNormal(at[0], at[1], ends[0], ends[2]),
        st.tuples(number(-20.0, 20.0), number(5.0, 30.0)),
        ORDERED,
    ),
    "triangular": ORDERED.map(lambda ends: Triangular(*ends)),
    "pert": ORDERED.map(lambda ends: Pert(*ends)),
    "uniform": ORDERED.map(lambda ends: Uniform(ends[0], ends[2])),
    "poisson": st.builds(Poisson, number(0.0, 300.0)),
    "negative_binomial": st.builds(NegativeBinomial, number(0.1, 300.0), number(0.5, 50.0)),
    "binomial": st.builds(Binomial, st.integers(0, 80).map(float), number(0.0, 1.0)),
    "bernoulli": st.builds(Bernoulli, number(0.0, 1.0)),
    "empirical": st.builds(
        Empirical, st.lists(number(-5.0, 5.0), min_size=1, max_size=30).map(tuple)
    ),
    "metalog": st.builds(
        lambda low, share, width: Metalog(low, low + share * width, low + width),
        number(-9.0, 9.0),
        number(0.25, 0.75),
        number(0.1, 9.0),
    ),
    "constant": st.builds(Constant, number(-9.0, 9.0)),
}
SMOOTH = ("beta", "lognormal", "normal", "truncated_normal", "triangular", "pert", "uniform")


def test_every_family_is_tried() -> None:
    assert list(ANY) == list(FAMILIES)


def of_any() -> st.SearchStrategy[Marginal]:
    return st.one_of(list(ANY.values()))


@settings(max_examples=150, deadline=None)
@given(of_any(), st.lists(st.floats(1e-9, 1.0 - 1e-9), min_size=2, max_size=20))
def test_quantiles_never_fall(marginal: Marginal, levels: list[float]) -> None:
    at = np.sort(np.array(levels))
    values = marginal.quantile(at)
    assert values.dtype == np.float64
    assert values.shape == at.shape
    assert np.isfinite(values).all()
    # A root of ten digits may stand a little off its neighbors.
    assert (np.diff(values) >= -1e-9 * max(1.0, marginal.sd)).all()


def moments(marginal: Marginal) -> tuple[float, float]:
    """Return mean and deviation by Gauss-Legendre on many pieces of z."""
    nodes, weights = roots_legendre(8)
    edges = np.linspace(-8.0, 8.0, 4001)
    half = np.diff(edges) / 2.0
    z = ((edges[:-1] + edges[1:]) / 2.0)[:, None] + half[:, None] * nodes
    mass = (half[:, None] * weights * np.exp(-0.5 * z**2)).ravel() / np.sqrt(2.0 * np.pi)
    values = marginal.from_normal(z.ravel())
    mean = float(mass @ values)
    return mean, float(np.sqrt(mass @ (values - mean) ** 2))


@pytest.mark.parametrize("family", ANY)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_mean_and_deviation_are_those_of_what_is_drawn(family: str, data: st.DataObject) -> None:
    marginal = data.draw(ANY[family])
    mean, deviation = moments(marginal)
    # Steps of counts fall inside a piece: a jump of 1 over a piece with at most 1.6e-3 of the mass.
    tolerance = 1e-6 * max(1.0, marginal.sd) if family in (*SMOOTH, "metalog") else 2e-3
    assert mean == pytest.approx(marginal.mean, abs=tolerance * max(1.0, marginal.sd))
    assert deviation == pytest.approx(marginal.sd, abs=10.0 * tolerance * max(1.0, marginal.sd))


@settings(max_examples=60, deadline=None)
@given(of_any(), st.lists(st.floats(-6.0, 6.0), min_size=1, max_size=20))
def test_draws_from_normal_numbers_are_the_quantiles(
    marginal: Marginal, numbers: list[float]
) -> None:
    z = np.array(numbers)
    z = z[np.abs(marginal.quantile(ndtr(z + 1e-9)) - marginal.quantile(ndtr(z - 1e-9))) < 0.5]
    found = marginal.from_normal(z)
    # Above 0.5 a uniform number has fewer digits than the normal one.
    lower = np.minimum(z, 2.0)
    np.testing.assert_allclose(
        marginal.from_normal(lower),
        marginal.quantile(ndtr(lower)),
        rtol=1e-12,
        atol=4e-9 * max(marginal.sd, 1e-3),
    )
    assert (np.diff(found[np.argsort(z)]) >= -1e-8 * max(1.0, marginal.sd)).all()


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 0.95), st.floats(0.02, 0.9), st.floats(0.02, 0.98))
def test_a_beta_from_a_range_has_its_mean_and_nine_tenths_inside(
    low: float, share: float, place: float
) -> None:
    high = low + share * (0.999 - low)
    mean = low + place * (high - low)
    problems = marginal_problems("beta", {"mean": mean, "low": low, "high": high})
    if problems:
        assert problems[0].parameter == "mean"
        assert "5 % on each side" in str(problems[0].hint) or not 0.1 < place < 0.9
        return
    found = Beta.from_range(mean, low, high)
    reference = stats.beta(found.a, found.b)
    assert found.mean == pytest.approx(mean, rel=1e-12)
    assert reference.cdf(high) - reference.cdf(low) == pytest.approx(0.9, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["triangular", "pert", "metalog"]), ORDERED)
def test_judged_quantiles_are_hit(family: str, points: tuple[float, float, float]) -> None:
    judged = dict(zip(("p10", "p50", "p90"), points, strict=True))
    problems = marginal_problems(family, judged)
    if problems:
        assert [problem.parameter for problem in problems] == ["p50"]
        return
    hit = make_marginal(family, judged).quantile(np.array([0.1, 0.5, 0.9]))
    np.testing.assert_allclose(hit, points, atol=1e-8 * (points[2] - points[0]) + 1e-13)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 0.95))
def test_a_spread_keeps_the_mean_and_holds_nine_tenths(spread: float) -> None:
    found = Lognormal.from_spread(spread)
    reference = stats.lognorm(found.sigma, scale=np.exp(found.mu))
    inside = reference.cdf(1.0 + spread) - reference.cdf(1.0 - spread)
    assert found.mean == pytest.approx(1.0, abs=1e-14)
    assert inside == pytest.approx(0.9, abs=1e-10)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.1, 50.0), st.floats(0.01, 3.0))
def test_a_lognormal_has_the_moments_it_was_given(mean: float, ratio: float) -> None:
    found = Lognormal.from_moments(mean, ratio * mean)
    assert found.mean == pytest.approx(mean, rel=1e-12)
    assert found.sd == pytest.approx(ratio * mean, rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.1, 0.9), st.floats(0.05, 0.55), st.booleans())
def test_a_truncated_normal_has_the_moments_it_was_given(
    place: float, share: float, open_above: bool
) -> None:
    upper = 1e99 if open_above else 3.0
    mean = 3.0 * place
    sd = share * min(mean, upper - mean)
    found = TruncatedNormal.from_moments(mean, sd, 0.0, upper)
    reference = stats.truncnorm(
        -found.location / found.scale,
        (upper - found.location) / found.scale,
        found.location,
        found.scale,
    )
    assert reference.mean() == pytest.approx(mean, rel=1e-7)
    assert reference.std() == pytest.approx(sd, rel=1e-5)


REFERENCES = [
    (Poisson(4.2), stats.poisson(4.2)),
    (Poisson(483.0), stats.poisson(483.0)),
    (NegativeBinomial(483.0, 20.0), stats.nbinom(20.0, 20.0 / 503.0)),
    (Binomial(37.0, 0.13), stats.binom(37, 0.13)),
    (Beta(2.5, 9.0), stats.beta(2.5, 9.0)),
    (Lognormal(0.3, 0.5), stats.lognorm(0.5, scale=np.exp(0.3))),
    (Triangular(1.0, 2.0, 5.0), stats.triang(0.25, 1.0, 4.0)),
    (TruncatedNormal(1.0, 2.0, 0.0, 4.0), stats.truncnorm(-0.5, 1.5, 1.0, 2.0)),
    (TruncatedNormal(-9.0, 2.0, 0.0, 4.0), stats.truncnorm(4.5, 6.5, -9.0, 2.0)),
    (Pert(0.0, 1.0, 4.0), stats.beta(2.0, 4.0, 0.0, 4.0)),
]


@pytest.mark.parametrize(("marginal", "reference"), REFERENCES, ids=lambda one: str(one)[:30])
def test_quantiles_are_those_of_scipy(marginal: Marginal, reference: stats.rv_continuous) -> None:
    at = np.linspace(0.0005, 0.9995, 1999)
    np.testing.assert_allclose(marginal.quantile(at), reference.ppf(at), rtol=1e-9)
    assert marginal.mean == pytest.approx(reference.mean(), rel=1e-8)
    assert marginal.sd == pytest.approx(reference.std(), rel=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.floats(0.0, 1.0), st.floats(1e-6, 1 - 1e-6))))
def test_binomial_counts_of_many_sizes(cases: list[tuple[int, float, float]]) -> None:
    assume(cases)
    trials, chance, at = (np.array(column) for column in zip(*cases, strict=True))
    found = binomial_counts(at, trials, chance)
    below = stats.binom.cdf(found - 1, trials, chance)
    assert (stats.binom.cdf(found, trials, chance) >= at - 1e-12).all()
    assert ((found == 0) | (below < at + 1e-12)).all()
    assert ((found >= 0) & (found <= trials)).all()


def test_the_campaigns_of_the_planning_papers() -> None:
    first = make_marginal("beta", {"successes": 278, "contacts": 19_000})
    assert first.mean == pytest.approx(279 / 19_002)
    assert make_marginal("beta", {"mean": 0.15, "low": 0.13, "high": 0.17}).sd == pytest.approx(
        0.0122, abs=1e-4
    )
    flat = {"successes": 278, "contacts": 19_000, "prior_a": 0.5, "prior_b": 0.5}
    assert make_marginal("beta", flat).mean == pytest.approx(278.5 / 19_001)


WRONG: list[tuple[str, dict[str, object], str, str]] = [
    ("beta", {"mean": 0.2, "low": 0.13, "high": 0.17}, "mean", "between 0.13 and 0.17"),
    ("beta", {"mean": 0.131, "low": 0.13, "high": 0.17}, "mean", "beyond one end"),
    ("beta", {"mean": 0.15, "low": 0.17, "high": 0.13}, "low", "low must be less"),
    ("beta", {"mean": 1.5, "low": 0.13, "high": 0.17}, "mean", r"must lie in \[0, 1\]"),
    ("beta", {"successes": 12, "contacts": 5}, "successes", "contacts is 5"),
    ("beta", {"mean": 0.2}, "", "cannot be made of mean"),
    ("bata", {"mean": 0.2}, "family", "did you mean beta"),
    ("triangular", {"low": 3, "mode": 2, "high": 5}, "low", "low is 3.0 and mode is 2.0"),
    ("triangular", {"p10": 1, "p50": 1.1, "p90": 5}, "p50", "lies between"),
    ("metalog", {"p10": 1, "p50": 1.1, "p90": 5}, "p50", "lies between 1.66"),
    ("metalog", {"p10": 2, "p50": 1, "p90": 5}, "p10", "must be less"),
    ("lognormal", {"spread": 1.5}, "spread", r"must lie in \(0, 1\)"),
    ("lognormal", {"mean": -1, "sd": 1}, "mean", "between 0 and inf"),
    ("truncated_normal", {"mean": 1, "sd": 2, "lower": 0}, "sd", "between 0 and 1"),
    ("truncated_normal", {"mean": 1, "sd": 0.6, "lower": 0, "upper": 2}, "sd", "spreads so far"),
    ("truncated_normal", {"location": 0, "scale": 1, "lower": 90}, "lower", "90, ∞"),
    ("truncated_normal", {"location": 0, "scale": 1, "lower": 90, "upper": 91}, "lower", "far out"),
    ("negative_binomial", {"mean": 1e6, "dispersion": 0.5}, "dispersion", "between 2.5"),
    ("binomial", {"trials": 2.5, "probability": 0.5}, "trials", "a whole number"),
    ("poisson", {"mean": "many"}, "mean", "a number was expected"),
    ("poisson", {"mean": [1, 2]}, "mean", "one number was expected, not a list"),
    ("empirical", {"values": 3}, "values", "a list of numbers"),
    ("empirical", {"values": []}, "values", "at least one"),
    ("normal", {"mean": float("nan"), "sd": 1}, "mean", "finite"),
]


@pytest.mark.parametrize(("family", "given", "parameter", "message"), WRONG)
def test_wrong_parameters_are_named(
    family: str, given: dict[str, object], parameter: str, message: str
) -> None:
    problems = marginal_problems(family, given)
    with pytest.raises(SamplingError, match=message) as caught:
        make_marginal(family, given)  # type: ignore[arg-type]
    assert problems[0].parameter == caught.value.parameter == parameter


def test_all_wrong_parameters_are_told_at_once() -> None:
    found = marginal_problems("beta", {"mean": -1, "low": 2, "high": "x"})
    assert [problem.parameter for problem in found] == ["mean", "low", "high"]


@pytest.mark.parametrize(
    "marginal", [Beta(2.5, 12.0), Pert(1.0, 2.0, 9.0), TruncatedNormal(1.0, 2.0, 0.0)], ids=str
)
def test_what_takes_long_is_read_from_a_table(marginal: Marginal) -> None:
    z = np.linspace(-6.0, 0.0, 10_001)
    error = np.abs(marginal.from_normal(z) - marginal.quantile(ndtr(z))).max()
    assert 0.0 < error < 1e-9 * marginal.sd
    beyond = np.array([-7.5, 7.5])  # exact, from the smaller tail
    assert marginal.from_normal(beyond)[0] == marginal.quantile(ndtr(beyond[:1]))[0]
    assert (np.diff(marginal.from_normal(np.array([6.4, 6.6, 7.0]))) > 0.0).all()


def test_a_normal_within_close_bounds_keeps_its_digits() -> None:
    """Over a thousandth far out the density falls by a rate of 1.3: an even one, nearly."""
    found = TruncatedNormal(1.5, 5.0, 34.0, 34.001)
    rate, width = 32.5 / 25.0, 0.001
    assert found.mean - 34.0 == pytest.approx(width / 2.0 - rate * width**2 / 12.0, abs=1e-11)
    assert found.sd == pytest.approx(width / np.sqrt(12.0), rel=1e-6)
    wide, close = (TruncatedNormal(0.0, 1.0, 0.5, 0.5 + w) for w in (3.0 + 1e-9, 3.0 - 1e-9))
    assert wide.mean == pytest.approx(close.mean, rel=1e-8)
    assert wide.sd == pytest.approx(close.sd, rel=1e-8)


def test_a_count_is_the_least_that_suffices() -> None:
    assert Binomial(1.0, 0.5).quantile(np.array([0.5])).tolist() == [0.0]
    assert Bernoulli(0.5).quantile(np.array([0.5])).tolist() == [0.0]
    assert Empirical((1.0, 2.0)).quantile(np.array([0.5, 0.5000001])).tolist() == [1.0, 2.0]


def test_shapes_stay() -> None:
    at: FloatArray = np.full((3, 4, 5), 0.3)
    for family in (Beta(2.0, 3.0), Poisson(3.0), Constant(2.0), Empirical((1.0, 2.0))):
        assert family.quantile(at).shape == family.from_normal(at).shape == (3, 4, 5)
