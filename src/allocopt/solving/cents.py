"""Decisions as they can be carried out: money in whole cents, people in whole people."""

from dataclasses import replace

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.measures.decisions import Decisions
from allocopt.problem.problem import Problem

_CENT = 0.01
_NEARLY = 1e-4


def to_the_cent(problem: Problem, decisions: Decisions) -> Decisions:
    """Return ``decisions`` with spend in whole cents and whole people.

    Spend is cut to the cent below, so that no budget is exceeded, unless it is within a
    hundredth of a cent of the next one: that much is the solver's rounding. People are
    within the solver's tolerance of whole numbers and become exactly whole.
    """
    whole = problem.staff.whole[:, None]

    def people(heads: FloatArray) -> FloatArray:
        return np.where(whole, np.round(heads), np.maximum(heads, 0.0))

    return replace(
        decisions,
        spend=_cut(decisions.spend, problem.placements.upper),
        unserved=np.maximum(decisions.unserved, 0.0),
        arrivals=people(decisions.arrivals),
        releases=people(decisions.releases),
        departures=people(decisions.departures),
        moves_in=people(decisions.moves_in),
        moves_out=people(decisions.moves_out),
        target=np.maximum(decisions.target, 0.0),
        stretch_target=np.maximum(decisions.stretch_target, 0.0),
    )


def lost_share(decisions: Decisions, cut: Decisions) -> float:
    """Return what cutting to cents took from the spend, share of it."""
    spend = float(decisions.spend.sum())
    return (spend - float(cut.spend.sum())) / spend if spend > 0.0 else 0.0


def with_cents_back(problem: Problem, decisions: Decisions, cut: Decisions) -> Decisions:
    """Return ``cut`` with the whole cents that it lost in all, where it lost most.

    Sums of money stay within what ``decisions`` sum to, but for sums of some placements or
    periods alone: lines over those may be exceeded by a cent.
    """
    lost = decisions.spend - cut.spend
    lost = np.where(cut.spend + _CENT <= problem.placements.upper, np.maximum(lost, 0.0), 0.0)
    count = int(lost.sum() / _CENT + _NEARLY)
    most = np.argsort(-lost, axis=None, kind="stable")[:count]
    spend = cut.spend.copy()
    spend.flat[most] = np.round(spend.flat[most] + _CENT, 2)
    return replace(cut, spend=spend)


def _cut(spend: FloatArray, upper: FloatArray) -> FloatArray:
    cents = np.floor(np.clip(spend, 0.0, upper) / _CENT + _NEARLY)
    return np.round(cents * _CENT, 2)
