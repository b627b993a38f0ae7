"""Parts of a long run, kept as they are played: a run that was stopped goes on from there."""

import contextlib
import os
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np

from allocopt.errors import RunError
from allocopt.simulation.outcomes import AnyArray, Outcomes
from allocopt.text import T

_UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)

_TASK = "task"
"""Which task a file is of: its name alone does not make it so."""


@dataclass(eq=False)
class Parts:
    """Outcomes of single tasks in files of their own, each written whole or not at all.

    Attributes
    ----------
    folder : Path
        Of these futures alone: whoever names it sees to it that another plan, scenario, seed or
        version has another one.
    resumed : int
        Futures that were there.
    damaged : list of str
        Files that were there and could not be read; their futures are to be played again.
    """

    folder: Path
    resumed: int = 0
    damaged: list[str] = field(default_factory=list)

    def load(
        self, replicate: int, rows: range, like: Sequence[Outcomes]
    ) -> tuple[Outcomes, ...] | None:
        """Return the outcomes of a task; None where they are not there, or not readable.

        Parameters
        ----------
        replicate : int
        rows : range
        like : sequence of Outcomes
            Per plan, of any number of futures: the types and inner shapes that are expected.
        """
        place = self._place(replicate, rows)
        if not place.exists():
            return None
        try:
            with place.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
                is_meant = np.array_equal(file[_TASK], _task(replicate, rows))
                found = tuple(_plan(file, number) for number in range(len(like) * is_meant))
        except _UNREADABLE:
            found = ()
        pairs = zip(found, like, strict=False)
        if not found or not all(_fits(one, other, len(rows)) for one, other in pairs):
            self.damaged.append(place.name)
            return None
        self.resumed += len(rows)
        return found

    def save(self, replicate: int, rows: range, outcomes: Sequence[Outcomes]) -> None:
        """Write the outcomes of a task, of each plan.

        Raises
        ------
        RunError
            If that is not possible.
        """
        place, about = self._place(replicate, rows), {_TASK: _task(replicate, rows)}
        draft = place.with_name(f".{place.name}.{os.getpid()}.unfinished")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                np.savez(file, allow_pickle=False, **_named(outcomes), **about)
            draft.replace(place)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            text = T("{file} cannot be written: {reason}", file=place.name, reason=reason)
            raise RunError(text) from error
        finally:
            draft.unlink(missing_ok=True)

    def discard(self) -> None:
        """Remove the parts: what they were kept for is done."""
        shutil.rmtree(self.folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            self.folder.parent.rmdir()

    def _place(self, replicate: int, rows: range) -> Path:
        return self.folder / f"{replicate:02d}-{rows.start:07d}-{rows.stop:07d}.npz"


def _task(replicate: int, rows: range) -> AnyArray:
    return np.array([replicate, rows.start, rows.stop])


def _named(outcomes: Sequence[Outcomes]) -> dict[str, AnyArray]:
    return {
        f"{name}_{number}": column
        for number, one in enumerate(outcomes)
        for name, column in vars(one).items()
    }


def _plan(file: Mapping[str, AnyArray], number: int) -> Outcomes:
    return Outcomes(**{one.name: file[f"{one.name}_{number}"] for one in fields(Outcomes)})


def _fits(found: Outcomes, like: Outcomes, count: int) -> bool:
    """Return whether arrays are of ``count`` futures, and otherwise as expected."""
    inner = like.status.ndim
    return all(
        one.shape == (count, *other.shape[inner:]) and one.dtype == other.dtype
        for one, other in zip(found.columns(), like.columns(), strict=True)
    )
