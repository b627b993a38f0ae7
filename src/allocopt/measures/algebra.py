"""What the measures need of numbers.

The engine is written once over this interface. `allocopt.measures.numbers` computes
with numpy arrays, with a leading axis of draws if there is one;
`allocopt.declare.algebra` builds affine expressions of a model's decisions.
"""

from typing import Any, Protocol

from scipy.sparse import csr_array

from allocopt.arrays import FloatArray
from allocopt.problem.axes import AxisName

Values = Any
"""FloatArray (..., rows, periods), or an affine array of shape (rows, periods)."""


class Algebra(Protocol):
    """Operations that differ between evaluating a plan and optimizing it."""

    def keep(self, name: str, axis: AxisName, values: Values, period: int | None = None) -> Values:
        """Return ``values`` under a name: a model gives them a variable of their own.

        Parameters
        ----------
        name : str
        axis : AxisName
        values : Values (rows, periods), or (rows,) when ``period`` is given
        period : int or None
        """
        ...

    def lesser(
        self, name: str, axis: AxisName, *, wanted: Values, limit: Values, period: int
    ) -> Values:
        """Return the lesser of ``wanted`` and ``limit``, both of shape (..., rows).

        A model declares a variable at most either; the evaluation takes the minimum.
        """
        ...

    def respond(self, effort: Values) -> Values:
        """Return the response of every placement to its effort, (..., placements, periods)."""
        ...

    def serve(self, demand: Values, capacity: Values) -> Values:
        """Return the part of ``demand`` that the people really there can serve.

        Parameters
        ----------
        demand : Values (..., cells, periods), gross adds
        capacity : Values (..., groups, periods), gross adds

        Notes
        -----
        In evaluation the cells of a group that is short are cut in proportion. A model
        requires that demand after `unserved` fits, so that nothing is cut.
        """
        ...

    def total(self, matrix: csr_array, values: Values) -> Values:
        """Return ``matrix @ values`` along the row axis, (..., m, periods)."""
        ...

    def total_now(self, matrix: csr_array, column: Values) -> Values:
        """Return ``matrix @ column`` of one period, (..., m)."""
        ...

    def over_periods(self, columns: list[Values]) -> Values:
        """Return per-period columns (..., rows) side by side, (..., rows, periods)."""
        ...

    def constant(self, values: FloatArray) -> Values:
        """Return fixed numbers as values."""
        ...
