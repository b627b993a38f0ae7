"""The progress line: only what is known, a cost shown as a cost, silence without a terminal."""

import io
import math

import pytest
from rich.console import Console

from allocopt.cli.progress import _Board, watching
from allocopt.cli.session import Session
from allocopt.plan.kinds import Kind
from allocopt.report.format import NumberStyle
from allocopt.report.goal import Aim
from allocopt.solving.outcome import Progress, no_watch
from allocopt.text import Language

STYLE = NumberStyle(Language.ENGLISH, 10_000)
SESSION = Session(Language.ENGLISH, as_json=False)


def drawn(board: _Board) -> str:
    console = Console(file=io.StringIO(), width=200)
    with console.capture() as captured:
        console.print(board)
    return captured.get().split("  ", 1)[1].strip()


def test_only_what_is_known_is_shown() -> None:
    board = _Board(SESSION, STYLE, Aim(Kind.MONEY, maximized=True))
    assert drawn(board) == "building the model, computing the bound"
    board.note(Progress("round 2", 1.0, math.nan, 2e8))
    assert drawn(board) == "round 2  at most 20,000.00 万元"
    board.note(Progress("settling", 1.0, 1e8, 1.01e8))
    assert drawn(board) == (
        "putting the plan on the true curves  best 10,000.00 万元  at most 10,100.00 万元  "
        "gap 1.000 %"
    )


def test_a_cost_is_shown_as_a_cost() -> None:
    board = _Board(SESSION, STYLE, Aim(Kind.HEADS, maximized=False))
    board.note(Progress("people", 1.0, -40.0, -38.0))
    assert drawn(board) == "placing people  best 40 people  at least 38 people  gap 5.000 %"


def test_without_a_terminal_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with watching(SESSION, STYLE, Aim(Kind.MONEY, maximized=True)) as watch:
        assert watch is no_watch
    assert capsys.readouterr().err == ""
