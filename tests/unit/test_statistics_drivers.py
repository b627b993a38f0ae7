"""Drivers of an outcome: ranks, tornado, screening, value of knowing, boxes."""

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import norm, rankdata, spearmanr

from allocopt.arrays import FloatArray
from allocopt.errors import StatisticsError
from allocopt.sampling import Columns, SobolStream
from allocopt.statistics import (
    MorrisDesign,
    Outputs,
    SobolDesign,
    discover,
    rank_sensitivity,
    switches,
    tornado,
    value_of_knowing,
)


def uniforms(inputs: int, points: int = 512) -> FloatArray:
    """Return Sobol points, (16, points, inputs)."""
    columns = Columns(np.arange(inputs), np.arange(inputs, dtype=np.uint64))
    return np.stack([SobolStream(2).uniforms(columns, k, range(points)) for k in range(16)])


def test_ranks_of_a_linear_outcome() -> None:
    """Of 3 x1 - 2 x2 + 0 x3 in normal numbers: rank correlations from r_S = 6/pi asin(r/2)."""
    z = ndtri(uniforms(3))
    found = rank_sensitivity(z, 3.0 * z[..., 0] - 2.0 * z[..., 1])
    truth = 6.0 / np.pi * np.arcsin(np.array([3.0, -2.0, 0.0]) / np.sqrt(13.0) / 2.0)
    for one, expected in zip(found.spearman, truth, strict=True):
        assert one.value == pytest.approx(expected, abs=0.003)
    assert found.is_reliable
    assert found.partial[0].value > 0.9
    assert found.partial[1].value < -0.9
    assert found.partial[2].low < 0.0 < found.partial[2].high


def test_partial_ranks_are_correlations_of_residuals() -> None:
    u = uniforms(3)
    u[..., 2] = 0.7 * u[..., 0] + 0.3 * u[..., 2]  # an input that goes with another
    outcome = u[..., 0] + np.sin(3.0 * u[..., 1])
    found = rank_sensitivity(u, outcome)
    ranks = rankdata(u.reshape(-1, 3), axis=0)
    target = rankdata(outcome.ravel())
    for number in range(3):
        others = np.column_stack([np.ones(target.size), np.delete(ranks, number, axis=1)])
        both = np.column_stack([ranks[:, number], target])
        left = (both - others @ np.linalg.lstsq(others, both, rcond=None)[0]).T
        assert found.partial[number].value == pytest.approx(np.corrcoef(left)[0, 1], abs=1e-9)
    standard = [(y - y.mean(axis=0)) / y.std(axis=0) for y in (ranks, target)]
    slopes, *_ = np.linalg.lstsq(standard[0], standard[1], rcond=None)
    np.testing.assert_allclose([one.value for one in found.standardized], slopes, atol=1e-9)
    explained = 1.0 - np.var(standard[1] - standard[0] @ slopes)
    assert found.explained == pytest.approx(explained, abs=1e-9)
    assert found.spearman[2].value == pytest.approx(spearmanr(ranks[:, 2], target).statistic)


def test_an_outcome_that_is_not_monotone_is_flagged() -> None:
    u = uniforms(2)
    found = rank_sensitivity(u, (u[..., 0] - 0.5) ** 2)
    assert not found.is_reliable
    assert abs(found.spearman[0].value) < 0.05


def test_an_input_that_never_varies_has_no_effect() -> None:
    u = uniforms(3)
    u[..., 1] = 0.5
    found = rank_sensitivity(u, u[..., 0])
    assert [one.value for one in found.spearman[:2]] == pytest.approx([1.0, 0.0])
    assert found.partial[1].half_width == 0.0


def test_inputs_that_cannot_be_told_apart() -> None:
    u = uniforms(2)
    with pytest.raises(StatisticsError, match="copies of others"):
        rank_sensitivity(u[..., [0, 0]], u[..., 1])
    with pytest.raises(StatisticsError, match="cannot tell 2 inputs apart"):
        rank_sensitivity(u[:2, :3], u[:2, :3, 0])


