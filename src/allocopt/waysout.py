"""Ways out of an infeasible scenario: which limits to change, by how much, and whether it helps."""

from dataclasses import dataclass

from allocopt.text import Text


@dataclass(frozen=True)
class Change:
    """One limit with another value.

    Attributes
    ----------
    path : str
        Where the scenario states it, such as ``lines.budget.at_most``.
    sentence : Text
        What to do, with amounts and units.
    before, after : float
        元 for money, fractions for shares.
    least : float
        Smallest change that the relaxed program needs, along with the others of its way out,
        before it was rounded outward; unit of ``before``.
    overrides : tuple of str
        ``path=value`` texts that make the change.
    """

    path: str
    sentence: Text
    before: float
    after: float
    least: float
    overrides: tuple[str, ...]


@dataclass(frozen=True)
class WayOut:
    """Changes that together make a plan possible, each verified by a plan.

    Attributes
    ----------
    changes : tuple of Change
    enlarged : float
        Factor on the smallest amounts that a real plan needed; 1 where rounding was enough.
    objective : float
        Of the plan that was found with the changes: any plan, not the best; in 元 or in the
        unit of the scenario's first goal.
    """

    changes: tuple[Change, ...]
    enlarged: float
    objective: float

    @property
    def overrides(self) -> tuple[str, ...]:
        """What ``--set`` takes to make all changes."""
        return tuple(text for change in self.changes for text in change.overrides)
