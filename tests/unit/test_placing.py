"""Targets of one plan after another: a cascade that is kept gives what a new one gives."""

from dataclasses import replace

import numpy as np
import pytest
from tests.strategies import TIGHT, sections
from tests.support import problem_of, row

from allocopt.arrays import FloatArray
from allocopt.measures.decisions import current_decisions
from allocopt.solving.catalog import load_formulation
from allocopt.solving.outcome import no_watch
from allocopt.solving.placing import with_targets
from allocopt.solving.run import Run

QUOTA = row(
    "sales",
    {
        "measure": "revenue",
        "quota": "40 元",
        "method": "potential",
        "by_channel": True,
        "shortfall_price": 5,
        "smallest_step": "0.1 元",
    },
)
PROBLEM = problem_of(sections(targets=[QUOTA]))


def started() -> Run:
    return Run(PROBLEM, load_formulation("joint"), TIGHT, no_watch)


def placed(run: Run, spend: tuple[float, float]) -> FloatArray:
    """Return the year's targets of both channels where so much is spent on each."""
    decisions = replace(current_decisions(PROBLEM), spend=np.array(spend)[:, None])
    return np.asarray(with_targets(run, run.judge(decisions)).target.sum(axis=1))


def test_a_kept_cascade_gives_what_a_new_one_gives() -> None:
    """3 * sqrt(spend) and 4 * sqrt(spend) are attained; no more is asked, as far as that goes."""
    kept = started()
    for spend in ((10.0, 90.0), (90.0, 10.0), (40.0, 60.0), (10.0, 90.0)):
        found = placed(kept, spend)
        np.testing.assert_allclose(found, placed(started(), spend), atol=1e-6)
        attained = np.array([3.0, 4.0]) * np.sqrt(spend)
        assert found.sum() == pytest.approx(40.0)
        assert np.all(found <= attained + 0.1)
    few, many = placed(kept, (10.0, 90.0)), placed(kept, (90.0, 10.0))
    assert many[0] - few[0] > 15.0
