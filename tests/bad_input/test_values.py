"""Single wrong values: one finding each, at the value, in words a planner understands."""

import pytest
from tests.bad_input.broken import Broken, Case, assert_found

CASES = (
    Case(
        "unknown key with a near one",
        "periods: 12", "periodss: 12", "periodss", "calendar.periodss",
        "the key periodss is not known here", "Did you mean periods?",
    ),
    Case(
        "unknown section with a near one",
        "\nlines:\n", "\nliines:\n", "liines:", "liines",
        "the key liines is not known here", "Did you mean lines?",
    ),
    Case(
        "misspelled required key is one finding",
        "{id: gifts, zh: 预存赠送, en: Prepaid gifts, expense: gifts_expense}",
        "{id: gifts, zh: 预存赠送, en: Prepaid gifts, expensee: gifts_expense}",
        "expensee", "levers.gifts.expensee", "the key expensee is not known",
        "Did you mean expense?",
    ),
    Case(
        "missing key",
        "schema_version: 1\n", "", "id: small", "schema_version",
        "the key schema_version is missing", "Add 'schema_version'.",
    ),
    Case(
        "word for a number",
        "periods: 12", "periods: twelve", "twelve", "calendar.periods",
        "twelve is not a whole number", "Write a whole number such as 12.",
    ),
    Case(
        "fraction for a count",
        "periods: 12", "periods: 11.5", "11.5", "calendar.periods",
        "11.5 is not a whole number", "whole number",
    ),
    Case(
        "list for a number",
        "productivity: 60", "productivity: [60]", "[60]", "roles.promoter.productivity",
        "[60] is not a number", "Write a plain number",
    ),
    Case(
        "thousands separator",
        "customers: 90000", 'customers: "90,000"', '"90,000"', "market.market_mobile.customers",
        "90,000 is not a number", "without separators",
    ),
    Case(
        "ten thousands without yuan",
        "wage: 4000 元", "wage: 0.4万", "0.4万", "roles.promoter.wage",
        "0.4万 is not a number", "Write 0.4 万元 for an amount of money, 4000 for a count.",
    ),
    Case(
        "amount of money with separators",
        "wage: 4000 元", "wage: '4,000 元'", "'4,000 元'", "roles.promoter.wage",
        "4,000 元 is not a number", "Write 4000 元 for an amount of money",
    ),
    Case(
        "truth value for a number",
        "customers: 90000", "customers: true", "true,", "market.market_mobile.customers",
        "true is not a number", "Write a plain number",
    ),
    Case(
        "NaN",
        "productivity: 60", "productivity: .nan", ".nan", "roles.promoter.productivity",
        "nan is not a finite number", "Write a number",
    ),
    Case(
        "infinity as text",
        "productivity: 60", "productivity: -inf", "-inf", "roles.promoter.productivity",
        "-inf is not a finite number", "Write a number",
    ),
    Case(
        "number beyond all bounds",
        "wage: 4000 元", "wage: 1e999999999 万元", "1e999999999", "roles.promoter.wage",
        "is not a finite number", "Write a number",
    ),
    Case(
        "integer of 400 digits",
        "productivity: 60", "productivity: " + "9" * 400, "9" * 400, "roles.promoter.productivity",
        "999... is not a number", "Write a plain number",
    ),
    Case(
        "full-width digits",
        "wage: 4000 元", "wage: \uff14\uff10\uff10\uff10 元", "\uff14", "roles.promoter.wage",
        "is written with full-width characters", "Write 4000 元 in plain characters.",
    ),
    Case(
        "full-width digits in a count",
        "periods: 12", "periods: \uff11\uff12", "\uff11\uff12", "calendar.periods",
        "is written with full-width characters", "Write 12 in plain characters.",
    ),
    Case(
        "full-width percent sign",
        "attrition: 3 %", "attrition: 3\uff05", "3\uff05", "roles.promoter.attrition",
        "is written with full-width characters", "Write 3% in plain characters.",
    ),
    Case(
        "percent where a share is expected",
        "attrition: 3 %", "attrition: 15", "15\n", "roles.promoter.attrition",
        "15 looks like a percent, a share from 0 to 1 is expected", 'Write 0.15 or "15 %".',
    ),
    Case(
        "percentage points where a share is expected",
        "attrition: 3 %", "attrition: 3 pp", "3 pp", "roles.promoter.attrition",
        "3 pp is in percentage points, a share is expected", 'Write a fraction such as 0.15',
    ),
    Case(
        "share above one",
        "attrition: 3 %", "attrition: 300 %", "300 %", "roles.promoter.attrition",
        "300 % is too large, at most 1 is expected", "Correct the value",
    ),
    Case(
        "percent where money is expected",
        "wage: 4000 元", "wage: 4 %", "4 %\n    expense", "roles.promoter.wage",
        "4 % is a percent, an amount of money is expected", "3 万元",
    ),
    Case(
        "negative cost",
        "wage: 4000 元", "wage: -4000 元", "-4000 元", "roles.promoter.wage",
        "-4000 元 is too small, at least 0", "check its sign",
    ),
    Case(
        "zero where more is needed",
        "productivity: 60", "productivity: 0", "0\n    serves", "roles.promoter.productivity",
        "0 is too small, more than 0", "Correct the value",
    ),
    Case(
        "curve parameter that is no number",
        "beta: 150", "beta: [1, many]", "[1, many]", "curves.shared.curve.beta",
        "many is not a number", "Write a plain number",
    ),
    Case(
        "choice that does not exist",
        "frequency: month\n", "frequency: moth\n", "moth", "calendar.frequency",
        "moth is not one of the choices of frequency", "Did you mean month?",
    ),
    Case(
        "schema of another version",
        "schema_version: 1", "schema_version: 7", "schema_version: ^7", "schema_version",
        "7 is not one of the choices of schema_version", "Use one of: 1.",
    ),
    Case(
        "date that does not exist",
        "start: 2016-01-01", "start: 2016-13-01", "2016-13-01", "calendar.start",
        "2016-13-01 is not a date", "Write year-month-day",
    ),
    Case(
        "year out of range",
        "start: 2016-01-01", "start: 9999-01-01", "9999-01-01", "calendar.start",
        "the year 9999 is out of range", "Use a year from 1900 to 2200.",
    ),
    Case(
        "number for a name",
        "id: small", "id: 5", "id: ^5", "id",
        "5 is not a text", "Put it in quotes",
    ),
    Case(
        "name with a space",
        "{urban: 4", '{"ur ban": 4', '"ur ban"', "roles.promoter.norm.ur ban",
        "ur ban is not a name", "Use no spaces",
    ),
    Case(
        "name that is too long",
        "id: small", "id: " + "a" * 81, "a" * 81, "id",
        "id is longer than 80", "Shorten it.",
    ),
    Case(
        "value for a list",
        'sources:\n  - {id: memo, zh: 备忘录, en: A memo, date: "2015-12"}', "sources: 3",
        "sources: ^3",
        "sources", "3 stands where a list is expected", "Write a list",
    ),
    Case(
        "value for a mapping",
        "title: {zh: 小例子, en: Small example}", "title: Small", "Small", "title",
        "Small stands where a mapping is expected", "keys are zh, en",
    ),
    Case(
        "empty value",
        "source: memo", "source:", "source:\n", "lines.expense_ratio.source",
        "source is empty", "Give a value, or remove the key",
    ),
    Case(
        "neither true nor false",
        "id: promoter\n", "id: promoter\n    whole: perhaps\n", "perhaps", "roles.promoter.whole",
        "perhaps is neither true nor false", "Write true or false.",
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_wrong_value_is_found_where_it_stands(broken: Broken, case: Case) -> None:
    assert_found(broken, case)


def test_every_finding_comes_out_in_one_run_and_in_order(broken: Broken) -> None:
    broken.replace("periods: 12", "periods: twelve")
    broken.replace("attrition: 3 %", "attrition: 15")
    broken.replace("at_most: 18 %", "at_most: many")
    broken.replace("expense: wages, span", "expense: wagse, span")
    broken.replace("east,mobile,hall|web", "esat,mobile,hall|web", "placements.csv")
    broken.replace(",2.4,0.9,", ",x,0.9,", "cells.csv")
    found = [(f.file, f.path) for f in broken.findings()]
    assert found == [
        ("cells.csv", "cells.west_mobile_hall.churn"),
        ("placements.csv", "placements.p_east_gifts.units"),
        ("scenario.yaml", "calendar.periods"),
        ("scenario.yaml", "roles.supervisor.expense"),
        ("scenario.yaml", "roles.promoter.attrition"),
        ("scenario.yaml", "lines.expense_ratio.at_most"),
    ]


def test_a_hundred_findings_that_are_alike_are_listed_and_the_rest_counted(broken: Broken) -> None:
    header = broken.text("cells.csv").splitlines()[0]
    rows = [f"c{n},east,mobile,hall,many,,,,,,,,," for n in range(250)]
    broken.put("cells.csv", "\n".join([header, *rows]))
    alike = [f for f in broken.findings() if f.path.endswith("opening_customers")]
    assert len(alike) == 101
    assert str(alike[-1].message) == "150 more findings like this from here on"
    assert alike[-1].line == 102
