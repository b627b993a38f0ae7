"""As last year: budgets and quotas in the proportions of the current plan."""

from allocopt.problem.problem import Problem
from allocopt.strategies.bounds import pool_of
from allocopt.strategies.filling import poured
from allocopt.strategies.rule import Choice, Rule
from allocopt.strategies.yardsticks import last_year_shares
from allocopt.text import T


def decide(problem: Problem) -> Choice:
    """Return spend in today's proportions until the budgets are full, quotas in last year's.

    spend[a, t] = s * current[a, t], with s as large as budgets and bounds allow
    """
    shares = last_year_shares(problem)
    spend = poured(problem, problem.placements.current, pool_of(problem))
    return Choice(spend, shares.values, shares.remarks)


RULE = Rule(
    name="last_year",
    title=T("Last year pro rata"),
    about=T("budgets in the proportions of today's spend, quotas in those of last year"),
    source="Wildavsky, The Politics of the Budgetary Process (1964): base and fair share",
    decide=decide,
)
