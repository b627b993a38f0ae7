"""Futures: the same wherever, however and with whatever else they are played."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from tests.scenarios import random_decisions, random_sections
from tests.simulated import driver, of, outcomes, play, stress
from tests.support import calendar, cell, problem_of, row

from allocopt.errors import UsageError
from allocopt.sampling.sobol import SobolStream
from allocopt.scenario.schema.uncertainty import Precision
from allocopt.simulation.outcomes import BLOCK, Outcomes, Play, played
from allocopt.simulation.sample import extended, nothing
from allocopt.simulation.stress import StressOptions, stressed
from allocopt.simulation.targets import TARGETS

UNCERTAINTY: dict[str, Any] = {
    "drivers": [
        driver("response", "response", by="lever", distribution=of("lognormal", spread=0.3)),
        driver(
            "demand",
            "base_volume",
            per="grid",
            each="period",
            distribution=of("lognormal", spread=0.2),
        ),
        driver(
            "churn", "churn", acts="relative", distribution=of("beta", successes=30, contacts=400)
        ),
        driver("money", "effort", per="grid", distribution=of("pert", low=0.7, mode=1, high=1.1)),
        driver("wage", "wage", distribution=of("triangular", low=1, mode=1, high=1.2)),
        driver("leave", "attrition", distribution=of("lognormal", spread=0.4)),
        driver(
            "come",
            "hiring_success",
            acts="value",
            distribution=of("beta", mean=0.8, low=0.6, high=0.95),
        ),
        driver(
            "late",
            "hiring_delay",
            acts="value",
            by="row",
            distribution=of("uniform", low=0, high=1.5),
        ),
        driver(
            "start", "opening_customers", by="product", distribution=of("normal", mean=1, sd=0.02)
        ),
    ],
    "correlations": [row("rc", {"drivers": ["churn", "wage"], "rank": 0.4})],
    "common_factors": [
        row("market", {"each": "period", "loadings": [{"driver": "demand", "weight": 0.5}]})
    ],
    "copula": "t",
    "events": [
        row(
            "rival",
            {
                "probability": 0.4,
                "per": "grid",
                "lasts": 2,
                "impacts": [
                    {"target": "churn", "severity": of("triangular", low=1, mode=1.2, high=2)},
                    {"target": "response", "factor": 0.5},
                ],
            },
        )
    ],
}
LINES = [
    row("ratio", {"expression": "expense / revenue", "at_most": 0.5}),
    row("base", {"expression": "base_revenue", "at_least": "5000 元"}),
    row("each", {"expression": "customers", "at_least": 600, "per": "grid", "when": "each"}),
    row("heads", {"expression": "heads", "at_least": 3, "when": "each"}),
]


def random_play(more: dict[str, Any] | None = None, seed: int = 3) -> Play:
    rng = np.random.default_rng(seed)
    sections = random_sections(rng, families=("hill", "power", "table"), periods=4)
    sections["lines"] = LINES
    decisions = random_decisions(rng, problem_of(sections))
    return play(sections, {**UNCERTAINTY, **(more or {})}, decisions)


def same(one: Outcomes, other: Outcomes) -> bool:
    pairs = zip(one.columns(), other.columns(), strict=True)
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)


def test_pieces_of_a_run_are_the_run() -> None:
    stream, made = SobolStream(5), random_play()
    whole = played(made, stream, 2, range(3 * BLOCK))
    cuts = [0, 1, BLOCK - 1, BLOCK + 40, 2 * BLOCK, 3 * BLOCK]
    pairs = pairwise(cuts)
    parts = [played(made, stream, 2, range(a, b)) for a, b in pairs]
    assert same(Outcomes.joined(parts), whole)


def test_one_future_is_its_row_to_the_last_digit() -> None:
    stream, made = SobolStream(5), random_play()
    rows = played(made, stream, 1, range(BLOCK + 10))
    for index in (0, 17, BLOCK + 3):
        assert same(played(made, stream, 1, range(index, index + 1)), rows[index : index + 1])


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
@pytest.mark.parametrize("workers", [1, 3])
def test_workers_change_nothing(
    pool: type[ThreadPoolExecutor] | type[ProcessPoolExecutor], workers: int
) -> None:
    stream, made = SobolStream(5), random_play()
    alone = extended(made, stream, nothing(made, 3), 40)
    with pool(workers) as executor:
        together = extended(made, stream, nothing(made, 3), 40, executor=executor)
    assert same(alone, together)


def test_a_run_that_is_extended_is_the_longer_run() -> None:
    stream, made = SobolStream(5), random_play()
    grown = extended(made, stream, extended(made, stream, nothing(made, 2), 64), 256)
    assert same(grown, extended(made, stream, nothing(made, 2), 256))


def test_a_driver_that_moves_nothing_in_the_lines_changes_no_future() -> None:
    more = driver("idle", "market_leavers", each="period", distribution=of("lognormal", spread=0.5))
    plain = outcomes(random_play())
    other = outcomes(random_play({"drivers": [*UNCERTAINTY["drivers"], more]}))
    assert np.array_equal(plain.lhs, other.lhs, equal_nan=True)
    assert np.array_equal(plain.measures, other.measures)
    assert np.array_equal(plain.drivers, other.drivers[..., :-1])


@pytest.mark.parametrize("target", ["fixed_cost", "wage"])
def test_a_higher_cost_never_helps(target: str) -> None:
    def with_cost(factor: float) -> Outcomes:
        cost = driver("cost", target, distribution=of("constant", value=factor))
        return outcomes(random_play({"drivers": [*UNCERTAINTY["drivers"], cost]}))

    cheap, dear = with_cost(1.0), with_cost(1.3)
    assert (dear.met <= cheap.met).all()
    assert (dear.lhs[..., 0] > cheap.lhs[..., 0]).all()


def test_a_future_that_cannot_be_is_a_row_and_a_miss() -> None:
    sections = {
        "cells": [cell("i", {"opening_customers": 100, "churn": 0.5})],
        "lines": [row("any", {"expression": "customers", "at_least": 0})],
    }
    churn = driver("churn", "churn", acts="value", distribution=of("uniform", low=0, high=1.25))
    found = stress(play(sections, {"drivers": [churn]}))
    assert found.report.lines[0].p_met == pytest.approx(0.8, abs=2e-3)
    count = found.report.impossible["churn"]
    assert count == (found.outcomes.drivers > 1).sum()
    assert (found.outcomes.status != -1).sum() == count
    assert TARGETS[int(found.outcomes.status.max())] == "churn"


def test_what_stands_instead_comes_before_factors_and_events() -> None:
    drivers = [
        driver("twice", "price", distribution=of("constant", value=2)),
        driver("seven", "price", acts="value", distribution=of("constant", value=7)),
    ]
    event = row("sale", {"probability": 1, "first": 2, "lasts": 1,
                         "impacts": [{"target": "price", "factor": 0.5}]})  # fmt: skip
    sections = {"calendar": calendar(3), "cells": [cell("i", {"base_volume": 1, "price": 3})]}
    found = outcomes(play(sections, {"drivers": drivers, "events": [event]}), points=2)
    assert found.revenue[0, 0] == pytest.approx([14, 14, 14]) or found.revenue[0, 0].min() == 7
    starts = outcomes(play(sections, {"drivers": drivers, "events": [{**event, "last": 2}]}), 2)
    assert starts.revenue[3, 1] == pytest.approx([14, 7, 14])


def test_units_draw_apart_and_rows_above_them_together() -> None:
    made = random_play()
    money = next(one for one in made.unknowns.drivers if one.spec.id == "money")
    labels = [money.rows.labels[draw] for draw in money.rows.draws]
    ids = made.problem.axes["placements"].labels  # type: ignore[index]
    assert dict(zip(ids, labels, strict=True)) == {
        "one": "x", "unit": "y", "all": "", "horizon": "x", "keep": "", "move": "x",
    }  # fmt: skip


def test_draws_are_doubled_until_they_are_precise() -> None:
    made = random_play()
    loose = Precision(p_met=0.05)
    first = stressed(made, StressOptions(precision=loose, seed=2)).report
    assert first.precision_reached
    tight = Precision(p_met=0.0015)
    later = stressed(made, StressOptions(precision=tight, seed=2)).report
    assert later.precision_reached
    assert later.draws > first.draws
    assert all(line.high - line.low <= 2 * 0.0015 for line in later.lines)
    cut = stressed(made, StressOptions(precision=tight, most_draws=8_192, seed=2)).report
    assert not cut.precision_reached
    assert cut.draws == 8_192


@pytest.mark.parametrize("options", [StressOptions(most_draws=31), StressOptions(seed=-1)])
def test_options_out_of_range(options: StressOptions) -> None:
    with pytest.raises(UsageError):
        stressed(random_play(), options)
