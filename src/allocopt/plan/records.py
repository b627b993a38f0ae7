"""Tables as columns, before anybody asks for pandas."""

from collections.abc import Sequence
from typing import Any, TypeAlias

Columns: TypeAlias = dict[str, list[Any]]
"""Column name -> values, all of one length."""


def from_records(names: Sequence[str], records: Sequence[dict[str, object]]) -> Columns:
    """Return rows as columns; a table without rows has its columns all the same.

    Parameters
    ----------
    names : sequence of str
        The columns; also the keys of every record, in this order.
    records : sequence of dict

    Raises
    ------
    ValueError
        If the records have other keys: a column would be lost.
    """
    if records and tuple(records[0]) != tuple(names):
        raise ValueError(tuple(records[0]))
    return {name: [record[name] for record in records] for name in names}


def joined(names: Sequence[str], tables: Sequence[Columns]) -> Columns:
    """Return tables with the columns ``names`` below each other; see `from_records`."""
    if tables and tuple(tables[0]) != tuple(names):
        raise ValueError(tuple(tables[0]))
    return {name: [value for table in tables for value in table[name]] for name in names}
