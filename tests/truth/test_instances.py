"""Allocation instances with certified optima: value within a millionth, bound never below it."""

import json
from pathlib import Path

import numpy as np
import pytest

import allocopt as ao
from allocopt.allocation import allocate
from allocopt.curves import Hill

FOLDER = Path(__file__).parents[1] / "data" / "instances"
REFERENCE = json.loads((FOLDER / "reference.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("scale", [1.0, 1e6])
@pytest.mark.parametrize("name", sorted(REFERENCE))
def test_certified_optimum(name: str, scale: float) -> None:
    given = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    money = {key: np.array(given[key]) * scale for key in ("ec50", "lower", "upper")}
    found = allocate(
        Hill(given["beta"], money["ec50"], given["slope"]),
        given["budget"] * scale,
        lower=money["lower"],
        upper=money["upper"],
        spend_all=given["budget_sense"] == "eq",
        gap=1e-9,
    )
    value = REFERENCE[name]["value"]
    assert found.objective == pytest.approx(value, rel=1e-9)
    assert found.bound >= max(value, found.objective) * (1 - 1e-12)
    assert found.gap <= 1e-9
    assert found.spend.sum() == pytest.approx(given["budget"] * scale, rel=1e-9)
    assert found.spend.sum() <= given["budget"] * scale * (1 + 1e-12)


def test_the_public_name() -> None:
    found = ao.allocate([Hill(10.0, 1.0, 2.0), Hill(10.0, 1.0, 0.8)], 2.0)
    assert isinstance(found, ao.Allocation)
    assert found.status == "proven"
