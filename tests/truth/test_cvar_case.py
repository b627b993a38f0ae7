"""Rockafellar and Uryasev (2000), three assets with normal returns: CVaR of drawn losses."""

import json

import numpy as np
import pytest
from scipy.special import ndtri
from tests.published import published

from allocopt.sampling.sobol import SobolStream
from allocopt.sampling.stream import Columns
from allocopt.statistics.statistic import HighestMean

REPLICATES, POINTS = 16, 4096


@pytest.mark.parametrize("level", ["0.90", "0.95", "0.99"])
def test_the_tail_of_drawn_losses_is_the_published_one(level: str) -> None:
    case = json.loads(published("rockafellar_uryasev_cvar", "case.json"))
    known, found = case["inputs"], case["computed"]
    root = np.linalg.cholesky(np.array(known["cov"]))
    columns, stream = Columns(np.arange(3), np.arange(3, dtype=np.uint64)), SobolStream(0)
    rows = range(POINTS)
    draws = [ndtri(stream.uniforms(columns, k, rows)) @ root.T for k in range(REPLICATES)]
    losses = -(np.stack(draws) + known["mean"]) @ np.array(found["weights"])
    tail = HighestMean(1.0 - float(level)).estimate(losses)
    assert tail.low <= found["CVaR"][level] <= tail.high
    assert tail.value == pytest.approx(found["CVaR"][level], rel=2e-3)
    assert case["published"]["CVaR"][level] == pytest.approx(tail.value, rel=2e-3)
