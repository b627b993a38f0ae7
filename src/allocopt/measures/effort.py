"""From spend to effort to response."""

from allocopt.measures.algebra import Algebra, Values
from allocopt.measures.world import World
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Placements


def effort_of(algebra: Algebra, placements: Placements, spend: Values) -> Values:
    """Return the effort that works in each period, (..., placements, periods), 元.

    Notes
    -----
    ``effort[t] = spend[t] + carry_over * effort[t-1]`` (geometric adstock, Broadbent
    1979), with no effort before the first period. A placement that acts on the horizon
    has the whole horizon's spend as its effort in every period.
    """
    periods = placements.upper.shape[-1]
    each = 1.0 - placements.on_horizon
    whole = sum((spend[..., t] for t in range(1, periods)), start=spend[..., 0])
    columns = []
    carried = None
    for t in range(periods):
        now = spend[..., t] if carried is None else spend[..., t] + placements.carry_over * carried
        carried = now
        columns.append(each * now + placements.on_horizon * whole)
    return algebra.keep("effort", AxisName.PLACEMENTS, algebra.over_periods(columns))


def response_to(algebra: Algebra, placements: Placements, effort: Values, world: World) -> Values:
    """Return what the effort brings, (..., placements, periods), accounts/period.

    A curve on the horizon is spread evenly over the periods.
    """
    periods = placements.upper.shape[-1]
    share = 1.0 - placements.on_horizon * (1.0 - 1.0 / periods)
    return algebra.respond(effort * world.effort_scale) * (world.response_scale * share[:, None])
