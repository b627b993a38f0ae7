"""A value of a scenario that may give way when no plan keeps all limits.

It enters the rows of a built model as one more column: how far the value moves. A row stands
for ``form >= 0``; moving the value by one adds `Bite.by` to the form.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from allocopt.declare.rows import PyomoObject
from allocopt.text import Text


class Counted(StrEnum):
    """How a value is written."""

    NUMBER = "number"
    MONEY = "money"
    SHARE = "share"
    POINTS = "points"
    VOLUME = "volume"
    PEOPLE = "people"
    FACTOR = "factor"


@dataclass(frozen=True)
class Bite:
    """A row that a value loosens.

    Attributes
    ----------
    constraint : str
        Name of the constraint, or of the variable where the value is a bound of it.
    label
        Index in it.
    by : float
        What a move of one adds to the row's form.
    largest : float
        Largest coefficient of the form, to find what the model multiplied the row by.
    on_bound : int
        0 for a row; 1 where it is the upper bound of a variable, -1 the lower.
    bound : float
        What the bound is before it moves; NaN where it is the one in the model.
    """

    constraint: str
    label: object
    by: float
    largest: float = 1.0
    on_bound: int = 0
    bound: float = np.nan


def has_place(model: PyomoObject, bite: Bite) -> bool:
    """Return whether ``model`` has the row or variable of ``bite``."""
    component = model.component(bite.constraint)
    return component is not None and bite.label in component


@dataclass(frozen=True)
class Loosening:
    """A value of the scenario that may move to one side.

    Attributes
    ----------
    path : str
        Where the scenario states it; every placement's bound for ``placements.bounds``.
    what : Text
        What it is called.
    value : float
        元, fractions, people or counts.
    raised : bool
        Whether it loosens when it grows.
    counted : Counted
    size : float
        What a move is priced against, above zero.
    most : float
        How far it may move.
    whole : bool
    bites : tuple of Bite
    exact : bool
        Whether a farther move may be as impossible as none: the value of an equality.
    """

    path: str
    what: Text
    value: float
    raised: bool
    counted: Counted
    size: float
    most: float
    whole: bool
    bites: tuple[Bite, ...]
    exact: bool = False
