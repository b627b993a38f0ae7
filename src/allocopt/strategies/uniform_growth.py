"""Uniform growth: everybody's spend and target grow as the quota does."""

from allocopt.problem.problem import Problem
from allocopt.strategies.rule import Choice, Rule
from allocopt.strategies.yardsticks import last_year_shares, quota_growth
from allocopt.text import T


def decide(problem: Problem) -> Choice:
    """Return today's spend times the growth of the quota; budgets play no part.

    spend[a, t] = (quota / last year) * current[a, t]
    """
    growth, shares = quota_growth(problem), last_year_shares(problem)
    spend = problem.placements.current * (1.0 + float(growth.values))
    return Choice(spend, shares.values, growth.remarks + shares.remarks)


RULE = Rule(
    name="uniform_growth",
    title=T("Uniform growth"),
    about=T("everybody's spend and target grow on last year's as the quota does"),
    source="Wildavsky, The Politics of the Budgetary Process (1964): incremental budgets",
    decide=decide,
)
