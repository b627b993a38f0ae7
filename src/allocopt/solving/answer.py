"""From a scenario to a plan: the search, and what it has to say about its result."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version

from allocopt.errors import InfeasibleError, ModelError, NoPlanInTimeError, SolveError
from allocopt.findings import Finding, Severity
from allocopt.plan import Plan, PlanStatus, Provenance
from allocopt.plan.reach import reach_hints
from allocopt.problem.problem import Problem
from allocopt.problem.quota import Quota, quotas_of
from allocopt.scenario.quantities import QuantityKind
from allocopt.scenario.scenario import Scenario
from allocopt.solving.candidate import Candidate
from allocopt.solving.catalog import Formulation, missing_sections
from allocopt.solving.limits import in_words, limit_named, limit_of_row
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Stop, Watch
from allocopt.solving.resume import Standing
from allocopt.solving.search import Search, search_plan
from allocopt.text import T, Text

_PACKAGES = ("allocopt", "pyomo", "highspy", "numpy", "scipy")
_WORTH_SAYING = 1e-6
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
        provenance=_provenance(scenario, formulation, options),
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


def _provenance(scenario: Scenario, formulation: Formulation, options: SolveOptions) -> Provenance:
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
    remarks = []
    if found.stop is not Stop.GAP_REACHED:
        remarks.append(
            Finding(
                Severity.WARNING,
                T(
                    "the search ended ({stop}) with a gap of {gap:.3%}, wanted was {wanted:.3%}",
                    stop=_STOPS[found.stop],
                    gap=found.gap,
                    wanted=options.gap,
                ),
                T("allow more time, or accept the gap"),
            )
        )
    remarks.extend(_out_of_reach(problem, best, found.outside))
    if "targets" in formulation.decides:
        remarks.extend(_unplaced(problem, best))
    turned_away = float(best.measures["unserved"].sum())
    if turned_away > _WORTH_SAYING:
        remarks.append(
            Finding(
                Severity.NOTE,
                T(
                    "{count:.1f} {unit} of demand are turned away for want of people",
                    count=turned_away,
                    unit=problem.volume_unit,
                ),
            )
        )
    return tuple(remarks)


def _out_of_reach(problem: Problem, best: Candidate, beyond: tuple[str, ...]) -> Iterator[Finding]:
    """Yield the lines that no decision of the model can move, met or not, in file order."""
    outside = tuple(r.line.name for r in best.lines if r.line.name in beyond)
    hints, results = reach_hints(problem, outside), {r.line.name: r for r in best.lines}
    for name in outside:
        line = results[name].line
        if results[name].met:
            severity = Severity.NOTE
            message = T("line {line} is outside what this model decides", line=name)
        else:
            severity = Severity.WARNING
            message = T("line {line} is missed, and no decision of this model moves it", line=name)
        yield Finding(severity, message, hints[name], path=f"lines.{line.spec}")


def _amount(problem: Problem, quota: Quota, value: float) -> Text:
    """Return an amount in the quota's own unit."""
    if quota.spec.quota.kind is QuantityKind.MONEY:
        return T("{value:,.2f} 万元", value=value / 1e4)
    return T("{value:,.1f} {unit}", value=value, unit=problem.volume_unit)


def _unplaced(problem: Problem, best: Candidate) -> list[Finding]:
    """Return what of each quota the bounds left no room for: never dropped silently."""
    remarks = []
    for quota in quotas_of(problem):
        layers = (
            (T("assessed"), quota.total, best.decisions.target),
            (T("pledged"), quota.stretch, best.decisions.stretch_target),
        )
        for layer, wanted, values in layers:
            rest = wanted - float(values[quota.rows].sum())
            if abs(rest) > _WORTH_SAYING * max(wanted, 1.0):
                remarks.append(
                    Finding(
                        Severity.WARNING,
                        T(
                            "{rest} of quota {quota} ({layer}) could not be placed",
                            rest=_amount(problem, quota, rest),
                            layer=layer,
                            quota=quota.spec.id,
                        ),
                        T("loosen ceilings, growth limits or pins"),
                        path=f"targets.{quota.spec.id}",
                    )
                )
    return remarks
