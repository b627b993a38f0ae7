"""Infeasible variants of the bundled city: what clashes is named, in both languages."""

import json

import pytest

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
}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_conflict_is_named(
    variant: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    overrides, named = VARIANTS[variant]
    settings = [part for text in overrides for part in ("--set", text)]
    call = ["solve", "telecom_city", "--json", "--lang", language, "--no-repairs"]
    assert run([*call, *settings]) == 3
    error = json.loads(capsys.readouterr().out)["error"]
    assert named <= {one["name"].partition("[")[0] for one in error["conflict"]}
