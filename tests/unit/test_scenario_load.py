"""From folder to scenario: what is in it, where it comes from, what overlays do to it."""

import hashlib
import json
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from pydantic import ValidationError
from tests.bad_input.broken import SMALL, Broken

from allocopt.errors import ScenarioError
from allocopt.findings import Severity
from allocopt.scenario.bundled import bundled_scenarios, find_scenario
from allocopt.scenario.load import check_scenario, load_scenario, variants_of
from allocopt.scenario.pathfinding import PathFinding, error
from allocopt.scenario.quantities import Quantity, QuantityKind
from allocopt.scenario.resolved import leaf_provenance, load_resolved, resolved_yaml
from allocopt.scenario.schema import ScenarioSchema
from allocopt.scenario.tree import Mark
from allocopt.text import T

ROOT = Path(__file__).parents[2]
BUNDLED = sorted(path.parent for path in (ROOT / "scenarios").glob("*/scenario.yaml"))


@pytest.fixture
def copy(tmp_path: Path) -> Broken:
    return Broken.at(tmp_path)


def test_the_small_scenario_has_no_findings() -> None:
    assert check_scenario(SMALL) == ()
    assert check_scenario(SMALL, variant="frugal") == ()
    assert check_scenario(SMALL / "scenario.yaml") == ()


@pytest.mark.parametrize("folder", BUNDLED, ids=lambda path: path.name)
def test_bundled_scenarios_have_no_errors(folder: Path) -> None:
    for variant in (None, *variants_of(folder)):
        findings = check_scenario(folder, variant=variant)
        assert [f for f in findings if f.severity is Severity.ERROR] == []


def test_units_are_converted_once() -> None:
    data = load_scenario(SMALL).data
    placements = {placement.id: placement for placement in data.placements}
    charges = {charge.id: charge for charge in data.charges}
    roles = {role.id: role for role in data.roles}
    assert placements["p_east_gifts"].upper == 120_000.0
    assert charges["rent"].amount == 240_000.0
    assert charges["fee"].amount == 20.0
    assert roles["supervisor"].wage == 6_000.0
    assert roles["promoter"].wage == 4_000.0
    assert data.cells[0].churn == 0.021
    assert data.cells[0].arpu == 52.0
    assert data.targets[0].quota == Quantity(15_000_000.0, QuantityKind.MONEY)
    assert data.roles[1].serves_channels == ("hall",)
    assert placements["p_east_gifts"].channels == ("hall", "web")


def test_nothing_can_be_changed() -> None:
    scenario = load_scenario(SMALL)
    with pytest.raises(FrozenInstanceError):
        scenario.name = "other"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        scenario.data.id = "other"


def test_files_are_remembered_by_their_hash() -> None:
    files = load_scenario(SMALL).files
    assert [file.name for file in files] == ["scenario.yaml", "cells.csv", "placements.csv"]
    for file in files:
        content = (SMALL / file.name).read_bytes()
        assert file.sha256 == hashlib.sha256(content).hexdigest()
        assert file.bytes == len(content)


def text_at(mark: Mark, folder: Path) -> str:
    line = (folder / mark.file).read_text(encoding="utf-8").splitlines()[mark.line - 1]
    return (
        line.split(",")[mark.column - 1] if mark.file.endswith(".csv") else line[mark.column - 1 :]
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("placements.p_east_gifts.upper", "12"),
        ("placements.p_east_gifts.curve.ec50", "4"),
        ("cells.west_mobile_hall.weight.bundle", "1"),
        ("lines.expense_ratio.at_most", "18 %"),
        ("lines.selling_budget.scope.expenses", "selling}"),
        ("lines.expense_ratio.per", "id: expense_ratio"),
        ("objective.goals.0.expression", "contribution, slack: 0.01}"),
        ("targets.revenue.pins.east_floor.at_least", "600 万元, reason: {zh: 保底, en: Floor}}"),
        ("calendar.windows.spring.end", "4}"),
        ("trees.geography.nodes.east.parent", "land}"),
        ("title.zh", "小例子, en: Small example}"),
        ("nothing.at.all", "schema_version: 1"),
        ("", "schema_version: 1"),
    ],
)
def test_every_value_is_found_where_it_was_written(path: str, text: str) -> None:
    assert text_at(load_scenario(SMALL).locate(path), SMALL) == text


