"""Whether HiGHS works on this machine: two problems solved by hand below.

LP: maximize 3 a + 2 b with a + b <= 4, a + 3 b <= 6, a <= 3: a = 3, b = 1, value 11.
MIP: the same with a <= 2.5 and a whole: a = 2, b = 4/3, value 26/3.
"""

import math
from dataclasses import dataclass

import pyomo.environ as pyo
from pyomo.contrib.solver.solvers.highs import Highs

_EXACT = 1e-6


@dataclass(frozen=True)
class Probe:
    """What the solver made of a problem.

    Attributes
    ----------
    found, expected : float
        ``found`` is NaN where there was no answer.
    """

    found: float
    expected: float

    @property
    def works(self) -> bool:
        """Whether the answer is right."""
        return math.isclose(self.found, self.expected, rel_tol=_EXACT)


def probe_lp() -> Probe:
    """Return what HiGHS makes of a linear problem."""
    return Probe(_solved(largest=3.0, whole=False), 11.0)


def probe_mip() -> Probe:
    """Return what HiGHS makes of a problem with a whole number."""
    return Probe(_solved(largest=2.5, whole=True), 26.0 / 3.0)


def _solved(*, largest: float, whole: bool) -> float:
    model = pyo.ConcreteModel()
    domain = pyo.NonNegativeIntegers if whole else pyo.NonNegativeReals
    model.a = pyo.Var(domain=domain, bounds=(0, largest))
    model.b = pyo.Var(domain=pyo.NonNegativeReals)
    model.first = pyo.Constraint(expr=model.a + model.b <= 4)
    model.second = pyo.Constraint(expr=model.a + 3 * model.b <= 6)
    model.value = pyo.Objective(expr=3 * model.a + 2 * model.b, sense=pyo.maximize)
    found = Highs().solve(model).incumbent_objective
    return math.nan if found is None else float(found)
