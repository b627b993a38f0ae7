"""Lines, quotas and pins that do not fit together."""

import pytest
from tests.bad_input.broken import Broken, Case, assert_found, place_of

from allocopt.findings import Severity

CASES = (
    Case(
        "line without a bound",
        "    at_most: 18 %\n", "", "- ^id: expense_ratio", "lines.expense_ratio",
        "there is no bound", "Give 'at_least'",
    ),
    Case(
        "line with equals and another bound",
        "at_most: 18 %", "at_most: 18 %\n    equals: 17 %", "^17 %", "lines.expense_ratio.equals",
        "'equals' stands beside another bound", "Keep 'equals' alone",
    ),
    Case(
        "line whose bounds are exchanged",
        "at_most: 18 %", "at_most: 18 %\n    at_least: 20 %", "^20 %",
        "lines.expense_ratio.at_least",
        "at_least 20 % is above at_most 18 %", "Exchange the two",
    ),
    Case(
        "line with bounds of two kinds",
        "at_most: 18 %", "at_most: 18 %\n    at_least: 2 万元", "^2 万元",
        "lines.expense_ratio.at_least",
        "at_least 2 万元 and at_most 18 % are of different kinds", "same unit",
    ),
    Case(
        "soft line without a price",
        "    price: 80\n", "", "- ^id: broadband_share", "lines.broadband_share",
        "a soft line needs a price", "Add 'price'",
    ),
    Case(
        "price of a hard line",
        "kind: soft", "kind: hard", "price: ^80", "lines.broadband_share.price",
        "the price is not used, because the line is hard", "kind: soft", Severity.WARNING,
    ),
    Case(
        "line per unknown level",
        "per: county", "per: country", "^country", "lines.broadband_share.per",
        "the level country is not known", "Did you mean county?",
    ),
    Case(
        "line at a period after the horizon",
        "per: county", "per: county\n    periods: [3, 13]", "^[3, 13]",
        "lines.broadband_share.periods",
        "period 13 is not in the calendar", "from 1 to 12",
    ),
    Case(
        "unknown member of a line's scope",
        "{products: broadband}", "{products: [broadbnad]}", "^[broadbnad]",
        "lines.broadband_share.scope.products", "the product broadbnad is not known", "broadband?",
    ),
    Case(
        "unknown expense in a scope",
        "{expenses: selling}", "{expenses: sellnig}", "^sellnig",
        "lines.selling_budget.scope.expenses",
        "the expense line sellnig is not known", "Did you mean selling?",
    ),
    Case(
        "target with an unknown profile",
        "    profile: year\n", "    profile: yearr\n", "^yearr", "targets.revenue.profile",
        "the profile yearr is not known", "Did you mean year?",
    ),
    Case(
        "quota below the sum of its pins",
        "quota: 1500 万元", "quota: 500 万元", "^500 万元", "targets.revenue.quota",
        "the quota 500 万元 is below the sum of its pins, 600 万元", "Raise the quota",
    ),
    Case(
        "stretch below the quota",
        "stretch: 1550", "stretch: 1450", "^1450", "targets.revenue.stretch",
        "the stretch 1,450 万元 is below the quota 1,500 万元", "Raise it",
    ),
    Case(
        "stretch of another kind",
        "stretch: 1550 万元", "stretch: 15500000", "^15500000", "targets.revenue.stretch",
        "15,500,000 is not of the kind of the quota 1,500 万元", "same unit",
    ),
    Case(
        "pin of another kind",
        "at_least: 600 万元", "at_least: 10 %", "^10 %, reason",
        "targets.revenue.pins.east_floor.at_least",
        "10 % is not of the kind of the quota", "same unit",
    ),
    Case(
        "pin without a bound",
        "at_least: 600 万元, reason", "reason", "^{id: east_floor",
        "targets.revenue.pins.east_floor",
        "there is no bound", "Give 'at_least'",
    ),
    Case(
        "pin on an unknown unit",
        "scope: {units: east}", "scope: {units: esat}", "^esat",
        "targets.revenue.pins.east_floor.scope.units", "the unit esat is not known",
        "Did you mean east?",
    ),
    Case(
        "cumulative floors that fall",
        "{period: 9, share: 70 %}", "{period: 9, share: 30 %}", "^{period: 9",
        "targets.revenue.cumulative.1", "do not ascend: period 9 follows 6", "List them by period",
    ),
    Case(
        "cumulative floor after the horizon",
        "{period: 9, share: 70 %}", "{period: 19, share: 70 %}", "^- {period: 6",
        "targets.revenue.cumulative", "period 19 is not in the calendar", "from 1 to 12",
    ),
    Case(
        "weighted target without a factor",
        "    profile: year\n", "    profile: year\n    method: weighted\n", "- ^id: revenue",
        "targets.revenue", "the method 'weighted' needs a factor", "weight.NAME",
    ),
    Case(
        "target with an unknown factor",
        "    profile: year\n", "    profile: year\n    method: weighted\n    weight: bundlee\n",
        "^bundlee", "targets.revenue.weight", "the factor bundlee is not known",
        "Did you mean bundle?",
    ),
    Case(
        "bucketed target without buckets",
        "    profile: year\n", "    profile: year\n    method: bucketed\n", "- ^id: revenue",
        "targets.revenue", "the method 'bucketed' needs buckets", "Add 'buckets'",
    ),
    Case(
        "buckets that do not sum to one",
        "    profile: year\n",
        "    method: bucketed\n    buckets:\n      - {id: a, units: east, share: 50 %}\n"
        "      - {id: b, units: west, share: 40 %}\n",
        "^- {id: a,", "targets.revenue.buckets", "sum to 0.9, not to 1", "Correct the shares",
    ),
    Case(
        "unit in two buckets",
        "    profile: year\n",
        "    method: bucketed\n    buckets:\n      - {id: a, units: city, share: 50 %}\n"
        "      - {id: b, units: west, share: 50 %}\n",
        "^west, share: 50", "targets.revenue.buckets.b.units",
        "the unit west is in the bucket a already", "one bucket",
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_does_not_fit_is_found_where_it_stands(broken: Broken, case: Case) -> None:
    assert_found(broken, case)


def test_ratio_without_a_floor(broken: Broken) -> None:
    broken.replace("gross_adds, at_least: 5000}", "gross_adds, at_most: 50000}")
    broken.replace("    at_least: 1500\n", "    at_most: 1500\n")
    finding = broken.only()
    assert finding.severity is Severity.WARNING
    assert place_of(finding) == broken.place("expression: ^expense(")
    assert str(finding.message) == "the zero plan satisfies this ratio"


def test_pins_that_overlap_count_once(broken: Broken) -> None:
    pin = (
        "{id: east_floor, scope: {units: east}, at_least: 600 万元, reason: {zh: 保底, en: Floor}}"
    )
    more = [
        "{id: east_mobile, scope: {units: east, products: mobile}, equals: 500 万元}",
        "{id: east_first, scope: {units: east}, periods: [1], at_least: 500 万元}",
        "{id: west_first, scope: {units: west}, periods: [1], at_least: 400 万元}",
        "{id: west_last, scope: {units: west}, periods: [12], equals: 500 万元}",
    ]
    broken.replace(pin, "\n      - ".join([pin, *more]))
    assert broken.findings() == ()
    broken.replace("quota: 1500 万元", "quota: 1499 万元")
    assert "below the sum of its pins, 1,500 万元" in str(broken.only().message)
