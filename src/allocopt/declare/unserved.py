"""Demand that no one is there to serve."""

import numpy as np
import pyomo.environ as pyo
from scipy.sparse import csr_array

from allocopt.declare.affine import Affine
from allocopt.declare.rows import columns_of, declare_variables
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem


def declare_unserved(model: pyo.ConcreteModel, problem: Problem) -> Affine:
    """Declare demand turned away, for cells whose people have limited capacity.

    Returns
    -------
    Affine (cells, periods), gross adds/period
    """
    staff, cells = problem.staff, problem.axes[AxisName.CELLS].labels
    limited = np.isfinite(staff.productivity).astype(np.float64)
    served = np.flatnonzero(staff.serves.T @ limited) if limited.size else np.array([], dtype=int)
    months = problem.calendar.labels
    shape = (len(cells), len(months))
    if not served.size:
        return Affine.fixed(columns_of(model), np.zeros(shape))
    labels = [(cells[number], month) for number in served for month in months]
    fresh = declare_variables(
        model,
        "unserved",
        labels,
        shape=(served.size, len(months)),
        doc="demand turned away for want of people, gross adds/period",
    )
    place = (np.ones(served.size), (served, np.arange(served.size)))
    return fresh.mixed(csr_array(place, shape=(len(cells), served.size)))
