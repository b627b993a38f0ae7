"""What an allocation is for: each goal with its limit and the bound that a price proves.

With G(p) = sum of max over x of f_i(x) - p x, which any price p makes an upper bound on
sum f_i(x_i) - p sum x_i, every goal has a bound of its own (Lagrangian duality; Everett, 1963).
All goals are maximized; `LeastBudget` maximizes the budget's negative.
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Generic, TypeVar

from allocopt.arrays import FloatArray
from allocopt.errors import AllocationError
from allocopt.text import T, Text

Number = TypeVar("Number", float, FloatArray)
"""Of one plan, or of many."""


@dataclass(frozen=True, eq=False)
class Totals(Generic[Number]):
    """What a plan comes to.

    Attributes
    ----------
    spend, response : float or FloatArray
        Sums over placements.
    """

    spend: Number
    response: Number

    @classmethod
    def of(cls, spend: FloatArray, response: FloatArray) -> "Totals[float]":
        """Return the totals of one plan, both arrays (n,)."""
        return Totals(float(spend.sum()), float(response.sum()))


class Goal(ABC):
    """What is maximized, what limits it, and what a price proves about it.

    At a higher price less is spent. ``excess`` above zero means that too much is.
    """

    @property
    def least_price(self) -> float:
        """The price that spend has even when the limit does not bind."""
        return 0.0

    @property
    def most_price(self) -> float:
        """The price above which nothing more is proven."""
        return math.inf

    @property
    def limits(self) -> tuple[str, ...]:
        """Names of the goal's own limits."""
        return ("budget",)

    @property
    def least_spend_is_best(self) -> bool:
        """Whether no plan beats the smallest spend of all placements, where that is allowed."""
        return False

    @abstractmethod
    def score(self, totals: Totals[float]) -> float:
        """Return the value of a plan by its totals; more is better."""

    @abstractmethod
    def bound(self, price: float, totals: Totals[float]) -> float:
        """Return what no plan's score exceeds, given the totals of best responses to ``price``.

        Formulas are arranged so that nothing cancels where the totals just meet the limit.

        Parameters
        ----------
        price : float
            Between ``least_price`` and ``most_price``.
        totals : Totals
            Their worth, response - price * spend, is G(price).
        """

    @abstractmethod
    def excess(self, totals: Totals[Number]) -> Number:
        """Return by how much totals lie past the limit, alike shaped; falls as the price rises."""

    @abstractmethod
    def allowed(self, totals: Totals[float]) -> bool:
        """Return whether totals keep the limit."""

    def reported(self, score: float) -> float:
        """Return a score in the goal's own terms."""
        return score

    def shadow_price(self, price: float) -> float:
        """Return what one more unit of the limit is worth in score, at the price of spend."""
        return price - self.least_price


_ROUNDING = 1e-12
_SMALLEST_RATIO = 1e-100


def _refuse_below(found: float, least: float, what: Text) -> None:
    if not (math.isfinite(found) and found >= least):
        raise AllocationError(
            T(
                "{what} is {found}; a finite number of at least {least:g} was expected",
                what=what,
                found=found,
                least=least,
            )
        )


@dataclass(frozen=True)
class MostResponse(Goal):
    """The most response for a budget: sum f - worth * sum x, where sum x <= budget.

    Bound: G(p) + (p - worth) * budget for p >= worth.

    Attributes
    ----------
    budget : float
    spend_all : bool
        Whether the budget must be spent whole.
    worth : float
        Response that a unit of money must bring at least (the marginal return to stop at).
    """

    budget: float
    spend_all: bool = False
    worth: float = 0.0

    @property
    def least_price(self) -> float:
        """The price that spend has even when the budget does not bind."""
        return self.worth

    def score(self, totals: Totals[float]) -> float:
        """Return response less the worth of the money."""
        return totals.response - self.worth * totals.spend if self.worth else totals.response

    def bound(self, price: float, totals: Totals[float]) -> float:
        """Return G(p) + (p - worth) * budget; the latter nothing at the least price."""
        if price == self.worth:
            return self.score(totals)
        over = price * (totals.spend - self.budget)
        return totals.response - self.worth * self.budget - over

    def excess(self, totals: Totals[Number]) -> Number:
        """Return the spend above the budget."""
        return totals.spend - self.budget

    def allowed(self, totals: Totals[float]) -> bool:
        """Return whether the budget is kept, and spent whole if it must be."""
        slack = _ROUNDING * abs(self.budget)
        over = totals.spend - self.budget
        return over <= slack and (not self.spend_all or over >= -1e-9 * abs(self.budget))


