"""What drives an outcome, by ranks, from a run that is there anyway."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from allocopt.arrays import FloatArray
from allocopt.errors import StatisticsError
from allocopt.statistics.estimate import Estimate, checked_replicates, estimate_from_others
from allocopt.text import T

RELIABLE = 0.7
"""With less of the variance of ranks explained, coefficients do not describe the outcome."""


@dataclass(frozen=True)
class RankSensitivity:
    """How an outcome goes with each input.

    Attributes
    ----------
    spearman : tuple of Estimate
        Rank correlation with each input, whatever else it goes with.
    partial : tuple of Estimate
        The same after the other inputs have been accounted for (PRCC).
    standardized : tuple of Estimate
        Coefficients of the regression of ranks on ranks, in standard deviations (SRRC).
    explained : float
        Share of the variance of ranks that the regression explains: R squared.
    """

    spearman: tuple[Estimate, ...]
    partial: tuple[Estimate, ...]
    standardized: tuple[Estimate, ...]
    explained: float

    @property
    def is_reliable(self) -> bool:
        """Whether the regression explains enough; else the outcome is not monotone in inputs."""
        return self.explained >= RELIABLE


def rank_sensitivity(
    inputs: FloatArray, outcome: FloatArray, confidence: float = 0.95
) -> RankSensitivity:
    """Return rank correlations and rank regression of an outcome on inputs.

    Saltelli and others, Global sensitivity analysis (2008), chapter 1. Inputs that never vary
    have coefficients of 0.

    Parameters
    ----------
    inputs : FloatArray (replicates, n, inputs)
    outcome : FloatArray (replicates, n)
    confidence : float

    Raises
    ------
    StatisticsError
        If there are not more draws than inputs, or some inputs are copies of others.
    """
    replicates = checked_replicates(outcome.shape[0], confidence)
    variables = inputs.shape[2]
    if outcome[1:].size <= variables + 1:
        raise StatisticsError(
            T(
                "{draws} draws cannot tell {inputs} inputs apart",
                draws=outcome.size,
                inputs=variables,
            )
        )
    ranked = _ranked(inputs, outcome)
    whole = _coefficients(ranked.reshape(-1, variables + 1))
    others = np.stack(
        [
            _coefficients(np.delete(ranked, k, axis=0).reshape(-1, variables + 1))
            for k in range(replicates)
        ]
    )
    spearman, partial, standardized = (
        tuple(
            estimate_from_others(float(whole[row, k]), others[:, row, k], confidence)
            for k in range(variables)
        )
        for row in range(3)
    )
    return RankSensitivity(spearman, partial, standardized, _explained(whole))


def _ranked(inputs: FloatArray, outcome: FloatArray) -> FloatArray:
    """Return ranks over all draws, (replicates, n, inputs + 1), the outcome last."""
    table = np.concatenate([inputs, outcome[..., None]], axis=2)
    return np.asarray(rankdata(table.reshape(-1, table.shape[2]), axis=0).reshape(table.shape))


def _coefficients(ranked: FloatArray) -> FloatArray:
    """Return correlations, partial ones and standardized coefficients, (3, inputs)."""
    centered = ranked - ranked.mean(axis=0)
    size = np.sqrt((centered**2).sum(axis=0))
    varies = size > 0.0
    found = np.zeros((3, ranked.shape[1] - 1))
    if not varies[-1]:
        return found
    scaled = centered[:, varies] / size[varies]
    related = scaled.T @ scaled
    among, with_outcome = related[:-1, :-1], related[:-1, -1]
    if among.size and np.linalg.cond(among) > 1e10:
        raise StatisticsError(T("some inputs are copies of others or of their sums"))
    inverse = np.linalg.inv(among)
    slopes = inverse @ with_outcome
    left = max(1.0 - float(with_outcome @ slopes), 1e-300)
    # The partial correlation from the slope: Whittaker (1990), corollary 5.8.2.
    own = np.diag(inverse)
    partial = slopes / np.sqrt(slopes**2 + own * left)
    found[:, varies[:-1]] = [with_outcome, partial, slopes]
    return found


def _explained(coefficients: FloatArray) -> float:
    return float(coefficients[0] @ coefficients[2])
