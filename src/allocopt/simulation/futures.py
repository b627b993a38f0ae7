"""Single futures, replayed and looked at: what struck, what moved, which lines were missed."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import BoolArray, FloatArray, IntArray
from allocopt.sampling.sobol import SobolStream
from allocopt.simulation.draws import Draws, draw
from allocopt.simulation.drivers import CompiledDriver
from allocopt.simulation.events import CompiledEvent
from allocopt.simulation.outcomes import BLOCK, Play, measures_in, played
from allocopt.simulation.report import Address
from allocopt.simulation.targets import TARGETS
from allocopt.simulation.worlds import POSSIBLE, worlds_of


@dataclass(frozen=True)
class Move:
    """What a driver drew.

    Attributes
    ----------
    driver : str
    drawn, expected : float
        Mean over its units and periods.
    deviations : float
        Distance from the expected mean, in its standard deviations.
    """

    driver: str
    drawn: float
    expected: float
    deviations: float


@dataclass(frozen=True)
class Strike:
    """An event that happened.

    Attributes
    ----------
    event : str
    unit : str
        Empty where it struck everything.
    first, last : str
        Labels of periods.
    """

    event: str
    unit: str
    first: str
    last: str


@dataclass(frozen=True, eq=False)
class Future:
    """A plan in one future.

    Attributes
    ----------
    address : Address
    impossible : str
        What has a number that cannot be; empty if nothing.
    lhs : FloatArray (lines,)
        Left sides, as the report's row of this future.
    met : BoolArray (lines,)
    totals : mapping from reported expression to its value
    moves : tuple of Move
        Of every driver, in file order.
    strikes : tuple of Strike
    measures : mapping from measure to FloatArray (rows, periods)
    """

    address: Address
    impossible: str
    lhs: FloatArray
    met: BoolArray
    totals: Mapping[str, float]
    moves: tuple[Move, ...]
    strikes: tuple[Strike, ...]
    measures: Mapping[str, FloatArray]


def future_at(play: Play, seed: int, address: Address) -> Future:
    """Return one future of a run, replayed to the last digit.

    Parameters
    ----------
    play : Play
        With the columns that the run drew from.
    seed : int
    address : Address
    """
    stream, index = SobolStream(seed), address.index
    row = played(play, stream, address.replicate, range(index, index + 1))
    start = index // BLOCK * BLOCK
    block = draw(play.unknowns, stream, address.replicate, range(start, start + BLOCK))
    worlds = worlds_of(play.problem, play.unknowns, block)
    own = block[index - start : index - start + 1]
    status = int(row.status[0])
    return Future(
        address=address,
        impossible="" if status == POSSIBLE else str(TARGETS[status]),
        lhs=row.lhs[0],
        met=row.met[0],
        totals={
            name: float(x) for (name, _), x in zip(play.measures, row.measures[0], strict=True)
        },
        moves=tuple(
            _move(driver, values)
            for driver, values in zip(play.unknowns.drivers, own.drivers, strict=True)
        ),
        strikes=tuple(_strikes(play, own)),
        measures={
            name: values[index - start] if values.ndim == 3 else values
            for name, values in measures_in(play, worlds).items()
        },
    )


def _move(driver: CompiledDriver, values: FloatArray) -> Move:
    drawn = float(values.mean())
    expected = driver.marginal.mean / driver.divisor
    spread = driver.marginal.sd / driver.divisor / np.sqrt(values.size)
    return Move(
        driver=driver.spec.id,
        drawn=drawn,
        expected=expected,
        deviations=(drawn - expected) / spread if spread > 0 else 0.0,
    )


def _strikes(play: Play, own: Draws) -> list[Strike]:
    months = play.problem.calendar.labels
    return [
        Strike(event.spec.id, unit, months[struck[0]], months[struck[-1]])
        for event, active in zip(play.unknowns.events, own.active, strict=True)
        for unit, struck in _struck(event, active[0])
    ]


def _struck(event: CompiledEvent, active: FloatArray) -> list[tuple[str, IntArray]]:
    """Return the units that an event struck with the periods in which it did."""
    found = []
    for unit, row in zip(event.happens.units, active, strict=True):
        periods = np.flatnonzero(row).astype(np.int64)
        if periods.size:
            found.append((unit, periods))
    return found
