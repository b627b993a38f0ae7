"""Many futures at once: by replicates, in any executor, the same wherever they are played."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass

from allocopt.sampling.stream import Stream
from allocopt.simulation.outcomes import BLOCK, Outcomes, Play, empty, played

Watch = Callable[[int, int], None]
"""Gets the futures played so far, and how many there will be in this round."""

_TASK = 4 * BLOCK
"""Futures of a task: enough to be worth sending to another process."""


def no_watch(done: int, total: int) -> None:
    """Watch nothing."""


@dataclass(frozen=True, eq=False)
class Sample:
    """Futures of independent replicates, as many of each.

    Attributes
    ----------
    replicates : tuple of Outcomes
    """

    replicates: tuple[Outcomes, ...]

    @property
    def points(self) -> int:
        """Futures of a replicate."""
        return len(self.replicates[0].status)

    @property
    def draws(self) -> int:
        """All futures."""
        return self.points * len(self.replicates)

    def outcomes(self) -> Outcomes:
        """Return the outcomes with arrays (replicates, points, ...)."""
        return Outcomes.stacked(self.replicates)


def nothing(play: Play, replicates: int) -> Sample:
    """Return a sample of so many replicates without any futures."""
    return Sample((empty(play),) * replicates)


@dataclass(frozen=True)
class _Task:
    replicate: int
    rows: range


def extended(
    play: Play,
    stream: Stream,
    sample: Sample,
    points: int,
    *,
    executor: Executor | None = None,
    watch: Watch = no_watch,
) -> Sample:
    """Return a sample with more futures of each replicate; those it has are kept.

    Parameters
    ----------
    play : Play
    stream : Stream
    sample : Sample
        May have replicates without futures.
    points : int
        Futures that each replicate is to have.
    executor : Executor or None
        None plays them one after the other here.
    watch : callable
    """
    starts = range(sample.points, points, _TASK)
    tasks = [
        _Task(replicate, range(start, min(start + _TASK, points)))
        for replicate in range(len(sample.replicates))
        for start in starts
    ]
    parts: dict[_Task, Outcomes] = {}
    before, total = sample.draws, points * len(sample.replicates)
    for task, outcomes in _played(play, stream, tasks, executor):
        parts[task] = outcomes
        before += len(task.rows)
        watch(before, total)
    return Sample(
        tuple(
            Outcomes.joined([own, *(parts[task] for task in tasks if task.replicate == number)])
            for number, own in enumerate(sample.replicates)
        )
    )


def _played(
    play: Play, stream: Stream, tasks: Sequence[_Task], executor: Executor | None
) -> Iterator[tuple[_Task, Outcomes]]:
    """Yield the outcomes of tasks, in any order."""
    if executor is None:
        yield from ((task, played(play, stream, task.replicate, task.rows)) for task in tasks)
        return
    waiting = {
        executor.submit(played, play, stream, task.replicate, task.rows): task for task in tasks
    }
    try:
        for future in as_completed(waiting):
            yield waiting[future], future.result()
    finally:
        for future in waiting:
            future.cancel()
