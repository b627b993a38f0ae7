"""How drivers hang together: rank correlations, common factors, a t copula as a stress."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.problem.problem import Problem
from allocopt.sampling.dependence import CommonFactors, GaussianCopula, StudentCopula
from allocopt.sampling.registry import ALL, Factor
from allocopt.scenario.schema.uncertainty import Copula, Correlation, Each
from allocopt.simulation.drivers import CompiledDriver

SIZE = Factor("copula:size")
"""The column of the common shock of size that a t copula needs."""


@dataclass(frozen=True, eq=False)
class Tied:
    """Drivers that are correlated with each other, draw by draw.

    Attributes
    ----------
    drivers : tuple of int
        Positions among all drivers.
    copula : GaussianCopula
    """

    drivers: tuple[int, ...]
    copula: GaussianCopula


@dataclass(frozen=True, eq=False)
class Dependence:
    """What makes independent normal numbers dependent.

    Attributes
    ----------
    common : tuple of Factor
        Columns of each common factor.
    tied : tuple of Tied
    factors : CommonFactors
        Loadings (drivers, common factors).
    student : StudentCopula or None
    """

    common: tuple[Factor, ...]
    tied: tuple[Tied, ...]
    factors: CommonFactors
    student: StudentCopula | None

    def joined(
        self, own: Sequence[FloatArray], common: Sequence[FloatArray], size: FloatArray
    ) -> list[FloatArray]:
        """Return dependent standard normal numbers of every driver.

        Parameters
        ----------
        own : sequence of FloatArray (n, labels, periods or 1), independent normal numbers
        common : sequence of FloatArray (n, 1, periods or 1), independent normal numbers
        size : FloatArray (n,), uniform numbers

        Notes
        -----
        Sums are written out driver by driver: a matrix product may round otherwise where it has
        more rows, and a future must not depend on those it is drawn with.
        """
        found = list(own)
        for tie in self.tied:
            root = tie.copula.root
            for row, driver in enumerate(tie.drivers):
                terms = (root[row, k] * own[tie.drivers[k]] for k in range(row + 1))
                found[driver] = sum(terms, start=np.zeros(()))
        for driver, weights in enumerate(self.factors.loadings):
            if weights.any():
                shared = sum(w * common[k] for k, w in enumerate(weights) if w)
                found[driver] = shared + self.factors.own[driver] * found[driver]
        if self.student is None:
            return found
        shock = size[:, None, None]
        return [
            self.student.join(z[..., None], np.broadcast_to(shock, z.shape))[..., 0] for z in found
        ]


def compile_dependence(problem: Problem, drivers: Sequence[CompiledDriver]) -> Dependence:
    """Return how the drivers of ``problem`` hang together.

    Raises
    ------
    SamplingError
        If correlations contradict each other.
    """
    section = problem.uncertainty
    place = {driver.spec.id: number for number, driver in enumerate(drivers)}
    loadings = np.zeros((len(drivers), len(section.common_factors)))
    for column, factor in enumerate(section.common_factors):
        for loading in factor.loadings:
            loadings[place[loading.driver], column] += loading.weight
    ties = tied_sets(section.correlations)
    one = GaussianCopula(np.ones((1, 1)))
    return Dependence(
        common=tuple(
            Factor(
                f"common:{factor.id}",
                months=problem.calendar.labels if factor.each is Each.PERIOD else ALL,
            )
            for factor in section.common_factors
        ),
        tied=tuple(
            Tied(
                tuple(place[name] for name in names),
                GaussianCopula.of_ranks(rank_matrix(names, section.correlations)),
            )
            for names in ties
        ),
        factors=CommonFactors(loadings),
        student=StudentCopula(one, section.degrees) if section.copula is Copula.T else None,
    )


def aligned(
    drivers: Sequence[CompiledDriver], correlations: Sequence[Correlation]
) -> tuple[CompiledDriver, ...]:
    """Return the drivers, those that are tied with the same draws in the same order."""
    found = {driver.spec.id: driver for driver in drivers}
    for names in tied_sets(correlations):
        labels = tuple(dict.fromkeys(label for name in names for label in found[name].rows.labels))
        for name in names:
            found[name] = _with_labels(found[name], labels)
    return tuple(found.values())


def _with_labels(driver: CompiledDriver, labels: tuple[str, ...]) -> CompiledDriver:
    place = np.array([labels.index(label) for label in driver.rows.labels], dtype=np.int64)
    rows = replace(driver.rows, labels=labels, draws=place[driver.rows.draws])
    return replace(driver, rows=rows, factor=replace(driver.factor, units=labels))


def tied_sets(correlations: Sequence[Correlation]) -> tuple[tuple[str, ...], ...]:
    """Return the sets of drivers that correlations connect, directly or through others."""
    sets: list[dict[str, None]] = []
    for row in correlations:
        merged = dict.fromkeys(row.drivers)
        touching = [names for names in sets if merged.keys() & names.keys()]
        for names in touching:
            sets.remove(names)
        sets.append({name: None for names in (*touching, merged) for name in names})
    return tuple(tuple(names) for names in sets)


def rank_matrix(names: Sequence[str], correlations: Sequence[Correlation]) -> FloatArray:
    """Return the rank correlations of ``names``, 0 where none is given, (k, k)."""
    place: Mapping[str, int] = {name: number for number, name in enumerate(names)}
    matrix = np.eye(len(names))
    for row in correlations:
        if row.drivers[0] in place:
            for one, other in combinations((place[name] for name in row.drivers), 2):
                matrix[one, other] = matrix[other, one] = row.rank
    return matrix
