"""Infeasible variants of the bundled city: what clashes, and ways out that hold up."""

import json

import pytest

import allocopt as ao
from allocopt.cli import run

pytestmark = pytest.mark.slow

VARIANTS: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "budget against revenue floor": (
        ("lines.spend_budget.at_most=2500 万元", "lines.revenue_floor.at_least=48000 万元"),
        {"spend_budget", "revenue_floor"},
    ),
    "expense ratio against user share": (
        ("lines.expense_ratio.at_most=12 %",),
        {"expense_ratio", "user_share"},
    ),
    "hiring limit against norm": (
        ("roles.promoter.max_hires=1", "roles.promoter.norm.urban=24"),
        {"staff.heads", "roles.hiring"},
    ),
}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_conflict_and_ways_out(
    variant: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    overrides, named = VARIANTS[variant]
    settings = [part for text in overrides for part in ("--set", text)]
    call = ["solve", "telecom_city", "--json", "--lang", language, "--time-limit", "1800"]
    assert run([*call, *settings]) == 3
    error = json.loads(capsys.readouterr().out)["error"]
    assert named <= {one["name"].partition("[")[0] for one in error["conflict"]}
    assert len({tuple(way["overrides"]) for way in error["ways_out"]}) >= 2
    if language == "zh":
        sentences = [one["sentence"] for way in error["ways_out"] for one in way["changes"]]
        assert all("提高" in text or "降低" in text for text in sentences)
        return
    for way in error["ways_out"]:
        scenario = ao.load_scenario("telecom_city", overrides=(*overrides, *way["overrides"]))
        plan = ao.solve(scenario, gap=0.05, time_limit=1800)
        assert not plan.broken
        assert not [found for found in ao.verify(plan) if str(found.severity) == "error"]
