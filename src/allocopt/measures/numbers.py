"""The engine over numpy arrays: true curves, a leading axis of draws if there is one."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from allocopt.arrays import FloatArray
from allocopt.measures.decisions import Decisions
from allocopt.measures.engine import measure
from allocopt.measures.world import World, expected_world
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem


@dataclass(frozen=True)
class Numbers:
    """Evaluates; see `allocopt.measures.algebra.Algebra` for what each method means."""

    problem: Problem

    def keep(
        self, name: str, axis: AxisName, values: FloatArray, period: int | None = None
    ) -> FloatArray:
        """Return ``values``: numbers need no variable."""
        del name, axis, period
        return values

    def lesser(
        self, name: str, axis: AxisName, *, wanted: FloatArray, limit: FloatArray, period: int
    ) -> FloatArray:
        """Return the elementwise minimum."""
        del name, axis, period
        return np.minimum(wanted, limit)

    def respond(self, effort: FloatArray) -> FloatArray:
        """Return the true curves' values."""
        return self.problem.placements.curves.value(effort)

    def serve(self, demand: FloatArray, capacity: FloatArray) -> FloatArray:
        """Return demand, cut in proportion where a group is short."""
        staff = self.problem.staff
        limited = np.isfinite(staff.productivity)
        if not limited.any():
            return demand
        load = self.total(staff.serves, demand)
        room = np.maximum(capacity, 0.0)
        factor = np.where(
            limited[:, None] & (load > room), room / np.where(load > 0, load, 1.0), 1.0
        )
        return demand * self._tightest(factor)

    def _tightest(self, factor: FloatArray) -> FloatArray:
        """Return per cell the least factor of the groups that serve it, (..., cells, periods)."""
        serves = self.problem.staff.serves.tocoo()
        shape = (*factor.shape[:-2], serves.shape[1], factor.shape[-1])
        least = np.ones(shape)
        cell_first = np.moveaxis(least, -2, 0)
        np.minimum.at(cell_first, serves.col, np.moveaxis(factor, -2, 0)[serves.row])
        return least

    def total(self, matrix: csr_array, values: FloatArray) -> FloatArray:
        """Return ``matrix @ values`` along the row axis of (..., rows, periods)."""
        moved = np.moveaxis(values, -2, 0)
        others = moved.shape[1:]
        product = matrix @ moved.reshape(matrix.shape[1], int(np.prod(others)))
        return np.moveaxis(product.reshape(matrix.shape[0], *others), 0, -2)

    def total_now(self, matrix: csr_array, column: FloatArray) -> FloatArray:
        """Return ``matrix @ column`` along the row axis of (..., rows)."""
        others = column.shape[:-1]
        flat = column.reshape(int(np.prod(others)), matrix.shape[1])
        return np.asarray(matrix @ flat.T).T.reshape(*others, matrix.shape[0])

    def over_periods(self, columns: list[FloatArray]) -> FloatArray:
        """Return the columns side by side; some may lack the axis of draws."""
        return np.stack(np.broadcast_arrays(*columns), axis=-1)

    def constant(self, values: FloatArray) -> FloatArray:
        """Return ``values``."""
        return values


def evaluate(
    problem: Problem, decisions: Decisions, world: World | None = None
) -> dict[str, FloatArray]:
    """Return every measure of a plan by name, on the true curves.

    Parameters
    ----------
    problem : Problem
    decisions : Decisions
        Arrays of numbers.
    world : World or None
        The expected world when None.

    Returns
    -------
    dict from measure name to FloatArray (..., rows, periods)
    """
    return measure(Numbers(problem), problem, world or expected_world(problem), decisions)
