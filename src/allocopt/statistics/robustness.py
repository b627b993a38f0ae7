"""Plans by several measures of robustness, and which measure changes the winner."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import BoolArray, FloatArray, IntArray
from allocopt.statistics.paired import check_plans
from allocopt.statistics.regret import regret
from allocopt.statistics.tails import lower_tail_mean, upper_tail_mean
from allocopt.text import T, Text


@dataclass(frozen=True, eq=False)
class PlanOutcomes:
    """What plans come to on the same futures.

    Attributes
    ----------
    value : FloatArray (plans, replicates, n)
        Higher is better.
    shortfall : FloatArray (plans, replicates, n)
        By how much lines are missed, at least 0.
    holds : BoolArray (plans, replicates, n)
        Whether all lines hold.
    """

    value: FloatArray
    shortfall: FloatArray
    holds: BoolArray


@dataclass(frozen=True)
class Metric:
    """One way to judge plans.

    Attributes
    ----------
    name : str
    title : Text
    of : callable
        From outcomes to one number per plan.
    higher_is_better : bool
    """

    name: str
    title: Text
    of: Callable[[PlanOutcomes], FloatArray]
    higher_is_better: bool = True


def _all_draws(table: FloatArray | BoolArray) -> FloatArray:
    return np.asarray(table, dtype=np.float64).reshape(table.shape[0], -1)


def _expected(found: PlanOutcomes) -> FloatArray:
    return np.asarray(_all_draws(found.value).mean(axis=1))


def _deviation(found: PlanOutcomes) -> FloatArray:
    return np.asarray(_all_draws(found.value).std(axis=1))


def _signal(found: PlanOutcomes) -> FloatArray:
    spread = _deviation(found)
    sure = np.copysign(np.inf, _expected(found))
    return np.divide(_expected(found), spread, out=sure, where=spread > 0.0)


def satisficing(aspiration: float) -> Metric:
    """Return the share of futures in which the value is at least an aspiration.

    The domain criterion of Starr (1962).

    Parameters
    ----------
    aspiration : float
        In the unit of values.
    """
    return Metric(
        "satisficing",
        T("share of futures with at least {aspiration}", aspiration=f"{aspiration:g}"),
        lambda found: np.asarray((_all_draws(found.value) >= aspiration).mean(axis=1)),
    )


METRICS: tuple[Metric, ...] = (
    Metric("expected", T("expected value"), _expected),
    Metric("deviation", T("standard deviation"), _deviation, higher_is_better=False),
    Metric("holds", T("P(all lines hold)"), lambda found: _all_draws(found.holds).mean(axis=1)),
    Metric(
        "cvar_shortfall",
        T("mean shortfall in the worst tenth"),
        lambda found: upper_tail_mean(_all_draws(found.shortfall), 0.1),
        higher_is_better=False,
    ),
    Metric(
        "cvar",
        T("mean value in the worst twentieth"),
        lambda found: lower_tail_mean(_all_draws(found.value), 0.05),
    ),
    Metric("worst", T("worst value"), lambda found: _all_draws(found.value).min(axis=1)),
    Metric(
        "max_regret",
        T("largest regret"),
        lambda found: _all_draws(regret(found.value)).max(axis=1),
        higher_is_better=False,
    ),
    Metric(
        "regret_90",
        T("regret that nine futures in ten stay below"),
        lambda found: np.quantile(_all_draws(regret(found.value)), 0.9, axis=1, method="hazen"),
        higher_is_better=False,
    ),
    Metric("signal_to_noise", T("expected value per standard deviation"), _signal),
)


@dataclass(frozen=True, eq=False)
class RobustnessTable:
    """Plans by metrics.

    Attributes
    ----------
    metrics : tuple of Metric
    values : FloatArray (plans, metrics)
    ranks : IntArray (plans, metrics)
        1 is best; plans that tie share the better rank.
    """

    metrics: tuple[Metric, ...]
    values: FloatArray
    ranks: IntArray

    def winners(self, metric: int) -> tuple[int, ...]:
        """Return the numbers of the plans that are best by a metric (its number)."""
        return tuple(int(plan) for plan in np.flatnonzero(self.ranks[:, metric] == 1))

    @property
    def flips(self) -> tuple[int, ...]:
        """Numbers of the metrics by which no winner of the first metric wins."""
        first = set(self.winners(0))
        return tuple(k for k in range(len(self.metrics)) if not first & set(self.winners(k)))


def robustness_table(found: PlanOutcomes, metrics: tuple[Metric, ...] = METRICS) -> RobustnessTable:
    """Return every metric of every plan, with ranks.

    Parameters
    ----------
    found : PlanOutcomes
    metrics : tuple of Metric

    Raises
    ------
    StatisticsError
        If there are not plans, replicates and draws.
    """
    check_plans(found.value)
    values = np.stack([metric.of(found) for metric in metrics], axis=1)
    signs = np.array([1.0 if metric.higher_is_better else -1.0 for metric in metrics])
    scores = values * signs
    return RobustnessTable(metrics, values, _ranks(scores))


def _ranks(scores: FloatArray) -> IntArray:
    """Return 1 plus the number of plans with a higher score, by metric (plans, metrics)."""
    size = np.abs(np.where(np.isfinite(scores), scores, 0.0)).max(axis=0)
    # Sums over thousands of draws are not the same to the last digit.
    above = scores[None, :, :] > scores[:, None, :] + 1e-12 * size
    return np.asarray(1 + above.sum(axis=1), dtype=np.int64)
