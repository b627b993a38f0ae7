"""Plans in the same drawn futures: by how much one is better, how often, and by which measure."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from allocopt.arrays import BoolArray, FloatArray
from allocopt.plan.plan import Plan
from allocopt.scenario.schema.limits import LineKind
from allocopt.scenario.schema.uncertainty import Precision
from allocopt.simulation import summary
from allocopt.simulation.columns import DrawnColumns
from allocopt.simulation.outcomes import Outcomes, Play
from allocopt.simulation.report import LineOutlook, MeasureOutlook
from allocopt.simulation.stress import StressOptions, drawn_until, is_precise
from allocopt.simulation.worlds import POSSIBLE
from allocopt.statistics.estimate import Estimate, estimate
from allocopt.statistics.paired import (
    BestPlan,
    PairedDifference,
    best_plan,
    paired_differences,
    shares_best,
)
from allocopt.statistics.regret import regret
from allocopt.statistics.robustness import PlanOutcomes, RobustnessTable, robustness_table
from allocopt.statistics.statistic import LowestMean, Mean, Share
from allocopt.text import Bilingual, Text


@dataclass(frozen=True, eq=False)
class Contender:
    """A plan under the name that it is compared by.

    Attributes
    ----------
    name : str
    title : Text or Bilingual
    plan : Plan
    """

    name: str
    title: Text | Bilingual
    plan: Plan


@dataclass(frozen=True)
class Missing:
    """A strategy that has no plan.

    Attributes
    ----------
    name : str
    title : Text or Bilingual
    reason : Text
    """

    name: str
    title: Text | Bilingual
    reason: Text


@dataclass(frozen=True, eq=False)
class PlanOutlook:
    """How one plan fares; what it is worth is its first goal less the price of missed lines.

    Attributes
    ----------
    name : str
    title : Text or Bilingual
    plan : Plan
    lines : tuple of LineOutlook
    measures : tuple of MeasureOutlook
    worth : Estimate
        Mean over futures.
    tail : Estimate
        Mean of the worth in its worst twentieth of futures.
    p_hard : Estimate
        Probability that every hard line is met.
    p_best : Estimate
        Probability of being worth most; plans that tie share it.
    mean_regret : Estimate
        Mean of what the best of the plans is worth more.
    max_regret : float
        The most that it is, in the futures drawn.
    """

    name: str
    title: Text | Bilingual
    plan: Plan
    lines: tuple[LineOutlook, ...]
    measures: tuple[MeasureOutlook, ...]
    worth: Estimate
    tail: Estimate
    p_hard: Estimate
    p_best: Estimate
    mean_regret: Estimate
    max_regret: float


@dataclass(frozen=True, eq=False)
class Comparison:
    """Plans in common futures.

    Attributes
    ----------
    plans : tuple of PlanOutlook
    differences : tuple of PairedDifference
        In worth, of all pairs; the intervals hold together at 95 %.
    regrets : FloatArray (plans, plans)
        Mean of what the plan of the column is worth more than that of the row, 0 where less.
    robustness : RobustnessTable
        Shortfall there is the sum over hard lines of misses, each as a share of its bound.
    best : BestPlan
        By mean worth.
    worths : FloatArray (plans, replicates, n)
        In the futures that can be.
    impossible : mapping from target to the number of futures in which its number cannot be
        They count as misses of every line, and have no worth.
    left_out : int
        Futures that can be and whose worth is left out to keep replicates alike.
    draws, replicates, seed : int
    precision : Precision
    precision_reached : bool
    seconds : float
    columns : DrawnColumns
    missing : tuple of Missing
        What was to be compared and has no plan.
    """

    plans: tuple[PlanOutlook, ...]
    differences: tuple[PairedDifference, ...]
    regrets: FloatArray
    robustness: RobustnessTable
    best: BestPlan
    worths: FloatArray
    impossible: Mapping[str, int]
    left_out: int
    draws: int
    replicates: int
    seed: int
    precision: Precision
    precision_reached: bool
    seconds: float
    columns: DrawnColumns = field(repr=False)
    missing: tuple[Missing, ...] = ()


def compared(
    contenders: Sequence[Contender], plays: Sequence[Play], options: StressOptions
) -> Comparison:
    """Return how plans fare in the same futures, drawn once for all of them.

    Parameters
    ----------
    contenders : sequence of Contender
    plays : sequence of Play
        Of each, with the same unknowns.
    options : StressOptions
        The precision of means is that of differences, as a share of the best plan's worth;
        others are those of every plan.

    Raises
    ------
    UsageError
        If an option is out of range.
    """
    started = time.monotonic()
    outcomes, reached = drawn_until(
        plays, options, lambda found: _is_precise(plays, found, options.precision)
    )
    worths = common_worths(plays, outcomes)
    status = outcomes[0].status
    return Comparison(
        plans=_outlooks(contenders, plays, outcomes, worths),
        differences=paired_differences(worths),
        regrets=pairwise_regret(worths),
        robustness=robustness_table(_plan_outcomes(plays, outcomes, worths)),
        best=best_plan(worths),
        worths=worths,
        impossible=summary.impossible(status),
        left_out=int((status == POSSIBLE).sum()) - worths[0].size,
        draws=status.size,
        replicates=len(status),
        seed=options.seed,
        precision=options.precision,
        precision_reached=reached,
        seconds=time.monotonic() - started,
        columns=plays[0].unknowns.columns,
    )


def common_worths(plays: Sequence[Play], outcomes: Sequence[Outcomes]) -> FloatArray:
    """Return the worth of plans in the futures that can be, (plans, replicates, n).

    Which futures cannot be is the same for all plans. Every replicate keeps as many as the one
    with fewest has, its first.
    """
    possible = outcomes[0].status == POSSIBLE
    count = int(possible.sum(axis=1).min())
    first = np.argsort(~possible, axis=1, kind="stable")[:, :count]
    worths = [summary.worth(play, one) for play, one in zip(plays, outcomes, strict=True)]
    return np.stack([np.take_along_axis(worth, first, axis=1) for worth in worths])


def pairwise_regret(worths: FloatArray) -> FloatArray:
    """Return by how much each plan (columns) is above another (rows), its mean, 0 where below."""
    return np.array([[np.maximum(other - one, 0.0).mean() for other in worths] for one in worths])


def _is_precise(
    plays: Sequence[Play], outcomes: tuple[Outcomes, ...], precision: Precision
) -> bool:
    of_plans = precision.model_copy(update={"mean": None})
    pairs = zip(plays, outcomes, strict=True)
    if not all(is_precise(play, one, of_plans) for play, one in pairs):
        return False
    if precision.mean is None:
        return True
    worths = common_worths(plays, outcomes)
    widest = precision.mean * float(np.abs(worths.mean(axis=(1, 2)).max()))
    return all(one.estimate.half_width <= widest for one in paired_differences(worths))


def _outlooks(
    contenders: Sequence[Contender],
    plays: Sequence[Play],
    outcomes: Sequence[Outcomes],
    worths: FloatArray,
) -> tuple[PlanOutlook, ...]:
    best, left = shares_best(worths), regret(worths)
    return tuple(
        PlanOutlook(
            name=one.name,
            title=one.title,
            plan=one.plan,
            lines=summary.line_outlooks(plays[k], outcomes[k]),
            measures=summary.measure_outlooks(plays[k], outcomes[k]),
            worth=Mean().estimate(worths[k]),
            tail=LowestMean(summary.TAIL).estimate(worths[k]),
            p_hard=Share().estimate(_keeps_hard(plays[k], outcomes[k])),
            p_best=best[k],
            mean_regret=estimate(left[k].mean(axis=1)),
            max_regret=float(left[k].max()),
        )
        for k, one in enumerate(contenders)
    )


def _hard(play: Play) -> list[int]:
    return [k for k, line in enumerate(play.lines) if line.kind is LineKind.HARD]


def _keeps_hard(play: Play, outcomes: Outcomes) -> BoolArray:
    """Return where every hard line is met, (replicates, points); never where a future cannot be."""
    met = outcomes.met[..., _hard(play)].all(axis=-1)
    return np.asarray(met & (outcomes.status == POSSIBLE))


def _relative_shortfall(play: Play, outcomes: Outcomes) -> FloatArray:
    """Return misses of hard lines as shares of their bounds, summed, (replicates, points).

    A miss of a bound of 0 counts 1.
    """
    total = np.zeros(outcomes.status.shape)
    for number in _hard(play):
        bound = play.lines[number].bound
        away = np.abs(outcomes.lhs[..., number] - bound) / abs(bound) if bound else 1.0
        total += np.where(outcomes.met[..., number], 0.0, np.nan_to_num(away, nan=1.0))
    return total


def _plan_outcomes(
    plays: Sequence[Play], outcomes: Sequence[Outcomes], worths: FloatArray
) -> PlanOutcomes:
    pairs = list(zip(plays, outcomes, strict=True))
    return PlanOutcomes(
        value=worths,
        shortfall=np.stack([_relative_shortfall(*pair) for pair in pairs]),
        holds=np.stack([_keeps_hard(*pair) for pair in pairs]),
    )
