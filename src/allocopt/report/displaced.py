"""What the money of a placement displaced: the best use of its last unit elsewhere."""

from dataclasses import dataclass

import numpy as np

from allocopt.arrays import BoolArray, FloatArray
from allocopt.plan.plan import Plan
from allocopt.problem.axes import AxisName
from allocopt.report.names import placement_names
from allocopt.solving.exchange import step_returns
from allocopt.solving.prices import SpendPrices
from allocopt.text import Bilingual

_TOUCHED = 1e-9


@dataclass(frozen=True)
class Use:
    """Another placement that would get money, or give it up.

    Attributes
    ----------
    id : str
    name : Bilingual
    period : str
    brings : float
        What it would bring, or lose: the goal's unit per 元 of the placement it is said of, at
        equal prices.
    """

    id: str
    name: Bilingual
    period: str
    brings: float


class Exchange:
    """Who would get a unit of money that is given up, and who would give one up.

    Parameters
    ----------
    plan : Plan
    prices : SpendPrices

    Notes
    -----
    What one 元 costs here, ``price``, pays for ``price / price[b]`` 元 of another placement b
    under the same line; a step there, one unit of the scenario's money on the true curve,
    brings ``gain[b]`` a 元. The best is the largest ``gain / price``, and the cheapest source
    the smallest ``loss / price``; at an optimum of small steps both are 1.
    """

    def __init__(self, plan: Plan, prices: SpendPrices) -> None:
        self._labels = plan.problem.axes[AxisName.PLACEMENTS].labels
        self._names = placement_names(plan.scenario)
        self._months = plan.problem.calendar.labels
        self._by_line = prices.by_line
        gain, loss = step_returns(
            plan.problem.placements,
            plan.decisions.spend,
            plan.measures["effort"],
            value=prices.value,
            step=float(plan.problem.money_unit),
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            positive = prices.price > 0
            self._gain = np.where(positive, gain / prices.price, np.nan)
            self._loss = np.where(positive, loss / prices.price, np.nan)

    def elsewhere(self, a: int, line: str, price: float) -> Use | None:
        """Return the best other use of placement ``a``'s last unit under ``line``.

        Parameters
        ----------
        a : int
        line : str
            A line with a price.
        price : float
            What one 元 of the placement costs.
        """
        return self._chosen(np.where(self._under(a, line), self._gain, np.nan), price)

    def source(self, a: int, line: str, price: float) -> Use | None:
        """Return who would give up one more unit for placement ``a``; see `elsewhere`."""
        return self._chosen(-np.where(self._under(a, line), self._loss, np.nan), price)

    def _under(self, a: int, line: str) -> BoolArray:
        """Return which other placements and periods the line weighs on."""
        parts = self._by_line[line]
        weighs = np.asarray(parts > _TOUCHED * float(np.abs(parts).max()), dtype=np.bool_)
        weighs[a] = False
        return weighs

    def _chosen(self, ratio: FloatArray, price: float) -> Use | None:
        if np.isnan(ratio).all():
            return None
        b, t = np.unravel_index(int(np.nanargmax(ratio)), ratio.shape)
        brings = abs(float(ratio[b, t])) * price
        return Use(self._labels[b], self._names[b], self._months[t], brings)
