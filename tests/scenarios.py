"""Random small scenarios that use everything at once, and random decisions on them."""

from dataclasses import replace
from typing import Any

import numpy as np
from tests.support import calendar, row

from allocopt.arrays import FloatArray
from allocopt.measures.decisions import Decisions, current_decisions
from allocopt.measures.numbers import evaluate
from allocopt.problem import Problem

UPPER = 100.0


def random_curve(rng: np.random.Generator, family: str) -> dict[str, Any]:
    """Return a curve of ``family`` that brings a few dozen accounts for `UPPER` 元."""
    top = float(rng.uniform(20, 60))
    if family == "table":
        efforts = np.concatenate([[0], np.cumsum(rng.uniform(10, 60, size=4))])
        values = np.concatenate([[0], np.cumsum(rng.uniform(0, 15, size=4))])
        return {"family": family, "efforts": efforts.tolist(), "values": values.tolist()}
    parameters = {
        "linear": {"rate": top / UPPER},
        "hill": {
            "beta": top,
            "ec50": float(rng.uniform(15, 60)),
            "slope": float(rng.uniform(0.8, 4)),
        },
        "modified_exponential": {"top": top, "rate": float(rng.uniform(0.01, 0.05))},
        "square_root": {"scale": top / 10, "offset": float(rng.uniform(1, 20))},
        "power": {"scale": top / 10, "exponent": float(rng.uniform(0.3, 0.7))},
    }[family]
    return {"family": family, **parameters}


def random_cells(rng: np.random.Generator) -> list[dict[str, Any]]:
    """Return five cells of units x, y, products p, q and channels c, d; one migrates to another."""
    places = (("x", "p", "c"), ("x", "p", "d"), ("x", "q", "c"), ("y", "p", "c"), ("y", "q", "c"))
    cells = [
        {
            "id": "-".join(place),
            "unit": place[0],
            "product": place[1],
            "channel": place[2],
            "opening_customers": float(rng.uniform(100, 500)),
            "base_volume": float(rng.uniform(5, 40)),
            "price": float(rng.uniform(0, 8)),
            "arpu": float(rng.uniform(1, 6)),
            "unit_cost": float(rng.uniform(0, 3)),
            "cost_share": float(rng.uniform(0, 0.3)),
            "churn": float(rng.uniform(0, 0.1)),
            "effective_rate": float(rng.uniform(0.6, 1)),
            "potential": float(rng.uniform(50, 100)),
            "last_year_volume": float(rng.uniform(50, 100)),
            "last_year_revenue": float(rng.uniform(500, 1_000)),
            "season": "season" if rng.random() < 0.5 else None,
            "weight": {"w": float(rng.uniform(0, 1))},
        }
        for place in places
    ]
    cells[0] |= {"migrates_to": "x-q-c", "migration": float(rng.uniform(0, 0.05))}
    return cells


