"""Prices of what a plan would rather avoid."""

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.problem.problem import Problem


def unserved_price(problem: Problem) -> FloatArray:
    """Return the price of a gross add turned away, (cells, periods), 元.

    The scenario's own price, or what the cell takes in from it within the horizon, so
    that turning customers away never pays.
    """
    cells, stated = problem.cells, problem.objective.unserved_price
    if stated is not None:
        return np.full(cells.price.shape, stated)
    return np.abs(cells.price) + cells.effective_rate * cells.arpu * len(problem.calendar)
