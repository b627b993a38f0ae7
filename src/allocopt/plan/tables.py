"""Tidy pandas tables of a plan; `allocopt.plan.columns` says what each holds."""

import pandas as pd

from allocopt.plan.columns import TABLES, PlanContents


def tables(plan: PlanContents) -> dict[str, pd.DataFrame]:
    """Return every table of ``plan`` by name.

    Parameters
    ----------
    plan : PlanContents

    Returns
    -------
    dict
        spend, people, targets, gaps, volumes, money, expenses, ledger, units, lines,
        ratios, objective.
    """
    return {name: pd.DataFrame(columns(plan)) for name, columns in TABLES.items()}
