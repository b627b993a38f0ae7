"""Keep the generated tables of docs/scenario.md in step with the code.

    python tools/field_reference.py            rewrite the tables
    python tools/field_reference.py --check    exit code 1 if they are not current

The tables stand between ``<!-- begin NAME -->`` and ``<!-- end NAME -->``: the fields of the
scenario format, from its JSON Schema; the measures, from the catalog that expressions are
checked against; the families of response curves.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from allocopt.curves import FAMILIES, Curve
from allocopt.measures.catalog import DERIVED, MEASURES, Derived, Measure, OverTime, UnitKind
from allocopt.problem.axes import AxisName
from allocopt.scenario.json_schema import scenario_json_schema

PAGE = Path(__file__).resolve().parents[1] / "docs" / "scenario.md"

Json = Mapping[str, Any]

# What a measure on each axis can be filtered by; the axes of a problem know the same
# (tests/unit/test_field_reference.py).
FILTERS: Mapping[AxisName, tuple[str, ...]] = {
    AxisName.CELLS: ("units", "products", "channels", "weight"),
    AxisName.MARKET: ("units", "products"),
    AxisName.PLACEMENTS: ("units", "levers", "placements", "expenses"),
    AxisName.GROUPS: ("units", "roles"),
    AxisName.ACCOUNTS: ("units", "expenses"),
    AxisName.TARGETS: ("units", "products", "channels"),
}
_UNITS = {UnitKind.MONEY: "money", UnitKind.VOLUME: "accounts", UnitKind.HEADS: "heads"}
_OVER_TIME = {OverTime.SUM: "sum", OverTime.LAST: "at the end", OverTime.FIRST: "at the start"}
_TOP = "Scenario"


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [heads, tuple("---" for _ in heads), *rows]
    escaped = ([cell.replace("|", "\\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in escaped)


def fields() -> str:
    """Return a table per part of the format, the scenario itself first."""
    schema = scenario_json_schema()
    definitions = schema["$defs"]
    own = schema["else"]
    top = {"properties": own["properties"], "required": own["required"]}
    parts = [_part(_TOP, {**top, "description": schema["description"]})]
    for name in _in_reading_order(top, definitions):
        parts.append(_part(name, definitions[name]))
    return "\n\n".join(parts)


def _in_reading_order(top: Json, definitions: Json) -> list[str]:
    """Return the parts with fields of their own, each after the one that first names it."""
    found: dict[str, None] = {}

    def walk(node: Json) -> None:
        for name in _references(node):
            if name not in found and "properties" in definitions[name]:
                found[name] = None
                walk(definitions[name])

    walk(top)
    return list(found)


def _references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].rpartition("/")[2]
        for inner in node.values():
            yield from _references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _references(inner)


def _part(name: str, definition: Json) -> str:
    required = definition.get("required", ())
    rows = [
        (
            f"`{key}`",
            one["title"].partition(" · ")[2],
            _kind(one),
            "**required**" if key in required else _default(one.get("default")),
            one.get("description", ""),
        )
        for key, one in definition["properties"].items()
    ]
    about = definition.get("description", "").partition("\n")[0]
    heads = ("field", "中文", "value", "if left out", "meaning")
    return f"#### {name}\n\n{about}\n\n{table(heads, rows)}"


def _default(value: object) -> str:
    if value in (None, "", [], {}) or isinstance(value, dict | list):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _kind(one: Json) -> str:
    """Return what a field takes, in the words of the page's first section."""
    if "anyOf" in one:
        return _kind_of_choice(one["anyOf"])
    if "$ref" in one:
        return _kind_of_reference(one["$ref"].rpartition("/")[2])
    if "const" in one:
        return f"`{one['const']}`"
    if one.get("type") == "array":
        return f"list of {_kind(one['items'])}"
    if one.get("type") == "object":
        inner = {**one.get("patternProperties", {}), "": one.get("additionalProperties")}
        return f"mapping of names to {_kind(next(iter(inner.values())))}"
    return _kind_of_value(one)


