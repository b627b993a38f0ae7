"""Whatever a user sees by name has a name in both languages."""

import re
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from allocopt.cli.line_table import KINDS
from allocopt.cli.plan_view import _STOPS
from allocopt.cli.runs_list import _STATUS
from allocopt.curves import FAMILIES
from allocopt.measures.catalog import DERIVED, MEASURES
from allocopt.plan.kinds import Kind, unit_name
from allocopt.plan.plan import PlanStatus
from allocopt.report.format import ACCOUNTS
from allocopt.scenario.bundled import bundled_scenarios
from allocopt.scenario.schema.base import Title, Titled
from allocopt.scenario.schema.limits import LineKind
from allocopt.scenario.schema.targets import Pin
from allocopt.solving.outcome import Stop
from allocopt.text import Bilingual, Language, Text
from allocopt.workflow.inputs import load

CHINESE = re.compile("[\u4e00-\u9fff]")


def is_bilingual(title: Bilingual) -> bool:
    """Return whether both wordings are there, each in its own language."""
    english = bool(title.en.strip()) and not CHINESE.search(title.en.replace("元", ""))
    return english and bool(CHINESE.search(title.zh))


@pytest.mark.parametrize(
    ("zh", "en", "good"),
    [("收入", "revenue", True), ("", "revenue", False), ("收入", "", False),
     ("revenue", "revenue", False), ("收入", "收入", False)],
)  # fmt: skip
def test_a_missing_or_copied_wording_is_seen(zh: str, en: str, good: bool) -> None:
    assert is_bilingual(Bilingual(zh=zh, en=en)) is good


def test_measures() -> None:
    titles = [one.title for one in MEASURES.values()]
    titles += [one.title for one in DERIVED.values()]
    assert [title for title in titles if not is_bilingual(title)] == []
    # a table of all of them is readable only if no two share a name
    assert len({title.zh for title in titles}) == len({title.en for title in titles}) == len(titles)


def test_sums_of_measures_name_measures() -> None:
    assert {name for one in DERIVED.values() for _, name in one.parts} <= set(MEASURES)
    assert not set(DERIVED) & set(MEASURES)


def test_curves_and_their_parameters() -> None:
    wordings = [family.title for family in FAMILIES.values()]
    wordings += [p.description for family in FAMILIES.values() for p in family.parameters]
    assert [wording for wording in wordings if not is_bilingual(wording)] == []


@pytest.mark.parametrize("kind", list(Kind))
def test_what_numbers_count(kind: Kind) -> None:
    assert is_bilingual(unit_name(kind, ACCOUNTS))


@pytest.mark.parametrize("text", [*KINDS.values(), *_STOPS.values()], ids=str)
def test_words_for_kinds_of_lines_and_ends_of_a_search(text: Text) -> None:
    assert CHINESE.search(text.render(Language.CHINESE))


def test_every_kind_of_line_and_every_end_with_a_plan_has_a_word() -> None:
    assert set(KINDS) == set(LineKind)
    # without a plan there is nothing to show an end beside
    assert set(_STOPS) == set(Stop) - {Stop.INFEASIBLE, Stop.UNBOUNDED}


def titles(part: object, path: str) -> Iterator[tuple[str, Bilingual]]:
    """Yield every title within a part of a scenario, with its place."""
    # a pin is shown by its reason, which is a title itself
    if isinstance(part, Titled | Title) and not isinstance(part, Pin):
        yield path, Bilingual(zh=part.zh, en=part.en)
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from titles(getattr(part, name), f"{path}.{name}")
    elif isinstance(part, tuple):
        for number, inner in enumerate(part):
            yield from titles(inner, f"{path}.{getattr(inner, 'id', number)}")


@pytest.mark.parametrize("name", bundled_scenarios())
def test_rows_of_bundled_scenarios(name: str) -> None:
    found = list(titles(load(name).data, name))
    assert len(found) > 20
    assert [path for path, title in found if not is_bilingual(title)] == []


def test_every_status_of_a_plan_has_a_word_in_the_list_of_runs() -> None:
    assert set(_STATUS) == set(PlanStatus)
    assert all(CHINESE.search(word.render(Language.CHINESE)) for word in _STATUS.values())
