"""Units, trees, expense lines, calendar and profiles that do not fit together."""

import pytest
from tests.bad_input.broken import Broken, Case, assert_found, place_of

from allocopt.scenario.checks.index import Forest

EAST = "{id: east, zh: 东, en: East, parent: city, level: county, category: urban}"
WEST = "{id: west, zh: 西, en: West, parent: city, level: county, category: rural}"

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
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_does_not_fit_is_found_where_it_stands(broken: Broken, case: Case) -> None:
    assert_found(broken, case)


def test_leaf_missing_from_the_cells(broken: Broken) -> None:
    broken.replace(WEST, f"{WEST}\n  - {WEST.replace('west', 'north')}")
    broken.replace(
        "      - {id: west, parent: land}",
        "      - {id: west, parent: land}\n      - {id: north, parent: land}",
    )
    finding = broken.only()
    assert place_of(finding) == ("cells.csv", 1, 1)
    assert str(finding.message) == "the unit north is a leaf and has no cell"


def test_circles_are_found_once_each_and_ended() -> None:
    forest = Forest({"a": "b", "b": "c", "c": "b", "d": "d", "e": None, "f": "a"})
    assert sorted(forest.circles) == [("b", "c", "b"), ("d", "d")]
    assert forest.above("a") == ("a", "b", "c")
