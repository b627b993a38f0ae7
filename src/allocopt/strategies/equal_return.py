"""Equal marginal return: every place spends until its last yuan brings what the budget's does."""

from collections.abc import Sequence

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.problem.problem import Placements, Problem
from allocopt.strategies.bounds import Budget, pool_of, spend_bounds
from allocopt.strategies.marginal import Margins, margins
from allocopt.strategies.rule import Choice, Rule
from allocopt.text import T

_ROUNDS = 30
_HALVINGS = 50
_SETTLED = 1e-5
_NEVER = 1e15
"""A price at which nothing is bought."""


def decide(problem: Problem) -> Choice:
    """Return every placement's best response to the prices of budgets.

    effort[a, t] = best response of the curve to price / worth of a response, with
    price = cost of a yuan to the goal + sum of the budgets' prices that it counts in,
    less what its carry-over saves in the next period. Each budget's price is the lowest at which
    it is kept, found by bisection, one after the other until none moves (coordinate descent of
    the dual). Where an S-shaped curve jumps, money may be left.
    """
    values, budgets = margins(problem), pool_of(problem)
    prices = np.zeros(len(budgets))
    for _ in range(_ROUNDS):
        before = prices.copy()
        for number in range(len(budgets)):
            prices = _cleared(problem, values, budgets, (prices, number))
        if np.allclose(prices, before, rtol=_SETTLED, atol=0.0):
            break
    return Choice(response(problem, values, budgets, prices))


def response(
    problem: Problem, values: Margins, budgets: Sequence[Budget], prices: FloatArray
) -> FloatArray:
    """Return the best responses to prices of budgets, (placements, periods), 元.

    Parameters
    ----------
    problem : Problem
    values : Margins
    budgets : sequence of Budget
    prices : FloatArray (budgets,), of a yuan
    """
    yuan = np.zeros_like(problem.placements.upper) - values.spend[:, None]
    for budget, price in zip(budgets, prices, strict=True):
        yuan = yuan + price * budget.weights
    bounds = spend_bounds(problem)
    monthly = _monthly(problem.placements, values, yuan, bounds)
    whole = problem.placements.on_horizon
    if not whole.any():
        return monthly
    return np.where(whole[:, None], _on_horizon(problem.placements, values, yuan, bounds), monthly)


def _monthly(
    placements: Placements, values: Margins, yuan: FloatArray, bounds: tuple[FloatArray, FloatArray]
) -> FloatArray:
    """Return the responses of curves that take each period's effort."""
    lower, upper = bounds
    carry = placements.carry_over
    of_effort = yuan.copy()
    of_effort[:, :-1] -= carry[:, None] * yuan[:, 1:]
    reach = np.zeros_like(upper)
    spend, before = np.zeros_like(upper), np.zeros(len(carry))
    for t in range(upper.shape[1]):
        reach[:, t] = upper[:, t] + carry * (reach[:, t - 1] if t else 0.0)
    wanted = placements.curves.best_response(
        _per_response(of_effort, values.response), np.zeros_like(reach), reach
    )
    for t in range(upper.shape[1]):
        spend[:, t] = np.clip(wanted[:, t] - carry * before, lower[:, t], upper[:, t])
        before = spend[:, t] + carry * before
    return spend


def _on_horizon(
    placements: Placements, values: Margins, yuan: FloatArray, bounds: tuple[FloatArray, FloatArray]
) -> FloatArray:
    """Return the responses of curves that take the effort of the whole horizon, spread evenly."""
    lower, upper = bounds
    least, most = lower.sum(axis=1), upper.sum(axis=1)
    price = _per_response(yuan.mean(axis=1), values.response.sum(axis=1))
    wanted = placements.curves.best_response(price, least, most)
    share = np.divide(wanted - least, most - least, out=np.zeros_like(most), where=most > least)
    return np.asarray(lower + share[:, None] * (upper - lower))


def _per_response(price: FloatArray, worth: FloatArray) -> FloatArray:
    """Return prices in responses; `_NEVER` where a response is worth nothing."""
    found = np.divide(price, worth, out=np.full_like(price, _NEVER), where=worth > 0)
    return np.clip(found, 0.0, _NEVER)


def _cleared(
    problem: Problem, values: Margins, budgets: Sequence[Budget], at: tuple[FloatArray, int]
) -> FloatArray:
    """Return prices with that of one budget the lowest at which it is kept."""
    prices, number = at[0].copy(), at[1]
    budget = budgets[number]

    def is_kept(price: float) -> bool:
        prices[number] = price
        spend = response(problem, values, budgets, prices)
        return float((budget.weights * spend).sum()) <= budget.room * (1.0 + 1e-12)

    if is_kept(0.0):
        return prices
    low, high = 0.0, 1.0
    while not is_kept(high) and high < _NEVER:
        low, high = high, 2.0 * high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if is_kept(middle) else (middle, high)
    prices[number] = high
    return prices


RULE = Rule(
    name="equal_return",
    title=T("Equal marginal return"),
    about=T("every place spends until its last yuan brings as much as any other's"),
    source="Dorfman and Steiner, Optimal Advertising and Optimal Quality (1954)",
    decide=decide,
)
