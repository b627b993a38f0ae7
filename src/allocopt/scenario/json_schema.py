"""The format of scenario files as JSON Schema, for completion and hover texts in editors."""

import json
from copy import deepcopy
from typing import Any

from allocopt.scenario.labels import KEY_LABELS, LIST_LABELS
from allocopt.scenario.schema.scenario import ScenarioSchema

SCHEMA_FILE = "scenario.schema.json"

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_EXTENDS = {
    "type": "string",
    "description": "Folder of a scenario that this one changes, such as ../base.",
}
_VARIANTS = {
    "type": "object",
    "description": "Named overlays; rows are merged by id.",
    "additionalProperties": {"$ref": "#/$defs/Overlay"},
}
_REMOVE = {"const": True, "description": "Delete the row of this id."}

Json = dict[str, Any]


def scenario_json_schema() -> Json:
    """Return the JSON Schema (draft 2020-12) of ``scenario.yaml``.

    A scenario that extends another one, and every variant, may give rows in part; for
    them each definition has a second form in which only ``id`` is required.
    """
    full = ScenarioSchema.model_json_schema()
    definitions = full.pop("$defs")
    in_part = {f"Partial{name}": _partial(one) for name, one in definitions.items()}
    overlay = _partial(full)
    in_part["Overlay"] = {**overlay, "title": "Overlay", "description": "Changes to a scenario."}
    sections = full["properties"]
    schema = {
        "$schema": _DIALECT,
        "$id": SCHEMA_FILE,
        "title": "Scenario of allocopt / allocopt 场景",
        "description": full["description"],
        "type": "object",
        "properties": {
            "extends": _EXTENDS,
            "variants": _VARIANTS,
            **{name: {"description": one["description"]} for name, one in sections.items()},
        },
        "additionalProperties": False,
        "if": {"required": ["extends"]},
        "then": {"properties": overlay["properties"]},
        "else": {"properties": sections, "required": full["required"]},
        "$defs": dict(sorted({**definitions, **in_part}.items())),
    }
    labeled: Json = _labeled(schema)
    return labeled


def scenario_json_text() -> str:
    """Return the JSON Schema as the text of the file that is shipped."""
    return json.dumps(scenario_json_schema(), ensure_ascii=False, indent=1) + "\n"


def _label(name: str, definition: Json) -> str:
    """Return the Chinese name of a key, which may be another one where it holds a list."""
    several = definition.get("type") == "array" and name in LIST_LABELS
    return LIST_LABELS[name] if several else KEY_LABELS[name]


def _partial(definition: Json) -> Json:
    """Return a definition in which a row needs its ``id`` only."""
    found: Json = _with_partial_references(deepcopy(definition))
    properties = found.get("properties", {})
    found.pop("required", None)
    if "id" in properties:
        properties["remove"] = dict(_REMOVE)
        if "schema_version" not in properties:
            found["required"] = ["id"]
    return found


def _with_partial_references(node: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(node, list):
        return [_with_partial_references(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    kept = {key: inner for key, inner in node.items() if key != "minItems"}
    if "$ref" in kept:
        kept["$ref"] = kept["$ref"].replace("#/$defs/", "#/$defs/Partial")
    return {
        key: inner if key == "$ref" else _with_partial_references(inner)
        for key, inner in kept.items()
    }


def _labeled(node: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return ``node`` with the Chinese name of every key as its title."""
    if isinstance(node, list):
        return [_labeled(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    found = {key: _labeled(inner) for key, inner in node.items()}
    properties = found.get("properties")
    if isinstance(properties, dict):
        found["properties"] = {
            name: {**one, "title": f"{name} · {_label(name, one)}"}
            for name, one in properties.items()
        }
    return found
