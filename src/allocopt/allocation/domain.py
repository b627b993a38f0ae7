"""What each placement may spend, and what it spends best at a price."""

from dataclasses import dataclass, replace

import numpy as np

from allocopt.arrays import BoolArray, FloatArray, IntArray
from allocopt.curves.bank import CurveBank
from allocopt.curves.base import CurveShape


@dataclass(frozen=True, eq=False)
class Domain:
    """Spend allowed per placement: within [low, high], or nothing where ``off``.

    Attributes
    ----------
    low, high : FloatArray (n,)
        Ends of the interval; empty where ``low > high``.
    off : BoolArray (n,)
        Whether no spend at all is allowed as well.
    whole : BoolArray (n,)
        Whether spend is a whole number.
    """

    low: FloatArray
    high: FloatArray
    off: BoolArray
    whole: BoolArray

    @property
    def least(self) -> FloatArray:
        """The smallest spend of each placement, (n,)."""
        return np.where(self.off, 0.0, self.low)

    @property
    def empty(self) -> bool:
        """Whether some placement can spend nothing that is allowed."""
        return bool(((self.low > self.high) & ~self.off).any())

    def cut(self, placement: int, *, low: float, high: float, off: bool) -> "Domain":
        """Return the domain with another interval for one placement."""
        lows, highs, offs = self.low.copy(), self.high.copy(), self.off.copy()
        lows[placement], highs[placement], offs[placement] = low, high, off
        return replace(self, low=lows, high=highs, off=offs)

    def within(self, low: FloatArray, high: FloatArray, off: BoolArray) -> "Domain":
        """Return the part of the domain in the intervals [low, high]; ``off`` only where told."""
        return replace(
            self,
            low=np.maximum(self.low, low),
            high=np.minimum(self.high, high),
            off=self.off & off,
        )


@dataclass(frozen=True, eq=False)
class Levels:
    """The efforts that stepped curves may stand on.

    Attributes
    ----------
    rows : IntArray (m,)
        Placements with a stepped curve.
    efforts : FloatArray (m, k)
        Their levels, ascending, padded with ``inf``.
    """

    rows: IntArray
    efforts: FloatArray

    @classmethod
    def of(cls, bank: CurveBank) -> "Levels":
        """Return the levels of the stepped curves of ``bank``."""
        rows = np.flatnonzero(bank.shape() == CurveShape.STEPPED)
        return cls(rows, bank.kinks()[rows])

    def snapped(self, domain: Domain) -> Domain:
        """Return ``domain`` with ends on whole numbers and levels where these are asked for."""
        low = np.where(domain.whole, np.ceil(domain.low - 1e-9) + 0.0, domain.low)
        high = np.where(domain.whole, np.floor(domain.high + 1e-9), domain.high)
        if self.rows.size:
            reach = 1e-12 * (1.0 + np.abs(high[self.rows]))
            fits = (self.efforts >= (low[self.rows] - reach)[:, None]) & (
                self.efforts <= (high[self.rows] + reach)[:, None]
            )
            low[self.rows] = np.where(fits, self.efforts, np.inf).min(axis=1)
            high[self.rows] = np.where(fits, self.efforts, -np.inf).max(axis=1)
        return replace(domain, low=low, high=high)


def best_spend(bank: CurveBank, domain: Domain, price: float | FloatArray) -> FloatArray:
    """Return the spend in ``domain`` with the largest f(x) - price * x, (n,).

    The smaller of two equally good ones. No placement's interval may be empty.
    """
    low = np.minimum(domain.low, domain.high)
    prices = np.broadcast_to(np.asarray(price, dtype=np.float64), low.shape)
    spend = bank.checked_best_response(prices, low, domain.high)
    if domain.whole.any():
        spend = np.where(domain.whole, _best_whole(bank, domain, price, spend), spend)
    if domain.off.any():
        worth = bank.value(spend) - price * spend
        spend = np.where(domain.off & (bank.value(0.0) >= worth), 0.0, spend)
        spend = np.where(domain.off & (domain.low > domain.high), 0.0, spend)
    return spend


def _best_whole(
    bank: CurveBank, domain: Domain, price: float | FloatArray, spend: FloatArray
) -> FloatArray:
    """Return the best whole spend: an end, or next to the best fraction, a bend or a kink.

    Between these a curve is convex or straight, or concave on one side of its best.
    """
    bends = np.concatenate([spend[:, None], bank.inflection()[:, None], bank.kinks()], axis=1)
    ends = domain.low[:, None], np.maximum(domain.high, domain.low)[:, None]
    bends = np.clip(np.where(np.isfinite(bends), bends, ends[1]), *ends)
    points = np.concatenate([ends[0], np.floor(bends), np.ceil(bends)], axis=1)
    points = np.sort(np.clip(points, *ends), axis=1)
    worth = bank.value(points) - np.reshape(price, (-1, 1)) * points
    return np.asarray(points[np.arange(len(bank)), worth.argmax(axis=1)])