def random_placements(rng: np.random.Generator, families: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return placements of each effect: on a cell, on a unit, on everything, with carry-over."""
    where: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("one", "subsidy", {"units": ["x"], "products": ["p"], "channels": ["c"]}),
        ("unit", "subsidy", {"units": ["y"], "split_by": "opening_customers"}),
        ("all", "promotion", {"carry_over": float(rng.uniform(0.1, 0.6)), "split_by": "equal"}),
        ("horizon", "promotion", {"units": ["x"], "acts": "horizon"}),
        ("keep", "care", {"products": ["p"], "split_by": "opening_customers"}),
        ("move", "switch", {"units": ["x"], "products": ["p"], "channels": ["c"]}),
    )
    rows = []
    for name, lever, values in where:
        curve = random_curve(rng, str(rng.choice(families)))
        current = round(float(rng.uniform(0, UPPER / 2)), 2)
        scale = float(rng.uniform(0.2, 1))
        rows.append(
            row(
                name,
                {
                    "lever": lever,
                    "curve": curve,
                    "upper": UPPER,
                    "current": current,
                    "scale": scale,
                    **values,
                },
            )
        )
    return rows


def random_sections(
    rng: np.random.Generator, *, families: tuple[str, ...], periods: int = 3
) -> dict[str, Any]:
    """Return the sections of a scenario for `tests.support.scenario`."""
    weights = rng.uniform(0.5, 1.5, size=periods)
    return {
        "calendar": calendar(periods)
        | {"festivals": [row("f", {"start": "2016-02-08", "end": "2016-02-14", "uplift": 0.2})]},
        "units": [
            row("city", {"level": "city"}),
            row("x", {"parent": "city", "level": "grid"}),
            row("y", {"parent": "city", "level": "grid"}),
        ],
        "products": [row("p"), row("q")],
        "channels": [row("c"), row("d")],
        "profiles": [row("season", {"weights": (weights / weights.sum()).tolist()})],
        "cells": random_cells(rng),
        "market": [
            row(
                "m",
                {
                    "unit": "city",
                    "product": "p",
                    "customers": 5_000,
                    "growth": 1.01,
                    "gross_adds": 300,
                    "leavers": 200,
                },
            )
        ],
        "expenses": [row("selling"), row("subsidies", {"parent": "selling"}), row("people")],
        "charges": [
            row("rent", {"expense": "people", "kind": "fixed", "amount": 30, "profile": "season"}),
            row(
                "fee",
                {"expense": "selling", "kind": "per_volume", "amount": 0.5, "products": ["p"]},
            ),
            row("bad_debt", {"expense": "selling", "kind": "revenue_share", "share": 0.01}),
        ],
        "levers": [
            row("subsidy", {"expense": "subsidies"}),
            row("promotion", {"expense": "selling"}),
            row("care", {"expense": "selling", "effect": "retention"}),
            row("switch", {"expense": "selling", "effect": "migration"}),
        ],
        "placements": random_placements(rng, families),
        "roles": _roles(rng),
        "staff": [
            {"id": "x-seller", "role": "seller", "unit": "x", "heads": 6, "most": 60},
            {"id": "y-seller", "role": "seller", "unit": "y", "heads": 4, "most": 60},
            {"id": "chief", "role": "chief", "unit": "city", "heads": 2, "most": 30},
        ],
        "objective": {
            "goals": [{"expression": "contribution + end_value"}],
            "end_value_periods": 3,
        },
    }


def _roles(rng: np.random.Generator) -> list[dict[str, Any]]:
    seller = {
        "expense": "people",
        "wage": float(rng.uniform(1, 5)),
        "hiring_cost": 1.5,
        "release_cost": 2,
        "move_cost": 0.5,
        "attrition": 0.03,
        "newcomers": {"rate": 0.1, "periods": 2},
        "ramp": [0.3, 0.6],
        "lead_time": 1,
        "can_move": True,
        "productivity": float(rng.uniform(5, 12)),
    }
    chief = {"expense": "people", "wage": 6, "span": {"of": "seller", "at_most": 8}}
    return [row("seller", seller), row("chief", chief)]


def random_decisions(rng: np.random.Generator, problem: Problem) -> Decisions:
    """Return decisions within bounds: any spend, few whole people, nobody below zero.

    Demand beyond what the people there can serve is turned away as the evaluation rations it.
    """
    placements, shape = problem.placements, problem.staff.wage.shape

    def heads(most: int) -> FloatArray:
        return rng.integers(0, most + 1, size=shape).astype(np.float64)

    groups = np.arange(shape[0])
    moves = np.where(groups[:, None] == 0, rng.integers(0, 2, size=shape), 0.0)
    arrivals = np.where(np.arange(shape[1]) >= problem.staff.lead_time[:, None], heads(3), 0.0)
    decisions = replace(
        current_decisions(problem),
        spend=rng.uniform(placements.lower, placements.upper),
        arrivals=arrivals,
        releases=np.zeros(shape),
        departures=np.where(groups[:, None] == 2, 0.0, heads(1)),
        moves_out=moves,
        moves_in=moves[np.where(groups == 2, 2, 1 - groups)] if shape[0] else moves,
    )
    return replace(decisions, unserved=evaluate(problem, decisions)["unserved"])
