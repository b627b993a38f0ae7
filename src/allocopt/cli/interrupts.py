"""Ctrl-C during a solve: stop, and keep the best plan so far."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

_CODE = 130


@dataclass
class Interrupts:
    """Whether the user asked to stop."""

    happened: bool = False

    def note(self, _: int, __: FrameType | None) -> None:
        """Remember the request, then do what Ctrl-C always does; at the second one leave at once.

        The solver runs in a thread of its own, which an ordinary exit would wait for. Nothing
        half-written can be left: a run is renamed into its place when it is complete.
        """
        if self.happened:
            os._exit(_CODE)
        self.happened = True
        raise KeyboardInterrupt


@contextmanager
def noting_interrupts() -> Iterator[Interrupts]:
    """Remember whether Ctrl-C was pressed in the block.

    The solver's interface takes the exception for itself and returns what it has.

    Yields
    ------
    Interrupts
    """
    found = Interrupts()
    if threading.current_thread() is not threading.main_thread():
        yield found
        return
    before = signal.signal(signal.SIGINT, found.note)
    try:
        yield found
    finally:
        signal.signal(signal.SIGINT, before)
