"""A smooth function of a standard normal number as a table of cubics."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray

REACH = 6.5
"""Tables cover [-REACH, REACH]; one number in ten thousand million lies outside."""

_FEWEST, _MOST = 2**10, 2**14


@dataclass(frozen=True, eq=False)
class CubicTable:
    """One cubic per cell of an even grid, by powers of the place in the cell.

    Attributes
    ----------
    powers : tuple of four FloatArray (cells,)
    """

    powers: tuple[FloatArray, FloatArray, FloatArray, FloatArray]

    @classmethod
    def of(
        cls, function: Callable[[FloatArray], tuple[FloatArray, FloatArray]], tolerance: float
    ) -> "CubicTable | None":
        """Return a table that is right in the middle of every cell, None if it gets too large.

        Parameters
        ----------
        function : callable
            From points to values and slopes.
        tolerance : float
            Largest error.
        """
        cells = _FEWEST
        while cells <= _MOST:
            at = np.linspace(-REACH, REACH, 2 * cells + 1)
            values, slopes = function(at)
            table = cls._through(values[::2], slopes[::2])
            if np.abs(table.at(at[1::2]) - values[1::2]).max() <= tolerance:
                return table
            cells *= 2
        return None

    @classmethod
    def _through(cls, values: FloatArray, slopes: FloatArray) -> "CubicTable":
        width = 2.0 * REACH / (values.size - 1)
        rise, left, right = np.diff(values), slopes[:-1] * width, slopes[1:] * width
        return cls((values[:-1], left, 3.0 * rise - 2.0 * left - right, left + right - 2.0 * rise))

    def at(self, z: FloatArray) -> FloatArray:
        """Return values at points; those outside the table get one of its ends."""
        cells = self.powers[0].size
        place = np.clip((z + REACH) * (cells / (2.0 * REACH)), 0.0, cells - 1e-9)
        cell = place.astype(np.int32)
        place -= cell
        a, b, c, d = (row[cell] for row in self.powers)
        return np.asarray(a + place * (b + place * (c + place * d)))
