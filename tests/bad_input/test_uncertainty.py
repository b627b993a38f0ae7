"""Uncertainty that contradicts itself: drivers, distributions, correlations, events."""

import numpy as np
import pytest
from tests.bad_input.broken import Broken, place_of

from allocopt.findings import Finding
from allocopt.scenario.load import check_scenario
from allocopt.simulation.checks import check_uncertainty

GOOD = """
uncertainty:
  drivers:
    - id: demand
      target: base_volume
      per: county
      distribution: {family: triangular, low: 0.9, mode: 1, high: 1.2}
    - id: churn
      target: churn
      per: county
      distribution: {family: lognormal, spread: 10 %}
    - id: price
      target: price
      scope: {products: mobile}
      distribution: {family: normal, mean: 1, sd: 0.02}
    - id: gifts
      target: response
      acts: relative
      scope: {levers: gifts}
      distribution: {family: beta, successes: 278, contacts: 19000}
  correlations:
    - {id: pair, drivers: [demand, churn], rank: -0.5}
  common_factors:
    - {id: market, loadings: [{driver: price, weight: 0.6}]}
  events:
    - id: rival
      probability: 20 %
      first: 3
      last: 9
      lasts: 2
      impacts: [{target: churn, factor: 1.3}]
  stresses:
    - {id: war, first: 4, impacts: [{target: arpu, factor: 0.9}]}
"""

CASES = (
    (
        "target: base_volume",
        "target: base_volumes",
        "target: ^base_volumes",
        "not one of the choices",
        "Did you mean base_volume?",
    ),
    (
        "low: 0.9, mode: 1,",
        "low: 1.1, mode: 1,",
        "low: ^1.1",
        "low is 1.1 and mode is 1.0",
        "docs/stress.md",
    ),
    (
        "family: triangular",
        "family: triangle",
        "family: ^triangle",
        "did you mean triangular?",
        "docs/stress.md",
    ),
    (
        "low: 0.9, mode: 1, high: 1.2",
        "p10: 2, p50: 1, p90: 3",
        "p10: ^2",
        "p10 is 2.0 and p50 is 1.0",
        "docs/stress.md",
    ),
    (
        "successes: 278,",
        "successes: 27800,",
        "successes: ^27800",
        "successes is 27800.0",
        "docs/stress.md",
    ),
    (
        "successes: 278, contacts: 19000",
        "mean: 1.4, low: 0.1, high: 0.2",
        "mean: ^1.4",
        "mean must lie in",
        "docs/stress.md",
    ),
    (
        "spread: 10 %",
        "sprad: 10 %",
        "distribution: ^{family: lognormal",
        "cannot be made of sprad",
        "spread",
    ),
    (
        "scope: {products: mobile}",
        "scope: {products: mobil}",
        "{products: ^mobil}",
        "mobil is not known",
        "Did you mean mobile?",
    ),
    (
        "scope: {levers: gifts}",
        "scope: {roles: promoter}",
        "^id: gifts\n",
        "response cannot be filtered by roles",
        "docs/stress.md",
    ),
    (
        "target: base_volume\n      per: county",
        "target: base_volume\n      per: grid",
        "per: ^grid",
        "the level grid is not known",
        "county",
    ),
    (
        "target: price\n",
        "target: price\n      by: lever\n",
        "^id: price\n",
        "cells cannot be told apart by lever",
        "docs/stress.md",
    ),
    ("rank: -0.5", "rank: -1.5", "rank: ^-1.5", "-1.5 is not between -1 and 1", "0.4"),
    (
        "[demand, churn]",
        "[demand, chrun]",
        "[demand, chrun]",
        "the driver chrun is not known",
        "Did you mean churn?",
    ),
    (
        "[demand, churn]",
        "[demand, price]",
        "^[demand, price]",
        "do not draw for the same",
        "common factor",
    ),
    (
        "driver: price, weight: 0.6}",
        "driver: price, weight: 0.6}, {driver: price, weight: 0.9}",
        "weight: ^0.9",
        "sum to 1.17",
        "0.925",
    ),
    ("      last: 9", "      last: 19", "last: ^19", "period 19 is not in the calendar", "1 to 12"),
    (
        "      first: 3",
        "      first: 10",
        "last: ^9",
        "the last period 9 is before the first, 10",
        "Exchange",
    ),
    ("      lasts: 2", "      lasts: 11", "lasts: ^11", "ends with period 12", "Leave 'lasts' out"),
    ("probability: 20 %", "probability: 120 %", "probability: ^120", "too large", "Correct"),
    (
        "target: churn, factor: 1.3}",
        "target: churn}",
        "^{target: churn}",
        "either 'factor' or 'severity'",
        "Give a number",
    ),
    (
        "target: arpu, factor: 0.9}",
        "target: arpu, severity: {family: uniform, low: 0, high: 1}}",
        "severity: ^{family: uniform",
        "a stress is one future",
        "factor",
    ),
)


@pytest.fixture
def uncertain(broken: Broken) -> Broken:
    return broken.put("scenario.yaml", broken.text() + GOOD)


def findings(scenario: Broken) -> tuple[Finding, ...]:
    return check_scenario(scenario.folder, checks=[check_uncertainty])


def test_the_section_that_is_broken_below_is_sound(uncertain: Broken) -> None:
    assert findings(uncertain) == ()


@pytest.mark.parametrize(("old", "new", "at", "message", "hint"), CASES)
def test_one_mistake_is_one_finding_at_its_place(
    uncertain: Broken, old: str, new: str, at: str, message: str, hint: str
) -> None:
    uncertain.replace(old, new)
    found = findings(uncertain)
    assert len(found) == 1, [f"{f.path}: {f.message}" for f in found]
    assert message in str(found[0].message)
    assert hint in str(found[0].hint)
    assert place_of(found[0]) == uncertain.place(at)


def test_correlations_that_cannot_be_together_come_with_the_nearest_that_can(
    uncertain: Broken,
) -> None:
    third = (
        "    - {id: cost, target: unit_cost, per: county, "
        "distribution: {family: constant, value: 1}}\n"
    )
    uncertain.replace("  correlations:\n", f"{third}  correlations:\n")
    more = (
        "    - {id: x, drivers: [demand, cost], rank: 0.9}\n"
        "    - {id: y, drivers: [churn, cost], rank: 0.9}\n"
    )
    uncertain.replace("  common_factors:\n", f"{more}  common_factors:\n")
    (found,) = findings(uncertain)
    assert "contradict each other" in str(found.message)
    off = 2 * np.sin(np.pi / 6 * np.array([-0.5, 0.9, 0.9]))
    matrix = np.array([[1, off[0], off[1]], [off[0], 1, off[2]], [off[1], off[2], 1]])
    assert f"{np.linalg.eigvalsh(matrix)[0]:.4g}" in str(found.message)
    assert "demand, cost 0." in str(found.hint)
    assert place_of(found) == uncertain.place("[churn, cost], rank: ^0.9")


def test_all_at_once(uncertain: Broken) -> None:
    for old, new, *_ in (CASES[0], CASES[4], CASES[15], CASES[19]):
        uncertain.replace(old, new)
    assert len(findings(uncertain)) == 4
