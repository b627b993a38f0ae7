"""Allocation for a blend of the mean and the worst draws, with a bound.

The blend of a plan is its least mean over all weights q of draws that `MeanCVaR` allows. So for any
such q the most weighted mean, which is separable and has a certified bound, bounds the blend of
every plan. The q with the least bound is sought by cutting planes: among all q the one under
which the plans found so far are worth least, halfway to the best one so far (in-out separation,
Ben-Ameur and Neto, 2007). The mixture of plans that is the dual of that program is a plan
of its own where spend is divisible. With curves that are not concave a gap may remain.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.optimize import linprog

from allocopt.allocation.allocation import Allocation, AllocationStatus, relative_gap
from allocopt.allocation.risk import MeanCVaR
from allocopt.arrays import FloatArray

_SHARE_OF_GAP, _SHARE_OF_OPEN = 0.25, 0.2
_FIRST_GAP = 1e-3
_BETWEEN = (0.25, 0.5, 0.75)
"""Where plans are tried on the way from the best to another, shares of it."""
_STALLED, _GAIN = 8, 0.98
_LEAST_SHARE = 1e-9

Weighted = Callable[[FloatArray, FloatArray | None, float, float], Allocation]
"""Weights of draws, a plan near by or None, gap, seconds; to the most weighted mean."""


@dataclass(frozen=True, eq=False)
class Blended:
    """What is wanted, and how plans are valued.

    Attributes
    ----------
    risk : MeanCVaR
    totals : callable
        Score of a plan, (n,), by draw, (draws,).
    draws : int
    divisible : bool
        Whether mixtures of plans keep all limits.
    """

    risk: MeanCVaR
    totals: Callable[[FloatArray], FloatArray]
    draws: int
    divisible: bool


@dataclass
class BlendSearch:
    """State of the search; see the module.

    Attributes
    ----------
    wanted : Blended
    solve : Weighted
    best : FloatArray or None
        The best plan so far, (n,).
    score, bound : float
    rounds : int
    """

    wanted: Blended
    solve: Weighted
    best: FloatArray | None = None
    score: float = -np.inf
    bound: float = np.inf
    rounds: int = 0
    _plans: list[FloatArray] = field(default_factory=list)
    _totals: list[FloatArray] = field(default_factory=list)

    def run(self, gap: float, seconds: float) -> Allocation:
        """Return the best plan when the gap is reached, time is up or nothing moves any more."""
        started, stalled, before = time.monotonic(), 0, np.inf
        weights = kept = np.full(self.wanted.draws, 1.0 / self.wanted.draws)
        found: Allocation | None = None
        while True:
            left = seconds - (time.monotonic() - started)
            open_yet = _FIRST_GAP if found is None else self._gap() * _SHARE_OF_OPEN
            near = None if found is None else found.spend
            found = self.solve(weights, near, max(gap * _SHARE_OF_GAP, open_yet), left)
            self.rounds += 1
            if found.bound <= self.bound:
                self.bound, kept = found.bound, weights
            self._offer(found.spend)
            stalled = 0 if self._gap() < _GAIN * before else stalled + 1
            before = min(before, self._gap())
            left = seconds - (time.monotonic() - started)
            ended = self._ended(gap, left, stalled)
            if ended is not None:
                return self._answer(found, ended)
            weights = (kept + self._least_weights()) / 2.0

    def _gap(self) -> float:
        return relative_gap(self.score, self.bound)

    def _ended(self, gap: float, left: float, stalled: int) -> AllocationStatus | None:
        if self._gap() <= gap:
            return AllocationStatus.PROVEN
        if left <= 0.0:
            return AllocationStatus.TIME_LIMIT
        return AllocationStatus.STUCK if stalled >= _STALLED else None

    def _offer(self, spend: FloatArray) -> None:
        """Keep a plan, and the best of it and those on the way to it."""
        self._keep(spend)
        if self.wanted.divisible and self.best is not None:
            start = self.best
            for share in _BETWEEN:
                self._value(start + share * (spend - start))

    def _keep(self, spend: FloatArray) -> None:
        self._plans.append(spend)
        self._totals.append(self._value(spend))

    def _value(self, spend: FloatArray) -> FloatArray:
        totals = self.wanted.totals(spend)
        score = self.wanted.risk.score(totals)
        if score > self.score:
            self.best, self.score = spend, score
            self.bound = max(self.bound, score)
        return totals

    def _least_weights(self) -> FloatArray:
        """Return the weights under which the plans so far are worth least; offer their mixture."""
        totals = np.array(self._totals)
        size = max(float(np.abs(totals).max()), 1e-300)
        count, draws = totals.shape
        least, most = self.wanted.risk.range(draws)
        answer = linprog(
            np.append(np.zeros(draws), 1.0),
            A_ub=np.hstack([totals / size, np.full((count, 1), -1.0)]),
            b_ub=np.zeros(count),
            A_eq=np.append(np.ones(draws), 0.0)[None, :],
            b_eq=[1.0],
            bounds=[(least, most)] * draws + [(None, None)],
            method="highs",
        )
        if answer.x is None:
            return self.wanted.risk.worst_weights(totals[-1])
        shares = np.maximum(-np.asarray(answer.ineqlin.marginals), 0.0)
        if self.wanted.divisible and (shares > _LEAST_SHARE).sum() > 1:
            self._keep((shares / shares.sum()) @ np.array(self._plans))
        return self._allowed(np.asarray(answer.x[:draws]))

    def _allowed(self, weights: FloatArray) -> FloatArray:
        """Return weights whose rounding is taken off: in range, and in sum exactly 1."""
        least, most = self.wanted.risk.range(weights.size)
        weights = np.clip(weights, least, most)
        middle = np.full(weights.size, 1.0 / weights.size)
        # Towards even weights there is room for what is missing in the sum.
        over = float(weights.sum()) - 1.0
        room = (weights - least) if over > 0.0 else (most - weights)
        total = float(room.sum())
        return weights - over * room / total if total > 0.0 else middle

    def _answer(self, found: Allocation, status: AllocationStatus) -> Allocation:
        assert self.best is not None
        return replace(
            found, spend=self.best, objective=self.score, bound=self.bound, gap=self._gap(),
            status=status, explored=self.rounds,
        )  # fmt: skip
