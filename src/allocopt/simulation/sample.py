"""Many futures at once: by replicates, in any executor, the same wherever they are played."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass

import numpy as np

from allocopt.sampling.stream import Stream
from allocopt.simulation.outcomes import BLOCK, Outcomes, Play, empty, played_together
from allocopt.simulation.parts import Parts

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
    """Return outcomes of more futures of each replicate; see `extended_together`."""
    found = extended_together((play,), stream, (outcomes,), points, executor=executor, watch=watch)
    return found[0]


def extended_together(
    plays: Sequence[Play],
    stream: Stream,
    outcomes: Sequence[Outcomes],
    points: int,
    *,
    executor: Executor | None = None,
    watch: Watch = no_watch,
    parts: Parts | None = None,
) -> tuple[Outcomes, ...]:
    """Return outcomes of several plans in more futures, the same for all of them.

    Parameters
    ----------
    plays : sequence of Play
        Of one problem, with the same unknowns.
    stream : Stream
    outcomes : sequence of Outcomes (replicates, points so far, ...)
        Of each plan; they are kept.
    points : int
        Futures that each replicate is to have.
    executor : Executor or None
        None plays them one after the other here.
    watch : callable
    parts : Parts or None
        Where outcomes are kept as they come, and taken from where they are there.

    Returns
    -------
    tuple of Outcomes (replicates, points, ...), in the order of ``plays``
    """
    replicates, before = outcomes[0].status.shape
    tasks = [
        _Task(replicate, range(start, min(start + _TASK, points)))
        for replicate in range(replicates)
        for start in range(before, points, _TASK)
    ]
    found = tuple(_with_room(one, points) for one in outcomes)
    done = replicates * before
    work = _Work(plays, stream, executor)
    for task, fresh in _kept_or_played(work, tasks, outcomes, parts):
        for whole, part in zip(found, fresh, strict=True):
            for column, new in zip(whole.columns(), part.columns(), strict=True):
                column[task.replicate, task.rows.start : task.rows.stop] = new
        done += len(task.rows)
        watch(done, replicates * points)
    return found


def _with_room(outcomes: Outcomes, points: int) -> Outcomes:
    """Return outcomes with room for more futures of each replicate."""
    replicates, before = outcomes.status.shape
    found = _grown(outcomes, (replicates, points))
    for column, old in zip(found.columns(), outcomes.columns(), strict=True):
        column[:, :before] = old
    return found


@dataclass(frozen=True)
class _Work:
    """What is played in tasks, and where."""

    plays: Sequence[Play]
    stream: Stream
    executor: Executor | None


_Fresh = Iterator[tuple[_Task, tuple[Outcomes, ...]]]


def _kept_or_played(
    work: _Work, tasks: Sequence[_Task], like: Sequence[Outcomes], parts: Parts | None
) -> _Fresh:
    """Yield the outcomes of tasks, those that were kept first; keep the others."""
    if parts is None:
        yield from _played(work, tasks)
        return
    missing = []
    for task in tasks:
        kept = parts.load(task.replicate, task.rows, like)
        if kept is None:
            missing.append(task)
        else:
            yield task, kept
    for task, fresh in _played(work, missing):
        parts.save(task.replicate, task.rows, fresh)
        yield task, fresh


def _played(work: _Work, tasks: Sequence[_Task]) -> _Fresh:
    """Yield the outcomes of tasks, in any order."""
    plays, stream, executor = work.plays, work.stream, work.executor
    if executor is None:
        for task in tasks:
            yield task, played_together(plays, stream, task.replicate, task.rows)
        return
    waiting = {
        executor.submit(played_together, plays, stream, task.replicate, task.rows): task
        for task in tasks
    }
    try:
        for future in as_completed(waiting):
            yield waiting.pop(future), future.result()
    finally:
        for future in waiting:
            future.cancel()