def test_variant_changes_what_it_names_and_nothing_else() -> None:
    base, frugal = load_scenario(SMALL), load_scenario(SMALL, variant="frugal")
    assert frugal.variant == "frugal"
    assert frugal.name == base.name
    assert [p.id for p in frugal.data.placements] == ["p_east_gifts", "p_west_gifts"]
    assert frugal.data.placements[0] == base.data.placements[0]
    assert frugal.data.placements[1].upper == 60_000.0
    assert frugal.data.placements[1].current == base.data.placements[1].current
    assert frugal.data.lines[0].at_most == Quantity(0.15, QuantityKind.SHARE)
    assert frugal.data.lines[0].sentence == base.data.lines[0].sentence
    assert frugal.data.lines[1:] == base.data.lines[1:]
    assert frugal.data.cells == base.data.cells
    assert "variants" not in frugal.resolved


def test_variant_in_a_file_of_its_own_may_bring_tables(copy: Broken) -> None:
    copy.put("variants/rich.yaml", "placements: {file: rich.csv}\ncalendar: {windows: []}\n")
    copy.put("rich.csv", "id,upper [元]\np_keep,70000\n")
    copy.replace("1,,0,5,1,,spring", "1,,0,5,1,,", "placements.csv")
    scenario = load_scenario(copy.folder, variant="rich")
    assert scenario.data.placements[2].upper == 70_000.0
    assert scenario.data.placements[2].current == 10_000.0
    assert scenario.data.calendar.windows == ()
    assert scenario.locate("placements.p_keep.upper") == Mark("rich.csv", 2, 2)
    assert variants_of(copy.folder) == ("frugal", "rich")


def test_extended_scenarios_merge_and_keep_their_places(copy: Broken) -> None:
    child = copy.folder.parent / "child"
    child.mkdir()
    text = "extends: ../small\nid: child\nlines:\n  - {id: volume_floor, at_least: 5500}\n"
    (child / "scenario.yaml").write_text(
        f"{text}variants:\n  frugal:\n    lines: [{{id: volume_floor, at_least: 4000}}]\n",
        encoding="utf-8",
    )
    scenario = load_scenario(child)
    assert scenario.name == "child"
    assert scenario.data.lines[1].at_least == Quantity(5500.0, QuantityKind.NUMBER)
    assert scenario.data.cells == load_scenario(copy.folder).data.cells
    assert scenario.locate("lines.volume_floor.at_least") == Mark("scenario.yaml", 4, 34)
    assert scenario.locate("lines.expense_ratio.at_most").file == "../small/scenario.yaml"
    assert scenario.locate("cells.east_mobile_hall.arpu") == Mark("../small/cells.csv", 2, 9)
    assert [file.name for file in scenario.files] == [
        "scenario.yaml",
        "../small/scenario.yaml",
        "../small/cells.csv",
        "../small/placements.csv",
    ]
    both = load_scenario(child, variant="frugal")
    assert both.data.lines[0].at_most == Quantity(0.15, QuantityKind.SHARE)
    assert both.data.lines[1].at_least == Quantity(4000.0, QuantityKind.NUMBER)


def test_overrides_come_last_and_in_order() -> None:
    scenario = load_scenario(
        SMALL,
        variant="frugal",
        overrides=[
            "lines.expense_ratio.at_most=12 %",
            "placements.p_east_gifts.upper=9",
            "placements.p_east_gifts.upper=7 万元",
            "cells.east_mobile_web.weight.bundle=0.25",
            "objective.unserved_price=80",
            "calendar.working_days=[20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20]",
            "placements.p_west_gifts={upper: 2, current: 1}",
        ],
    )
    data = scenario.data
    assert data.lines[0].at_most == Quantity(0.12, QuantityKind.SHARE)
    assert data.placements[0].upper == 70_000.0
    assert data.placements[1].upper == 20_000.0
    assert data.placements[1].curve_id == "shared"
    assert data.cells[1].weight == {"bundle": 0.25}
    assert data.objective.unserved_price == 80.0
    assert data.calendar.working_days == (20.0,) * 12
    assert scenario.locate("placements.p_east_gifts.upper") == Mark("--set", 0, 0)
    assert scenario.overrides[0] == "lines.expense_ratio.at_most=12 %"


