"""The customer base: who joins, leaves, is kept, and moves."""

from dataclasses import dataclass

from scipy.sparse import csr_array

from allocopt.measures.algebra import Algebra, Values
from allocopt.measures.world import World
from allocopt.problem.axes import AxisName


@dataclass(frozen=True)
class CustomerFlows:
    """Stocks and flows of the base, each (..., cells, periods), accounts.

    Attributes
    ----------
    start, end : stocks at the start and end of a period
    saved, moved_in, moved_out : flows
    base_start, base_end : survivors of the opening base
    """

    start: Values
    end: Values
    saved: Values
    moved_in: Values
    moved_out: Values
    base_start: Values
    base_end: Values


def customer_base(
    algebra: Algebra,
    world: World,
    *,
    effective_adds: Values,
    kept: Values,
    moved: Values,
    migrates: csr_array,
) -> CustomerFlows:
    """Return the base month by month (stock and flow, R-03.1).

    Parameters
    ----------
    algebra : Algebra
    world : World
    effective_adds : Values (..., cells, periods)
        Gross adds that last.
    kept, moved : Values (..., cells, periods)
        What retention and migration effort would keep and move; limited here to the
        leavers and customers there are.
    migrates : csr_array (cells, cells), 1 at (to, from)

    Notes
    -----
    ``N[t+1] = N[t] (1 - churn - migration) + saved - moved + moved_in + effective_adds``.
    """
    periods = world.season.shape[-1]
    start, base_start = [algebra.constant(world.opening_customers)], [
        algebra.constant(world.opening_customers)
    ]
    saved, inward, outward = [], [], []
    for t in range(periods):
        churn, migration = world.churn[..., t], world.migration[..., t]
        stock, base = start[t], base_start[t]
        keep = algebra.lesser("saved", AxisName.CELLS, kept[..., t], churn * stock, t)
        staying = stock * (1.0 - churn - migration) + keep
        move = algebra.lesser("moved", AxisName.CELLS, moved[..., t], staying, t)
        out = migration * stock + move
        moved_in = algebra.total_now(migrates, out)
        end = staying - move + moved_in + effective_adds[..., t]
        start.append(algebra.keep("customers", AxisName.CELLS, end, t))
        base_keep = algebra.lesser("base_saved", AxisName.CELLS, keep, churn * base, t)
        base_stay = base * (1.0 - churn - migration) + base_keep
        base_move = algebra.lesser("base_moved", AxisName.CELLS, move, base_stay, t)
        base_end = base_stay - base_move + algebra.total_now(migrates, migration * base + base_move)
        base_start.append(algebra.keep("base_customers", AxisName.CELLS, base_end, t))
        saved.append(keep)
        inward.append(moved_in)
        outward.append(out)
    return CustomerFlows(
        start=algebra.over_periods(start[:-1]),
        end=algebra.over_periods(start[1:]),
        saved=algebra.over_periods(saved),
        moved_in=algebra.over_periods(inward),
        moved_out=algebra.over_periods(outward),
        base_start=algebra.over_periods(base_start[:-1]),
        base_end=algebra.over_periods(base_start[1:]),
    )
