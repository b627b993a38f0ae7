"""What the documents say of the repository is there: links, files, layers."""

import re
from pathlib import Path

import pytest
from tests.test_layers import LEVELS

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "models/*.md", "scenarios/*/*.md")
    for path in ROOT.glob(pattern)
)


def targets(page: str) -> list[str]:
    """Return the files that the links and pictures of a page lead to."""
    found = re.findall(r"\]\(([^)\s]+)\)", page)
    return [link.partition("#")[0] for link in found if not link.startswith(("http", "#"))]


def slug(heading: str) -> str:
    """Return the anchor that a heading gets."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("scenarios/*/provenance.csv")), ids=lambda path: path.parent.name
)
def test_quotations_are_in_plain_simplified_characters(path: Path) -> None:
    text = path.read_text(encoding="utf-8-sig")
    assert re.findall("[\u4e00-\u9fff][(（][a-zà-ǜ]+[)）]", text) == []  # pronunciation
    assert [
        c for c in re.findall("[\u4e00-\u9fff]", text) if not c.encode("gb2312", "ignore")
    ] == []


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("scenarios/*/README.md")), ids=lambda path: path.parent.name
)
def test_a_document_that_is_named_is_explained(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    assert ("document 0" in page) == ("documents are the planning papers" in page)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    assert [link for link in targets(page) if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_anchors_are_headings(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    anchors = {slug(heading) for heading in re.findall(r"^#+ (.*)$", page, re.MULTILINE)}
    assert [name for name in re.findall(r"\]\(#([^)]+)\)", page) if name not in anchors] == []


def test_the_architecture_lists_the_layers() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = {
        int(number): set(re.findall(r"`(\w+)`", parts))
        for number, parts in re.findall(r"^\| (\d+) \|([^|]*)\|", page, re.MULTILINE)
    }
    assert rows == {
        number: {part for group in groups for part in group}
        for number, groups in enumerate(LEVELS, start=1)
    }


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_files_that_are_named_exist(name: str) -> None:
    page = (ROOT / name).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:src|tests|models|tools|docs|scenarios)/[\w./-]+)`", page))
    assert named
    assert [
        path for path in sorted(named) if "NAME" not in path and not (ROOT / path).exists()
    ] == []
