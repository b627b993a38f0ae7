"""Alternatives to a plan beside it: what they are worth, and who gets more and who less."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.plan.kinds import Kind
from allocopt.plan.plan import Plan
from allocopt.plan.records import Columns
from allocopt.problem.axes import AxisName
from allocopt.report.names import group_names, placement_names
from allocopt.solving.alternatives import position
from allocopt.text import Bilingual

if TYPE_CHECKING:
    import pandas as pd

_SEEN = 1e-6


@dataclass(frozen=True)
class Change:
    """What a placement or group gets in the plan and in an alternative.

    Attributes
    ----------
    id : str
    name : Bilingual
    before, after : float
        Spend over the horizon, 元; or average heads.
    """

    id: str
    name: Bilingual
    before: float
    after: float

    @property
    def difference(self) -> float:
        """How much more the alternative gives."""
        return self.after - self.before


@dataclass(frozen=True)
class Alternative:
    """A plan nearly as good as another one.

    Attributes
    ----------
    plan : Plan
        Judged on the true curves; its bound is that of the plan it is an alternative to.
    loss : float
        Value given up, share of the plan's; negative where it is better.
    distance : float
        Sum of all differences from the plan, 元 or heads.
    nearest : float
        The same from the nearest of the plan and the alternatives before it.
    changes : tuple of Change
        Those that differ, the largest difference first.
    """

    plan: Plan
    loss: float
    distance: float
    nearest: float
    changes: tuple[Change, ...]

    @property
    def more(self) -> tuple[Change, ...]:
        """Who gets more, the largest difference first."""
        return tuple(change for change in self.changes if change.difference > 0)

    @property
    def less(self) -> tuple[Change, ...]:
        """Who gets less, the largest difference first."""
        return tuple(change for change in self.changes if change.difference < 0)


@dataclass(frozen=True)
class Alternatives:
    """Plans nearly as good as one plan, and different from it and one another.

    Attributes
    ----------
    plan : Plan
    within : float
        Share of the plan's value that could be given up.
    wanted : int
        How many were asked for; fewer are found where all else is worth less, or time ran out.
    kind : Kind
        What distances count: money or heads.
    found : tuple of Alternative
    """

    plan: Plan
    within: float
    wanted: int
    kind: Kind
    found: tuple[Alternative, ...]

    @cached_property
    def tables(self) -> "Mapping[str, pd.DataFrame]":
        """Tidy tables: ``alternatives``, and ``changes`` with a row per alternative and thing.

        Money in 元.
        """
        pandas = import_module("pandas")
        return {name: pandas.DataFrame(columns) for name, columns in self._columns().items()}

    def _columns(self) -> dict[str, Columns]:
        rows = list(enumerate(self.found, start=1))
        changes = [(number, change) for number, row in rows for change in row.changes]
        return {
            "alternatives": {
                "alternative": [number for number, _ in rows],
                "objective": [row.plan.objective for _, row in rows],
                "loss": [row.loss for _, row in rows],
                "distance": [row.distance for _, row in rows],
                "nearest": [row.nearest for _, row in rows],
            },
            "changes": {
                "alternative": [number for number, _ in changes],
                "id": [change.id for _, change in changes],
                "name_zh": [change.name.zh for _, change in changes],
                "name_en": [change.name.en for _, change in changes],
                "before": [change.before for _, change in changes],
                "after": [change.after for _, change in changes],
                "difference": [change.difference for _, change in changes],
            },
        }


def compare_alternatives(
    plan: Plan, others: tuple[Plan, ...], *, within: float, wanted: int
) -> Alternatives:
    """Return ``others`` beside ``plan``.

    Parameters
    ----------
    plan : Plan
    others : tuple of Plan
        Of the same scenario and model.
    within : float
    wanted : int
    """
    spends = "spend" in plan.provenance.decides
    unit = float(plan.problem.money_unit) if spends else 1.0
    places = [
        np.asarray(position(plan.problem, one.decisions, spends=spends)) * unit
        for one in (plan, *others)
    ]
    found = tuple(
        Alternative(
            plan=other,
            loss=(plan.objective - other.objective) / max(abs(plan.objective), 1e-300),
            distance=float(np.abs(places[k] - places[0]).sum()),
            nearest=min(float(np.abs(places[k] - before).sum()) for before in places[:k]),
            changes=_changes(plan, places[0], places[k], spends=spends),
        )
        for k, other in enumerate(others, start=1)
    )
    kind = Kind.MONEY if spends else Kind.HEADS
    return Alternatives(plan, within, wanted, kind, found)


def _changes(
    plan: Plan, before: FloatArray, after: FloatArray, *, spends: bool
) -> tuple[Change, ...]:
    labels = plan.problem.axes[AxisName.PLACEMENTS if spends else AxisName.GROUPS].labels
    names = placement_names(plan.scenario) if spends else group_names(plan.scenario)
    moved = np.abs(after - before)
    rows = np.argsort(-moved, kind="stable")
    least = _SEEN * max(float(np.abs(before).sum()), 1.0)
    return tuple(
        Change(labels[a], names[a], float(before[a]), float(after[a]))
        for a in rows.tolist()
        if moved[a] > least
    )
