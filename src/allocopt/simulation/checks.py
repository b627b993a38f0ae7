"""Checks of the section ``uncertainty`` that need distributions, axes or correlations."""

from collections.abc import Iterator, Sequence

from allocopt.errors import AllocoptError, UsageError
from allocopt.findings import Severity
from allocopt.problem import Problem, build_problem
from allocopt.sampling.correlation import (
    nearest_correlation,
    pearson_of_spearman,
    smallest_eigenvalue,
    spearman_of_pearson,
)
from allocopt.sampling.marginals import marginal_problems
from allocopt.scenario.pathfinding import PathFinding
from allocopt.scenario.schema.scenario import ScenarioSchema
from allocopt.scenario.schema.uncertainty import (
    Correlation,
    DistributionSpec,
    Driver,
    Event,
    Stress,
    UncertaintySection,
)
from allocopt.simulation.dependence import rank_matrix, tied_sets
from allocopt.simulation.drivers import compile_driver, rows_in
from allocopt.simulation.targets import PLACES
from allocopt.text import T

_SECTION = "uncertainty"
_DISTRIBUTIONS = T("see docs/stress.md for distributions and their parameters")
_SCOPES = T("see docs/stress.md for what each target can be filtered and drawn by")


def check_uncertainty(schema: ScenarioSchema) -> Iterator[PathFinding]:
    """Yield what is wrong with distributions, scopes and correlations."""
    section = schema.uncertainty
    unsound = list(_distributions(section))
    yield from unsound
    yield from _correlations(section)
    try:
        problem = build_problem(schema)
    except (AllocoptError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
        return
    wrong = {one.path.partition(".distribution")[0] for one in unsound}
    for driver in section.drivers:
        path = f"{_SECTION}.drivers.{driver.id}"
        if path not in wrong:
            yield from _driver(problem, driver, path)
    for name, rows in (("events", section.events), ("stresses", section.stresses)):
        for row in rows:
            yield from _impacts(problem, row, f"{_SECTION}.{name}.{row.id}")


def _distributions(section: UncertaintySection) -> Iterator[PathFinding]:
    for driver in section.drivers:
        path = f"{_SECTION}.drivers.{driver.id}.distribution"
        yield from _distribution(driver.distribution, path)
    for event in section.events:
        for number, impact in enumerate(event.impacts):
            if impact.severity is not None:
                path = f"{_SECTION}.events.{event.id}.impacts.{number}.severity"
                yield from _distribution(impact.severity, path)


def _distribution(spec: DistributionSpec, path: str) -> Iterator[PathFinding]:
    given = spec.model_extra or {}
    for problem in marginal_problems(spec.family, given):
        named = problem.parameter in given or problem.parameter == "family"
        place = f"{path}.{problem.parameter}" if named else path
        hint = problem.hint if problem.hint.template else _DISTRIBUTIONS
        yield PathFinding(Severity.ERROR, place, problem.text, hint)


def _driver(problem: Problem, driver: Driver, path: str) -> Iterator[PathFinding]:
    try:
        compile_driver(problem, driver)
    except UsageError as error:
        yield PathFinding(Severity.ERROR, path, error.text, _SCOPES, (f"{path}.scope",))
    except (AllocoptError, LookupError):
        # A scope, a level or a distribution that its own finding speaks of.
        return


def _impacts(problem: Problem, row: Event | Stress, path: str) -> Iterator[PathFinding]:
    for number, impact in enumerate(row.impacts):
        place = f"{path}.impacts.{number}"
        try:
            rows_in(problem.axes[PLACES[impact.target].axis], impact.target, impact.scope)
        except UsageError as error:
            yield PathFinding(Severity.ERROR, place, error.text, _SCOPES, (f"{place}.scope",))
        except LookupError:
            return


def _correlations(section: UncertaintySection) -> Iterator[PathFinding]:
    """Yield what contradicts itself, with the nearest correlations that can be."""
    if any(not -1 < row.rank < 1 for row in section.correlations):
        return
    for names in tied_sets(section.correlations):
        matrix = pearson_of_spearman(rank_matrix(names, section.correlations))
        smallest = smallest_eigenvalue(matrix)
        if smallest >= -1e-10:
            continue
        last = [row for row in section.correlations if row.drivers[0] in names][-1]
        yield PathFinding(
            Severity.ERROR,
            f"{_SECTION}.correlations.{last.id}.rank",
            T(
                "the correlations of {names} contradict each other: their matrix has the "
                "eigenvalue {smallest}, and none may be negative",
                names=", ".join(names),
                smallest=f"{smallest:.4g}",
            ),
            T(
                "The nearest that can be: {offer}.",
                offer=_offer(names, section.correlations),
            ),
        )


def _offer(names: Sequence[str], correlations: Sequence[Correlation]) -> str:
    nearest = nearest_correlation(pearson_of_spearman(rank_matrix(names, correlations)))
    ranks = spearman_of_pearson(nearest.matrix)
    return "; ".join(
        f"{names[one.first]}, {names[one.second]} {ranks[one.first, one.second]:.3f}"
        for one in nearest.changes
    )
