"""Spend in whole cents: nothing exceeded, and where cents count none of them lost."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.support import problem_of, row

from allocopt.measures.decisions import current_decisions
from allocopt.solving.cents import lost_share, to_the_cent, with_cents_back

HILL = {"family": "hill", "beta": 40, "ec50": 6, "slope": 2.5}
PROBLEM = problem_of(
    {
        "levers": [row("l", {"expense": "budget"})],
        "placements": [
            row(name, {"lever": "l", "curve": HILL, "upper": 5, "split_by": "equal"})
            for name in "abcd"
        ],
        "objective": {"goals": [{"expression": "gross_adds"}]},
    }
)


@given(spend=st.lists(st.floats(0, 5), min_size=4, max_size=4))
def test_no_sum_grows_and_less_than_a_cent_of_it_is_lost(spend: list[float]) -> None:
    wanted = replace(current_decisions(PROBLEM), spend=np.array(spend)[:, None])
    cut = to_the_cent(PROBLEM, wanted)
    back = with_cents_back(PROBLEM, wanted, cut)
    assert np.all(back.spend >= cut.spend)
    assert np.all(back.spend <= PROBLEM.placements.upper)
    assert np.all(np.abs(back.spend - wanted.spend) < 0.0101)
    np.testing.assert_array_equal(back.spend, np.round(back.spend, 2))
    assert -2e-6 < wanted.spend.sum() - back.spend.sum() < 0.01 or np.any(back.spend >= 4.99)


def test_the_cents_go_where_most_was_lost() -> None:
    spend = np.array([[1.004], [1.009], [2.008], [0.0]])
    wanted = replace(current_decisions(PROBLEM), spend=spend)
    cut = to_the_cent(PROBLEM, wanted)
    np.testing.assert_array_equal(cut.spend[:, 0], [1.0, 1.0, 2.0, 0.0])
    assert lost_share(wanted, cut) == (4.021 - 4.0) / 4.021
    back = with_cents_back(PROBLEM, wanted, cut)
    np.testing.assert_array_equal(back.spend[:, 0], [1.0, 1.01, 2.01, 0.0])
