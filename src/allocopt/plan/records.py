"""Tables as columns, before anybody asks for pandas."""

from collections.abc import Sequence
from typing import Any, TypeAlias

Columns: TypeAlias = dict[str, list[Any]]
"""Column name -> values, all of one length."""


def from_records(records: Sequence[dict[str, object]]) -> Columns:
    """Return rows with the same keys as columns; no columns where there are no rows."""
    names = list(records[0]) if records else []
    return {name: [record[name] for record in records] for name in names}


def joined(tables: Sequence[Columns]) -> Columns:
    """Return tables with the same columns below each other."""
    names = list(tables[0]) if tables else []
    return {name: [value for table in tables for value in table[name]] for name in names}
