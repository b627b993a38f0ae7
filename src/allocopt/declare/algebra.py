"""The measure engine over a model's variables."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo
from scipy.sparse import csr_array

from allocopt.arrays import BoolArray, FloatArray
from allocopt.declare.affine import Affine, end_to_end, side_by_side
from allocopt.declare.pieces import Pieces
from allocopt.declare.response import declare_response
from allocopt.declare.rows import Relation, columns_of, declare_rows, declare_variables
from allocopt.measures.catalog import MEASURES, UnitKind
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem

_SHORT = 3


@dataclass
class ModelAlgebra:
    """Builds expressions; see `allocopt.measures.algebra.Algebra` for what each method means.

    Attributes
    ----------
    model : ConcreteModel
    problem : Problem
    pieces : Pieces
        How the response curves stand in this model.
    """

    model: pyo.ConcreteModel
    problem: Problem
    pieces: Pieces

    def keep(self, name: str, axis: AxisName, values: Affine, period: int | None = None) -> Affine:
        """Return ``values`` as variables of their own, where they are more than a few terms."""
        labels = self._labels(axis, period)
        flat = values.coefficients()
        lengths = np.diff(flat.indptr)
        long = np.flatnonzero(lengths > _SHORT)
        if not long.size:
            return values
        scale = self._scale(name)
        chosen = [labels[number] for number in long]
        component = name if period is None else f"{name}_{period + 1:02d}"
        rows = Affine(values.columns, csr_array(flat[long]), values.constant.ravel()[long])
        fresh = declare_variables(
            self.model,
            component,
            chosen,
            shape=(len(chosen),),
            factor=scale,
            doc=f"{name} per {axis}",
        )
        declare_rows(
            self.model,
            f"define_{component}",
            chosen,
            rows - fresh,
            relation=Relation.ZERO,
            doc=f"{name} is what follows from the decisions",
        )
        short = np.flatnonzero(lengths <= _SHORT)
        rest = Affine(values.columns, csr_array(flat[short]), values.constant.ravel()[short])
        joined = end_to_end([fresh, rest])[np.argsort(np.concatenate([long, short]))]
        return Affine(joined.columns, joined.matrix, joined.constant.reshape(values.shape))

    def _scale(self, name: str) -> float:
        measure = MEASURES.get(name)
        in_money = name == "effort" or (measure is not None and measure.unit is UnitKind.MONEY)
        return float(self.problem.money_unit) if in_money else 1.0

    def _labels(self, axis: AxisName, period: int | None) -> list[Any]:
        names, months = self.problem.axes[axis].labels, self.problem.calendar.labels
        if period is None:
            return [(name, month) for name in names for month in months]
        return [(name, months[period]) for name in names]

    def lesser(
        self, name: str, axis: AxisName, *, wanted: Affine, limit: Affine, period: int
    ) -> Affine:
        """Return variables at most ``wanted`` and ``limit``; numbers where both are numbers."""
        moves = [_moves(values) for values in (wanted, limit)]
        given = ~(moves[0] | moves[1])
        known = np.where(given, np.minimum(wanted.constant, limit.constant), 0.0)
        active = np.flatnonzero(~given & (moves[0] | (wanted.constant > 0)))
        columns = columns_of(self.model)
        if not active.size:
            return Affine.fixed(columns, known)
        labels = [self._labels(axis, period)[number] for number in active]
        component = f"{name}_{period + 1:02d}"
        fresh = declare_variables(
            self.model, component, labels, shape=(len(labels),), doc=f"{name} per {axis}"
        )
        for side, values in (("wanted", wanted), ("limit", limit)):
            declare_rows(
                self.model,
                f"{component}_{side}",
                labels,
                values[active] - fresh,
                doc=f"{name} is at most its {side}",
            )
        spread = csr_array(
            (np.ones(active.size), (active, np.arange(active.size))),
            shape=(wanted.shape[0], active.size),
        )
        return fresh.mixed(spread) + known

    def respond(self, effort: Affine) -> Affine:
        """Return the response that the pieces give to effort."""
        return declare_response(self.model, self.problem, self.pieces, effort)

    def serve(self, demand: Affine, capacity: Affine) -> Affine:
        """Return ``demand``, which must fit the capacity of the people who serve it."""
        staff = self.problem.staff
        limited = np.flatnonzero(np.isfinite(staff.productivity))
        limited = limited[np.diff(staff.serves.indptr)[limited] > 0]
        if limited.size:
            load = demand.mixed(csr_array(staff.serves[limited]))
            names = [self.problem.axes[AxisName.GROUPS].labels[number] for number in limited]
            labels = [(name, month) for name in names for month in self.problem.calendar.labels]
            declare_rows(
                self.model,
                "capacity",
                labels,
                capacity[limited] - load,
                doc="people there can handle the volume they serve, gross adds/period",
            )
            self._nothing_below_zero(demand, csr_array(staff.serves[limited]))
        return demand

    def _nothing_below_zero(self, volume: Affine, serves: csr_array) -> None:
        """Declare that no more demand is turned away than there is, where some may be."""
        rows = np.unique(serves.tocoo().coords[1])
        labels = self._labels(AxisName.CELLS, None)
        periods = len(self.problem.calendar)
        declare_rows(
            self.model,
            "volume_left",
            [labels[row * periods + t] for row in rows for t in range(periods)],
            volume[rows],
            doc="demand turned away is at most demand, gross adds/period",
        )

    def total(self, matrix: csr_array, values: Affine) -> Affine:
        """Return ``matrix @ values`` along the row axis."""
        return values.mixed(matrix)

    def total_now(self, matrix: csr_array, column: Affine) -> Affine:
        """Return ``matrix @ column`` of one period."""
        return column.mixed(matrix)

    def over_periods(self, columns: list[Affine]) -> Affine:
        """Return the columns side by side."""
        return side_by_side(columns)

    def constant(self, values: FloatArray) -> Affine:
        """Return fixed numbers as expressions; numbers that are not given count as zero."""
        return Affine.fixed(columns_of(self.model), np.nan_to_num(values))


def _moves(values: Affine) -> BoolArray:
    """Return which elements refer to variables."""
    values.matrix.eliminate_zeros()
    return np.asarray(np.diff(values.matrix.indptr) > 0, dtype=np.bool_)
