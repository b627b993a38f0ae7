"""Strategies: ways to allocate, each giving a full plan of the same scenario.

`STRATEGIES` is the one list of them; whoever has more passes objects of their own beside names.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from allocopt.errors import ModelError, UsageError
from allocopt.solving.catalog import imported_file
from allocopt.strategies import (
    equal_return,
    greedy,
    last_year,
    potential,
    share_of_sales,
    uniform_growth,
)
from allocopt.strategies.optimized import Optimized
from allocopt.strategies.reserve import Reserve
from allocopt.strategies.rule import Choice, Rule
from allocopt.strategies.strategy import Brief, Strategy
from allocopt.text import T

__all__ = [
    "STRATEGIES",
    "Brief",
    "Choice",
    "Optimized",
    "Reserve",
    "Rule",
    "Strategy",
    "strategy_named",
]

_ALL: tuple[Strategy, ...] = (
    last_year.RULE,
    uniform_growth.RULE,
    potential.RULE,
    share_of_sales.RULE,
    greedy.RULE,
    equal_return.RULE,
    Optimized(),
    Reserve(),
)

STRATEGIES: Mapping[str, Strategy] = MappingProxyType({one.name: one for one in _ALL})


def strategy_named(reference: str, strategies: Mapping[str, Strategy] = STRATEGIES) -> Strategy:
    """Return the strategy of this name, or ``STRATEGY`` of the file at this path.

    A path runs the user's own code with the user's rights.

    Parameters
    ----------
    reference : str
        Name, or path of a ``.py`` file.
    strategies : mapping from name to Strategy

    Raises
    ------
    UsageError
        If there is none, naming those that exist.
    ModelError
        If the file cannot be imported or has no ``STRATEGY``.
    """
    if reference in strategies:
        return strategies[reference]
    path = Path(reference)
    if path.suffix == ".py" and path.is_file():
        own: Strategy | None = vars(imported_file(path)).get("STRATEGY")
        if own is None:
            raise ModelError(T("{file} has no STRATEGY", file=path.name))
        return own
    near = get_close_matches(reference, strategies, n=1)
    raise UsageError(
        T(
            "there is no strategy {found}; known are {known}, or give the path of a .py file",
            found=reference,
            known=", ".join([*near, *(one for one in strategies if one not in near)]),
        )
    )