def _kind_of_choice(choices: list[Json]) -> str:
    given = [one for one in choices if one != {"type": "null"}]
    text = str(given)
    if "亿元" in text:
        return "money"
    if "%$" in text:
        return "share"
    if any("file" in one.get("properties", {}) for one in given):
        return f"table: {_kind(given[0])}"
    if len(given) > 1 and given[0].get("type") == "array":
        return "names"
    return _kind(given[0])


def _kind_of_reference(name: str) -> str:
    definition = scenario_json_schema()["$defs"][name]
    if "enum" in definition:
        return ", ".join(f"`{value}`" for value in definition["enum"])
    return f"[{name}](#{name.lower()})"


def _kind_of_value(one: Json) -> str:
    kind = one.get("type")
    if kind == ["number", "string"]:
        return "bound"
    if kind == "string":
        return "date" if one.get("format") == "date" else "name" if "pattern" in one else "text"
    if kind == "boolean":
        return "`true`, `false`"
    word = "whole number" if kind == "integer" else "number"
    least, most = one.get("minimum"), one.get("maximum")
    if least is not None and most is not None:
        return f"{word} {least:g} to {most:g}"
    if least is not None:
        return f"{word} ≥ {least:g}"
    return f"{word} > {one['exclusiveMinimum']:g}" if "exclusiveMinimum" in one else str(word)


def measures() -> str:
    """Return the table of every name that an expression may use."""
    rows = [_measure_row(measure) for measure in MEASURES.values()]
    rows.extend(_derived_row(derived) for derived in DERIVED.values())
    heads = ("measure", "English", "中文", "counted per", "filters", "over time", "unit")
    return table(heads, rows)


def _derived_row(derived: Derived) -> tuple[str, ...]:
    """Return the row of a sum of measures, its English name with what it sums."""
    parts = " ".join(f"{'+' if factor > 0 else '-'} {part}" for factor, part in derived.parts)
    title = f"{derived.title.en}: {parts.removeprefix('+ ')}"
    return (f"`{derived.name}`", title, derived.title.zh, "its parts'", "`units`", "sum", "money")


def _measure_row(measure: Measure) -> tuple[str, ...]:
    return (
        f"`{measure.name}`",
        measure.title.en,
        measure.title.zh,
        str(measure.axis),
        " ".join(f"`{name}`" for name in FILTERS[measure.axis]),
        _OVER_TIME[measure.over_time],
        "as the quota" if measure.axis is AxisName.TARGETS else _UNITS[measure.unit],
    )


def curves() -> str:
    """Return the table of every family of response curves."""
    rows = [
        (f"`{name}`", family.title.en, family.title.zh, _formula(family), _parameters(family))
        for name, family in FAMILIES.items()
    ]
    return table(("family", "English", "中文", "formula", "parameters (range, unit)"), rows)


def _formula(family: type[Curve]) -> str:
    return (family.__doc__ or "").partition("\n")[0]


def _parameters(family: type[Curve]) -> str:
    return "; ".join(
        f"`{one.name}` {one.range}, {'list of ' if one.many else ''}{one.unit}"
        for one in family.parameters
    )


def updated(page: str) -> str:
    """Return the page with every generated part as the code says it now."""
    for name, text in (("fields", fields()), ("measures", measures()), ("curves", curves())):
        pattern = re.compile(rf"(<!-- begin {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
        if not pattern.search(page):
            message = f"{PAGE.name} has no place for {name}"
            raise ValueError(message)
        page = pattern.sub(lambda m, text=text: f"{m[1]}\n{text}\n\n{m[2]}", page)
    return page


def main(arguments: list[str]) -> int:
    """Rewrite (or only check) the page and return the exit code."""
    page = PAGE.read_text(encoding="utf-8")
    current = updated(page)
    if "--check" in arguments:
        return int(page != current)
    PAGE.write_text(current, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
