"""From draws to the worlds that plans meet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from allocopt.arrays import BoolArray, FloatArray, IntArray
from allocopt.measures.world import World
from allocopt.problem.problem import Problem
from allocopt.scenario.schema.uncertainty import Target
from allocopt.simulation.draws import Draws, Unknowns
from allocopt.simulation.drivers import Rows
from allocopt.simulation.people import PeopleWorld
from allocopt.simulation.targets import OF_PEOPLE, PLACES, TARGETS

POSSIBLE = -1
"""Status of a future that can be; others are the position in `TARGETS` of what cannot."""


@dataclass(frozen=True, eq=False)
class Worlds:
    """The worlds of n futures.

    Attributes
    ----------
    world : World
        Arrays that nothing moves have no axis of draws.
    people : PeopleWorld or None
        None where everyone comes and leaves as planned.
    status : IntArray (n,)
        `POSSIBLE`, or which target has a number that cannot be.
    """

    world: World
    people: PeopleWorld | None
    status: IntArray


class Numbered:
    """The numbers of n futures, as they are moved one after the other.

    Parameters
    ----------
    problem : Problem
    expected : World
    draws : int
    """

    def __init__(self, problem: Problem, expected: World, draws: int) -> None:
        self.problem, self.expected, self.draws = problem, expected, draws
        self.by_target: dict[Target, FloatArray] = {}

    def move(
        self, target: Target, rows: Rows, values: FloatArray, *, instead: bool = False
    ) -> None:
        """Let a driver or an impact move some rows of a target.

        Parameters
        ----------
        target : Target
        rows : Rows
        values : FloatArray (n, labels, periods or 1)
        instead : bool
            Whether values stand instead of the numbers there, not times them.
        """
        if target not in self.by_target:
            before = PLACES[target].expected(self.problem, self.expected)
            self.by_target[target] = _spread_out(before, self.draws)
        _move(self.by_target[target], rows, values, instead=instead)


def worlds_of(problem: Problem, unknowns: Unknowns, draws: Draws) -> Worlds:
    """Return the worlds that ``draws`` make: expected numbers, drivers, then events.

    Parameters
    ----------
    problem : Problem
    unknowns : Unknowns
    draws : Draws
    """
    numbers = Numbered(problem, unknowns.expected, len(draws.arriving))
    for rows, target, values, instead in _moves(unknowns, draws):
        numbers.move(target, rows, values, instead=instead)
    return worlds_from(numbers, unknowns.by_chance, (draws.arriving, draws.leaving))


def worlds_from(
    numbers: Numbered, by_chance: BoolArray, luck: tuple[FloatArray, FloatArray] | None = None
) -> Worlds:
    """Return the worlds of numbers that were moved.

    Parameters
    ----------
    numbers : Numbered
    by_chance : BoolArray (groups,)
        Groups whose people do not come and leave as planned.
    luck : tuple of FloatArray (n, groups by chance, periods) or None
        Of those who are to come, of those who are there; None for the expected number of either.
    """
    return Worlds(
        world=_world(numbers.expected, numbers.by_target),
        people=_people(numbers, by_chance, luck),
        status=_status(numbers.problem, numbers.by_target, numbers.draws),
    )


def driver_moves(
    unknowns: Unknowns, drawn: Sequence[FloatArray]
) -> Iterator[tuple[Rows, Target, FloatArray, bool]]:
    """Yield how drivers move which rows: what stands instead of expected numbers comes first.

    Parameters
    ----------
    unknowns : Unknowns
    drawn : sequence of FloatArray (n, labels, periods or 1)
        What each driver gave.
    """
    pairs = zip(unknowns.drivers, drawn, strict=True)
    for driver, values in sorted(pairs, key=lambda pair: not pair[0].replaces):
        yield driver.rows, driver.spec.target, values, driver.replaces


def _moves(unknowns: Unknowns, draws: Draws) -> Iterator[tuple[Rows, Target, FloatArray, bool]]:
    """Yield how drivers, then events move which rows."""
    yield from driver_moves(unknowns, draws.drivers)
    strikes = zip(unknowns.events, draws.active, draws.severities, strict=True)
    for event, active, severities in strikes:
        for impact, severity in zip(event.impacts, severities, strict=True):
            yield impact.rows, impact.target, 1.0 + active * (severity[..., None] - 1.0), False


def _spread_out(expected: FloatArray, draws: int) -> FloatArray:
    """Return expected numbers (rows, periods) or (rows,) of n draws, draws last in memory."""
    found = np.empty((*reversed(expected.shape), draws))
    found[:] = expected.T[..., None]
    return found.transpose()


def _move(numbers: FloatArray, rows: Rows, values: FloatArray, *, instead: bool) -> None:
    """Let one driver or impact move some rows of ``numbers`` (n, rows, periods), in place."""
    inner, moves = numbers.T, values.T
    if inner.ndim == 2:
        moves = moves[0]
    everywhere = len(rows.numbers) == numbers.shape[1]
    if moves.shape[-2] > 1 or len(rows.labels) > 1:
        moves = moves[..., rows.draws, :]
    place = (..., slice(None) if everywhere else rows.numbers, slice(None))
    if instead:
        inner[place] = moves
    else:
        inner[place] *= moves


def _world(expected: World, numbers: Mapping[Target, FloatArray]) -> World:
    get = numbers.get
    return replace(
        expected,
        base_volume=get(Target.BASE_VOLUME, expected.base_volume),
        price=get(Target.PRICE, expected.price),
        unit_cost=get(Target.UNIT_COST, expected.unit_cost),
        arpu=get(Target.ARPU, expected.arpu),
        cost_share=get(Target.COST_SHARE, expected.cost_share),
        churn=get(Target.CHURN, expected.churn),
        effective_rate=get(Target.EFFECTIVE_RATE, expected.effective_rate),
        migration=get(Target.MIGRATION, expected.migration),
        opening_customers=get(Target.OPENING_CUSTOMERS, expected.opening_customers),
        response_scale=get(Target.RESPONSE, expected.response_scale),
        effort_scale=get(Target.EFFORT, expected.effort_scale),
        wage=get(Target.WAGE, expected.wage),
        fixed_cost=get(Target.FIXED_COST, expected.fixed_cost),
        market_customers=get(Target.MARKET_CUSTOMERS, expected.market_customers),
        market_gross_adds=get(Target.MARKET_GROSS_ADDS, expected.market_gross_adds),
        market_leavers=get(Target.MARKET_LEAVERS, expected.market_leavers),
    )


def _people(
    numbers: Numbered, by_chance: BoolArray, luck: tuple[FloatArray, FloatArray] | None
) -> PeopleWorld | None:
    if not any(target in numbers.by_target for target in OF_PEOPLE):
        return None
    success, delay, scale = (
        numbers.by_target.get(target, PLACES[target].expected(numbers.problem, numbers.expected))
        for target in OF_PEOPLE
    )
    arriving, leaving = (None, None) if luck is None else (_spread(u, by_chance) for u in luck)
    return PeopleWorld(
        hiring_success=success,
        hiring_delay=delay,
        attrition_scale=scale,
        by_chance=by_chance,
        arriving=arriving,
        leaving=leaving,
    )


def _spread(luck: FloatArray, by_chance: BoolArray) -> FloatArray:
    """Return the luck of all groups, 1/2 where nothing is left to chance."""
    found = np.full((luck.shape[0], by_chance.size, luck.shape[-1]), 0.5)
    found[:, by_chance] = luck
    return found


def _status(problem: Problem, numbers: Mapping[Target, FloatArray], count: int) -> IntArray:
    """Return which target has an impossible number in each future, the first of them."""
    status = np.full(count, POSSIBLE)
    for number, target in reversed(list(enumerate(TARGETS))):
        if target in numbers:
            values = numbers[target].T
            if target is Target.ATTRITION:
                staff = problem.staff
                values = values * np.maximum(staff.attrition, staff.new_attrition).T[..., None]
            most = 1.0 if target is Target.ATTRITION else PLACES[target].most
            inner = tuple(range(values.ndim - 1))
            # Nothing is below NaN or above it: what is no number is not inside.
            possible = values.min(axis=inner) >= 0.0
            if most < np.inf:
                possible &= values.max(axis=inner) <= most
            status = np.where(possible, status, number)
    return status
