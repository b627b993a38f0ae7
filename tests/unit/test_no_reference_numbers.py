"""What users read names things, not numbers of requirements or systems that only authors know."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NUMBER = re.compile(r"\b[A-Z]-?\d{2}(?:\.\d+)?\b", re.ASCII)
READ = [
    "src/allocopt/schema/scenario.schema.json",
    "src/allocopt/locale/zh_CN/LC_MESSAGES/allocopt.po",
    "README.md",
    *(path.relative_to(ROOT).as_posix() for path in sorted(ROOT.glob("docs/*.md"))),
    *(path.relative_to(ROOT).as_posix() for path in sorted(ROOT.glob("models/*.py"))),
]


@pytest.mark.parametrize("name", READ)
def test_no_text_for_users_names_a_requirement(name: str) -> None:
    found = NUMBER.findall((ROOT / name).read_text(encoding="utf-8"))
    assert found == []


@pytest.mark.parametrize("text", ["curve (R-02.1).", "as in S03", "see R-01", "见 R-07.2。"])
def test_such_a_number_would_be_found(text: str) -> None:
    assert NUMBER.search(text)


@pytest.mark.parametrize("text", ["2016-01", "p07", "4G", "placements.p07.upper", "SHA-256", "X1"])
def test_other_names_with_digits_are_fine(text: str) -> None:
    assert not NUMBER.search(text)
