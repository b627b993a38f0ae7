"""Manpower planning: people over years as declare functions, plus what the case adds."""

from dataclasses import dataclass, replace

import numpy as np
import pyomo.environ as pyo
import pytest
from scipy.sparse import csr_array
from tests.plans import TIGHT
from tests.support import calendar, problem_of, row

from allocopt.declare.affine import Affine
from allocopt.declare.composition import declare_measures
from allocopt.declare.goals import GoalRow, declare_goals
from allocopt.declare.people import (
    PeopleFlows,
    declare_departures,
    declare_hiring_limits,
    declare_people,
    group_labels,
)
from allocopt.declare.pieces import outer_pieces
from allocopt.declare.rows import Relation, declare_rows, declare_variables
from allocopt.measures.decisions import current_decisions
from allocopt.problem import Problem
from allocopt.solving.highs import solve_model
from allocopt.solving.outcome import Outcome, no_watch

SKILLS = ("unskilled", "semiskilled", "skilled")
OPENING = (2_000, 1_500, 1_000)
NEEDED = np.array([[1_000, 500, 0], [1_400, 2_000, 2_500], [1_000, 1_500, 2_000]], dtype=np.float64)
LEAVE_FIRST_YEAR, LEAVE_LATER = (0.25, 0.20, 0.10), (0.10, 0.05, 0.05)
RECRUITS = (500, 800, 500)
REDUNDANCY = (200, 500, 500)
EXCESS, SHORT_TIME = np.array([[1_500.0], [2_000], [3_000]]), np.array([[500.0], [400], [400]])


def manpower() -> Problem:
    """Return problem 5 of Williams, Model Building in Mathematical Programming.

    Those who leave in their first year never count in it, so that an arrival is a recruit
    who stays: at most 75 % of 500 unskilled, 80 % of 800, 90 % of 500.
    """
    stay = [most * (1 - rate) for most, rate in zip(RECRUITS, LEAVE_FIRST_YEAR, strict=True)]
    return problem_of(
        {
            "calendar": calendar(3),
            "roles": [
                row(
                    skill,
                    {
                        "expense": "budget",
                        "whole": False,
                        "attrition": LEAVE_LATER[k],
                        "max_hires": stay[k],
                        "release_cost": REDUNDANCY[k],
                    },
                )
                for k, skill in enumerate(SKILLS)
            ],
            "staff": [
                {"id": skill, "role": skill, "unit": "u", "heads": OPENING[k]}
                for k, skill in enumerate(SKILLS)
            ],
        }
    )


@dataclass(frozen=True)
class Extras:
    """What the case adds, each Affine: retraining (2, years), the others (3, years), heads."""

    retrain: Affine
    downgrade: Affine
    excess: Affine
    short_time: Affine


def _extras(model: pyo.ConcreteModel, problem: Problem) -> Extras:
    labels, years = group_labels(problem), problem.calendar.labels
    steps = [(step, year) for step in ("to_semiskilled", "to_skilled") for year in years]
    downs = [(s, y) for s in ("semi_to_un", "skilled_to_semi", "skilled_to_un") for y in years]
    caps = np.array([[200.0], [np.inf]])
    return Extras(
        retrain=declare_variables(model, "retrain", steps, shape=(2, 3), upper=caps),
        downgrade=declare_variables(model, "downgrade", downs, shape=(3, 3)),
        excess=declare_variables(model, "excess", labels, shape=(3, 3)),
        short_time=declare_variables(model, "short_time", labels, shape=(3, 3), upper=50.0),
    )


def _with_moves(flows: PeopleFlows, extras: Extras) -> PeopleFlows:
    """Return flows where retraining and downgrading move people between skills.

    Of those retrained 5 % leave (the rate of where they go); of those downgraded, half.
    """
    out = (
        csr_array(np.array([[1, 0], [0, 1], [0, 0]])),
        csr_array(np.array([[0, 0, 0], [1, 0, 0], [0, 1, 1]])),
    )
    into = (
        csr_array(np.array([[0, 0], [0.95, 0], [0, 0.95]])),
        csr_array(np.array([[0.5, 0, 0.5], [0, 0.5, 0], [0, 0, 0]])),
    )
    return replace(
        flows,
        moves_in=extras.retrain.mixed(into[0]) + extras.downgrade.mixed(into[1]),
        moves_out=extras.retrain.mixed(out[0]) + extras.downgrade.mixed(out[1]),
    )


def solved(first: str) -> tuple[Outcome, pyo.ConcreteModel]:
    """Return the outcome with ``first`` as the first of both goals."""
    problem = manpower()
    model = pyo.ConcreteModel()
    extras = _extras(model, problem)
    people = declare_people(model, problem)
    people = _with_moves(people, extras)
    declare_hiring_limits(model, problem, people.arrivals)
    decisions = replace(current_decisions(problem), **vars(people))
    totals = declare_measures(model, problem, outer_pieces(problem.placements, points=2), decisions)
    heads = totals.measures["heads"]
    declare_departures(model, problem, heads, people)
    labels, years = group_labels(problem), list(problem.calendar.labels)
    staffed = heads - extras.excess - extras.short_time * 0.5
    declare_rows(model, "needed", labels, staffed - NEEDED, relation=Relation.ZERO)
    over = extras.excess.mixed(csr_array(np.ones((1, 3))))
    declare_rows(model, "largest_excess", years, 150.0 - over)
    declare_rows(model, "largest_retraining", years, heads[2] * 0.25 - extras.retrain[1])
    expense = totals.measures["expense"].total()
    retraining = (extras.retrain * np.array([[400.0], [500.0]])).total()
    cost = (
        expense
        + retraining
        + (extras.excess * EXCESS).total()
        + (extras.short_time * SHORT_TIME).total()
    )
    goals = {
        "redundancy": GoalRow("redundancy", -people.releases.total(), 0.0, 1.0),
        "cost": GoalRow("cost", -cost, 0.0, 1.0),
    }
    second = "cost" if first == "redundancy" else "redundancy"
    declare_goals(model, (goals[first], goals[second]))
    return solve_model(model, TIGHT, time_limit=30, watch=no_watch, stage="manpower"), model


def test_least_redundancy_and_what_it_costs() -> None:
    outcome, model = solved("redundancy")
    assert -outcome.objective == pytest.approx(841.796875, abs=1e-6)
    cost = model.allocopt_goals[1].value.value()
    assert -float(cost) == pytest.approx(1_441_389.80, abs=0.02)


def test_least_cost_and_its_redundancies() -> None:
    outcome, model = solved("cost")
    assert -outcome.objective == pytest.approx(498_677.29, abs=0.01)
    assert -float(model.allocopt_goals[1].value.value()) == pytest.approx(1_423.7, abs=0.05)


def test_saving_is_the_published_one() -> None:
    _, fewest = solved("redundancy")
    cheapest, _ = solved("cost")
    dear = -float(fewest.allocopt_goals[1].value.value())
    assert dear + cheapest.objective == pytest.approx(942_712.51, abs=0.02)
