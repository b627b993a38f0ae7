"""Whole flows of people behind whole heads."""

import numpy as np
from tests.support import calendar, cell, problem_of, row

from allocopt.declare.outputs import exposed_decisions
from allocopt.declare.rows import PyomoObject
from allocopt.declare.staffing import build_near_staff
from allocopt.measures.decisions import nonnegative
from allocopt.measures.numbers import evaluate
from allocopt.solving.highs import solve_model
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Outcome, no_watch
from allocopt.solving.staffing import whole_people


def solve(model: PyomoObject) -> Outcome:
    return solve_model(
        model, SolveOptions(threads=1), time_limit=30, watch=no_watch, stage="people"
    )


def test_heads_move_where_no_whole_flows_lead_to_them() -> None:
    """Six of seven must stay, one may be hired per period, and 8 % leave.

    The cheapest whole heads lead over fractions of leavers; the nearest with whole flows behind
    them keep the least heads.
    """
    role = {"expense": "budget", "wage": 1, "attrition": "8 %", "max_hires": 1, "can_move": True}
    problem = problem_of(
        {
            "units": [row("city"), row("u", {"parent": "city"}), row("v", {"parent": "city"})],
            "cells": [cell("i", {"unit": "u"})],
            "calendar": calendar(6),
            "roles": [row("seller", role)],
            "staff": [
                {"id": "s", "role": "seller", "unit": "u", "heads": 7, "least": 6},
                {"id": "t", "role": "seller", "unit": "v", "heads": 3, "least": 2},
            ],
        }
    )
    model = build_near_staff(problem, np.full((2, 6), 0.5))
    assert solve(model).has_plan
    relaxed = nonnegative(exposed_decisions(model))
    wanted = evaluate(problem, relaxed)["heads"]
    found = whole_people(problem, relaxed, wanted, solve)
    heads = evaluate(problem, found)["heads"]
    for flow in (found.arrivals, found.departures, found.moves_in, found.moves_out, heads):
        assert np.abs(flow - np.round(flow)).max() < 1e-9
    assert (heads >= problem.staff.least[:, None] - 1e-9).all()
    assert found.arrivals.sum(axis=0).max() <= 1
    assert np.abs(heads - wanted).max() > 0.5
