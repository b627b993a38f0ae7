"""What every section of a scenario has in common."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from allocopt.text import Bilingual

Name = Annotated[
    str,
    Field(
        min_length=1,
        max_length=80,
        pattern=r"^[^\s.,;:=\"'\[\](){}|\\<>*?@#]+$",
        description="Identifier: no spaces and none of . , ; : = quotes or brackets.",
    ),
]


class Section(BaseModel):
    """Frozen part of a scenario; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Title(Section):
    """A name or sentence in both languages; at least one is given."""

    zh: str = Field(default="", max_length=400, description="Chinese wording.")
    en: str = Field(default="", max_length=400, description="English wording.")

    def bilingual(self) -> Bilingual:
        """Return the title as a message."""
        return Bilingual(zh=self.zh, en=self.en)


class Titled(Section):
    """A row with an identifier and a name in both languages."""

    id: Name = Field(description="Identifier, unique in its section.")
    zh: str = Field(default="", max_length=400, description="Chinese name.")
    en: str = Field(default="", max_length=400, description="English name.")

    def title(self) -> Bilingual:
        """Return the name as a message; the identifier where no name is given."""
        return Bilingual(zh=self.zh or self.en or self.id, en=self.en or self.zh or self.id)


class TableSection:
    """Marks a section whose rows may stand in a CSV or xlsx file beside the scenario.

    In a file the section is either a list of rows or
    ``{file: NAME.csv, sheet: NAME, rows: [...]}``; ``rows`` are merged over the file's
    rows by identifier. The schema below sees the rows only.
    """

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Return the JSON Schema that also admits the file form."""
        rows = handler(core_schema)
        table = {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "file": {
                    "type": "string",
                    "description": "CSV or xlsx inside the scenario folder.",
                },
                "sheet": {"type": "string", "description": "Sheet of an xlsx file."},
                "rows": {**rows, "description": "Rows merged over the file's by id."},
            },
        }
        return {"anyOf": [rows, table]}


Row = TypeVar("Row", bound=Section)
Rows = Annotated[tuple[Row, ...], TableSection()]


def _as_list(found: object) -> object:
    """Admit ``a|b`` (the table form of a list) and a single name."""
    return found.split("|") if isinstance(found, str) else found


class _NamesForm:
    """Lets editors accept the short forms of a list of names."""

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [handler(core_schema), {"type": "string"}]}


Names = Annotated[tuple[Name, ...], BeforeValidator(_as_list), _NamesForm()]


class Scope(Section):
    """A filter; an axis that is left out is not filtered.

    Inner nodes of a tree stand for their leaves.
    """

    units: Names = Field(default=(), description="Units of any tree.")
    products: Names = Field(default=(), description="Products or product groups.")
    channels: Names = Field(default=(), description="Channels or channel groups.")
    levers: Names = Field(default=(), description="Levers.")
    placements: Names = Field(default=(), description="Placements.")
    roles: Names = Field(default=(), description="Roles.")
    expenses: Names = Field(default=(), description="Expense lines or groups of them.")
