"""Infeasible variants of the bundled city: what clashes, and ways out that a solve confirms."""

import pytest

import allocopt as ao
from allocopt.errors import InfeasibleError
from allocopt.text import Language

pytestmark = pytest.mark.slow

VARIANTS: dict[str, tuple[tuple[str, ...], set[str], set[str]]] = {
    "budget against revenue floor": (
        ("lines.spend_budget.at_most=2500 万元", "lines.revenue_floor.at_least=48000 万元"),
        {"spend_budget", "revenue_floor"},
        {"lines.revenue_floor.at_least", "lines.spend_budget.at_most"},
    ),
    "expense ratio against user share": (
        ("lines.expense_ratio.at_most=12 %",),
        {"expense_ratio", "traffic_revenue", "user_share"},
        {"lines.expense_ratio.at_most", "lines.user_share.at_least"},
    ),
    "norm against spans": (
        ("roles.promoter.max_hires=1", "roles.promoter.norm.urban=14"),
        {"staff.heads", "roles.hiring", "roles.span"},
        {"roles.promoter.norm.urban", "roles.supervisor.span.at_most"},
    ),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_clashes_and_the_ways_out(variant: str) -> None:
    overrides, named, moved = VARIANTS[variant]
    scenario = ao.load_scenario("scenarios/telecom_city", overrides=overrides)
    with pytest.raises(InfeasibleError) as caught:
        ao.solve(scenario, time_limit=1200)
    assert {name.partition("[")[0] for name in caught.value.conflict} == named
    ways = caught.value.ways_out
    assert len(ways) >= 2
    assert moved <= {change.path for way in ways for change in way.changes}
    for change in (change for way in ways for change in way.changes):
        said = {
            change.sentence.render(language) for language in (Language.CHINESE, Language.ENGLISH)
        }
        assert len(said) == 2
    # a solve of its own, which knows nothing of the plan that the way out was verified with
    changed = ao.load_scenario("scenarios/telecom_city", overrides=(*overrides, *ways[0].overrides))
    plan = ao.solve(changed, gap=0.05, time_limit=1200)
    assert not plan.broken
    assert not [found for found in ao.verify(plan) if str(found.severity) == "error"]