def test_warnings_do_not_stop_a_scenario(copy: Broken) -> None:
    copy.replace("1.5,,0,12,5", "1.5,,0,12,15", "placements.csv")
    (warning,) = load_scenario(copy.folder).warnings
    assert warning.severity is Severity.WARNING
    assert warning.path == "placements.p_east_gifts.current"


def test_further_checks_are_heard_and_located() -> None:
    def no_hills(data: ScenarioSchema) -> list[PathFinding]:
        return [
            error(f"curves.{curve.id}.curve.family", T("no hills"), T("Use another family."))
            for curve in data.curves
            if curve.curve.family == "hill"
        ]

    (finding,) = check_scenario(SMALL, checks=[no_hills])
    assert (finding.file, finding.path) == ("scenario.yaml", "curves.shared.curve.family")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(SMALL, checks=[no_hills])
    assert caught.value.findings == (finding,)
    assert "no hills" in str(caught.value)


def test_further_checks_are_silent_on_what_is_invalid_anyway(copy: Broken) -> None:
    def always(data: ScenarioSchema) -> list[PathFinding]:
        return [error(f"lines.{line.id}.expression", T("bad"), T("Do.")) for line in data.lines]

    copy.replace('expression: expense(expenses="selling") / revenue', "expression: 3")
    findings = check_scenario(copy.folder, checks=[always])
    assert [(f.path, str(f.message)) for f in findings] == [
        ("lines.expense_ratio.expression", "3 is not a text"),
        ("lines.volume_floor.expression", "bad"),
        ("lines.broadband_share.expression", "bad"),
        ("lines.selling_budget.expression", "bad"),
    ]


@pytest.mark.parametrize("folder", [SMALL, *BUNDLED], ids=lambda path: path.name)
def test_resolved_text_gives_the_same_scenario(folder: Path, tmp_path: Path) -> None:
    scenario = load_scenario(folder, variant=variants_of(folder)[0] if folder == SMALL else None)
    text = resolved_yaml(scenario)
    again = load_resolved(text)
    assert again.data == scenario.data
    assert resolved_yaml(again) == text
    (tmp_path / "scenario.yaml").write_text(text, encoding="utf-8")
    assert load_scenario(tmp_path).data == scenario.data


def test_resolved_text_may_be_edited_as_yaml() -> None:
    text = resolved_yaml(load_scenario(SMALL))
    edited = text.replace('title: {"zh": "小例子", "en": "Small example"}', "title:\n  en: Edited")
    assert load_resolved(edited).data.title.en == "Edited"


@pytest.mark.parametrize(
    "text", ["", "id: 3\n", "[", "cells:\n  - {}\n", 'id: "a"\nid: "b"\n', "units: {"]
)
def test_resolved_text_that_is_damaged(text: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_resolved(text)
    assert caught.value.findings


def test_resolved_values_are_plain() -> None:
    resolved = load_scenario(SMALL, variant="frugal").resolved
    assert json.loads(json.dumps(resolved)) == resolved


def test_provenance_names_file_and_line_of_every_leaf() -> None:
    scenario = load_scenario(SMALL, variant="frugal", overrides=["title.en=Set"])
    rows = {path: (file, line) for path, file, line in leaf_provenance(scenario)}
    assert rows["title.en"] == ("--set", 0)
    assert rows["placements.p_east_gifts.upper"] == ("placements.csv", 2)
    for path, place in rows.items():
        mark = scenario.locate(path)
        assert (mark.file, mark.line) == place


def test_bundled_scenarios_are_found_by_name() -> None:
    names = bundled_scenarios()
    assert {"media_mix", "noodle_fmcg", "telecom_city"} <= set(names)
    for name in names:
        assert (find_scenario(name) / "scenario.yaml").is_file()
    assert find_scenario(SMALL) == SMALL
    assert find_scenario(str(SMALL / "scenario.yaml")) == SMALL / "scenario.yaml"


def test_a_check_imports_no_heavy_library() -> None:
    code = (
        "import sys; from allocopt.scenario.load import check_scenario; "
        f"check_scenario({str(SMALL)!r}); "
        "print([m for m in ('numpy', 'pandas', 'openpyxl', 'pyomo') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
