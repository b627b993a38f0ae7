"""Random numbers that can be drawn again: distributions, columns, streams and dependence."""

from allocopt.sampling.correlation import (
    NearestCorrelation,
    nearest_correlation,
    pearson_of_spearman,
    smallest_eigenvalue,
    spearman_of_pearson,
)
from allocopt.sampling.dependence import (
    CommonFactors,
    GaussianCopula,
    StudentCopula,
    iman_conover,
)
from allocopt.sampling.latin import LatinHypercubeStream
from allocopt.sampling.marginals import Marginal, make_marginal, marginal_problems
from allocopt.sampling.pseudorandom import PseudoRandomStream
from allocopt.sampling.registry import ALL, Factor, Registry
from allocopt.sampling.sobol import SobolStream
from allocopt.sampling.stream import Columns, Stream, normals
from allocopt.sampling.twins import TwinnedStream

__all__ = [
    "ALL",
    "Columns",
    "CommonFactors",
    "Factor",
    "GaussianCopula",
    "LatinHypercubeStream",
    "Marginal",
    "NearestCorrelation",
    "PseudoRandomStream",
    "Registry",
    "SobolStream",
    "Stream",
    "StudentCopula",
    "TwinnedStream",
    "iman_conover",
    "make_marginal",
    "marginal_problems",
    "nearest_correlation",
    "normals",
    "pearson_of_spearman",
    "smallest_eigenvalue",
    "spearman_of_pearson",
]
