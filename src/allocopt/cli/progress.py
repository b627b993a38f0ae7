"""The progress of a solve on a terminal: what was found, what is possible, how far apart."""

import math
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from allocopt.cli.output import console_on
from allocopt.cli.session import Session
from allocopt.report.format import NOT_KNOWN, NumberStyle
from allocopt.report.goal import Aim
from allocopt.solving.outcome import Progress, Watch, no_watch
from allocopt.text import T, Text

if TYPE_CHECKING:
    from rich.text import Text as RichText


_STAGES = {
    "bound": T("computing the bound"),
    "people": T("placing people"),
    "settling": T("putting the plan on the true curves"),
    "conflict": T("no plan is possible: finding out what clashes"),
    "ways out": T("no plan is possible: computing ways out"),
}

_NUMBERED = {
    "round": T("round {number}"),
    "point": T("point {number}"),
    "alternative": T("alternative {number}"),
    "strategy": T("planning by {number}"),
    "way": T("verifying way out {number} by a plan"),
}


@dataclass
class _Board:
    """The latest progress, drawn whenever the screen is refreshed."""

    session: Session
    style: NumberStyle
    aim: Aim
    started: float = field(default_factory=time.monotonic)
    latest: Progress | None = None

    def note(self, progress: Progress) -> None:
        self.latest = progress

    def __rich__(self) -> "RichText":
        from rich.text import Text as RichText

        words = [self.style.seconds(time.monotonic() - self.started), *self._known()]
        return RichText("  ".join(words), no_wrap=True, overflow="ellipsis")

    def _known(self) -> Iterator[str]:
        """Yield what can be said by now."""
        found = self.latest
        if found is None:
            yield T("building the model, computing the bound").render(self.session.language)
            return
        stage = _stage(found.stage)
        yield stage if isinstance(stage, str) else stage.render(self.session.language)
        # the search maximizes; a cost is shown as it is written
        sign = 1.0 if self.aim.maximized else -1.0
        limit = T("at most {value}") if self.aim.maximized else T("at least {value}")
        values = (
            (T("best {value}"), self.style.value(self.aim.kind, sign * found.objective)),
            (limit, self.style.value(self.aim.kind, sign * found.bound)),
            (T("gap {value}"), self.style.share(_gap(found), digits=3)),
        )
        for text, value in values:
            if value != NOT_KNOWN:
                yield Text(text.template, (("value", value),)).render(self.session.language)


def _stage(stage: str) -> Text | str:
    """Return the stage of a search in words; see `allocopt.solving.search`."""
    word, _, number = stage.partition(" ")
    if word in _NUMBERED:
        return Text(_NUMBERED[word].template, (("number", number),))
    return _STAGES.get(stage, stage)


def _gap(found: Progress) -> float:
    if not math.isfinite(found.objective):
        return math.nan
    return abs(found.bound - found.objective) / max(abs(found.objective), 1e-9)


@contextmanager
def watching(session: Session, style: NumberStyle, aim: Aim) -> Iterator[Watch]:
    """Show progress on standard error while the block runs, if a terminal reads it.

    Parameters
    ----------
    session : Session
    style : NumberStyle
    aim : Aim

    Yields
    ------
    Watch
        To be given to the solver.
    """
    if not sys.stderr.isatty():
        yield no_watch
        return
    from rich.live import Live

    board = _Board(session, style, aim)
    # a copy of the terminal: file descriptors 1 and 2 are captured while HiGHS runs
    with os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding=sys.stderr.encoding) as terminal:
        live = Live(
            board,
            console=console_on(terminal),
            refresh_per_second=4,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        with live:
            yield board.note
