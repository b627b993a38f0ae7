"""The frontier of a scenario: what every value of one number makes possible, and its proof."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING

from allocopt.plan.kinds import Kind
from allocopt.plan.plan import Plan
from allocopt.plan.records import Columns
from allocopt.report.goal import Aim
from allocopt.scenario.knob import Knob

if TYPE_CHECKING:
    import pandas as pd


class PointState(StrEnum):
    """What is known at a point."""

    PROVEN = "proven"
    LIMIT = "limit"
    """There is a plan, but a limit ended the search before the wanted gap."""
    INFEASIBLE = "infeasible"
    """It is proven that no plan keeps every hard line."""
    NO_PLAN = "no_plan"
    """A limit ended the search before the first plan."""


@dataclass(frozen=True)
class FrontierPoint:
    """One value of the number that is varied.

    Attributes
    ----------
    value : float
        In base units: 元, a share of 1.
    state : PointState
    objective, bound : float
        Value of the best plan known, and what no plan can exceed; to be maximized. NaN where
        there is none.
    shown : tuple of float
        Values of the expressions that were asked for, of the same plan.
    price : float
        What the goal gains per unit by which the number rises, by the duals at the plan; NaN
        where it was not asked for, or the number is no line's bound.
    plan : Plan or None
    taken_from : float
        The tighter value whose plan this is, where it is better than what was found here;
        NaN where the plan is the point's own.
    conflict : tuple of str
        Names of lines and limits that clash, where no plan is possible.
    seconds : float
    """

    value: float
    state: PointState
    objective: float = math.nan
    bound: float = math.nan
    shown: tuple[float, ...] = ()
    price: float = math.nan
    plan: Plan | None = None
    taken_from: float = math.nan
    conflict: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def gap(self) -> float:
        """Distance of objective and bound, share of the objective; NaN if unknown or of 0."""
        if self.objective == 0.0 and self.bound > 0.0:
            return math.nan
        return max(self.bound - self.objective, 0.0) / max(abs(self.objective), 1e-9)


@dataclass(frozen=True)
class Shown:
    """An expression of measures that is reported along the frontier.

    Attributes
    ----------
    expression : str
    kind : Kind
    """

    expression: str
    kind: Kind


@dataclass(frozen=True)
class ScenarioFrontier:
    """What a scenario's best plan is worth as one number varies.

    Attributes
    ----------
    knob : Knob
    kind : Kind
        What the number counts.
    aim : Aim
        What the goal counts, and whether more is better.
    shown : tuple of Shown
    points : tuple of FrontierPoint
        Ascending.
    interrupted : bool
        Whether points that were asked for are missing.
    seconds : float
    """

    knob: Knob
    kind: Kind
    aim: Aim
    shown: tuple[Shown, ...]
    points: tuple[FrontierPoint, ...]
    interrupted: bool
    seconds: float

    @property
    def planned(self) -> tuple[FrontierPoint, ...]:
        """Points with a plan."""
        return tuple(point for point in self.points if point.plan is not None)

    def slopes(self) -> tuple[float, ...]:
        """Return what the goal gains per unit between neighboring planned points.

        The shadow price by solving again; gaps blur it, see `slope_range`.
        """
        return tuple(
            (b.objective - a.objective) / (b.value - a.value) for a, b in pairwise(self.planned)
        )

    def slope_range(self, number: int) -> tuple[float, float]:
        """Return what slope ``number`` lies between, given the gaps of its ends."""
        a, b = self.planned[number], self.planned[number + 1]
        width = b.value - a.value
        return (b.objective - a.bound) / width, (b.bound - a.objective) / width

    @cached_property
    def tables(self) -> "Mapping[str, pd.DataFrame]":
        """Tidy tables ``points`` and ``slopes``, in base units; the goal as it is written."""
        pandas = import_module("pandas")
        made = {"points": self._points(), "slopes": self._slopes()}
        return {name: pandas.DataFrame(columns) for name, columns in made.items()}

    def _points(self) -> Columns:
        sign = 1.0 if self.aim.maximized else -1.0
        points = self.points
        columns: Columns = {
            "value": [point.value for point in points],
            "state": [str(point.state) for point in points],
            "goal": [sign * point.objective for point in points],
            "bound": [sign * point.bound for point in points],
            "gap": [point.gap for point in points],
            "price": [sign * point.price for point in points],
            "taken_from": [point.taken_from for point in points],
        }
        for number, one in enumerate(self.shown):
            values = [point.shown[number] if point.shown else math.nan for point in points]
            columns[one.expression] = values
        return columns

    def _slopes(self) -> Columns:
        sign = 1.0 if self.aim.maximized else -1.0
        pairs = list(pairwise(self.planned))
        ranges = [sorted(sign * end for end in self.slope_range(k)) for k in range(len(pairs))]
        return {
            "from": [a.value for a, _ in pairs],
            "to": [b.value for _, b in pairs],
            "slope": [sign * slope for slope in self.slopes()],
            "least": [low for low, _ in ranges],
            "most": [high for _, high in ranges],
        }
