"""Bounds that are written as at_least, at_most or equals."""

from collections.abc import Iterator
from typing import Protocol

from allocopt.scenario.pathfinding import PathFinding, error
from allocopt.scenario.quantities import Quantity
from allocopt.scenario.wording import quantity
from allocopt.text import T


class Bounded(Protocol):
    """A line or a pin."""

    @property
    def at_least(self) -> Quantity | None:
        """Return the least value."""

    @property
    def at_most(self) -> Quantity | None:
        """Return the largest value."""

    @property
    def equals(self) -> Quantity | None:
        """Return the exact value."""


def check_bounds(path: str, row: Bounded) -> Iterator[PathFinding]:
    """Check that ``row`` has a bound, and that its bounds agree.

    Parameters
    ----------
    path : str
        Of the row.
    row : Bounded
    """
    least, most, exact = row.at_least, row.at_most, row.equals
    if least is None and most is None and exact is None:
        yield error(
            path, T("there is no bound"), T("Give 'at_least', 'at_most', both, or 'equals'.")
        )
    if exact is not None and (least is not None or most is not None):
        yield error(
            f"{path}.equals",
            T("'equals' stands beside another bound"),
            T("Keep 'equals' alone, or remove it."),
            f"{path}.at_least",
            f"{path}.at_most",
        )
    if least is not None and most is not None:
        yield from _in_order(path, least, most)


def _in_order(path: str, least: Quantity, most: Quantity) -> Iterator[PathFinding]:
    if least.kind is not most.kind:
        yield error(
            f"{path}.at_least",
            T(
                "at_least {least} and at_most {most} are of different kinds",
                least=quantity(least),
                most=quantity(most),
            ),
            T("Write both with the same unit."),
            f"{path}.at_most",
        )
    elif least.value > most.value:
        yield error(
            f"{path}.at_least",
            T(
                "at_least {least} is above at_most {most}",
                least=quantity(least),
                most=quantity(most),
            ),
            T("Exchange the two, or correct one."),
            f"{path}.at_most",
        )
