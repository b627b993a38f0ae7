"""The engine over numpy arrays: true curves, a leading axis of draws if there is one."""

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array, eye_array, kron

from allocopt.arrays import FloatArray, side_by_side
from allocopt.measures.decisions import Decisions
from allocopt.measures.engine import measure
from allocopt.measures.world import World, expected_world
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem


@dataclass(frozen=True)
class Numbers:
    """Evaluates; see `allocopt.measures.algebra.Algebra` for what each method means.

    Attributes
    ----------
    problem : Problem
    repeated : dict
        Matrices with themselves once per period, by their id; kept for the next draws.
    """

    problem: Problem
    repeated: dict[int, tuple[csr_array, csr_array]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def __reduce__(self) -> tuple[type["Numbers"], tuple[Problem]]:
        """Return how to make it again: what is kept for speed need not travel."""
        return type(self), (self.problem,)

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
        room = np.maximum(np.asfortranarray(capacity), 0.0)
        short = limited[:, None] & (load > room)
        if not short.any():
            return demand
        return self._cut(demand, np.where(short, room / np.where(load > 0, load, 1.0), 1.0))

    def _cut(self, demand: FloatArray, factor: FloatArray) -> FloatArray:
        """Return demand times the least factor of the groups that serve each cell.

        Cells are served by few groups: first by one each, then by a second where there is one.
        """
        serves = self.problem.staff.serves.tocsc()
        count = np.diff(serves.indptr)
        served = np.flatnonzero(count)
        shape = np.broadcast_shapes(demand.shape, (*factor.shape[:-2], 1, 1))
        found = np.array(np.broadcast_to(demand, shape), order="F")
        # Transposed, rows are the second axis, with draws and without.
        factors = factor.T
        least = factors[:, serves.indices[serves.indptr[served]]]
        for nth in range(1, int(count.max(initial=0))):
            more = np.flatnonzero(count[served] > nth)
            groups = serves.indices[serves.indptr[served[more]] + nth]
            least[:, more] = np.minimum(least[:, more], factors[:, groups])
        found.T[:, served] *= least
        return found

    def total(self, matrix: csr_array, values: FloatArray) -> FloatArray:
        """Return ``matrix @ values`` along the row axis of (..., rows, periods)."""
        if values.ndim == 3:
            return self._total_of_draws(matrix, values)
        moved = np.moveaxis(values, -2, 0)
        others = moved.shape[1:]
        product = matrix @ moved.reshape(matrix.shape[1], int(np.prod(others)))
        return np.moveaxis(product.reshape(matrix.shape[0], *others), 0, -2)

    def _total_of_draws(self, matrix: csr_array, values: FloatArray) -> FloatArray:
        """Return the same of (draws, rows, periods), all periods in one product."""
        draws, rows, periods = values.shape
        every = self._every_period(matrix, periods)
        found = every @ values.T.reshape(periods * rows, draws)
        return np.asarray(found).reshape(periods, matrix.shape[0], draws).T

    def _every_period(self, matrix: csr_array, periods: int) -> csr_array:
        """Return ``matrix`` once per period along a diagonal."""
        known = self.repeated.get(id(matrix))
        if (
            known is None
            or known[0] is not matrix
            or known[1].shape[1] != periods * matrix.shape[1]
        ):
            known = (matrix, csr_array(kron(eye_array(periods), matrix, format="csr")))
            self.repeated[id(matrix)] = known
        return known[1]

    def total_now(self, matrix: csr_array, column: FloatArray) -> FloatArray:
        """Return ``matrix @ column`` along the row axis of (..., rows)."""
        others = column.shape[:-1]
        if len(others) == 1:
            return np.asarray(matrix @ column.T).T
        flat = column.reshape(int(np.prod(others)), matrix.shape[1])
        return np.asarray(matrix @ flat.T).T.reshape(*others, matrix.shape[0])

    def over_periods(self, columns: list[FloatArray]) -> FloatArray:
        """Return the columns side by side; some may lack the axis of draws."""
        return side_by_side(columns)

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
