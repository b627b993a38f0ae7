"""Latin hypercube: every column meets each of n equal strata once.

McKay, Beckman and Conover (1979). For few draws, as where each of them is a plan solved again.
"""

from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.sampling.stream import Columns, check_rows
from allocopt.sampling.words import as_uniforms, starts, words


@dataclass(frozen=True)
class LatinHypercubeStream:
    """Latin hypercubes of ``points`` rows, one per replicate, which cannot be extended.

    Attributes
    ----------
    seed : int
    points : int
        Rows of a replicate, at least 1.
    """

    seed: int
    points: int

    def uniforms(self, columns: Columns, replicate: int, rows: range) -> FloatArray:
        """Return numbers as `Stream` says, (rows, columns).

        Parameters
        ----------
        columns : Columns
        replicate : int
        rows : range

        Raises
        ------
        SamplingError
            If rows are beyond ``points``.
        """
        check_rows(rows, self.points)
        random = words(
            starts(self.seed, replicate, columns.keys),
            np.arange(2 * self.points, dtype=np.uint64),
        )
        order, within = random[:, : self.points], random[:, self.points :]
        strata = np.argsort(order, axis=1, kind="stable")[:, rows.start : rows.stop]
        places = strata + as_uniforms(within[:, rows.start : rows.stop])
        return np.asarray(places.T / self.points)
