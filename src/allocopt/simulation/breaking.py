"""Reverse stress of a plan: for each line the smallest joint shock that breaks it.

Shocks are of drivers and common factors, each as a whole: a driver that draws for k units and
periods is moved alike in all of them, and one standard deviation is that of their mean normal
number, 1 / sqrt(k) of each. So a distance means what it means in the space of all numbers drawn;
a shock to some units alone may be smaller. Nothing strikes, and people come and leave as expected.
"""

from functools import partial

import numpy as np

from allocopt.arrays import BoolArray, FloatArray
from allocopt.measures.lines import Line, standing
from allocopt.sampling.registry import Factor
from allocopt.simulation.flows import Sums, flows_in, forms_of, sums_of
from allocopt.simulation.outcomes import BLOCK, Play, measures_in
from allocopt.simulation.report import BreakPart, LineBreak, LineOutlook
from allocopt.simulation.sample import Watch, no_watch
from allocopt.simulation.worlds import POSSIBLE, Numbered, driver_moves, worlds_from
from allocopt.statistics.shock import Margin, Shock, ShockSearch, smallest_shock

SEARCH = ShockSearch(reach=8.0, directions=32, starts=2, checks=256)
"""Few rays: a replay costs more than a closed form, and inputs are few."""

_HARDLY = 1e-300
"""Margin on a line: met, if only just."""


def line_breaks(
    play: Play,
    outlooks: tuple[LineOutlook, ...],
    search: ShockSearch = SEARCH,
    watch: Watch = no_watch,
) -> tuple[LineBreak, ...]:
    """Return what breaks each line of the scenario, in file order.

    Parameters
    ----------
    play : Play
    outlooks : tuple of LineOutlook
        In the order of ``play.lines``: of a line of many parts the one least likely met is broken.
    search : ShockSearch
    watch : callable
        Gets the lines done, and how many there are.
    """
    weakest: dict[str, int] = {}
    for number, line in enumerate(play.lines):
        known = weakest.setdefault(line.spec, number)
        if outlooks[number].p_met < outlooks[known].p_met:
            weakest[line.spec] = number
    found = []
    for number in weakest.values():
        found.append(line_break(play, play.lines[number], search))
        watch(len(found), len(weakest))
    return tuple(found)


def line_break(play: Play, line: Line, search: ShockSearch = SEARCH) -> LineBreak:
    """Return the smallest shock that breaks a line, replayed.

    Parameters
    ----------
    play : Play
    line : Line
    search : ShockSearch
        A shock to numbers that cannot be breaks nothing.
    """
    sums = sums_of(play.problem, forms_of((line,)))
    names = causes(play)
    shock = _smallest(partial(_margin, play, line, sums), len(names), search)
    if shock is None:
        return LineBreak(line.name, np.inf, search.reach, broken=False, lhs=np.nan, parts=())
    lhs, _, met = _standing(play, line, sums, shock.z[None])
    return LineBreak(
        line=line.name,
        distance=shock.distance,
        reach=search.reach,
        broken=not met[0],
        lhs=float(lhs[0]),
        parts=_parts(names, shock),
    )


def _smallest(margin: Margin, inputs: int, search: ShockSearch) -> Shock | None:
    """Return the smallest shock, also where there is nothing that could be shocked."""
    if inputs:
        return smallest_shock(margin, inputs, search)
    return None if margin(np.zeros((1, 0)))[0] > 0.0 else Shock(np.zeros(0), 0, 0)


def causes(play: Play) -> tuple[str, ...]:
    """Return the ids of what is shocked: drivers, then common factors."""
    shared = play.problem.uncertainty.common_factors
    return (*(d.spec.id for d in play.unknowns.drivers), *(factor.id for factor in shared))


def _parts(names: tuple[str, ...], shock: Shock) -> tuple[BreakPart, ...]:
    rows = zip(names, shock.z.tolist(), shock.composition.tolist(), strict=True)
    parts = (BreakPart(name, z, share) for name, z, share in rows if z)
    return tuple(sorted(parts, key=lambda part: -part.share))


def _margin(play: Play, line: Line, sums: tuple[Sums, ...], z: FloatArray) -> FloatArray:
    blocks = [z[k : k + BLOCK] for k in range(0, len(z), BLOCK)]
    return np.concatenate([_block_margin(play, line, sums, block) for block in blocks])


def _block_margin(play: Play, line: Line, sums: tuple[Sums, ...], z: FloatArray) -> FloatArray:
    _, over, met = _standing(play, line, sums, z)
    return np.where(met, np.maximum(-over, _HARDLY), np.minimum(-over, 0.0))


def _standing(
    play: Play, line: Line, sums: tuple[Sums, ...], z: FloatArray
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return left side, excess, and whether the line is met or the future cannot be, (n,) each."""
    numbers = Numbered(play.problem, play.unknowns.expected, len(z))
    for rows, target, values, instead in driver_moves(play.unknowns, _drawn(play, z)):
        numbers.move(target, rows, values, instead=instead)
    worlds = worlds_from(numbers, play.unknowns.by_chance)
    found = standing(play.problem, line, flows_in(play.algebra, sums, measures_in(play, worlds)))
    possible = worlds.status == POSSIBLE
    lhs = np.broadcast_to(found.lhs, len(z))
    return lhs, np.where(possible, found.over, 0.0), np.asarray(found.met | ~possible)


def _drawn(play: Play, z: FloatArray) -> tuple[FloatArray, ...]:
    """Return what drivers give where they and the common factors are shocked by ``z``."""
    drivers, dependence = play.unknowns.drivers, play.unknowns.dependence
    factors = (*play.unknowns.driver_factors, *dependence.common)
    moved = [_spread(column, factor) for column, factor in zip(z.T, factors, strict=True)]
    own, common = moved[: len(drivers)], moved[len(drivers) :]
    joint = dependence.joined(own, common, np.full(len(z), 0.5))
    return tuple(driver.drawn(values) for driver, values in zip(drivers, joint, strict=True))


def _spread(z: FloatArray, factor: Factor) -> FloatArray:
    """Return normal numbers that are moved alike everywhere, (n, labels, periods)."""
    shape = (z.size, len(factor.units), len(factor.months))
    return np.broadcast_to(z[:, None, None] / np.sqrt(factor.size), shape)