@dataclass(frozen=True)
class LeastBudget(Goal):
    """The least budget for a response: minimize sum x where sum f >= response.

    Bound: sum x >= (response - G(p)) / p.

    Attributes
    ----------
    response : float
    """

    response: float

    def __post_init__(self) -> None:
        """Refuse a response that is not a number of at least 0.

        Raises
        ------
        AllocationError
        """
        _refuse_below(self.response, 0.0, T("the wanted response"))

    @property
    def limits(self) -> tuple[str, ...]:
        """The response."""
        return ("response",)

    @property
    def least_spend_is_best(self) -> bool:
        """True: spend is what is minimized."""
        return True

    def score(self, totals: Totals[float]) -> float:
        """Return the negative of the budget."""
        return -totals.spend

    def bound(self, price: float, totals: Totals[float]) -> float:
        """Return the negative of the least budget that is possible at all."""
        if price == 0.0:
            return 0.0 if totals.response >= self.response else -math.inf
        return min((totals.response - self.response) / price - totals.spend, 0.0)

    def excess(self, totals: Totals[Number]) -> Number:
        """Return the response above the wanted one."""
        return totals.response - self.response

    def allowed(self, totals: Totals[float]) -> bool:
        """Return whether the response is reached."""
        return totals.response >= self.response - _ROUNDING * abs(self.response)

    def reported(self, score: float) -> float:
        """Return the budget."""
        return -score

    def shadow_price(self, price: float) -> float:
        """Return the budget that one more unit of response takes."""
        return 1.0 / price if price > 0.0 else 0.0


@dataclass(frozen=True)
class ReturnAtLeast(Goal):
    """The most response where response is at least a multiple of spend, within a budget.

    With a price n of the return, (1 + n) f - n r x is worth (1 + n) times f - p x. Bound without
    a budget: r / (r - p) * G(p) for p < r. With a budget there are two limits, and
    `allocopt.allocation.coupled` finds a price of each.

    Attributes
    ----------
    ratio : float
        Response per unit of spend, r.
    budget : float
        May be infinite.
    """

    ratio: float
    budget: float = math.inf

    def __post_init__(self) -> None:
        """Refuse a ratio that is not above 0.

        Raises
        ------
        AllocationError
        """
        _refuse_below(self.ratio, _SMALLEST_RATIO, T("the wanted return"))

    @property
    def limits(self) -> tuple[str, ...]:
        """The return, and the budget if there is one."""
        return ("return", "budget") if math.isfinite(self.budget) else ("return",)

    @property
    def most_price(self) -> float:
        """The price at which every placement pays for itself."""
        return self.ratio

    def score(self, totals: Totals[float]) -> float:
        """Return the response."""
        return totals.response

    def bound(self, price: float, totals: Totals[float]) -> float:
        """Return r / (r - p) * G(p)."""
        if price >= self.ratio:
            return math.inf
        return self.ratio / (self.ratio - price) * (totals.response - price * totals.spend)

    def excess(self, totals: Totals[Number]) -> Number:
        """Return the spend that the response does not pay for."""
        return totals.spend - totals.response / self.ratio

    def shadow_price(self, price: float) -> float:
        """Return the response that one more unit of spend without return makes possible."""
        return self.ratio * price / (self.ratio - price) if price < self.ratio else math.inf

    def allowed(self, totals: Totals[float]) -> bool:
        """Return whether return and budget are kept."""
        owed = totals.spend - totals.response / self.ratio
        over = totals.spend - self.budget
        return max(owed, over) <= _ROUNDING * totals.spend
