"""Stress tests: futures are drawn until the answers are precise enough, or a limit ends it."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

from allocopt.errors import UsageError
from allocopt.sampling.sobol import SobolStream
from allocopt.scenario.schema.uncertainty import Precision
from allocopt.simulation import summary
from allocopt.simulation.outcomes import Outcomes, Play
from allocopt.simulation.overlays import named_stresses
from allocopt.simulation.parts import Parts
from allocopt.simulation.report import StressReport
from allocopt.simulation.sample import Watch, extended_together, no_watch, nothing
from allocopt.statistics.estimate import Estimate
from allocopt.statistics.precision import FEWEST_REPLICATES, Target
from allocopt.statistics.statistic import HighestMean, Mean, Share
from allocopt.text import T

REPLICATES = FEWEST_REPLICATES
"""Independent scramblings."""

FIRST_POINTS = 512
"""Of each, at first: enough for the worst twentieth."""


@dataclass(frozen=True)
class StressOptions:
    """How a stress test is run.

    Attributes
    ----------
    precision : Precision
        Half-widths of intervals at 95 %.
    most_draws : int
        At least 16.
    seed : int
        At least 0.
    executor : Executor or None
        Where futures are played; here, one after the other, if None.
    watch : callable
        Gets the futures played and those of the round.
    parts : Parts or None
        Where futures are kept until the test is done, so that it can go on after a stop.
    """

    precision: Precision = field(default_factory=Precision)
    most_draws: int = 2**17
    seed: int = 0
    executor: Executor | None = None
    watch: Watch = no_watch
    parts: Parts | None = None

    def check(self) -> None:
        """Refuse options out of range.

        Raises
        ------
        UsageError
        """
        if self.most_draws < 2 * REPLICATES:
            raise UsageError(
                T(
                    "{found} draws at most; {replicates} replicates need {least}",
                    found=self.most_draws,
                    replicates=REPLICATES,
                    least=2 * REPLICATES,
                )
            )
        if self.seed < 0:
            raise UsageError(T("the seed is {found}, at least 0 is expected", found=self.seed))


@dataclass(frozen=True, eq=False)
class Stressed:
    """A stress test with the futures it rests on.

    Attributes
    ----------
    report : StressReport
    outcomes : Outcomes (replicates, points, ...)
    parts : Parts or None
        Where they are kept.
    """

    report: StressReport
    outcomes: Outcomes
    parts: Parts | None = None


def stressed(play: Play, options: StressOptions) -> Stressed:
    """Return what a plan is worth in drawn futures.

    Parameters
    ----------
    play : Play
    options : StressOptions

    Raises
    ------
    UsageError
        If an option is out of range.
    """
    started = time.monotonic()
    (outcomes,), reached = drawn_until(
        (play,), options, lambda found: is_precise(play, found[0], options.precision)
    )
    seconds = time.monotonic() - started
    report = _report(play, outcomes, options, ended=(reached, seconds))
    return Stressed(report, outcomes, options.parts)


def drawn_until(
    plays: Sequence[Play],
    options: StressOptions,
    precise: Callable[[tuple[Outcomes, ...]], bool],
) -> tuple[tuple[Outcomes, ...], bool]:
    """Return outcomes of plans in the same futures, doubled until they are precise enough.

    Parameters
    ----------
    plays : sequence of Play
        Of one problem, with the same unknowns.
    options : StressOptions
    precise : callable
        Whether outcomes (replicates, points, ...) of each plan are.

    Returns
    -------
    tuple of Outcomes, bool
        Of each plan; whether they became precise before the largest number of draws.

    Raises
    ------
    UsageError
        If an option is out of range.
    """
    options.check()
    stream = SobolStream(options.seed)
    most = options.most_draws // REPLICATES
    points = min(FIRST_POINTS, 1 << (most.bit_length() - 1))
    outcomes = tuple(nothing(play, REPLICATES) for play in plays)
    while True:
        outcomes = extended_together(
            plays,
            stream,
            outcomes,
            points,
            executor=options.executor,
            watch=options.watch,
            parts=options.parts,
        )
        reached = precise(outcomes)
        if reached or 2 * points > most:
            return outcomes, reached
        points *= 2


def is_precise(play: Play, outcomes: Outcomes, precision: Precision) -> bool:
    """Return whether every watched interval is narrow enough."""
    return all(target.is_met(found) for target, found in _watched(play, outcomes, precision))


def _watched(
    play: Play, outcomes: Outcomes, precision: Precision
) -> Iterator[tuple[Target, Estimate]]:
    """Yield what is watched, and what is known of it so far."""
    if precision.p_met is not None:
        for number in range(len(play.lines)):
            wanted = Target(number, Share(), absolute=precision.p_met)
            yield wanted, Share().estimate(outcomes.met[..., number])
    if precision.mean is not None:
        for number in range(len(play.measures)):
            wanted = Target(number, Mean(), relative=precision.mean)
            yield wanted, wanted.statistic.estimate(outcomes.measures[..., number])
    if precision.cvar is not None:
        for number, line in enumerate(play.lines):
            statistic = HighestMean(summary.TAIL)
            wanted = Target(number, statistic, absolute=precision.cvar * abs(line.bound))
            yield wanted, statistic.estimate(summary.shortfall(outcomes, number))


def _report(
    play: Play,
    outcomes: Outcomes,
    options: StressOptions,
    *,
    ended: tuple[bool, float],
) -> StressReport:
    reached, seconds = ended
    return StressReport(
        lines=summary.line_outlooks(play, outcomes),
        measures=summary.measure_outlooks(play, outcomes),
        fan=summary.fan(play, outcomes),
        pulls=summary.pulls(play, outcomes),
        stresses=named_stresses(play),
        worst=summary.worst(play, outcomes),
        impossible=summary.impossible(outcomes.status),
        draws=outcomes.status.size,
        replicates=len(outcomes.status),
        seed=options.seed,
        precision=options.precision,
        precision_reached=reached,
        seconds=seconds,
        columns=play.unknowns.columns,
        resumed=0 if options.parts is None else options.parts.resumed,
        damaged=() if options.parts is None else tuple(options.parts.damaged),
    )
