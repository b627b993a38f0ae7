"""Dependent draws against closed forms, and what cannot be."""

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import multivariate_t, norm, spearmanr

from allocopt.arrays import FloatArray
from allocopt.errors import SamplingError
from allocopt.sampling import (
    Columns,
    CommonFactors,
    GaussianCopula,
    LatinHypercubeStream,
    SobolStream,
    StudentCopula,
    iman_conover,
    nearest_correlation,
    normals,
    pearson_of_spearman,
    smallest_eigenvalue,
    spearman_of_pearson,
)
from allocopt.sampling.correlation import is_possible

TARGET = np.array(
    [[1.0, 0.6, -0.4, 0.2], [0.6, 1.0, 0.0, 0.3], [-0.4, 0.0, 1.0, 0.5], [0.2, 0.3, 0.5, 1.0]]
)
CLASHING = np.array([[1.0, 0.9, 0.1], [0.9, 1.0, 0.9], [0.1, 0.9, 1.0]])


def columns(count: int) -> Columns:
    return Columns(np.arange(count), np.arange(count, dtype=np.uint64))


def replicated(share: "FloatArray") -> tuple[float, float]:
    """Return the mean over replicates and its standard error."""
    return float(share.mean()), float(share.std(ddof=1) / np.sqrt(share.size))


@pytest.mark.parametrize("rho", [-0.8, -0.3, 0.0, 0.5, 0.9])
def test_orthants_have_the_probability_of_sheppard(rho: float) -> None:
    """V18: P(X < 0, Y < 0) = 1/4 + asin(rho) / (2 pi), within 4 standard errors."""
    spearman = spearman_of_pearson(np.array([[1.0, rho], [rho, 1.0]]))
    np.fill_diagonal(spearman, 1.0)
    copula = GaussianCopula.of_ranks(spearman)
    shares = [
        (copula.join(normals(SobolStream(5), columns(2), k, range(1024))) < 0.0).all(axis=1).mean()
        for k in range(16)
    ]
    mean, error = replicated(np.array(shares))
    assert abs(mean - (0.25 + np.arcsin(rho) / (2.0 * np.pi))) < 4.0 * error + 1e-12
    assert error < 1e-3


def test_ranks_have_the_stated_correlations() -> None:
    copula = GaussianCopula.of_ranks(TARGET)
    drawn = [copula.join(normals(SobolStream(9), columns(4), k, range(2048))) for k in range(16)]
    each = np.array([spearmanr(one).statistic for one in drawn])
    error = each.std(axis=0, ddof=1) / 4.0
    # Spearman's estimate from n ranks is off by less than 3 / n.
    assert (np.abs(each.mean(axis=0) - TARGET) <= 4.5 * error + 3.0 / 2048).all()
    assert error.max() < 0.002


def test_both_mappings_undo_each_other() -> None:
    ranks = np.linspace(-1.0, 1.0, 41)
    np.testing.assert_allclose(spearman_of_pearson(pearson_of_spearman(ranks)), ranks, atol=1e-15)
    assert pearson_of_spearman(np.array([-1.0, 0.0, 1.0])).tolist() == [-1.0, 0.0, 1.0]


def test_a_variable_added_behind_changes_no_other() -> None:
    drawn = normals(SobolStream(5), columns(4), 0, range(64))
    small = GaussianCopula.of_ranks(TARGET[:3, :3]).join(drawn[:, :3])
    np.testing.assert_allclose(GaussianCopula.of_ranks(TARGET).join(drawn)[:, :3], small)


def test_a_copy_of_a_variable_needs_no_column_of_its_own() -> None:
    same = np.array([[1.0, 1.0, 0.3], [1.0, 1.0, 0.3], [0.3, 0.3, 1.0]])
    joined = GaussianCopula.of_ranks(same).join(normals(SobolStream(5), columns(3), 0, range(64)))
    np.testing.assert_allclose(joined[:, 1], joined[:, 0], atol=1e-12)


def test_extremes_of_the_student_copula_come_together() -> None:
    """P(both in the worst 5 %) by the distribution function of the bivariate t."""
    spearman = np.array([[1.0, 0.6], [0.6, 1.0]])
    gaussian = GaussianCopula.of_ranks(spearman)
    student = StudentCopula(gaussian, 4.0)
    shares, margins = [], []
    for replicate in range(16):
        drawn = normals(SobolStream(6), columns(2), replicate, range(4096))
        size = SobolStream(6).uniforms(columns(3)[2:3], replicate, range(4096))[:, 0]
        joined = student.join(drawn, size)
        margins.append(np.quantile(joined[:, 0], [0.05, 0.5, 0.99]))
        shares.append((joined < ndtri(0.05)).all(axis=1).mean())
    mean, error = replicated(np.array(shares))
    at = multivariate_t(shape=pearson_of_spearman(spearman), df=4)
    edge = float(np.asarray(-2.131846786326649))  # 5 % quantile of t with 4 degrees of freedom
    exact = at.cdf([edge, edge], random_state=np.random.default_rng(1))
    assert abs(mean - exact) < 4.0 * error + 1e-4
    assert 0.38 < mean / 0.05 < 0.44  # 0.30 with the Gaussian copula
    np.testing.assert_allclose(np.mean(margins, axis=0), norm.ppf([0.05, 0.5, 0.99]), atol=0.02)


