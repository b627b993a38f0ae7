"""Rows of tables that do not fit together, and rows that are reported once."""

from dataclasses import dataclass

import pytest
from tests.bad_input.broken import Broken, place_of

from allocopt.findings import Severity


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
