"""What the schema allows at a place, for hints, table headers and overrides."""

from collections.abc import Mapping
from types import UnionType
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from allocopt.scenario.schema.base import TableSection
from allocopt.scenario.schema.scenario import ScenarioSchema

# What a field is declared as: a class, or a generic or union of classes.
Shape: TypeAlias = Any


def bare(shape: Shape) -> Shape:
    """Return ``shape`` without ``Annotated`` and without ``None``."""
    while True:
        origin = origin_of(shape)
        if origin is Annotated:
            shape = get_args(shape)[0]
        elif origin in (Union, UnionType):
            shape = next(arg for arg in get_args(shape) if arg is not type(None))
        else:
            return shape


def origin_of(shape: Shape) -> Any:  # noqa: ANN401 - a class or a special form of typing
    """Return what ``shape`` is a case of, such as ``tuple`` for ``tuple[int, ...]``."""
    return get_origin(shape)


def model_of(shape: Shape) -> type[BaseModel] | None:
    """Return the schema class at ``shape``, if it is one."""
    found = bare(shape)
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None


def fields_of(shape: Shape) -> Mapping[str, FieldInfo]:
    """Return the named fields at ``shape``; none if it is no mapping."""
    model = model_of(shape)
    return {} if model is None else model.model_fields


def item_of(shape: Shape) -> Shape | None:
    """Return the shape of a list's items; ``None`` if ``shape`` is no list."""
    found = bare(shape)
    return get_args(found)[0] if origin_of(found) is tuple else None


def stepped(shape: Shape, name: str) -> Shape | None:
    """Return the shape that ``name`` leads to, or ``None`` if the schema has nothing there."""
    if (item := item_of(shape)) is not None:
        return item
    found = bare(shape)
    if origin_of(found) is dict:
        return get_args(found)[1]
    model = model_of(found)
    if model is None:
        return None
    if name in model.model_fields:
        return model.model_fields[name].annotation
    return float if model.model_config.get("extra") == "allow" else None


def shape_at(shape: Shape, path: tuple[str, ...]) -> Shape | None:
    """Return the shape at the end of ``path``, or ``None``."""
    for name in path:
        shape = stepped(shape, name)
        if shape is None:
            return None
    return shape


def is_mapping(shape: Shape) -> bool:
    """Return whether ``shape`` is a mapping, of named or of free keys."""
    return model_of(shape) is not None or origin_of(bare(shape)) is dict


def has_rows(shape: Shape) -> bool:
    """Return whether ``shape`` is a list of mappings."""
    item = item_of(shape)
    return item is not None and model_of(item) is not None


def is_table(field: FieldInfo) -> bool:
    """Return whether the rows of ``field`` may stand in a file."""
    return any(isinstance(extra, TableSection) for extra in field.metadata)


TABLE_SECTIONS = frozenset(n for n, f in ScenarioSchema.model_fields.items() if is_table(f))
