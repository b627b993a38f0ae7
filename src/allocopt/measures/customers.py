"""The customer base: who joins, leaves, is kept, and moves."""

from dataclasses import dataclass

from scipy.sparse import csr_array

from allocopt.measures.algebra import Algebra, Values
from allocopt.measures.world import World
from allocopt.problem.axes import AxisName


@dataclass(frozen=True)
class CustomerFlows:
    """Stocks and flows of a base, each (..., cells, periods), accounts.

    Attributes
    ----------
    start, end : stocks at the start and end of a period
    saved, moved, moved_in, moved_out : flows
        Leavers kept; customers moved by effort; all who move in and out.
    """

    start: Values
    end: Values
    saved: Values
    moved: Values
    moved_in: Values
    moved_out: Values


def customer_base(
    algebra: Algebra,
    world: World,
    name: str,
    *,
    joining: Values,
    kept: Values,
    moved: Values,
    migrates: csr_array,
) -> CustomerFlows:
    """Return a base month by month (stock and flow).

    Parameters
    ----------
    algebra : Algebra
    world : World
    name : str
        Measure that the stock is, ``customers`` or ``base_customers``.
    joining : Values (..., cells, periods)
        Gross adds that last.
    kept, moved : Values (..., cells, periods)
        What retention and migration effort would keep and move; limited here to the
        leavers and customers there are.
    migrates : csr_array (cells, cells), 1 at (to, from)

    Notes
    -----
    ``N[t+1] = N[t] (1 - churn - migration) + saved - moved + moved_in + joining``.
    """
    stocks, flows = _followed(
        algebra, world, name, streams=(joining, kept, moved), migrates=migrates
    )
    saved, pushed, inward, outward = (
        algebra.over_periods([flow[part] for flow in flows]) for part in range(4)
    )
    return CustomerFlows(
        start=algebra.over_periods(stocks[:-1]),
        end=algebra.over_periods(stocks[1:]),
        saved=saved,
        moved=pushed,
        moved_in=inward,
        moved_out=outward,
    )


def surviving_base(
    algebra: Algebra, world: World, whole: CustomerFlows, migrates: csr_array
) -> tuple[Values, Values]:
    """Return what is left of the opening base at the start and the end of each period.

    Parameters
    ----------
    algebra : Algebra
    world : World
    whole : CustomerFlows
        Of the whole base: the opening base gets what is kept and moved there, up to its own size.
    migrates : csr_array (cells, cells), 1 at (to, from)
    """
    streams = (None, whole.saved, whole.moved)
    stocks, _ = _followed(algebra, world, "base_customers", streams=streams, migrates=migrates)
    return algebra.over_periods(stocks[:-1]), algebra.over_periods(stocks[1:])


_Flow = tuple[Values, Values, Values, Values]


def _followed(
    algebra: Algebra,
    world: World,
    name: str,
    *,
    streams: tuple[Values | None, Values, Values],
    migrates: csr_array,
) -> tuple[list[Values], list[_Flow]]:
    """Return the stocks of a base, the opening one first, and the flows of each period."""
    joining, kept, moved = streams
    stocks = [algebra.constant(world.opening_customers)]
    flows: list[_Flow] = []
    for t in range(world.season.shape[-1]):
        stock, churn, migration = stocks[t], world.churn[..., t], world.migration[..., t]
        saved = algebra.lesser(
            f"{name}_saved", AxisName.CELLS, wanted=kept[..., t], limit=churn * stock, period=t
        )
        staying = stock * (1.0 - churn - migration) + saved
        pushed = algebra.lesser(
            f"{name}_moved", AxisName.CELLS, wanted=moved[..., t], limit=staying, period=t
        )
        outward = migration * stock + pushed
        inward = algebra.total_now(migrates, outward)
        end = staying - pushed + inward
        if joining is not None:
            end = end + joining[..., t]
        stocks.append(algebra.keep(name, AxisName.CELLS, end, t))
        flows.append((saved, pushed, inward, outward))
    return stocks, flows
