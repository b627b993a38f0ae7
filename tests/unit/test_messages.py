"""Every message has a Chinese wording with the same fields, and the compiled catalog is current."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from allocopt.text import Language, T

ROOT = Path(__file__).parents[2]
TOOL = ROOT / "tools" / "messages.py"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages_tool", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["messages_tool"] = module
    spec.loader.exec_module(module)
    return module


def test_every_message_has_chinese_with_the_same_fields(tool: ModuleType) -> None:
    catalog = tool.updated(tool.stored(), tool.extracted())
    assert tool.complaints(catalog) == [], "run python tools/messages.py and translate"


def test_the_catalogs_are_current(tool: ModuleType) -> None:
    catalog = tool.updated(tool.stored(), tool.extracted())
    assert tool.PO.read_bytes() == tool.po_bytes(catalog), "run python tools/messages.py"
    assert tool.MO.read_bytes() == tool.mo_bytes(catalog), "run python tools/messages.py"


def test_chinese_is_chinese(tool: ModuleType) -> None:
    # words outside the fields, but no Chinese character: somebody copied the English
    copied = [
        entry.id
        for entry in tool.stored()
        if entry.id
        and re.search("[a-z]{3}", re.sub(r"\{.*?\}", "", entry.id))
        and not re.search("[\u4e00-\u9fff]", entry.string)
    ]
    assert copied == []


@pytest.mark.parametrize("other", ["指标线", "软性"])
def test_lines_have_one_name_in_chinese(tool: ModuleType, other: str) -> None:
    """They are 红线, 硬性 or 柔性."""
    assert [entry.id for entry in tool.stored() if entry.id and other in entry.string] == []
    assert other not in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('T("one")', ["one"]),
        ('T("one " "{two}", two=T("three"))', ["one {two}", "three"]),
        ('other("one")', []),
        ('f(x=T("in a call", n=", ".join(names)))', ["in a call"]),
    ],
)
def test_extraction(tool: ModuleType, source: str, found: list[str]) -> None:
    assert list(tool.messages(source)) == found


def test_a_template_that_is_no_literal_is_refused(tool: ModuleType) -> None:
    with pytest.raises(SystemExit, match="literal"):
        list(tool.messages("T(template)"))


@pytest.mark.parametrize(
    ("english", "chinese", "same"),
    [
        ("{a} of {b:.2f}", "{b:.2f} 中的 {a}", True),
        ("{a} of {b:.2f}", "{b:.3f} 中的 {a}", False),
        ("{a} of {b}", "{b} 中", False),
        ("{{a}} stays", "{{a}} 不变", True),
    ],
)
def test_fields(tool: ModuleType, english: str, chinese: str, same: bool) -> None:
    assert (tool.fields(english) == tool.fields(chinese)) is same


def test_a_missing_translation_and_a_wrong_field_are_named(tool: ModuleType) -> None:
    catalog = tool.updated(tool.Catalog(locale="zh_CN"), {"no {x}": {"a.py"}, "bad {x}": {"a.py"}})
    catalog.get("bad {x}").string = "坏 {y}"
    assert tool.complaints(catalog) == ["other fields: bad {x} / 坏 {y}", "no Chinese: no {x}"]


def test_rendering_uses_the_catalog_and_fills_nested_messages() -> None:
    text = T("{what} {name} is not known", what=T("the lever"), name="gifts")
    assert text.render(Language.CHINESE) == "手段 gifts 未定义"
    assert text.render(Language.ENGLISH) == "the lever gifts is not known"