def bumpy(u: FloatArray) -> FloatArray:
    return np.asarray(10.0 * u[:, 0] - 3.0 * u[:, 1] + 8.0 * (u[:, 2] - 0.5) ** 2)


def test_a_tornado_by_hand() -> None:
    found = tornado(bumpy, 4)
    assert found.base == 3.5
    np.testing.assert_allclose(found.outcomes[0], [-0.5, 7.5])
    np.testing.assert_allclose(found.swing, [8.0, 2.4, 1.28, 0.0])
    assert found.order.tolist() == [0, 1, 2, 3]
    assert found.turns.tolist() == [False, False, True, False]


def test_a_spider_sees_what_the_ends_hide() -> None:
    found = tornado(bumpy, 3, levels=(0.1, 0.3, 0.7, 0.9))
    assert found.outcomes.shape == (3, 4)
    assert found.turns.tolist() == [False, False, True]


def test_morris_of_a_linear_outcome_is_exact() -> None:
    design = MorrisDesign(3, walks=6, seed=1)
    found = design.effects(design.evaluate(lambda u: 5.0 * u[:, 0] - 2.0 * u[:, 1]))
    assert [one.mean.value for one in found] == pytest.approx([5.0, -2.0, 0.0])
    assert [one.size.value for one in found] == pytest.approx([5.0, 2.0, 0.0])
    assert [one.spread for one in found] == pytest.approx([0.0, 0.0, 0.0], abs=1e-12)


def test_morris_walks_change_one_input_by_half_the_grid() -> None:
    points = MorrisDesign(5, walks=9, seed=3).uniforms()
    steps = np.diff(points, axis=1)
    assert (np.count_nonzero(np.abs(steps) > 1e-12, axis=2) == 1).all()
    np.testing.assert_allclose(np.abs(steps).sum(axis=1), 0.5)  # each input once
    assert ((points > 0.0) & (points < 1.0)).all()
    with pytest.raises(StatisticsError, match="even number of levels, found 5"):
        MorrisDesign(5, levels=5)


def test_morris_sees_interactions() -> None:
    design = MorrisDesign(3, walks=200, seed=1)
    found = design.effects(design.evaluate(lambda u: (u[:, 0] - 0.5) * (u[:, 1] - 0.5)))
    assert found[0].mean.low < 0.0 < found[0].mean.high
    assert found[0].size.low > 0.2
    assert found[0].spread > 0.2
    assert found[2].size.value == 0.0


def test_outputs_of_another_design_are_refused() -> None:
    design, other = SobolDesign.of_inputs(2, points=64), SobolDesign.of_inputs(2, points=64, seed=1)
    outputs = other.evaluate(lambda u: u[:, 0])
    with pytest.raises(StatisticsError, match=f"{other.identity}, not to {design.identity}"):
        design.indices(outputs)
    with pytest.raises(StatisticsError, match="outputs of shape"):
        design.indices(Outputs(design.identity, outputs.values[:, :, :32]))
    broken = outputs.values.copy()
    broken[0, 0, :3] = np.nan
    with pytest.raises(StatisticsError, match="3 of 4096 outputs are not finite"):
        design.indices(Outputs(design.identity, broken))
    with pytest.raises(StatisticsError, match="does not vary"):
        design.indices(Outputs(design.identity, np.ones(design.shape)))
    with pytest.raises(StatisticsError, match="belong to the design"):
        MorrisDesign(2).effects(outputs)


def test_blocks_take_only_their_group_from_b() -> None:
    design = SobolDesign(((0, 2), (1,)), points=64, seed=4)
    a, b, first, second = (design.uniforms(3, block) for block in range(4))
    assert not np.isclose(a, b).any()
    np.testing.assert_array_equal(first, np.column_stack([b[:, 0], a[:, 1], b[:, 2]]))
    np.testing.assert_array_equal(second, np.column_stack([a[:, 0], b[:, 1], a[:, 2]]))
    # A and B are one net: both together fill the square of any input and its twin.
    pairs = {tuple(one) for one in (np.column_stack([a[:, 0], b[:, 0]]) * 4).astype(int).tolist()}
    assert len(pairs) == 16


