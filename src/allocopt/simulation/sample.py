"""Many futures at once: by replicates, in any executor, the same wherever they are played."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass

import numpy as np

from allocopt.sampling.stream import Stream
from allocopt.simulation.outcomes import BLOCK, Outcomes, Play, empty, played

Watch = Callable[[int, int], None]
"""Gets the futures played so far, and how many there will be in this round."""

_TASK = 4 * BLOCK
"""Futures of a task: enough to be worth sending to another process."""


def no_watch(done: int, total: int) -> None:
    """Watch nothing."""


def nothing(play: Play, replicates: int) -> Outcomes:
    """Return the outcomes of so many replicates without any futures, (replicates, 0, ...)."""
    return _grown(empty(play), (replicates, 0))


def _grown(like: Outcomes, shape: tuple[int, int]) -> Outcomes:
    """Return room for outcomes of another (replicates, points)."""
    columns = like.columns()
    inner = len(like.status.shape)
    return Outcomes(*(np.empty((*shape, *one.shape[inner:]), one.dtype) for one in columns))


@dataclass(frozen=True)
class _Task:
    replicate: int
    rows: range


def extended(
    play: Play,
    stream: Stream,
    outcomes: Outcomes,
    points: int,
    *,
    executor: Executor | None = None,
    watch: Watch = no_watch,
) -> Outcomes:
    """Return outcomes of more futures of each replicate; those that are there are kept.

    Parameters
    ----------
    play : Play
    stream : Stream
    outcomes : Outcomes (replicates, points so far, ...)
    points : int
        Futures that each replicate is to have.
    executor : Executor or None
        None plays them one after the other here.
    watch : callable

    Returns
    -------
    Outcomes (replicates, points, ...)
    """
    replicates, before = outcomes.status.shape
    tasks = [
        _Task(replicate, range(start, min(start + _TASK, points)))
        for replicate in range(replicates)
        for start in range(before, points, _TASK)
    ]
    found = _grown(outcomes, (replicates, points))
    for column, old in zip(found.columns(), outcomes.columns(), strict=True):
        column[:, :before] = old
    done = replicates * before
    for task, part in _played(play, stream, tasks, executor):
        for column, new in zip(found.columns(), part.columns(), strict=True):
            column[task.replicate, task.rows.start : task.rows.stop] = new
        done += len(task.rows)
        watch(done, replicates * points)
    return found


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
            yield waiting.pop(future), future.result()
    finally:
        for future in waiting:
            future.cancel()
