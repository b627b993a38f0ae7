"""What all placements together do at a price."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from allocopt.allocation.domain import Domain, best_spend
from allocopt.allocation.goals import Totals
from allocopt.arrays import BoolArray, FloatArray
from allocopt.curves.bank import CurveBank


@dataclass(frozen=True, eq=False)
class Moves:
    """At most so many placements may leave their current spend.

    Attributes
    ----------
    current, response : FloatArray (n,)
        Current spend and what it brings.
    left : int
        How many of the placements that are not settled may still move.
    settled : BoolArray (n,)
        Placements that are known to stay or to move; these are not counted.
    """

    current: FloatArray
    response: FloatArray
    left: int
    settled: BoolArray

    def settle(self, placement: int, *, moves: bool) -> "Moves":
        """Return the moves with one placement settled."""
        settled = self.settled.copy()
        settled[placement] = True
        return replace(self, settled=settled, left=self.left - moves)


@dataclass(frozen=True, eq=False)
class Market:
    """The placements of an allocation, or of a branch of it.

    Attributes
    ----------
    bank : CurveBank of n placements
    domain : Domain
    moves : Moves or None
    """

    bank: CurveBank
    domain: Domain
    moves: Moves | None = None


@dataclass(frozen=True, eq=False)
class Responses:
    """Best responses to a price.

    Attributes
    ----------
    price : float
    spend, response : FloatArray (n,)
    worth : float
        G(price): what no plan of the market is worth more than at this price.
    """

    price: float
    spend: FloatArray
    response: FloatArray
    worth: float

    @cached_property
    def totals(self) -> Totals[float]:
        """The sums of spend and response."""
        return Totals.of(self.spend, self.response)


def respond(market: Market, price: float) -> Responses:
    """Return what every placement does best at ``price``."""
    spend, response = best_responses(market, price)
    worth = float(response.sum() - price * spend.sum())
    return Responses(price, spend, response, worth)


def best_responses(market: Market, price: float | FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the best spend and its response, each (n,), at one price or one per placement."""
    spend = best_spend(market.bank, market.domain, price)
    response = market.bank.checked_value(spend)
    if market.moves is None:
        return spend, response
    stay = _stays(market.moves, response - price * spend, price)
    return (
        np.where(stay, market.moves.current, spend),
        np.where(stay, market.moves.response, response),
    )


def _stays(moves: Moves, worth: FloatArray, price: float | FloatArray) -> BoolArray:
    """Return which placements stay: all but those that gain most by moving.

    For a fixed price this is the exact maximum over all choices of ``left`` placements.
    """
    gain = worth - (moves.response - price * moves.current)
    gain = np.where(moves.settled, -np.inf, gain)
    stay = ~moves.settled
    if moves.left > 0:
        most = np.argpartition(-gain, min(moves.left, gain.size) - 1)[: moves.left]
        stay[most[gain[most] > 0.0]] = False
    return stay
