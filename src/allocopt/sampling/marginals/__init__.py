"""Distributions of one number, by the parameters that a planner can give."""

from allocopt.sampling.marginals.base import Marginal
from allocopt.sampling.marginals.beta import Beta
from allocopt.sampling.marginals.counts import (
    Bernoulli,
    Binomial,
    NegativeBinomial,
    Poisson,
    binomial_counts,
)
from allocopt.sampling.marginals.empirical import Empirical
from allocopt.sampling.marginals.families import (
    FAMILIES,
    Form,
    MarginalFamily,
    make_marginal,
    marginal_problems,
)
from allocopt.sampling.marginals.lognormal import Lognormal
from allocopt.sampling.marginals.metalog import Metalog
from allocopt.sampling.marginals.normal import Normal
from allocopt.sampling.marginals.plain import Constant, Uniform
from allocopt.sampling.marginals.threepoint import Pert, Triangular
from allocopt.sampling.marginals.truncated import TruncatedNormal

__all__ = [
    "FAMILIES",
    "Bernoulli",
    "Beta",
    "Binomial",
    "Constant",
    "Empirical",
    "Form",
    "Lognormal",
    "Marginal",
    "MarginalFamily",
    "Metalog",
    "NegativeBinomial",
    "Normal",
    "Pert",
    "Poisson",
    "Triangular",
    "TruncatedNormal",
    "Uniform",
    "binomial_counts",
    "make_marginal",
    "marginal_problems",
]
