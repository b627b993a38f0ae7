"""Values that are each well written and do not fit together."""

from dataclasses import dataclass

import pytest
from tests.bad_input.broken import Broken, place_of

from allocopt.findings import Severity
from allocopt.scenario.checks.index import Forest

EAST = "{id: east, zh: 东, en: East, parent: city, level: county, category: urban}"
WEST = "{id: west, zh: 西, en: West, parent: city, level: county, category: rural}"


@dataclass(frozen=True)
class Case:
    """What is changed, and what the finding says."""

    name: str
    old: str
    new: str
    at: str
    path: str
    message: str
    hint: str
    severity: Severity = Severity.ERROR


CASES = (
    Case(
        "unit without a parent",
        EAST, EAST.replace("parent: city, ", ""), "^{id: east, zh: 东", "units.east",
        "east has no parent, but the organization's root is city", "Give it a parent",
    ),
    Case(
        "unit whose parent does not exist",
        EAST, EAST.replace("parent: city", "parent: ctiy"), "^ctiy", "units.east.parent",
        "the unit ctiy is not known", "Did you mean city?",
    ),
    Case(
        "circle in the tree of units",
        "{id: city, zh: 城市, en: City, level: city}",
        "{id: city, zh: 城市, en: City, level: city, parent: east}",
        "^east}\n  - {id: east, zh", "units.city.parent",
        "in a circle: city > east > city", "Give one of them another parent",
    ),
    Case(
        "product that is its own parent",
        "{id: mobile, zh: 移动, en: Mobile}", "{id: mobile, zh: 移动, en: Mobile, parent: mobile}",
        "parent: ^mobile}", "products.mobile.parent", "in a circle: mobile > mobile",
        "another parent",
    ),
    Case(
        "expense line whose group does not exist",
        "parent: selling}", "parent: sellings}", "^sellings", "expenses.gifts_expense.parent",
        "the expense line sellings is not known", "Did you mean selling?",
    ),
    Case(
        "leaf that another tree lacks",
        "      - {id: west, parent: land}\n", "", "    nodes:\n      ^- {id: land",
        "trees.geography.nodes",
        "the unit west is missing from the tree geography", "Add a row",
    ),
    Case(
        "node of another tree that is no unit",
        "      - {id: west, parent: land}\n",
        "      - {id: west, parent: land}\n      - {id: north, parent: land}\n",
        "^{id: north", "trees.geography.nodes.north", "north has no children here", "leaves",
    ),
    Case(
        "inner node with the name of a unit",
        "      - {id: land, en: Land}\n      - {id: east, parent: land}\n"
        "      - {id: west, parent: land}\n",
        "      - {id: city, en: Land}\n      - {id: east, parent: city}\n"
        "      - {id: west, parent: city}\n",
        "^{id: city, en: Land", "trees.geography.nodes.city",
        "city is an inner node here and also stands in units", "Rename it",
    ),
    Case(
        "market of an unknown product",
        "unit: city, product: mobile, customers", "unit: city, product: moblie, customers",
        "^moblie", "market.market_mobile.product", "the product moblie is not known", "mobile?",
    ),
    Case(
        "festival that ends before it starts",
        "end: 2016-02-13", "end: 2016-02-03", "^2016-02-03",
        "calendar.festivals.spring_festival.end",
        "2016-02-03 is before the start 2016-02-07", "Exchange the two dates",
    ),
    Case(
        "festival of a thousand years",
        "end: 2016-02-13", "end: 3016-02-13", "^3016-02-13",
        "calendar.festivals.spring_festival.end",
        "longer than 100 days", "Check the years",
    ),
    Case(
        "window that ends before it starts",
        "start: 2, end: 4", "start: 5, end: 4", "end: ^4}", "calendar.windows.spring.end",
        "period 4 is before the start 5", "Exchange the two",
    ),
    Case(
        "window after the horizon",
        "start: 2, end: 4", "start: 2, end: 14", "^14", "calendar.windows.spring.end",
        "period 14 is not in the calendar", "from 1 to 12",
    ),
    Case(
        "working days of too few periods",
        "  frequency: month\n", "  frequency: month\n  working_days: [21, 20]\n", "^[21, 20]",
        "calendar.working_days", "2 entries were found, 12 periods", "one number per period",
    ),
    Case(
        "no working day at all",
        "  frequency: month\n", f"  frequency: month\n  working_days: [{', '.join('0' * 12)}]\n",
        "^[0, 0", "calendar.working_days", "there is no working day at all",
        "Give the working days",
    ),
    Case(
        "profile that does not sum to one",
        "weights: [6 %", "weights: [7 %", "^[7 %", "profiles.year.weights",
        "the weights sum to 1.01, not to 1", "Correct the weights",
    ),
    Case(
        "profile of too few periods",
        "weights: [6 %, 5 %", "weights: [11 %", "^[11 %", "profiles.year.weights",
        "11 weights were found, 12 periods", "one weight per period",
    ),
    Case(
        "even profile with weights",
        "source: even}", "source: even, weights: [100 %]}", "^[100 %]", "profiles.even.weights",
        "weights are given, but the source is even", "Remove the weights",
    ),
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
    broken.replace(case.old, case.new)
    finding = broken.only()
    assert finding.severity is case.severity
    assert finding.path == case.path
    assert case.message in str(finding.message)
    assert case.hint in str(finding.hint)
    assert place_of(finding) == broken.place(case.at)


@dataclass(frozen=True)
class Row:
    """What is changed in a table, and what the finding says."""

    name: str
    file: str
    old: str
    new: str
    line: int
    column: int
    path: str
    message: str
    severity: Severity = Severity.ERROR


ROWS = (
    Row(
        "cell of an unknown unit", "cells.csv", "west_mobile_hall,west", "west_mobile_hall,wset",
        5, 2, "cells.west_mobile_hall.unit", "the unit wset is not known",
    ),
    Row(
        "cell of a group of units", "cells.csv", "west_mobile_hall,west", "west_mobile_hall,city",
        5, 2, "cells.west_mobile_hall.unit", "city is a group, a cell needs a leaf",
    ),
    Row(
        "cell listed twice", "cells.csv", "east_mobile_web,east,mobile,web",
        "east_mobile_web,east,mobile,hall", 3, 1, "cells.east_mobile_web",
        "the cell is listed twice: east_mobile_hall has the same unit, product, channel",
    ),
    Row(
        "unknown season", "cells.csv", "9000,200,year", "9000,200,yearr", 5, 7,
        "cells.west_mobile_hall.season", "the profile yearr is not known",
    ),
    Row(
        "lower bound above upper bound", "placements.csv", "1.5,,0,12,", "1.5,,20,12,", 2, 12,
        "placements.p_east_gifts.lower", "the lower bound 20 万元 is above the upper bound 12 万元",
    ),
    Row(
        "negative spend bound", "placements.csv", "1.5,,0,12,", "1.5,,-3,12,", 2, 12,
        "placements.p_east_gifts.lower", "-3 万元 is too small, at least 0 is expected",
    ),
    Row(
        "current spend outside its bounds", "placements.csv", "1.5,,0,12,5", "1.5,,0,12,15", 2, 14,
        "placements.p_east_gifts.current",
        "the current spend 15 万元 is outside its bounds 0 元 to 12 万元", Severity.WARNING,
    ),
    Row(
        "unknown lever", "placements.csv", "p_keep,keep", "p_keep,keeep", 4, 2,
        "placements.p_keep.lever", "the lever keeep is not known",
    ),
    Row(
        "unknown window", "placements.csv", ",,spring", ",,spirng", 4, 16,
        "placements.p_keep.window", "the window spirng is not known",
    ),
    Row(
        "unknown curve", "placements.csv", ",shared,", ",shard,", 3, 11,
        "placements.p_west_gifts.curve_id", "the curve shard is not known",
    ),
    Row(
        "no curve", "placements.csv", ",shared,", ",,", 3, 1,
        "placements.p_west_gifts", "the placement has no response curve",
    ),
    Row(
        "two curves", "placements.csv", "4,1.5,,0,12", "4,1.5,shared,0,12", 2, 11,
        "placements.p_east_gifts.curve_id", "the placement has both 'curve' and 'curve_id'",
    ),
    Row(
        "unknown channel", "placements.csv", "hall|web", "hall|wed", 2, 5,
        "placements.p_east_gifts.channels", "the channel wed is not known",
    ),
    Row(
        "placement that feeds no cell", "placements.csv", "west,mobile,,base",
        "west,mobile,web,base",
        3, 1, "placements.p_west_gifts", "the placement feeds no cell",
    ),
    Row(
        "identifier that stands twice", "placements.csv", "p_keep,", "p_west_gifts,", 4, 1,
        "placements.#2.id", "p_west_gifts stands twice; first in placements.csv line 3",
    ),
)  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_does_not_fit_is_found_in_its_table(broken: Broken, row: Row) -> None:
    broken.replace(row.old, row.new, row.file)
    finding = broken.only(variant=None)
    assert finding.severity is row.severity
    assert finding.path == row.path
    assert place_of(finding) == (row.file, row.line, row.column)
    assert row.message in str(finding.message)
    assert str(finding.hint)


def test_ratio_without_a_floor(broken: Broken) -> None:
    broken.replace("gross_adds, at_least: 5000}", "gross_adds, at_most: 50000}")
    broken.replace("    at_least: 1500\n", "    at_most: 1500\n")
    finding = broken.only()
    assert finding.severity is Severity.WARNING
    assert place_of(finding) == broken.place("expression: ^expense(")
    assert str(finding.message) == "the zero plan satisfies this ratio"


def test_minimum_above_the_upper_bound(broken: Broken) -> None:
    broken.replace("current [万元]", "minimum [万元]", "placements.csv")
    broken.replace("1.5,,0,12,5", "1.5,,0,12,15", "placements.csv")
    finding = broken.only()
    assert finding.path == "placements.p_east_gifts.minimum"
    assert "the minimum 15 万元 is above the upper bound 12 万元" in str(finding.message)


def test_weights_that_sum_to_zero(broken: Broken) -> None:
    broken.replace(
        "west_mobile_hall,west,mobile,hall,9000,200",
        "west_mobile_hall,west,mobile,hall,9000,0",
        "cells.csv",
    )
    finding = broken.only()
    assert place_of(finding) == ("placements.csv", 3, 6)
    assert "the weights sum to zero: base_volume of all cells" in str(finding.message)
    assert "split_by: equal" in str(finding.hint)


def test_leaf_missing_from_the_cells(broken: Broken) -> None:
    broken.replace(WEST, f"{WEST}\n  - {WEST.replace('west', 'north')}")
    broken.replace(
        "      - {id: west, parent: land}",
        "      - {id: west, parent: land}\n      - {id: north, parent: land}",
    )
    finding = broken.only()
    assert place_of(finding) == ("cells.csv", 1, 1)
    assert str(finding.message) == "the unit north is a leaf and has no cell"


@pytest.mark.parametrize(
    ("goes_to", "share", "key", "message"),
    [
        ("east_mobile_wbe", "0.1", "migrates_to", "the cell east_mobile_wbe is not known"),
        ("east_mobile_hall", "0.1", "migrates_to", "migrate to the cell itself"),
        ("", "0.1", "migration", "customers migrate, but 'migrates_to' is empty"),
        ("east_mobile_web", "0.99", "churn", "take more than all customers"),
    ],
)
def test_migration(broken: Broken, goes_to: str, share: str, key: str, message: str) -> None:
    lines = broken.text("cells.csv").splitlines()
    more = [",migrates_to,migration", f",{goes_to},{share}", *[",,"] * (len(lines) - 2)]
    broken.put("cells.csv", "\n".join(a + b for a, b in zip(lines, more, strict=True)))
    finding = broken.only()
    assert finding.path == f"cells.east_mobile_hall.{key}"
    assert message in str(finding.message)


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


def test_a_misspelled_row_is_not_reported_again_by_those_who_refer_to_it(broken: Broken) -> None:
    broken.replace("{id: keep, zh", "{id: keep, expnese: x, zh")
    broken.replace("en: Retention, effect: retention, expense: selling}", "en: Retention}")
    assert [f.path for f in broken.findings()] == ["levers.keep.expnese"]


def test_rows_without_a_name_hide_references_to_their_section_only(broken: Broken) -> None:
    broken.replace("- {id: keep, zh", "- {name: keep, zh")
    broken.replace("expense: wages, span", "expense: wagse, span")
    assert [f.path for f in broken.findings()] == [
        "levers.1.id",
        "levers.1.name",
        "roles.supervisor.expense",
    ]


def test_circles_are_found_once_each_and_ended() -> None:
    forest = Forest({"a": "b", "b": "c", "c": "b", "d": "d", "e": None, "f": "a"})
    assert sorted(forest.circles) == [("b", "c", "b"), ("d", "d")]
    assert forest.above("a") == ("a", "b", "c")
