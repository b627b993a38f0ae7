"""The generated tables of docs/scenario.md are those of the code."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from allocopt.problem import build_problem
from allocopt.problem.axes import AxisName, Dimension
from allocopt.workflow.inputs import load

ROOT = Path(__file__).parents[2]
TOOL = ROOT / "tools" / "field_reference.py"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("field_reference_tool", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["field_reference_tool"] = module
    spec.loader.exec_module(module)
    return module


def test_the_page_is_current(tool: ModuleType) -> None:
    page = tool.PAGE.read_text(encoding="utf-8")
    assert page == tool.updated(page), "run python tools/field_reference.py"


def test_a_page_without_a_place_is_refused(tool: ModuleType) -> None:
    with pytest.raises(ValueError, match="no place for fields"):
        tool.updated("# nothing\n")


def test_a_stale_table_is_replaced_and_the_text_around_it_kept(tool: ModuleType) -> None:
    stale = "".join(
        f"{name}\n<!-- begin {name} -->\nSTALE\n<!-- end {name} -->\nafter {name}\n"
        for name in ("fields", "measures", "curves")
    )
    fresh = tool.updated(stale)
    assert "STALE" not in fresh
    assert "after fields\nmeasures\n" in fresh
    assert "| `gross_adds` | gross adds | 新增量 |" in fresh


def test_filters_are_those_that_the_axes_know(tool: ModuleType) -> None:
    problem = build_problem(load("telecom_city").data)
    for name in AxisName:
        axis = problem.axes[name]
        known = {str(dimension) for dimension in Dimension if axis.knows(dimension)}
        known |= {"weight"} if axis.weights else set()
        assert set(tool.FILTERS[name]) == known


MONEY = {"type": "string", "pattern": "(元|万元|亿元)$"}


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        (
            {"anyOf": [{"type": "number"}, {"type": "string", "pattern": "(元|万元|亿元)$"}]},
            "money",
        ),
        ({"anyOf": [{"type": "number"}, {"type": "string", "pattern": "%$"}]}, "share"),
        ({"type": ["number", "string"]}, "bound"),
        ({"type": "integer", "minimum": 1, "maximum": 520}, "whole number 1 to 520"),
        ({"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "null"}]}, "number > 0"),
        ({"type": "array", "items": {"type": "string", "format": "date"}}, "list of date"),
        ({"$ref": "#/$defs/MoneyUnit"}, "`元`, `万元`, `亿元`"),
        ({"$ref": "#/$defs/Scope"}, "[Scope](#scope)"),
    ],
)
def test_what_a_field_takes(tool: ModuleType, field: dict[str, object], kind: str) -> None:
    assert tool._kind(field) == kind
