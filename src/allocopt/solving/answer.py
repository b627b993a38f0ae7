"""From a scenario to a plan: the search, and what it has to say about its result."""

from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version

from allocopt.errors import InfeasibleError, ModelError, NoPlanInTimeError, SolveError
from allocopt.findings import Finding, Severity
from allocopt.plan import Plan, PlanStatus, Provenance
from allocopt.problem.problem import Problem
from allocopt.scenario.scenario import Scenario
from allocopt.solving.candidate import Candidate
from allocopt.solving.catalog import Formulation, missing_sections
from allocopt.solving.limits import in_words, limit_named, limit_of_row
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Stop, Watch
from allocopt.solving.remarks import remarks_on
from allocopt.solving.resume import Standing
from allocopt.solving.search import Search, search_plan
from allocopt.text import T, Text

_PACKAGES = ("allocopt", "pyomo", "highspy", "numpy", "scipy")
_STOPS = {
    Stop.GAP_REACHED: T("gap reached"),
    Stop.TIME_LIMIT: T("time limit"),
    Stop.INTERRUPTED: T("interrupted"),
    Stop.INFEASIBLE: T("infeasible"),
    Stop.UNBOUNDED: T("unbounded"),
    Stop.OTHER_LIMIT: T("limit of rounds"),
    Stop.ALTERNATIVE: T("an alternative, less than the best on purpose"),
    Stop.FAILED: T("failed"),
}


def answer(
    scenario: Scenario,
    problem: Problem,
    formulation: Formulation,
    *,
    options: SolveOptions,
    watch: Watch,
) -> Plan:
    """Return the plan of ``formulation`` for ``problem``; see `answer_again`.

    Raises
    ------
    ModelError
        If the scenario lacks a section that the model needs.
    InfeasibleError
        If no plan satisfies every hard line.
    NoPlanInTimeError
        If a limit ended the search before the first plan.
    SolveError
        If the solver failed.
    """
    return answer_again(scenario, problem, formulation, options=options, watch=watch)[0]


def answer_again(
    scenario: Scenario,
    problem: Problem,
    formulation: Formulation,
    *,
    options: SolveOptions,
    watch: Watch,
    standing: Standing | None = None,
) -> tuple[Plan, Standing | None]:
    """Return the plan of ``formulation`` for ``problem``, and what the next search can start from.

    Parameters
    ----------
    scenario : Scenario
    problem : Problem
    formulation : Formulation
    options : SolveOptions
    watch : callable
    standing : Standing or None
        What an earlier search of the same formulation left.

    Raises
    ------
    ModelError, InfeasibleError, NoPlanInTimeError, SolveError
        See `answer`.
    """
    missing = missing_sections(formulation, problem)
    if missing:
        raise ModelError(
            T(
                "model {model} needs the section {missing}, which the scenario does not have",
                model=formulation.name,
                missing=", ".join(missing),
            )
        )
    found = _searched(problem, formulation, options, watch, standing=standing)
    plan = plan_of(scenario, problem, formulation, found=found, options=options)
    return plan, found.standing


def plan_of(
    scenario: Scenario,
    problem: Problem,
    formulation: Formulation,
    *,
    found: Search,
    options: SolveOptions,
) -> Plan:
    """Return what a search found as a plan, with what there is to say about it.

    Parameters
    ----------
    scenario : Scenario
    problem : Problem
    formulation : Formulation
    found : Search
    options : SolveOptions
        Of the search.

    Raises
    ------
    InfeasibleError, NoPlanInTimeError, SolveError
        See `answer`.
    """
    if found.best is None:
        raise _failure(found)
    best = found.best
    proven = found.stop is Stop.GAP_REACHED
    return Plan(
        scenario=scenario,
        problem=problem,
        status=PlanStatus.PROVEN if proven else PlanStatus.LIMIT,
        stop=str(found.stop),
        objective=best.objective,
        bound=found.bound,
        gap=found.gap,
        parts=best.parts,
        decisions=best.decisions,
        measures=best.measures,
        lines=best.lines,
        remarks=_remarks(problem, found, best, options=options, formulation=formulation),
        provenance=provenance_of(scenario, formulation, options),
        seconds=dict(found.seconds),
    )


def _searched(
    problem: Problem,
    formulation: Formulation,
    options: SolveOptions,
    watch: Watch,
    *,
    standing: Standing | None,
) -> Search:
    """Return the search; a row that cannot hold is named by the limit it stands for.

    Raises
    ------
    InfeasibleError
        If a row without variables does not hold.
    """
    try:
        return search_plan(problem, formulation, options, watch, standing=standing)
    except InfeasibleError as error:
        limits = [limit_of_row(row) for row in error.conflict]
        names = tuple(limit.name for limit in limits if limit is not None)
        if not names:
            raise
        text = T("{reason}; it belongs to {limit}", reason=error.text, limit=in_words(names))
        raise InfeasibleError(text, names) from error


def _failure(found: Search) -> SolveError:
    if found.stop is Stop.INFEASIBLE:
        return InfeasibleError(_clash(found), found.conflict)
    if found.stop in (Stop.TIME_LIMIT, Stop.INTERRUPTED, Stop.OTHER_LIMIT):
        return NoPlanInTimeError(T("no plan was found within the limits; allow more time"))
    return SolveError(T("the solver ended without a plan: {stop}", stop=str(found.stop)))


def _clash(found: Search) -> Text:
    """Return why there is no plan: which lines and limits clash, or that whole numbers do."""
    names = in_words(found.conflict)
    if found.outcomes and found.outcomes[0].has_plan:
        whole = T(
            "no plan keeps every limit in whole numbers; fractions of people, of levels or of "
            "choices to run or change a placement would"
        )
        return (
            T("{reason}; in conflict: {names}", reason=whole, names=names)
            if found.conflict
            else whole
        )
    if not found.conflict:
        return T("no plan keeps every limit; which of them clash could not be found out")
    if all(limit_named(name) is not None for name in found.conflict):
        return T("no plan keeps every limit, whatever the lines; in conflict: {names}", names=names)
    return T("no plan satisfies every hard line; in conflict: {names}", names=names)


def provenance_of(
    scenario: Scenario, formulation: Formulation, options: SolveOptions
) -> Provenance:
    """Return where a plan of ``formulation`` for ``scenario`` comes from, as of now."""
    return Provenance(
        scenario=scenario.name,
        variant=scenario.variant,
        overrides=scenario.overrides,
        inputs={file.name: file.sha256 for file in scenario.files},
        model=formulation.name,
        model_sha256=formulation.sha256,
        decides=formulation.decides,
        options=asdict(options),
        versions={package: version(package) for package in _PACKAGES},
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _remarks(
    problem: Problem,
    found: Search,
    best: Candidate,
    *,
    options: SolveOptions,
    formulation: Formulation,
) -> tuple[Finding, ...]:
    known = remarks_on(problem, best, outside=found.outside, decides=formulation.decides)
    if found.stop is Stop.GAP_REACHED:
        return known
    ended = Finding(
        Severity.WARNING,
        T(
            "the search ended ({stop}) with a gap of {gap:.3%}, wanted was {wanted:.3%}",
            stop=_STOPS[found.stop],
            gap=found.gap,
            wanted=options.gap,
        ),
        T("allow more time, or accept the gap"),
    )
    return (ended, *known)