def test_what_is_in_no_group_is_the_rest_of_the_variance() -> None:
    """Of x1 + x2 x3 with x3 in no group, in deviations from the mean: V1 = 1/12, V2 = 1/48."""
    design = SobolDesign(((0,), (1,)), points=512, seed=4)
    keys = np.arange(3, dtype=np.uint64)
    values = np.empty(design.shape)
    for replicate, block in np.ndindex(design.shape[:2]):
        stream = design.stream(block, width=3)
        u = stream.uniforms(Columns(np.arange(3), keys), replicate, range(512))
        values[replicate, block] = u[:, 0] + u[:, 1] * u[:, 2]
    found = design.indices(Outputs(design.identity, values))
    whole = 1.0 / 12.0 + 1.0 / 9.0 - 1.0 / 16.0
    for one, truth in zip(found.first, (1.0 / 12.0, 1.0 / 48.0), strict=True):
        assert abs(one.value - truth / whole) < 3.0 * one.half_width
        assert one.half_width < 0.02
    alone = 1.0 / 9.0 - 1.0 / 16.0 - 1.0 / 48.0  # x2 with its interaction
    assert abs(found.total[1].value - alone / whole) < 3.0 * found.total[1].half_width


def test_a_design_is_of_one_subject() -> None:
    one, other = (SobolDesign(((0,), (1,)), points=64, subject=name) for name in ("p1", "p2"))
    outputs = one.evaluate(lambda u: u[:, 0])
    assert one.indices(outputs).total[0].value > 0.9
    with pytest.raises(StatisticsError, match="belong to the design"):
        other.indices(outputs)


def test_negative_indices_stay() -> None:
    design = SobolDesign.of_inputs(2, points=64)
    found = design.indices(design.evaluate(lambda u: np.sin(9.0 * u[:, 0]) * (u[:, 1] > 0.9)))
    assert found.first[1].value != 0.0
    values = [one.value for one in (*found.first, *found.total)]
    lows = [one.low for one in (*found.first, *found.total)]
    assert min(lows) < 0.0
    assert 0.0 not in values


def test_knowing_an_input_by_the_closed_form() -> None:
    """Plan 1 gives x + noise, plan 2 gives 0; x ~ N(0.3, 1): E max(x, 0) - max(0.3, 0)."""
    z = ndtri(uniforms(3))
    x = 0.3 + z[..., 0]
    outcomes = np.stack([x + 2.0 * z[..., 1], np.zeros_like(x)])
    truth = 0.3 * norm.cdf(0.3) + norm.pdf(0.3) - 0.3
    found = value_of_knowing(x, outcomes)
    assert abs(found.value - truth) < 3.0 * found.half_width
    assert found.half_width < 0.05
    # The others are worth nothing: the choice does not depend on them.
    assert value_of_knowing(z[..., 1], outcomes).value > 0.1  # noise of the outcome is known, too
    assert value_of_knowing(z[..., 2], outcomes).value < 0.005


def test_knowing_an_event() -> None:
    """An attack in a quarter of futures costs plan 1 eight and plan 2 nothing: 5 against 4."""
    attack = (uniforms(1)[..., 0] > 0.75).astype(float)
    outcomes = np.stack([5.0 - 8.0 * attack, 4.0 + 0.0 * attack])
    found = value_of_knowing(attack, outcomes)
    assert found.value == pytest.approx(0.75 * 5.0 + 0.25 * 4.0 - 4.0, abs=1e-9)


def test_knowing_is_worth_nothing_without_a_choice() -> None:
    u = uniforms(1)[..., 0]
    assert value_of_knowing(u, u[None]).value == pytest.approx(0.0, abs=1e-12)
    better = np.stack([u, u + 1.0])
    assert value_of_knowing(u, better).value == pytest.approx(0.0, abs=1e-12)
    with pytest.raises(StatisticsError, match="32 draws are too few"):
        value_of_knowing(u[:, :2], better[:, :, :2])


