"""The JSON Schema that editors use: current, valid, and no stricter than the loader."""

from pathlib import Path

import pytest

from allocopt.scenario import json_schema
from allocopt.scenario.json_schema import SCHEMA_FILE, scenario_json_schema, scenario_json_text
from allocopt.scenario.labels import KEY_LABELS, LIST_LABELS
from allocopt.scenario.notes import Notes
from allocopt.scenario.tree import plain
from allocopt.scenario.yaml_source import read_yaml

jsonschema = pytest.importorskip("jsonschema")

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "src" / "allocopt" / "schema" / SCHEMA_FILE
FOLDERS = [
    ROOT / "tests/data/small",
    *sorted(p.parent for p in ROOT.glob("scenarios/*/scenario.yaml")),
]


def complaints(text: str) -> list[str]:
    node = read_yaml(text, "x.yaml", Notes())
    assert node is not None
    validator = jsonschema.Draft202012Validator(scenario_json_schema())
    return [f"{list(e.absolute_path)}: {e.message}" for e in validator.iter_errors(plain(node))]


def test_the_shipped_file_is_current() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == scenario_json_text(), (
        "the format has changed: write scenario_json_text() to src/allocopt/schema again"
    )


def test_it_is_a_schema_of_the_dialect_it_names() -> None:
    jsonschema.Draft202012Validator.check_schema(scenario_json_schema())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_valid_scenarios_are_valid_in_editors(folder: Path) -> None:
    assert complaints((folder / "scenario.yaml").read_text(encoding="utf-8")) == []


def test_an_overlay_needs_no_whole_rows() -> None:
    text = "extends: ../small\nlines:\n  - {id: a, at_most: 3 %}\n  - {id: b, remove: true}\n"
    assert complaints(text) == []
    assert complaints(text.replace("at_most", "at_mos"))
    assert complaints(text.replace("extends: ../small\n", ""))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("periods: 12", "periodss: 12"),
        ("periods: 12", "periods: twelve"),
        ("kind: fixed", "kind: fix"),
        ("{file: cells.csv}", "{fil: cells.csv}"),
        ("id: small", "id: sm all"),
    ],
)
def test_editors_see_mistakes(old: str, new: str) -> None:
    text = (FOLDERS[0] / "scenario.yaml").read_text(encoding="utf-8")
    assert complaints(text.replace(old, new, 1))


def properties(node: object) -> list[tuple[str, dict[str, str]]]:
    if isinstance(node, list):
        return [found for inner in node for found in properties(inner)]
    if not isinstance(node, dict):
        return []
    own = list(node.get("properties", {}).items())
    return own + [found for inner in node.values() for found in properties(inner)]


def test_every_key_is_described_in_both_languages() -> None:
    found = properties(scenario_json_schema())
    assert len(found) > 300
    for name, one in found:
        assert one.get("description"), name
        assert one["title"] == f"{name} · {KEY_LABELS[name]}" or name in LIST_LABELS
    assert set(KEY_LABELS) == {name for name, _ in found}
    assert {one["title"] for name, one in found if name == "periods"} == {
        "periods · 期数",  # how many
        "periods · 各期",  # which
    }
    assert scenario_json_schema()["$id"] == json_schema.SCHEMA_FILE
