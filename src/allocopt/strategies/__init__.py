"""Strategies: ways to allocate, each giving a full plan of the same scenario.

`STRATEGIES` is the one list of them; whoever has more passes objects of their own beside names.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from allocopt.errors import UsageError
from allocopt.strategies import last_year
from allocopt.strategies.optimized import Optimized
from allocopt.strategies.rule import Choice, Rule
from allocopt.strategies.strategy import Brief, Strategy
from allocopt.text import T

__all__ = ["STRATEGIES", "Brief", "Choice", "Optimized", "Rule", "Strategy", "strategy_named"]

_ALL: tuple[Strategy, ...] = (
    last_year.RULE,
    Optimized(),
)

STRATEGIES: Mapping[str, Strategy] = MappingProxyType({one.name: one for one in _ALL})


def strategy_named(name: str, strategies: Mapping[str, Strategy] = STRATEGIES) -> Strategy:
    """Return the strategy of this name.

    Raises
    ------
    UsageError
        If there is none, naming those that exist.
    """
    if name in strategies:
        return strategies[name]
    near = get_close_matches(name, strategies, n=1)
    raise UsageError(
        T(
            "there is no strategy {found}; known are {known}",
            found=name,
            known=", ".join([*near, *(one for one in strategies if one not in near)]),
        )
    )
