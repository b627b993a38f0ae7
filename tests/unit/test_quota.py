"""Quotas as numbers: target cells, reference shares, parts with bounds."""

from typing import Any

import numpy as np
import pytest
from tests.support import calendar, cell, problem_of, row

from allocopt.problem import Problem
from allocopt.problem.quota import Quota, quotas_of


def problem_with(target: dict[str, Any], **cells: dict[str, Any]) -> Problem:
    """Return units x, y (district d) and z, products p and q, channels c and e; z sells p only."""
    places = {
        "xp": ("x", "p"),
        "xq": ("x", "q"),
        "yp": ("y", "p"),
        "yq": ("y", "q"),
        "zp": ("z", "p"),
    }
    return problem_of(
        {
            "calendar": calendar(2),
            "units": [
                row("city"),
                row("d", {"parent": "city"}),
                *[row(name, {"parent": "d"}) for name in ("x", "y")],
                row("z", {"parent": "city"}),
            ],
            "products": [row("p"), row("q")],
            "channels": [row("c"), row("e")],
            "cells": [
                cell(
                    f"{name}{channel}",
                    {"unit": u, "product": p, "channel": channel, **cells.get(name, {})},
                )
                for name, (u, p) in places.items()
                for channel in ("c", "e")
            ],
            "targets": [row("first", {"measure": "gross_adds", "quota": 100, **target})],
        }
    )


def quota_of(target: dict[str, Any], **cells: dict[str, Any]) -> Quota:
    (quota,) = quotas_of(problem_with(target, **cells))
    return quota


@pytest.mark.parametrize(
    ("target", "count"),
    [
        ({}, 5),
        ({"by_product": False}, 3),
        ({"by_channel": True}, 10),
        ({"by_product": False, "by_channel": True}, 6),
        ({"scope": {"units": "d"}}, 4),
        ({"scope": {"products": "q"}}, 2),
    ],
)
def test_target_cells_are_the_cells_grouped(target: dict[str, Any], count: int) -> None:
    problem = problem_with(target)
    assert problem.target_cells.cells.shape[0] == count
    covered = problem.target_cells.cells.sum(axis=0)
    assert set(covered.tolist()) <= {0.0, 1.0}


@pytest.mark.parametrize(
    ("target", "shares"),
    [
        ({"method": "even"}, [0.2] * 5),
        ({"method": "potential"}, [0.1, 0.1, 0.1, 0.1, 0.6]),
        ({"method": "weighted", "weight": "w"}, [0.25, 0.25, 0.25, 0.25, 0]),
        ({"method": "optimized"}, [0.4, 0.15, 0.15, 0.15, 0.15]),
        (
            {
                "method": "bucketed",
                "buckets": [
                    row("z", {"units": ["z"], "share": 0.4}),
                    row("all", {"units": ["city"], "share": 0.6}),
                ],
            },
            [0.15, 0.15, 0.15, 0.15, 0.4],
        ),
    ],
)
def test_reference_shares(target: dict[str, Any], shares: list[float]) -> None:
    """Potential 1 each and 6 for z; weights 1 but for z; last year 8 for xp, 3 for the others."""
    common = {"potential": 1, "last_year_volume": 3, "weight": {"w": 1}}
    quota = quota_of(
        target,
        xp=common | {"last_year_volume": 8},
        xq=common,
        yp=common,
        yq=common,
        zp={"potential": 6, "last_year_volume": 3},
    )
    assert quota.reference == pytest.approx(shares)


def test_potential_guides_where_last_year_is_not_known() -> None:
    numbers = {name: {"potential": k} for k, name in enumerate(("xp", "xq", "yp", "yq", "zp"), 1)}
    assert quota_of({}, **numbers).reference == pytest.approx(np.arange(1, 6) / 15)
    numbers["zp"] = {}
    assert quota_of({}, **numbers).reference == pytest.approx([0.2] * 5)


def test_layers_steps_and_profile() -> None:
    quota = quota_of({"stretch": 120, "over_assignment": "10 %", "smallest_step": 5})
    assert (quota.total, quota.step) == (100, 5)
    assert quota.stretch == pytest.approx(132)
    assert quota.profile.tolist() == [0.5, 0.5]
    assert quota_of({}).stretch == 100
    assert quota_of({}).step == 0


def test_parts_are_rows_and_periods_with_bounds() -> None:
    pins = [
        row("pin", {"scope": {"units": "d", "products": "q"}, "equals": 7}),
        row("low", {"scope": {"units": "z"}, "periods": [2], "at_least": 3}),
        row("high", {"at_most": 90}),
    ]
    pin, low, high = quota_of({"pins": pins}).parts
    assert (pin.rows.tolist(), pin.periods.tolist(), pin.least, pin.most) == ([1, 3], [0, 1], 7, 7)
    assert (low.rows.tolist(), low.periods.tolist(), low.least, low.most) == ([4], [1], 3, np.inf)
    assert (high.rows.size, high.least, high.most) == (5, 0, 90)


def test_quotas_do_not_share_target_cells() -> None:
    sections = [
        row("first", {"measure": "gross_adds", "quota": 10, "by_product": False}),
        row("second", {"measure": "revenue", "quota": "3 万元", "scope": {"units": "d"}}),
    ]
    cells = [cell(f"{u}{p}", {"unit": u, "product": p}) for u in ("x", "z") for p in ("p", "q")]
    problem = problem_of(
        {
            "units": [
                row("city"),
                row("d", {"parent": "city"}),
                row("x", {"parent": "d"}),
                row("z", {"parent": "city"}),
            ],
            "products": [row("p"), row("q")],
            "cells": cells,
            "targets": sections,
        }
    )
    first, second = quotas_of(problem)
    assert (first.rows.tolist(), second.rows.tolist()) == ([0, 1], [2, 3])
    assert second.total == 30_000
