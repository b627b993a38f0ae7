"""The valid part of an invalid scenario, so that the other checks can speak too.

Invalid optional values are left out and invalid required ones get a stand-in of their
type. Findings that rest on a stand-in are dropped, see `allocopt.scenario.suppression`.
"""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any, Literal, TypeAlias, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from allocopt.scenario.quantities import Quantity, QuantityKind
from allocopt.scenario.schema.scenario import ScenarioSchema
from allocopt.scenario.shape import Shape, bare, has_rows, item_of, model_of, origin_of

Model = TypeVar("Model", bound=BaseModel)
Context: TypeAlias = dict[str, Any]


def salvaged(values: Mapping[str, Any], context: Context) -> ScenarioSchema:
    """Return a scenario of everything in ``values`` that is valid.

    Parameters
    ----------
    values : mapping
        Plain form of the scenario.
    context : dict
        Context of the validation.
    """
    return valid_part(ScenarioSchema, _repaired_sections(ScenarioSchema, values, context), context)


def _repaired_sections(
    model: type[BaseModel], values: Mapping[str, Any], context: Context
) -> dict[str, Any]:
    """Return ``values`` with the valid rows of each list, and the valid part of each mapping."""
    repaired = dict(values)
    for name, field in model.model_fields.items():
        section = values.get(name)
        if has_rows(field.annotation) and isinstance(section, list):
            repaired[name] = _valid_rows(field.annotation, section, context)
        elif (inner := model_of(field.annotation)) and isinstance(section, dict):
            inside = _repaired_sections(inner, section, context)
            repaired[name] = valid_part(inner, inside, context)
    return repaired


def _valid_rows(shape: Shape, rows: list[Any], context: Context) -> list[BaseModel]:
    model = model_of(item_of(shape))
    if model is None:
        return []
    found = []
    for row in rows:
        try:
            found.append(model.model_validate(row, context=context))
        except ValidationError as error:
            bad = _invalid_keys(error)
            if isinstance(row, dict) and not {"id", None} & bad:
                found.append(_repaired(model, row, bad, context))
    return found


def _invalid_keys(error: ValidationError) -> set[str | None]:
    """Return the keys that ``error`` speaks of, ``None`` for the mapping as a whole."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return {str(detail["loc"][0]) if detail["loc"] else None for detail in details}


def valid_part(model: type[Model], values: Mapping[str, Any], context: Context) -> Model:
    """Return ``model`` of the valid keys of ``values``, with stand-ins for the rest.

    Parameters
    ----------
    model : type
    values : mapping
    context : dict
        Context of the validation.
    """
    try:
        return model.model_validate(dict(values), context=context)
    except ValidationError as error:
        return _repaired(model, values, _invalid_keys(error), context)


def _repaired(
    model: type[Model], values: Mapping[str, Any], bad: set[str | None], context: Context
) -> Model:
    kept = {key: value for key, value in values.items() if key not in bad}
    stand_ins = {
        name: _stand_in(field.annotation)
        for name, field in model.model_fields.items()
        if name in bad and field.is_required()
    }
    valid = model.model_validate({**kept, **stand_ins}, context=context)
    # a stand-in for a list that must not be empty has a row, which nobody should see
    return valid.model_copy(update={k: () for k, v in stand_ins.items() if isinstance(v, tuple)})


def _stand_in(shape: Shape) -> Any:  # noqa: ANN401 - one value of any type that the schema has
    shape = bare(shape)
    if origin_of(shape) is Literal:
        return get_args(shape)[0]
    if (item := item_of(shape)) is not None:
        return (_stand_in(item),)
    if model := model_of(shape):
        fields = model.model_fields.items()
        return model.model_validate(
            {name: _stand_in(f.annotation) for name, f in fields if f.is_required()}
        )
    if issubclass(shape, Enum):
        return next(iter(shape))
    return _PLAIN_STAND_INS[shape]


_PLAIN_STAND_INS: Mapping[type, Any] = {
    str: "unknown",
    int: 1,
    float: 1.0,
    date: date(2000, 1, 1),
    Quantity: Quantity(1.0, QuantityKind.NUMBER),
}