def test_common_factors_have_the_correlation_they_say() -> None:
    factors = CommonFactors(np.array([[0.8, 0.0], [0.5, 0.5], [-0.3, 0.9]]))
    drawn = [normals(SobolStream(7), columns(5), k, range(1024)) for k in range(16)]
    each = np.array([np.cov(factors.join(z[:, :2], z[:, 2:]), rowvar=False) for z in drawn])
    error = each.std(axis=0, ddof=1) / 4.0
    assert (np.abs(each.mean(axis=0) - factors.correlation) < 5.0 * error + 1e-3).all()
    assert factors.correlation[0, 1] == pytest.approx(0.4)
    np.testing.assert_allclose(np.diag(factors.correlation), 1.0)
    with pytest.raises(SamplingError, match=r"variable 2 on common factors sum to 1.09"):
        CommonFactors(np.array([[0.1, 0.2], [1.0, 0.3]]))


def test_iman_conover_keeps_values_and_reaches_the_target() -> None:
    """Mean of the largest error over 20 samples of 1 000; simulation.md measured 0.014."""
    errors = []
    for replicate in range(20):
        drawn = LatinHypercubeStream(3, 1000).uniforms(columns(4), replicate, range(1000))
        sample = -np.log1p(-drawn)  # skewed
        ordered = iman_conover(sample, TARGET)
        np.testing.assert_array_equal(np.sort(ordered, axis=0), np.sort(sample, axis=0))
        errors.append(np.abs(spearmanr(ordered).statistic - TARGET).max())
    assert np.mean(errors) < 0.017


def test_iman_conover_undoes_what_is_there() -> None:
    drawn = LatinHypercubeStream(3, 1000).uniforms(columns(4), 0, range(1000))
    tied = drawn + 2.0 * drawn[:, [1, 2, 3, 0]]  # rank correlations of 0.4 between neighbors
    errors = np.abs(spearmanr(iman_conover(tied, TARGET)).statistic - TARGET)
    assert errors.max() < 0.03


def test_iman_conover_refuses_what_it_cannot_order() -> None:
    drawn = LatinHypercubeStream(3, 50).uniforms(columns(2), 0, range(50))
    with pytest.raises(SamplingError, match="same or the opposite order"):
        iman_conover(drawn[:, [0, 0]], TARGET[:2, :2])
    with pytest.raises(SamplingError, match="2 draws of 2 variables"):
        iman_conover(drawn[:2], TARGET[:2, :2])


def test_clashing_correlations_are_refused_and_the_nearest_is_offered() -> None:
    with pytest.raises(SamplingError, match=r"contradict each other.*eigenvalue -0.2"):
        GaussianCopula.of_ranks(CLASHING)
    offer = nearest_correlation(CLASHING)
    assert offer.smallest == pytest.approx(np.linalg.eigvalsh(CLASHING)[0])
    assert is_possible(offer.matrix)
    np.testing.assert_array_equal(np.diag(offer.matrix), 1.0)
    moved = [abs(change.after - change.before) for change in offer.changes]
    assert sorted(moved, reverse=True) == moved
    found = {(one.first, one.second): (one.before, one.after) for one in offer.changes}
    assert found == {k: (CLASHING[k], offer.matrix[k]) for k in ((0, 1), (0, 2), (1, 2))}


def test_the_nearest_matrix_is_that_of_higham() -> None:
    """Higham (2002), section 5: the nearest to a tridiagonal matrix of ones."""
    given = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]])
    expected = [[1.0, 0.7607, 0.1573], [0.7607, 1.0, 0.7607], [0.1573, 0.7607, 1.0]]
    np.testing.assert_allclose(nearest_correlation(given).matrix, expected, atol=5e-5)


def test_the_nearest_matrix_is_nearest() -> None:
    """No possible matrix on the way to it is nearer (the set is convex)."""
    rng = np.random.default_rng(4)
    offer = nearest_correlation(CLASHING).matrix
    for _ in range(200):
        root = rng.standard_normal((3, 3))
        other = root @ root.T
        other /= np.sqrt(np.outer(np.diag(other), np.diag(other)))
        # Obtuse at the nearest point of a convex set.
        assert ((CLASHING - offer) * (other - offer)).sum() <= 1e-7


def test_a_possible_matrix_is_its_own_nearest() -> None:
    offer = nearest_correlation(TARGET)
    np.testing.assert_allclose(offer.matrix, TARGET, atol=1e-14)
    assert offer.changes == ()
    assert offer.smallest == smallest_eigenvalue(TARGET) > 0.0


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1.0, 0.5]], "square matrix of correlations was expected, not 1 x 2"),
        ([[1.0, 1.2], [1.2, 1.0]], "a correlation is 1.2"),
        ([[1.0, np.nan], [np.nan, 1.0]], "a correlation is nan"),
        ([[1.0, 0.2], [0.3, 1.0]], "differ across the diagonal, at row 1 and column 2"),
        ([[0.9, 0.2], [0.2, 1.0]], "with itself is 0.9"),
    ],
)
def test_what_is_no_correlation_matrix_is_refused(matrix: list[list[float]], message: str) -> None:
    with pytest.raises(SamplingError, match=message):
        GaussianCopula.of_ranks(np.array(matrix))


def test_degrees_of_freedom_are_positive() -> None:
    with pytest.raises(SamplingError, match=r"0.0 degrees of freedom"):
        StudentCopula(GaussianCopula.of_ranks(TARGET), 0.0)
