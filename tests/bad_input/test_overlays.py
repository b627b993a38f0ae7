"""Bases, variants and overrides that do not work out."""

import pytest
from tests.bad_input.broken import Broken, place_of


def extend(broken: Broken, name: str) -> None:
    broken.replace("id: small\n", f"id: small\nextends: {name}\n")


def neighbor(broken: Broken, name: str, text: str) -> None:
    folder = broken.folder.parent / name
    folder.mkdir()
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")


def test_extends_in_a_circle_names_the_chain(broken: Broken) -> None:
    extend(broken, "../one")
    neighbor(broken, "one", "extends: ../two\n")
    neighbor(broken, "two", "extends: ../small\n")
    finding = broken.only()
    assert place_of(finding) == ("../two/scenario.yaml", 1, 10)
    assert "scenario.yaml > ../one/scenario.yaml > ../two/scenario.yaml > scenario.yaml" in str(
        finding.message
    )


def test_extends_itself(broken: Broken) -> None:
    extend(broken, ".")
    assert "in a circle" in str(broken.only().message)


@pytest.mark.parametrize("name", ["../../other", "/etc", "../a/../../b"])
def test_extends_something_outside(broken: Broken, name: str) -> None:
    extend(broken, name)
    finding = broken.only()
    assert place_of(finding) == broken.place(f"extends: ^{name}\n")
    assert "lies outside the scenarios" in str(finding.message)


def test_extends_something_that_is_not_there(broken: Broken) -> None:
    extend(broken, "../nothing")
    finding = broken.only()
    assert finding.line == 3
    assert "there is no file ../nothing" in str(finding.message)


@pytest.mark.parametrize("value", ["3", "[../base]", "''", "C:\\base"])
def test_extends_that_is_no_path(broken: Broken, value: str) -> None:
    extend(broken, value)
    assert "'extends' is not the path of a scenario" in str(broken.only().message)


def test_fault_in_the_base_is_located_in_the_base(broken: Broken) -> None:
    extend(broken, "../base")
    neighbor(broken, "base", "objective: {end_value_periods: many}\ncurrency: EUR\n")
    broken.replace("  end_value_periods: 6\n", "")
    found = [(f.file, f.line, f.path) for f in broken.findings()]
    assert found == [
        ("../base/scenario.yaml", 1, "objective.end_value_periods"),
        ("../base/scenario.yaml", 2, "currency"),
    ]


def test_unknown_variant_lists_the_known_ones(broken: Broken) -> None:
    broken.put("variants/rich.yaml", "money_unit: 元\n")
    finding = broken.only(variant="frugall")
    assert str(finding.message) == "the variant frugall is not known"
    assert str(finding.hint) == "Use one of: frugal, rich."


def test_variant_where_there_are_none(broken: Broken) -> None:
    broken.put("scenario.yaml", broken.text()[: broken.text().index("variants:")])
    finding = broken.only(variant="frugal")
    assert "The scenario defines none" in str(finding.hint)


def test_variant_defined_twice(broken: Broken) -> None:
    broken.put("variants/frugal.yaml", "money_unit: 元\n")
    assert "is defined here and in a file of its own" in str(broken.only().message)


def test_variant_that_is_no_mapping(broken: Broken) -> None:
    broken.put("variants/rich.yaml", "- a\n")
    assert "a list, a mapping is expected" in str(broken.only(variant="rich").message)


def test_variants_that_are_no_mapping(broken: Broken) -> None:
    broken.put("scenario.yaml", broken.text()[: broken.text().index("variants:")] + "variants: 3\n")
    assert "'variants' is a single value" in str(broken.only().message)


def test_removing_a_row_that_is_not_there(broken: Broken) -> None:
    broken.replace("{id: p_keep, remove: true}", "{id: p_kepe, remove: true}")
    finding = broken.only(variant="frugal")
    assert place_of(finding)[:2] == broken.place("^{id: p_kepe")[:2]
    assert str(finding.hint) == "Did you mean p_keep?"


def test_remove_outside_an_overlay(broken: Broken) -> None:
    broken.replace("{id: keep, zh", "{id: keep, remove: true, zh")
    finding = broken.only()
    assert str(finding.message) == "the key remove is not known here"


def test_overlay_row_without_an_identifier(broken: Broken) -> None:
    broken.replace("{id: p_keep, remove: true}", "{remove: true}")
    finding = broken.only(variant="frugal")
    assert "a row without 'id' cannot be merged" in str(finding.message)


def test_fault_in_a_variant_is_located_in_the_variant(broken: Broken) -> None:
    broken.replace("{id: p_west_gifts, upper: 6}", "{id: p_west_gifts, upper: six}")
    assert broken.findings() == ()
    finding = broken.only(variant="frugal")
    assert place_of(finding) == broken.place("upper: ^six")
    assert finding.path == "placements.p_west_gifts.upper"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("x", "the override x is not path=value", "Write it as in"),
        ("=3", "the override =3 is not path=value", "Write it as in"),
        ("calendarr.periods=3", "the key calendarr is not known", "Did you mean calendar?"),
        ("lines.expense_ratio.at_mos=3", "the key at_mos is not known", "Did you mean at_most?"),
        ("placements.p_keeep.upper=3", "there is no row p_keeep", "Did you mean p_keep?"),
        ("calendar.start.year=3", "year leads into a single value", "Shorten the path"),
        ("title.en=[", "this is not valid YAML", "Check colons"),
        ("title.en=&a x", "anchors and aliases", "Write the value out"),
        ("calendar.periods=.nan", "nan is not a finite number", "Write a number"),
        ("calendar.periods=", "periods is empty", "Give a value"),
        ("variants.frugal=3", "the key variants is not known", "Check the spelling"),
        ("placements.p_keep.curve.ec50=x", "x is not a number", "plain number"),
        ("placements.p_keep.lever=gift", "the lever gift is not known", "Did you mean gifts?"),
    ],
)
def test_override(broken: Broken, text: str, message: str, hint: str) -> None:
    finding = broken.only(overrides=[text])
    assert place_of(finding) == ("--set", 0, 0)
    assert message in str(finding.message)
    assert hint in str(finding.hint)


def test_every_override_is_tried(broken: Broken) -> None:
    found = broken.findings(overrides=["x", "calendar.periods=many", "lines.q.at_most=3"])
    assert {f.file for f in found} == {"--set"}
    assert len(found) == 3
