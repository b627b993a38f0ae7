"""People who are really there: hires that come, late or not at all, and those who leave."""

from dataclasses import dataclass, replace

import numpy as np

from allocopt.arrays import BoolArray, FloatArray, side_by_side
from allocopt.measures.decisions import Decisions
from allocopt.measures.people import survival
from allocopt.problem.problem import Staff
from allocopt.sampling.marginals import binomial_counts


@dataclass(frozen=True, eq=False)
class PeopleWorld:
    """What decides who is there; arrays (..., groups, periods), with or without draws.

    Attributes
    ----------
    hiring_success : FloatArray, share of planned arrivals that come
    hiring_delay : FloatArray, periods by which they come late
    attrition_scale : FloatArray, factor on the rates of leaving
    by_chance : BoolArray (groups,)
        Where whole people come and leave by chance; elsewhere as planned.
    arriving, leaving : FloatArray or None
        Uniform numbers: the luck of each group and period; None for the expected number.
    """

    hiring_success: FloatArray
    hiring_delay: FloatArray
    attrition_scale: FloatArray
    by_chance: BoolArray
    arriving: FloatArray | None
    leaving: FloatArray | None


def people_there(staff: Staff, decisions: Decisions, world: PeopleWorld) -> Decisions:
    """Return the plan's decisions with the people who really come, leave and move.

    Parameters
    ----------
    staff : Staff
    decisions : Decisions
        Arrays of numbers (groups, periods) where they speak of people.
    world : PeopleWorld

    Returns
    -------
    Decisions
        People's arrays are (..., groups, periods). Nobody is let go or moved who is not there.

    Notes
    -----
    Who is new leaves at the rate of newcomers: of ``n`` people with expected ``e`` leavers,
    Binomial(n, e / n) leave. Where heads are no whole number, the fraction shrinks by its rate.
    """
    arrivals = _delayed(_coming(decisions.arrivals, world), world.hiring_delay)
    rates = _extra_of_newcomers(staff, arrivals)
    heads = staff.opening
    left, released, out = [], [], []
    for t in range(staff.wage.shape[-1]):
        expected = (heads * staff.attrition[:, t] + rates[..., t]) * world.attrition_scale[..., t]
        planned = decisions.departures[..., t]
        luck = None if world.leaving is None else world.leaving[..., t]
        gone = _gone(heads, expected, planned, (world.by_chance, luck))
        there = heads - gone
        released.append(np.minimum(decisions.releases[..., t], there))
        out.append(np.minimum(decisions.moves_out[..., t], there - released[-1]))
        left.append(gone)
        inward = _inward(staff, decisions, out[-1], t)
        heads = there + arrivals[..., t] - released[-1] - out[-1] + inward
    return replace(
        decisions,
        arrivals=arrivals,
        departures=side_by_side(left),
        releases=side_by_side(released),
        moves_out=side_by_side(out),
        moves_in=side_by_side(
            [_inward(staff, decisions, column, t) for t, column in enumerate(out)]
        ),
    )


def _coming(arrivals: FloatArray, world: PeopleWorld) -> FloatArray:
    """Return how many of the planned arrivals come, fractions in expectation."""
    if world.arriving is None:
        expected = arrivals * world.hiring_success
        return np.asarray(np.where(world.by_chance[:, None], expected, arrivals))
    # Transposed, (periods, groups, draws): only where somebody is to come is anything drawn.
    to_come = (world.by_chance[:, None] & (arrivals > 0)).T
    planned = arrivals.T[to_come][:, None]
    luck = world.arriving.T[to_come]
    chance = np.broadcast_to(world.hiring_success, world.arriving.shape).T[to_come]
    whole = np.floor(planned)
    found = np.empty(world.arriving.shape[::-1])
    found[:] = arrivals.T[..., None]
    come = binomial_counts(luck, whole.astype(np.int64), chance)
    found[to_come] = come + (planned - whole) * chance
    return found.T


def _delayed(arrivals: FloatArray, delay: FloatArray) -> FloatArray:
    """Return arrivals moved to later periods; half a period late is half of them one later."""
    if not np.any(delay):
        return arrivals
    shape = np.broadcast_shapes(arrivals.shape, delay.shape)
    planned, delay = np.broadcast_to(arrivals, shape), np.broadcast_to(delay, shape)
    periods = shape[-1]
    found = np.zeros(shape)
    for t in range(periods):
        for later in range(t, periods):
            share = np.maximum(1.0 - np.abs(delay[..., t] - (later - t)), 0.0)
            found[..., later] += planned[..., t] * share
    return found


def _extra_of_newcomers(staff: Staff, arrivals: FloatArray) -> FloatArray:
    """Return the leavers that newcomers add to those at the usual rate, (..., groups, periods)."""
    periods = staff.wage.shape[-1]
    extra = np.zeros(arrivals.shape)
    for age in range(1, min(int(staff.new_periods.max(initial=0)), periods - 1) + 1):
        rate = (age <= staff.new_periods)[:, None] * (staff.new_attrition - staff.attrition)
        still = arrivals[..., : periods - age] * survival(staff, age - 1)[:, age:]
        extra[..., age:] += still * rate[:, age:]
    return extra


def _gone(
    heads: FloatArray,
    expected: FloatArray,
    planned: FloatArray,
    chance: tuple[BoolArray, FloatArray | None],
) -> FloatArray:
    """Return how many leave in a period, (..., groups): by chance, or as planned."""
    by_chance, luck = chance
    if luck is None:
        return np.where(by_chance, np.minimum(expected, heads), np.minimum(planned, heads))
    whole = np.floor(heads)
    rate = np.clip(np.divide(expected, heads, out=np.zeros_like(expected), where=heads > 0), 0, 1)
    drawn = binomial_counts(luck, np.broadcast_to(whole, luck.shape).astype(np.int64), rate)
    return np.where(by_chance, drawn + (heads - whole) * rate, np.minimum(planned, heads))


def _inward(staff: Staff, decisions: Decisions, out: FloatArray, t: int) -> FloatArray:
    """Return who moves in: planned moves, cut in proportion where fewer move out of the role."""
    planned_in, planned_out = decisions.moves_in[..., t], decisions.moves_out[..., t]
    if not planned_out.any():
        return np.broadcast_to(planned_in, out.shape)
    roles = np.array(staff.roles)
    found = np.array(np.broadcast_to(planned_in, out.shape))
    for role in dict.fromkeys(staff.roles):
        own = roles == role
        total = planned_out[own].sum()
        if total > 0:
            found[..., own] *= (out[..., own].sum(axis=-1) / total)[..., None]
    return found
