"""What further checks get to see of a scenario that is wrong already."""

from pathlib import Path

import pytest
from tests.bad_input.broken import SMALL, Broken

from allocopt.measures.checks import check_expressions
from allocopt.problem.checks import check_curves
from allocopt.scenario.load import check_scenario

PROBLEM_CHECKS = (check_curves, check_expressions)


@pytest.fixture
def copy(tmp_path: Path) -> Broken:
    broken = Broken.at(tmp_path)
    return broken.replace(
        "expression: gross_adds, at_least: 5000", "expression: gross_ads, at_least: 5000"
    )


CIRCLES = {
    "units": ("en: City, level: city}", "en: City, level: city, parent: east}"),
    "products": ("en: Mobile}", "en: Mobile, parent: mobile}"),
    "channels": ("en: Hall}", "en: Hall, parent: hall}"),
    "expenses": ("en: Selling}", "en: Selling, parent: gifts_expense}"),
    "trees": ("{id: land, en: Land}", "{id: land, en: Land, parent: land}"),
}


def test_the_small_scenario_passes_further_checks() -> None:
    assert check_scenario(SMALL, checks=PROBLEM_CHECKS) == ()


@pytest.mark.parametrize("section", CIRCLES)
def test_circles_neither_hang_further_checks_nor_hide_their_findings(
    copy: Broken, section: str
) -> None:
    copy.replace(*CIRCLES[section])
    found = {f.path for f in check_scenario(copy.folder, checks=PROBLEM_CHECKS)}
    assert any(path.startswith(section) for path in found)
    assert "lines.volume_floor.expression" in found


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("placements.csv", "west,mobile,,base_volume", "west,mobile,web,base_volume"),
        ("cells.csv", "9000,200,year", "9000,0,year"),
        ("cells.csv", "9000,200,year", "9000,many,year"),
        ("scenario.yaml", "start: 2016-01-01", "start: 9999-12-01"),
        ("scenario.yaml", "end: 2016-02-13", "end: 9999-02-13"),
        ("scenario.yaml", "weights: [6 %", "weights: [7 %"),
        ("scenario.yaml", "source: even}", "source: given}"),
    ],
)
def test_what_cannot_be_built_is_replaced_for_further_checks(
    copy: Broken, file: str, old: str, new: str
) -> None:
    copy.replace(old, new, file)
    found = [f.path for f in check_scenario(copy.folder, checks=PROBLEM_CHECKS)]
    assert "lines.volume_floor.expression" in found
    assert len(found) == 2
