"""YAML text to nodes: core schema of YAML 1.2, a place for every value."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocopt.scenario.notes import Notes
from allocopt.scenario.tree import Branch, Leaf, child, leaves, plain
from allocopt.scenario.yaml_source import plain_scalar, read_yaml


def read(text: str) -> object:
    notes = Notes()
    node = read_yaml(text, "x.yaml", notes)
    assert notes.findings == []
    assert node is not None
    return plain(node)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("12", 12),
        ("-3", -3),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2016-01-01", "2016-01-01"),
        ("15 %", "15 %"),
        ("\uff11\uff12", "\uff11\uff12"),
        ("1e999", "1e999"),
        ("9" * 301, "9" * 301),
        ("+", "+"),
        (".", "."),
        ("<<", "<<"),
    ],
)
def test_plain_scalars(text: str, value: object) -> None:
    found = plain_scalar(text)
    assert found == value
    assert type(found) is type(value)


def test_quoted_scalars_are_text() -> None:
    assert read("a: '12'\nb: \"true\"\nc: |\n  x\n  y\n") == {"a": "12", "b": "true", "c": "x\ny\n"}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), max_size=8),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(
    value=st.dictionaries(st.text("abcdefgh", min_size=1, max_size=5), JSON, min_size=1, max_size=5)
)
def test_json_is_read_as_it_is(value: dict[str, object]) -> None:
    assert read(json.dumps(value, ensure_ascii=False)) == value


TEXT = """\
# a comment
units:
  - {id: east, zh: 东, share: 0.5}
  - id: west
    share: 1
empty:
"""


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("units",), 3, 3),
        (("units", "east"), 3, 5),
        (("units", "east", "share"), 3, 30),
        (("units", "1", "share"), 5, 12),
        (("units", "west", "id"), 4, 9),
        (("empty",), 6, 1),
    ],
)
def test_every_value_knows_its_place(path: tuple[str, ...], line: int, column: int) -> None:
    node = read_yaml(TEXT, "x.yaml", Notes())
    for name in path:
        assert node is not None
        node = child(node, name)
    assert node is not None
    assert (node.mark.file, node.mark.line, node.mark.column) == ("x.yaml", line, column)


def test_every_leaf_is_listed_with_its_path() -> None:
    node = read_yaml(TEXT, "x.yaml", Notes())
    assert isinstance(node, Branch)
    found = {".".join(path): leaf.value for path, leaf in leaves(node)}
    assert found == {
        "units.east.id": "east",
        "units.east.zh": "东",
        "units.east.share": 0.5,
        "units.west.id": "west",
        "units.west.share": 1,
        "empty": None,
    }


def test_duplicate_keys_keep_the_first_and_both_places() -> None:
    notes = Notes()
    node = read_yaml("a: 1\nb: 2\na: 3\n", "x.yaml", notes)
    assert isinstance(node, Branch)
    assert isinstance(leaf := node.entries["a"], Leaf)
    assert leaf.value == 1
    (finding,) = notes.findings
    assert (finding.line, str(finding.message)) == (3, "the key a stands twice; first in line 1")
