"""What a search says of its end is true of the plan it returns."""

from dataclasses import replace

import pytest
from tests.plans import search
from tests.support import problem_of, row

from allocopt.solving import search as searching
from allocopt.solving.outcome import Stop
from allocopt.solving.run import Run


@pytest.mark.parametrize(("share", "stop"), [(1.0, Stop.GAP_REACHED), (0.5, Stop.OTHER_LIMIT)])
def test_a_gap_lost_while_targets_are_placed_is_not_called_reached(
    monkeypatch: pytest.MonkeyPatch, share: float, stop: Stop
) -> None:
    def place(run: Run) -> None:
        assert run.best is not None
        parts = tuple(replace(part, value=part.value * share) for part in run.best.parts)
        run.best = replace(run.best, parts=parts)

    monkeypatch.setattr(searching, "place", place)
    problem = problem_of(
        {
            "levers": [row("l", {"expense": "budget"})],
            "placements": [
                row("a", {"lever": "l", "curve": {"family": "linear", "rate": 3}, "upper": 10})
            ],
            "objective": {"goals": [{"expression": "gross_adds"}]},
        }
    )
    found = search(problem, "subsidies")
    assert found.stop is stop
    assert found.gap == pytest.approx(1 / share - 1, abs=1e-9)
