"""The same number from two independent computations."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from tests.plans import TIGHT, search, solve
from tests.scenarios import random_decisions, random_sections
from tests.support import cell, problem_of, row

from allocopt.arrays import FloatArray
from allocopt.declare.affine import Affine
from allocopt.declare.composition import declare_measures
from allocopt.declare.goals import GoalRow, declare_goals
from allocopt.declare.people import declare_people
from allocopt.declare.pieces import outer_pieces
from allocopt.declare.rows import columns_of
from allocopt.declare.spend import declare_spend
from allocopt.measures.decisions import Decisions, current_decisions
from allocopt.measures.numbers import evaluate
from allocopt.measures.world import World, expected_world
from allocopt.problem import Problem
from allocopt.solving.highs import solve_model
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import no_watch

EXACT = ("linear", "table")
SMOOTH = ("hill", "modified_exponential", "square_root", "power")


def declared(
    problem: Problem, decisions: Decisions, points: int
) -> tuple[dict[str, FloatArray], Any]:
    """Return every measure of a model whose decisions are fixed, and the pieces it used.

    The model is solved for the largest response, so that its pieces are filled as the
    curves say wherever they are concave, and keeps no more customers than it may.
    """
    model = pyo.ConcreteModel()
    spend = declare_spend(model, problem)
    people = declare_people(model, problem)
    everywhere = np.ones(problem.placements.upper.shape, dtype=np.bool_)
    pieces = outer_pieces(problem.placements, points=points, ordered=everywhere)
    chosen = Decisions(
        **{
            **vars(current_decisions(problem)),
            "spend": spend,
            "unserved": decisions.unserved,
            **vars(people),
        }
    )
    totals = declare_measures(model, problem, pieces, chosen)
    for name in ("spend", *vars(people)):
        wanted = vars(decisions)[name]
        part: Affine = vars(chosen)[name]
        for number, value in zip(
            part.matrix.indices,
            (wanted / part.matrix.data.reshape(wanted.shape)).ravel(),
            strict=True,
        ):
            part.columns.variables[number].fix(float(value))
    declare_goals(model, (GoalRow("most", _early_first(model), 0.0, 1.0),))
    outcome = solve_model(model, TIGHT, time_limit=30, watch=no_watch, stage="fixed")
    assert outcome.has_plan
    return {name: values.value() for name, values in totals.measures.items()}, pieces


def _early_first(model: pyo.ConcreteModel) -> Affine:
    """Return the sum of responses and of limited flows, those of earlier periods weighing more."""
    columns = columns_of(model)
    numbers, factors = [], []
    for number, variable in enumerate(columns.variables):
        name = variable.parent_component().name
        limited = re.fullmatch(r".*(?:saved|moved)_(\d+)", name)
        if name == "response":
            numbers.append(number)
            factors.append(1e3)
        elif limited:
            numbers.append(number)
            factors.append(30.0 ** -int(limited[1]))
    return Affine.of_columns(columns, np.array(numbers), (len(numbers),), np.array(factors)).total()


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_model_and_evaluation_agree_at_random_points(seed: int) -> None:
    """Straight and table curves: every measure to 1e-9 of its size."""
    rng = np.random.default_rng(seed)
    problem = problem_of(random_sections(rng, families=EXACT))
    decisions = random_decisions(rng, problem)
    true = evaluate(problem, decisions)
    model, _ = declared(problem, decisions, points=6)
    assert set(model) == set(true)
    for name, values in true.items():
        size = max(float(np.nanmax(np.abs(values), initial=0.0)), 1.0)
        known = np.nan_to_num(values)
        assert model[name] == pytest.approx(known, rel=1e-9, abs=1e-8 * size), name


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_smooth_curves_stand_within_their_stated_error(seed: int) -> None:
    rng = np.random.default_rng(seed)
    # People limit nothing here: what they cannot serve would hold the stand-in's response down.
    problem = problem_of(random_sections(rng, families=SMOOTH) | {"roles": [], "staff": []})
    decisions = random_decisions(rng, problem)
    true = evaluate(problem, decisions)["response"]
    model, pieces = declared(problem, decisions, points=12)
    spread = np.where(problem.placements.on_horizon, 1 / len(problem.calendar), 1.0)
    size = np.abs(true).max(initial=1.0)
    assert np.all(model["response"] >= true - 1e-7 * size)
    above = model["response"] - true
    assert np.all(above <= (pieces.error * spread)[:, None] * 1.0001 + 1e-7 * size)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_leading_axis_of_draws_is_a_loop_over_draws(seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem = problem_of(random_sections(rng, families=(*EXACT, *SMOOTH)))
    decisions = random_decisions(rng, problem)
    base = vars(expected_world(problem))
    draws = [{name: _shaken(rng, name, values) for name, values in base.items()} for _ in range(3)]
    together = World(**{name: np.stack([draw[name] for draw in draws]) for name in base})
    batched = evaluate(problem, decisions, together)
    for number, draw in enumerate(draws):
        single = evaluate(problem, decisions, World(**draw))
        for name, values in single.items():
            found = batched[name]
            found = found[number] if found.ndim == 3 else found
            assert np.allclose(found, values, rtol=1e-12, atol=1e-9, equal_nan=True), name


def _shaken(rng: np.random.Generator, name: str, values: FloatArray) -> FloatArray:
    shaken = values * rng.uniform(0.8, 1.2, size=values.shape)
    rates = ("churn", "migration", "effective_rate", "cost_share")
    return np.minimum(shaken, 0.45 if name in rates[:2] else 1.0) if name in rates else shaken


def spread_over(
    curves: list[dict[str, Any]], *, budget: float, upper: float, prices: list[float]
) -> Problem:
    """Return one placement per curve, each selling at its price, and a budget."""
    names = [f"p{number}" for number in range(len(curves))]
    return problem_of(
        {
            "products": [row(name) for name in names],
            "cells": [
                cell(name, {"product": name, "price": price})
                for name, price in zip(names, prices, strict=True)
            ],
            "levers": [row("l", {"expense": "budget"})],
            "placements": [
                row(name, {"lever": "l", "products": [name], "curve": curve, "upper": upper})
                for name, curve in zip(names, curves, strict=True)
            ],
            "lines": [row("budget", {"expression": "spend", "at_most": f"{budget} 元"})],
        }
    )


def on_a_grid(problem: Problem, budget: float, step: float, upper: float) -> Iterator[float]:
    """Yield the objective of every plan in multiples of ``step`` within the budget."""
    levels = np.arange(0, upper + step / 2, step)
    count = len(problem.placements.levers)
    curves = problem.placements.curves
    values = curves.value(np.tile(levels, (count, 1))) * problem.cells.price
    net = values - levels
    for choice in product(range(len(levels)), repeat=count):
        if levels[list(choice)].sum() <= budget + 1e-9:
            yield float(sum(net[a, k] for a, k in enumerate(choice)))


@pytest.mark.parametrize("seed", range(2))
def test_s_curves_by_binaries_and_by_enumeration(seed: int) -> None:
    """No plan on a fine grid is better than the bound, and the plan is no worse than the grid's."""
    rng = np.random.default_rng(seed)
    curves = [
        {
            "family": "hill",
            "beta": float(rng.uniform(20, 80)),
            "ec50": float(rng.uniform(15, 60)),
            "slope": float(rng.uniform(1.5, 5)),
        }
        for _ in range(3)
    ]
    prices = rng.uniform(3, 8, size=3).tolist()
    problem = spread_over(curves, budget=100.0, upper=100.0, prices=prices)
    best = max(on_a_grid(problem, 100.0, 2.5, 100.0))
    found = search(problem, "subsidies", SolveOptions(gap=1e-3, threads=1))
    assert found.best is not None
    assert found.bound >= best
    assert found.best.objective >= best * (1 - 1e-3)


def test_concave_by_search_and_by_water_filling() -> None:
    """V17: a_i log(1 + x_i / b_i) under a budget: x_i = max(a_i / m - b_i, 0) at one marginal m."""
    scale, place = np.array([40.0, 60.0, 25.0]), np.array([10.0, 30.0, 5.0])
    curves = [
        {"family": "logarithmic", "scale": float(a), "halfway": float(b)}
        for a, b in zip(scale, place, strict=True)
    ]
    problem = spread_over(curves, budget=90.0, upper=90.0, prices=[2.0, 2.0, 2.0])

    def given_marginal(m: float) -> FloatArray:
        return np.asarray(np.maximum(scale / m - place, 0.0), dtype=np.float64)

    marginal = brentq(lambda m: float(given_marginal(m).sum()) - 90.0, 0.05, 10)
    spend = given_marginal(marginal)
    assert 2 * marginal > 1
    optimum = 2 * float((scale * np.log1p(spend / place)).sum()) - float(spend.sum())
    plan = solve(problem, "subsidies")
    assert plan.objective == pytest.approx(optimum, rel=2e-5)
    assert plan.objective <= optimum * (1 + 1e-9)
    assert plan.decisions.spend[:, 0] == pytest.approx(spend, abs=0.5)
