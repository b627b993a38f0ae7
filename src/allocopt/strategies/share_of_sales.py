"""Percentage of sales: every place gets the same part of its sales to spend."""

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.problem.problem import Problem
from allocopt.strategies.bounds import whole_spend
from allocopt.strategies.filling import poured
from allocopt.strategies.rule import Choice, Rule
from allocopt.strategies.yardsticks import (
    fed_cells,
    last_year_shares,
    quota_growth,
    sales_of_cells,
)
from allocopt.text import T


def decide(problem: Problem) -> Choice:
    """Return spend as the same percentage of sales as today; budgets play no part.

    total       = today's spend / last year's sales * this year's, which grow as the quota does
    spend[a, t] = s * sales of the cells that a feeds * their season, s such that it is the total
    """
    sales, growth, shares = (
        sales_of_cells(problem),
        quota_growth(problem),
        last_year_shares(problem),
    )
    total = float(problem.placements.current.sum()) * (1.0 + float(growth.values))
    weights = _sales_of_placements(problem, sales.values)
    spend = poured(problem, weights, (whole_spend(problem, total),))
    return Choice(spend, shares.values, sales.remarks + growth.remarks + shares.remarks)


def _sales_of_placements(problem: Problem, sales: FloatArray) -> FloatArray:
    """Return the sales of the cells that placements feed, by season, (placements, periods)."""
    by_season = sales[:, None] * problem.cells.season
    opened = problem.placements.upper > 0
    return np.where(opened, fed_cells(problem) @ by_season, 0.0)


RULE = Rule(
    name="share_of_sales",
    title=T("Percentage of sales"),
    about=T("the same percentage of sales as today, spent where sales are"),
    source="Broadbent, The Advertising Budget (1989): percentage of sales",
    decide=decide,
)
