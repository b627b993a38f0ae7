"""The measure engine over a model's variables."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo
from scipy.sparse import csr_array

from allocopt.arrays import BoolArray, FloatArray, IntArray
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
            known=rows.range(),
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
        """Return variables at most ``wanted`` and ``limit``, where either could be the lesser."""
        ends = wanted.range(), limit.range()
        wanted_known, limit_known = (
            ends[one][1] <= ends[other][0] for one, other in ((0, 1), (1, 0))
        )
        known: Affine = wanted * _ones(wanted_known) + limit * _ones(limit_known & ~wanted_known)
        known.matrix.eliminate_zeros()
        active = np.flatnonzero(~(wanted_known | limit_known))
        if not active.size:
            return known
        labels = [self._labels(axis, period)[number] for number in active]
        component = f"{name}_{period + 1:02d}"
        most = np.minimum(ends[0][1], ends[1][1])[active]
        fresh = declare_variables(
            self.model,
            component,
            labels,
            shape=(len(labels),),
            known=(np.zeros(active.size), most),
            doc=f"{name} per {axis}",
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
        lesser: Affine = fresh.mixed(spread) + known
        return lesser

    def respond(self, effort: Affine) -> Affine:
        """Return the response that the pieces give to effort."""
        return declare_response(self.model, self.problem, self.pieces, effort)

    def serve(self, demand: Affine, capacity: Affine) -> Affine:
        """Return what is served of ``demand``, which must fit the capacity of the people."""
        staff = self.problem.staff
        limited = np.flatnonzero(np.isfinite(staff.productivity))
        limited = limited[np.diff(staff.serves.indptr)[limited] > 0]
        if not limited.size:
            return demand
        serves = csr_array(staff.serves[limited])
        served = self._served(demand, np.unique(serves.tocoo().coords[1]))
        names = [self.problem.axes[AxisName.GROUPS].labels[number] for number in limited]
        labels = [(name, month) for name in names for month in self.problem.calendar.labels]
        declare_rows(
            self.model,
            "capacity",
            labels,
            capacity[limited] - served.mixed(serves),
            doc="people there can handle the volume they serve, gross adds/period",
        )
        return served

    def _served(self, demand: Affine, cells: IntArray) -> Affine:
        """Return ``demand`` with variables of their own, not below zero, for ``cells``."""
        names, months = self._labels(AxisName.CELLS, None), len(self.problem.calendar)
        labels = [names[cell * months + t] for cell in cells for t in range(months)]
        part = demand[cells]
        fresh = declare_variables(
            self.model,
            "served",
            labels,
            shape=part.shape,
            known=part.range(),
            doc="gross adds that people are there for, gross adds/period",
        )
        declare_rows(
            self.model,
            "define_served",
            labels,
            part - fresh,
            relation=Relation.ZERO,
            doc="demand is served or turned away",
        )
        size = demand.shape[0]
        chosen = (np.ones(cells.size), (cells, np.arange(cells.size)))
        others = np.ones((size, 1))
        others[cells] = 0.0
        served = fresh.mixed(csr_array(chosen, shape=(size, cells.size))) + demand * others
        served.matrix.eliminate_zeros()
        return served

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


def _ones(chosen: BoolArray) -> FloatArray:
    return np.asarray(chosen, dtype=np.float64)
