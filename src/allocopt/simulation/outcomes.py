"""What comes of a plan in drawn futures: one row per future, whatever happens in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from allocopt.arrays import BoolArray, FloatArray, IntArray, periods_first
from allocopt.measures.decisions import Decisions
from allocopt.measures.engine import measure
from allocopt.measures.expressions import LinearForm, parse_expression
from allocopt.measures.lines import Line, Stretch, compile_lines, standing, value_and_size
from allocopt.measures.numbers import Numbers
from allocopt.problem.axes import Selection
from allocopt.problem.problem import Problem
from allocopt.sampling.stream import Stream
from allocopt.simulation.draws import Draws, Unknowns, draw
from allocopt.simulation.flows import Sums, flows_in, forms_of, sums_of
from allocopt.simulation.people import people_there
from allocopt.simulation.worlds import POSSIBLE, Worlds, worlds_of

BLOCK = 128
"""Futures that are replayed at once: their arrays stay near the processor.

Blocks start at multiples of it, whatever was asked for: sums round alike wherever a future is
replayed, so that it is the same to the last digit.
"""

HEADLINES = ("revenue", "expense", "gross_adds", "customers", "unserved", "heads")
"""Measures that every run reports, beside the plan's first goal."""


AnyArray: TypeAlias = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Play:
    """A plan and what may happen to it.

    Attributes
    ----------
    problem : Problem
    decisions : Decisions
    lines : tuple of Line
    measures : tuple of (expression, LinearForm)
        Reported as totals of the horizon.
    sums : tuple of Sums
        What lines and measures need to be summed.
    unknowns : Unknowns
    algebra : Numbers
    """

    problem: Problem
    decisions: Decisions
    lines: tuple[Line, ...]
    measures: tuple[tuple[str, LinearForm], ...]
    sums: tuple[Sums, ...]
    unknowns: Unknowns
    algebra: Numbers


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Outcomes of n futures.

    Attributes
    ----------
    lhs, over : FloatArray (n, lines)
        Value of each line, and by how much it passes its bound (negative: room).
    met : BoolArray (n, lines)
        Never in a future that cannot be.
    measures : FloatArray (n, measures)
    revenue : FloatArray (n, periods), 元
    drivers : FloatArray (n, drivers)
        Mean of what each driver drew.
    struck : FloatArray (n, events)
        Share of its units that each event struck.
    status : IntArray (n,)
        `allocopt.simulation.worlds.POSSIBLE`, or what cannot be.
    """

    lhs: FloatArray
    over: FloatArray
    met: BoolArray
    measures: FloatArray
    revenue: FloatArray
    drivers: FloatArray
    struck: FloatArray
    status: IntArray

    @classmethod
    def joined(cls, parts: Sequence["Outcomes"]) -> "Outcomes":
        """Return the futures of all parts, in their order."""
        columns = zip(*(part.columns() for part in parts), strict=True)
        return cls(*(np.concatenate(column) for column in columns))

    def columns(self) -> tuple[AnyArray, ...]:
        """Return the arrays in the order of the fields."""
        return (
            self.lhs,
            self.over,
            self.met,
            self.measures,
            self.revenue,
            self.drivers,
            self.struck,
            self.status,
        )

    def __getitem__(self, rows: slice) -> "Outcomes":
        """Return some of the futures."""
        return Outcomes(*(column[rows] for column in self.columns()))


def play_of(
    problem: Problem, decisions: Decisions, unknowns: Unknowns, measures: Sequence[str] = ()
) -> Play:
    """Return a plan ready to be played.

    Parameters
    ----------
    problem : Problem
    decisions : Decisions
        Arrays of numbers.
    unknowns : Unknowns
    measures : sequence of str
        Further linear expressions to report.

    Raises
    ------
    UsageError
        If an expression is wrong.
    """
    goal = problem.objective.goals[0].expression
    names = dict.fromkeys((goal, *HEADLINES, *measures))
    forms = tuple(
        (name, parse_expression(name, problem.axes, Selection()).numerator) for name in names
    )
    lines = compile_lines(problem)
    sums = sums_of(problem, (*forms_of(lines), *(form for _, form in forms)))
    laid_out = Decisions(**{name: periods_first(x) for name, x in vars(decisions).items()})
    return Play(problem, laid_out, lines, forms, sums, unknowns, Numbers(problem))


def played(play: Play, stream: Stream, replicate: int, rows: range) -> Outcomes:
    """Return what comes of a plan in some futures of a replicate.

    Parameters
    ----------
    play : Play
    stream : Stream
    replicate : int
    rows : range
    """
    return played_together((play,), stream, replicate, rows)[0]


def played_together(
    plays: Sequence[Play], stream: Stream, replicate: int, rows: range
) -> tuple[Outcomes, ...]:
    """Return what comes of several plans in the same futures, which are drawn once.

    Parameters
    ----------
    plays : sequence of Play
        Of one problem, with the same unknowns.
    stream : Stream
    replicate : int
    rows : range

    Returns
    -------
    tuple of Outcomes, in the order of ``plays``
        Each to the last digit what the plan alone comes to.
    """
    first = plays[0]
    grid = range(rows.start // BLOCK * BLOCK, -(-rows.stop // BLOCK) * BLOCK)
    drawn = draw(first.unknowns, stream, replicate, grid)
    parts = []
    for k in range(0, len(grid), BLOCK):
        draws = drawn[k : k + BLOCK]
        worlds = worlds_of(first.problem, first.unknowns, draws)
        parts.append([_block(play, draws, worlds) for play in plays])
    asked = slice(rows.start - grid.start, rows.stop - grid.start)
    return tuple(Outcomes.joined(of_plan)[asked] for of_plan in zip(*parts, strict=True))


def empty(play: Play) -> Outcomes:
    """Return the outcomes of no futures."""
    lines = np.empty((0, len(play.lines)))
    return Outcomes(
        lhs=lines,
        over=lines,
        met=lines.astype(np.bool_),
        measures=np.empty((0, len(play.measures))),
        revenue=np.empty((0, len(play.problem.calendar))),
        drivers=np.empty((0, len(play.unknowns.drivers))),
        struck=np.empty((0, len(play.unknowns.events))),
        status=np.empty(0, dtype=np.int64),
    )


def measures_in(play: Play, worlds: Worlds) -> dict[str, FloatArray]:
    """Return every measure of a plan in some worlds, (n, rows, periods) or (rows, periods)."""
    decisions = play.decisions
    if worlds.people is not None:
        decisions = people_there(play.problem.staff, decisions, worlds.people)
    return measure(play.algebra, play.problem, worlds.world, decisions)


def _block(play: Play, draws: Draws, worlds: Worlds) -> Outcomes:
    problem = play.problem
    count = len(worlds.status)
    found = measures_in(play, worlds)
    flow_of = flows_in(play.algebra, play.sums, found)
    stands = [standing(problem, line, flow_of) for line in play.lines]
    whole = Stretch(0, len(problem.calendar) - 1, "")
    possible = (worlds.status == POSSIBLE)[:, None]
    revenue = found["revenue"].sum(axis=-2)
    return Outcomes(
        lhs=_table(count, [one.lhs for one in stands]),
        over=_table(count, [one.over for one in stands]),
        met=_table(count, [one.met for one in stands]).astype(np.bool_) & possible,
        measures=_table(
            count, [value_and_size(form, flow_of, whole)[0] for _, form in play.measures]
        ),
        revenue=np.array(np.broadcast_to(revenue, (count, len(problem.calendar)))),
        drivers=_table(count, [values.mean(axis=(1, 2)) for values in draws.drivers]),
        struck=_table(count, [active.max(axis=2).mean(axis=1) for active in draws.active]),
        status=worlds.status,
    )


def _table(count: int, columns: Sequence[FloatArray | BoolArray]) -> FloatArray:
    """Return columns of length ``count``, or single numbers, side by side."""
    found = np.empty((count, len(columns)))
    for number, column in enumerate(columns):
        found[:, number] = column
    return found
