"""Levers, charges, roles and staff that do not fit together."""

import pytest
from tests.bad_input.broken import Broken, Case, assert_found

CASES = (
    Case(
        "lever without its expense line",
        "expense: gifts_expense}", "expense: gift_expense}", "^gift_expense",
        "levers.gifts.expense",
        "the expense line gift_expense is not known", "Did you mean gifts_expense?",
    ),
    Case(
        "change limit on an unknown lever",
        "levers: [gifts]", "levers: [gift]", "^[gift]", "change_limits.few.levers",
        "the lever gift is not known", "Did you mean gifts?",
    ),
    Case(
        "fixed charge without an amount",
        "kind: fixed, amount: 24, ", "kind: fixed, ", "^{id: rent", "charges.rent",
        "a charge of kind fixed needs amount", "Add 'amount'",
    ),
    Case(
        "charge with a key of another kind",
        "kind: per_volume, amount: 20 元,", "kind: per_volume, amount: 20 元, profile: even,",
        "profile: ^even, channels", "charges.fee.profile",
        "a charge of kind per_volume does not use profile", "Remove 'profile'",
    ),
    Case(
        "charge on an unknown unit",
        "profile: even, unit: east}", "profile: even, unit: eats}", "^eats", "charges.rent.unit",
        "the unit eats is not known", "Did you mean east?",
    ),
    Case(
        "role at an unknown level",
        "    level: county\n    wage", "    level: conuty\n    wage", "^conuty",
        "roles.promoter.level",
        "the level conuty is not known", "Did you mean county?",
    ),
    Case(
        "norm of a category that no unit has",
        "{urban: 4", "{ruban: 4", "ruban: ^4", "roles.promoter.norm.ruban",
        "the category ruban is not known", "Did you mean urban?",
    ),
    Case(
        "span over an unknown role",
        "{of: promoter,", "{of: promotor,", "^promotor", "roles.supervisor.span.of",
        "the role promotor is not known", "Did you mean promoter?",
    ),
    Case(
        "span without a limit",
        "{of: promoter, at_most: 8}", "{of: promoter}", "^{of: promoter}", "roles.supervisor.span",
        "the span has no limit", "Give 'at_most'",
    ),
    Case(
        "span with its limits exchanged",
        "{of: promoter, at_most: 8}", "{of: promoter, at_most: 8, at_least: 9}", "^9}",
        "roles.supervisor.span.at_least", "at_least 9 is above at_most 8", "Exchange the two",
    ),
    Case(
        "roles that lead each other",
        "    level: county\n    wage",
        "    level: county\n    span: {of: supervisor, at_most: 2}\n    wage",
        "{of: ^promoter,", "roles.supervisor.span.of",
        "in a circle: supervisor > promoter > supervisor", "Remove one 'span'",
    ),
    Case(
        "staff at the wrong level",
        "role: promoter, unit: east,", "role: promoter, unit: city,", "unit: ^city, heads: 6",
        "staff.east_promoter.unit", "city is of level city, the role promoter sits at level county",
        "Use a unit of that level",
    ),
    Case(
        "two groups of one role and unit",
        "{id: west_promoter, role: promoter, unit: west,",
        "{id: west_promoter, role: promoter, unit: east,", "^{id: west_promoter",
        "staff.west_promoter", "the group east_promoter has the same role and unit", "Merge",
    ),
    Case(
        "least heads above the most",
        "heads: 6, least: 2, most: 12", "heads: 6, least: 20, most: 12", "^20, most",
        "staff.east_promoter.least", "the least heads 20 are above the most 12", "Exchange",
    ),
    Case(
        "half a person",
        "heads: 6,", "heads: 6.5,", "^6.5", "staff.east_promoter.heads",
        "6.5 is not a whole number of people", "whole: false",
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_does_not_fit_is_found_where_it_stands(broken: Broken, case: Case) -> None:
    assert_found(broken, case)
