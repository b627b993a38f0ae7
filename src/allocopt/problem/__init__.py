"""The narrow waist: a scenario as arrays, aligned to labels once."""

from allocopt.problem.build import build_problem
from allocopt.problem.problem import Problem

__all__ = ["Problem", "build_problem"]
