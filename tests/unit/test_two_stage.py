"""Two stages: the farmer of Birge and Louveaux, the newsvendor, chances solved by hand."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.stats import norm

import allocopt as ao
from allocopt.solving.program import Program, give_up_threads, solve_program
from allocopt.stochastic import (
    Chance,
    TwoStage,
    extensive_form,
    gap_by_replications,
    recourse_of,
    solve_two_stage,
    value_of,
)

INF = np.inf


def program(
    cost: list[float],
    upper: list[float],
    rows: list[tuple[list[float], float, float]],
    lower: list[float] | None = None,
) -> Program:
    return Program(
        cost=np.array(cost),
        lower=np.zeros(len(cost)) if lower is None else np.array(lower),
        upper=np.array(upper, dtype=np.float64),
        whole=np.zeros(len(cost), dtype=np.bool_),
        matrix=csr_array(np.array([row for row, _, _ in rows])),
        row_lower=np.array([low for _, low, _ in rows], dtype=np.float64),
        row_upper=np.array([high for _, _, high in rows], dtype=np.float64),
    )


def farmer(factor: float) -> Program:
    """Return the farm of Birge and Louveaux (2011, section 1.1), yields times ``factor``.

    Columns: acres of wheat, corn and beets; sold of each, beets within and above the quota;
    wheat and corn bought.
    """
    wheat, corn, beets = 2.5 * factor, 3.0 * factor, 20.0 * factor
    cost = [-150.0, -230, -260, 170, 150, 36, 10, -238, -210]
    rows: list[tuple[list[float], float, float]] = [
        ([1, 1, 1, 0, 0, 0, 0, 0, 0], -INF, 500),
        ([wheat, 0, 0, -1, 0, 0, 0, 1, 0], 200, INF),
        ([0, corn, 0, 0, -1, 0, 0, 0, 1], 240, INF),
        ([0, 0, beets, 0, 0, -1, -1, 0, 0], 0, INF),
    ]
    return program(cost, [INF] * 5 + [6000, INF, INF, INF], rows)


FUTURES = TwoStage(tuple(farmer(factor) for factor in (1.2, 1.0, 0.8)), np.full(3, 1 / 3), 3)


def test_the_farmer() -> None:
    found = value_of(FUTURES, farmer(1.0))
    assert found.recourse_problem == pytest.approx(108_390, abs=1e-3)
    assert found.first == pytest.approx([170, 80, 250], abs=1e-5)
    assert found.expected_plan == pytest.approx([120, 80, 300], abs=1e-5)
    assert found.expected_value == pytest.approx(118_600, abs=1e-3)
    assert found.expected_plan_value == pytest.approx(107_240, abs=1e-3)
    assert found.stochastic_solution == pytest.approx(1_150, abs=1e-3)
    assert found.wait_and_see == pytest.approx(115_405.5556, abs=1e-3)
    assert found.perfect_information == pytest.approx(7_015.5556, abs=1e-3)


def test_the_farmer_by_future_and_at_the_worst() -> None:
    found = solve_two_stage(FUTURES)
    assert found.values == pytest.approx([167_000, 109_350, 48_820], abs=1e-3)
    assert found.bound == pytest.approx(found.objective)
    # the worst third of three equally likely futures is the worst one
    worst = solve_two_stage(FUTURES, risk=ao.MeanCVaR(weight=1.0, alpha=1 / 3))
    assert worst.first == pytest.approx([100, 25, 375], abs=1e-4)
    assert worst.objective == pytest.approx(59_950, abs=1e-3)
    assert worst.values.min() == pytest.approx(59_950, abs=1e-3)


@pytest.mark.parametrize(("weight", "alpha"), [(0.3, 0.5), (0.7, 1 / 3), (1.0, 0.9), (0.5, 0.05)])
def test_the_blend_is_what_its_futures_say(weight: float, alpha: float) -> None:
    risk = ao.MeanCVaR(weight=weight, alpha=alpha)
    found = solve_two_stage(FUTURES, risk=risk)
    assert found.objective == pytest.approx(risk.score(found.values), abs=1e-3)
    assert found.first is not None
    for other in (
        np.array([170.0, 80, 250]),
        np.array([120.0, 80, 300]),
        np.array([100.0, 25, 375]),
    ):
        held = recourse_of(FUTURES, other)
        assert risk.score(held.values) <= found.objective + 1e-3


def test_no_recourse_is_said_and_not_dropped() -> None:
    """Demand of 5 or 12 must be served from what was bought before, 10 at most."""
    futures = tuple(program([-1.0, 0.0], [10, 0], [([1, 0], need, INF)]) for need in (5.0, 12.0))
    stages = TwoStage(futures, np.array([0.75, 0.25]), 1)
    assert solve_two_stage(stages).infeasible
    held = recourse_of(stages, np.array([6.0]))
    assert held.values.tolist() == [-6.0, -np.inf]
    assert held.possible.tolist() == [True, False]
    assert held.mean == -np.inf


def test_a_chance_by_hand() -> None:
    """Needs of 1 to 10, equally likely: 80 % want the eighth, all of them the tenth."""
    futures = tuple(
        program([-1.0, 0.0], [20, 0], [([1, 0], need, INF), ([1, 0], -INF, 19)])
        for need in range(1, 11)
    )
    stages = TwoStage(futures, np.full(10, 0.1), 1)
    rows = np.array([0])
    for probability, least in ((1.0, 10), (0.95, 10), (0.8, 8), (0.55, 6), (0.0, 0)):
        found = solve_two_stage(stages, chances=[Chance(rows, probability)])
        assert found.objective == pytest.approx(-least, abs=1e-6)


def test_a_chance_on_a_row_with_two_bounds() -> None:
    """Stock must lie within 2 around 3, 10 or 11: two of three futures can be served."""
    futures = tuple(
        program([0.0, 0.0], [20, 0], [([1, 0], middle - 2, middle + 2)]) for middle in (3, 10, 11)
    )
    stages = TwoStage(futures, np.full(3, 1 / 3), 1)
    assert solve_two_stage(stages).infeasible
    found = solve_two_stage(stages, chances=[Chance(np.array([0]), 0.6)])
    assert found.first is not None
    assert 9 - 1e-6 <= found.first[0] <= 12 + 1e-6


def test_a_row_without_room_is_refused() -> None:
    free = program([-1.0], [INF], [([-1], -5.0, INF)])
    stages = TwoStage((free,), np.ones(1), 1)
    with pytest.raises(ValueError, match="needs bounds"):
        extensive_form(stages, chances=[Chance(np.array([0]), 0.5)])


def newsvendor(demand: np.ndarray) -> TwoStage:
    """Return price 10, cost 6, salvage 1: bought, then sold and salvaged."""
    futures = tuple(
        program([-6.0, 10.0, 1.0], [1000, one, INF], [([-1, 1, 1], -INF, 0)]) for one in demand
    )
    return TwoStage(futures, np.full(demand.size, 1.0 / demand.size), 1)


def profit(bought: float, mean: float = 100.0, sd: float = 20.0) -> float:
    """Return the expected profit for normal demand, in closed form."""
    z = (bought - mean) / sd
    sold = mean - sd * (norm.pdf(z) - z * norm.sf(z))
    return float(10 * sold + (bought - sold) - 6 * bought)


def test_newsvendor_sample_averages_are_too_good_and_converge() -> None:
    rng = np.random.default_rng(7)
    found = [solve_two_stage(newsvendor(rng.normal(100, 20, 40))) for _ in range(60)]
    best = profit(97.205794)
    assert best == pytest.approx(328.887806, abs=1e-5)
    promised = np.array([one.objective for one in found])
    worth = np.array([profit(one.first[0]) for one in found if one.first is not None])
    assert (worth <= best + 1e-9).all()
    # 1.4 in expectation at 40 draws; the mean of 60 has a standard error of 1.6
    error = promised.std(ddof=1) / np.sqrt(promised.size)
    assert promised.mean() > best - 3 * error
    many = solve_two_stage(newsvendor(norm.ppf((np.arange(400) + 0.5) / 400, 100, 20)))
    assert many.first is not None
    assert many.first[0] == pytest.approx(97.205794, abs=0.1)


def test_the_gap_interval_covers_the_true_gap() -> None:
    rng = np.random.default_rng(11)
    true = profit(97.205794) - profit(85.0)
    found = gap_by_replications(
        np.array([85.0]), lambda _: newsvendor(rng.normal(100, 20, 60)), replications=8
    )
    assert (found.gaps >= 0.0).all()
    assert found.high >= true
    assert found.in_sample - found.value == pytest.approx(found.mean, abs=1e-6)
    nothing = gap_by_replications(
        np.array([97.2]), lambda _: newsvendor(rng.normal(100, 20, 60)), replications=8
    )
    assert nothing.high < found.high


def test_two_futures_that_are_one_change_nothing() -> None:
    once = solve_two_stage(FUTURES)
    twice = TwoStage(FUTURES.futures * 2, np.full(6, 1 / 6), 3)
    assert solve_two_stage(twice).objective == pytest.approx(once.objective)


def test_one_future_is_its_program() -> None:
    give_up_threads()
    alone = solve_program(farmer(0.8), allowance=0, time_limit=10, seed=0)
    assert solve_two_stage(FUTURES.alone(2)).objective == pytest.approx(alone.objective)


@pytest.mark.parametrize(
    ("futures", "weights", "said"),
    [
        ((farmer(1.0),), [0.5, 0.5], "weights"),
        ((farmer(1.0), farmer(1.2)), [0.7, 0.7], "sum to"),
        ((farmer(1.0), program([1.0], [1], [([1], 0, 1)])), [0.5, 0.5], "another first stage"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    futures: tuple[Program, ...], weights: list[float], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        TwoStage(futures, np.array(weights), 3)