def test_break_even_by_hand() -> None:
    """Plan 0 gives x, plan 1 gives 0.4 and plan 2 gives 2 x - 1: from 0.4 and from 1 on."""
    u = uniforms(2)
    x, noise = 1.5 * u[..., 0], 0.3 * (u[..., 1] - 0.5)
    outcomes = np.stack([x + noise, 0.4 - noise, 2.0 * x - 1.0 + noise])
    first, second = switches(x, outcomes)
    assert (first.below, first.above, second.below, second.above) == (1, 0, 0, 2)
    assert first.at.low < 0.4 < first.at.high
    assert first.at.half_width < 0.02
    assert second.at.value == pytest.approx(1.0, abs=1e-6)
    assert first.share_below == pytest.approx(0.4 / 1.5, abs=0.01)


def test_break_even_of_an_event_and_of_noise() -> None:
    attack = (uniforms(1)[..., 0] > 0.75).astype(float)
    (one,) = switches(attack, np.stack([5.0 - 8.0 * attack, 4.0 + 0.0 * attack]))
    assert (one.at.value, one.below, one.above, one.share_below) == (0.5, 0, 1, 0.75)
    noise = np.random.default_rng(2).normal(size=(2, 16, 512))
    equal = noise - noise.mean(axis=(1, 2), keepdims=True)
    assert all(np.isinf(one.at.half_width) for one in switches(uniforms(1)[..., 0], equal))
    assert switches(attack, attack[None]) == ()


def test_boxes_of_events_and_numbers() -> None:
    """A line breaks where the rival attacks and churn is in its upper third."""
    u = uniforms(4).reshape(-1, 4)
    attack = (u[:, 0] > 0.7).astype(float)
    points = np.column_stack([attack, u[:, 1:]])
    found = discover(points, (attack == 1.0) & (u[:, 2] > 2.0 / 3.0)).suggested
    assert found.box.restricted.tolist() == [0, 2]
    assert found.density > 0.99
    assert found.coverage > 0.99
    assert (found.p_values[[0, 2]] < 1e-9).all()


def test_boxes_in_noise_tell_little() -> None:
    """Where hits do not depend on inputs, no box is much denser than all."""
    points = uniforms(4).reshape(-1, 4)
    hits = np.random.default_rng(3).random(points.shape[0]) < 0.2
    found = discover(points, hits)
    assert found.suggested.density < 0.3
    assert found.suggested.mass > 0.5


@pytest.mark.parametrize("seed", [12, 25, 35])
def test_limits_that_tell_nothing_are_taken_off(seed: int) -> None:
    """384 futures that break mostly where input 0 is high; peeling cuts others by chance."""
    points = uniforms(6, 32)[:12].reshape(-1, 6)
    random = np.random.default_rng(seed).random(points.shape[0])
    found = discover(points, random < np.where(points[:, 0] > 0.7, 0.8, 0.05))
    peeled = max(found.trade_off, key=lambda step: step.balance)
    assert len(peeled.box.restricted) > 1
    assert found.suggested.box.restricted.tolist() == [0]
    assert found.suggested.p_values[0] < 1e-20
    assert (found.suggested.p_values[1:] == 1.0).all()


def test_the_trade_off_goes_from_all_to_dense() -> None:
    points = uniforms(3).reshape(-1, 3)
    hits = points[:, 0] + points[:, 1] > 1.6
    steps = discover(points, hits).trade_off
    assert (steps[0].coverage, steps[0].mass) == (1.0, 1.0)
    assert steps[0].density == pytest.approx(hits.mean())
    masses = [step.mass for step in steps]
    assert masses == sorted(masses, reverse=True)
    assert steps[-1].density > 0.99
    for step in steps[1::5]:
        inside = step.box.holds(points)
        assert step.density == pytest.approx(hits[inside].mean())
        assert step.coverage == pytest.approx((hits & inside).sum() / hits.sum())


@pytest.mark.parametrize("value", [True, False])
def test_nothing_to_tell(value: bool) -> None:
    with pytest.raises(StatisticsError, match="of 64 futures"):
        discover(np.zeros((64, 2)), np.full(64, value))
