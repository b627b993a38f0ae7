"""Axes that measures live on, and the filters that select parts of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from allocopt.arrays import FloatArray, IntArray


class AxisName(StrEnum):
    """The kinds of things that quantities are counted per."""

    CELLS = "cells"
    MARKET = "market"
    PLACEMENTS = "placements"
    GROUPS = "groups"
    ACCOUNTS = "accounts"
    TARGETS = "targets"


class Dimension(StrEnum):
    """What an axis can be filtered by; the names are those of a scenario's ``scope``."""

    UNITS = "units"
    PRODUCTS = "products"
    CHANNELS = "channels"
    LEVERS = "levers"
    PLACEMENTS = "placements"
    ROLES = "roles"
    EXPENSES = "expenses"


@dataclass(frozen=True)
class Selection:
    """A filter on an axis; a dimension that is absent is not filtered.

    Attributes
    ----------
    names : mapping from dimension to the names that are selected in it
    weight : str or None
        Factor of the cells that selected rows are multiplied by.
    """

    names: tuple[tuple[Dimension, tuple[str, ...]], ...] = ()
    weight: str | None = None

    @staticmethod
    def of(names: Mapping[Dimension, Iterable[str]], weight: str | None = None) -> "Selection":
        """Return the selection of ``names``, in one normal order, empty filters left out."""
        pairs = ((dimension, tuple(sorted(set(chosen)))) for dimension, chosen in names.items())
        return Selection(tuple(sorted(pair for pair in pairs if pair[1])), weight)

    def narrowed(self, dimension: Dimension, name: str) -> "Selection":
        """Return the selection with one more filter, which must hold beside the others."""
        return replace(self, names=(*self.names, (dimension, (name,))))


@dataclass(frozen=True)
class Axis:
    """Labels of an axis and which named groups each row belongs to.

    Attributes
    ----------
    name : AxisName
    labels : tuple of str, shape (n,)
    members : mapping dimension -> node -> IntArray of row numbers
        A row belongs to its own node and to all nodes above it.
    weights : mapping factor name -> FloatArray (n,), cells only
    """

    name: AxisName
    labels: tuple[str, ...]
    members: Mapping[Dimension, Mapping[str, IntArray]]
    weights: Mapping[str, FloatArray] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.labels)

    def knows(self, dimension: Dimension) -> bool:
        """Return whether the axis can be filtered by ``dimension``."""
        return dimension in self.members

    def rows(self, selection: Selection) -> FloatArray:
        """Return the 0/1 row (times the weight) of ``selection``, shape (n,).

        Raises
        ------
        KeyError
            If a dimension, a name or the weight is unknown to the axis; expressions are
            checked before they get here.
        """
        chosen = np.ones(len(self), dtype=np.float64)
        for dimension, names in selection.names:
            mask = np.zeros(len(self), dtype=np.float64)
            for name in names:
                mask[self.members[dimension][name]] = 1.0
            chosen *= mask
        if selection.weight is not None:
            chosen *= self.weights[selection.weight]
        return chosen


def memberships(lineages: Iterable[Iterable[str]], known: Iterable[str]) -> dict[str, IntArray]:
    """Return for every known node the rows whose lineage contains it.

    Parameters
    ----------
    lineages : for each row, the nodes it belongs to
    known : every node, so that one without rows is known to be empty
    """
    rows: dict[str, list[int]] = {name: [] for name in known}
    for number, lineage in enumerate(lineages):
        for name in lineage:
            rows[name].append(number)
    return {name: np.array(numbers, dtype=np.int64) for name, numbers in rows.items()}
