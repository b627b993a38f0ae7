"""The step that all rules share: from the spend they decide to a full plan, judged as any other.

Whole choices about spend as the search makes them, then the cheapest people for the demand that
the spend brings, then targets. Nothing is done about lines: what breaks them says so.
"""

import math
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.findings import Finding, Severity
from allocopt.measures.catalog import UnitKind
from allocopt.measures.decisions import Decisions, current_decisions
from allocopt.measures.influence import outside_lines
from allocopt.measures.numbers import evaluate
from allocopt.plan.plan import Plan, PlanStatus
from allocopt.plan.wording import amount_text
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem
from allocopt.scenario.schema.targets import Method
from allocopt.solving.answer import provenance_of
from allocopt.solving.candidate import Candidate
from allocopt.solving.catalog import Formulation, load_formulation
from allocopt.solving.commit import firm_choices
from allocopt.solving.placing import with_targets
from allocopt.solving.remarks import remarks_on
from allocopt.solving.run import Run
from allocopt.solving.search import search_plan
from allocopt.solving.settle import cheapest_people
from allocopt.solving.staffing import FLOWS
from allocopt.strategies.bounds import spend_bounds
from allocopt.strategies.strategy import Brief
from allocopt.text import T

_CENT = 0.01
_SHOWN = 8
_GAP_OF_PEOPLE = 0.02
"""People are placed to within a fiftieth of this share of the plan's worth: rules are coarse."""
STOP = "rule"
"""Why the making of such a plan ended: it looks for nothing better."""


def completed(
    brief: Brief,
    made_by: Formulation,
    *,
    spend: FloatArray,
    target_shares: FloatArray | None = None,
    remarks: tuple[Finding, ...] = (),
) -> Plan:
    """Return the full plan around a spend.

    Parameters
    ----------
    brief : Brief
        What its formulation does not decide stays as today.
    made_by : Formulation
        The rule, for the plan's provenance.
    spend : FloatArray (placements, periods), 元
    target_shares : FloatArray (targets,) or None
        In what proportion quotas are cascaded; None for as the plan attains them.
    remarks : tuple of Finding
        Said first.

    Raises
    ------
    SolveError, InfeasibleError
        If a row without variables does not hold.
    """
    started = time.monotonic()
    problem, decides = brief.problem, brief.formulation.decides
    options = replace(brief.options, gap=max(brief.options.gap, _GAP_OF_PEOPLE))
    run = Run(problem, brief.formulation, options, brief.watch)
    said = list(remarks)
    decisions = current_decisions(problem)
    if run.spends:
        decisions = replace(decisions, spend=kept_within(problem, spend, said))
    # People are placed to within a share of what the plan is worth, about as today's people do.
    run.bound = abs(run.judge(decisions).objective)
    if run.staffs and problem.staff.roles:
        decisions = _staffed(run, decisions, said)
    candidate = run.judge(decisions)
    if "targets" in decides and problem.targets:
        found = _with_targets(brief, run, candidate, shares=target_shares, said=said)
        candidate = run.judge(found)
    outside = outside_lines(problem, decides)
    said += remarks_on(problem, candidate, outside=outside, decides=decides)
    return given_plan(
        brief, made_by, candidate, remarks=tuple(said), seconds=time.monotonic() - started
    )


def given_plan(
    brief: Brief,
    made_by: Formulation,
    candidate: Candidate,
    *,
    remarks: tuple[Finding, ...],
    seconds: float,
) -> Plan:
    """Return a judged candidate as a plan of which no bound is known."""
    return Plan(
        scenario=brief.scenario,
        problem=brief.problem,
        status=PlanStatus.GIVEN,
        stop=STOP,
        objective=candidate.objective,
        bound=math.nan,
        gap=math.nan,
        parts=candidate.parts,
        decisions=candidate.decisions,
        measures=candidate.measures,
        lines=candidate.lines,
        remarks=remarks,
        provenance=provenance_of(brief.scenario, made_by, brief.options),
        seconds={"plan": seconds},
    )


def kept_within(problem: Problem, spend: FloatArray, said: list[Finding]) -> FloatArray:
    """Return a spend within what placements can take; what that moves is added to ``said``.

    Bounds and largest moves, then on or off where there is a minimum efficient spend, levels of
    menus, and the limits on how many placements change (`allocopt.solving.commit`).
    """
    lower, upper = spend_bounds(problem)
    within = spend.clip(lower, upper)
    said.extend(_moved(problem, spend, within, T("to stay within the bounds of placements")))
    firm = firm_choices(problem, within).placements
    chosen = within.clip(firm.lower, firm.upper)
    said.extend(_moved(problem, within, chosen, T("to minimum spends, levels and change limits")))
    return chosen


def _moved(
    problem: Problem, before: FloatArray, after: FloatArray, why: object
) -> Iterator[Finding]:
    """Yield how much was taken and given, and where."""
    change = after - before
    rows = np.flatnonzero((np.abs(change) > _CENT).any(axis=1))
    if not rows.size:
        return
    labels = problem.axes[AxisName.PLACEMENTS].labels
    names = ", ".join(labels[a] for a in rows[:_SHOWN]) + (", ..." if rows.size > _SHOWN else "")
    taken, given = -change.clip(max=0.0).sum(), change.clip(min=0.0).sum()
    yield Finding(
        Severity.NOTE,
        T(
            "{taken} less and {given} more than the rule says, {why}: {names}",
            taken=amount_text(problem, float(taken), UnitKind.MONEY),
            given=amount_text(problem, float(given), UnitKind.MONEY),
            why=why,
            names=names,
        ),
    )


def _staffed(run: Run, decisions: Decisions, said: list[Finding]) -> Decisions:
    """Return decisions with the cheapest people for the demand that the spend brings."""
    demand = evaluate(run.problem, decisions)["demand"]
    people = cheapest_people(run, run.problem, demand)
    if people is None:
        said.append(
            Finding(
                Severity.WARNING,
                T("no staff keeps the rules about people: they stay as they are today"),
            )
        )
        return decisions
    return replace(decisions, **{name: vars(people)[name] for name in FLOWS})


def _with_targets(
    brief: Brief,
    run: Run,
    candidate: Candidate,
    *,
    shares: FloatArray | None,
    said: list[Finding],
) -> Decisions:
    """Return a plan's decisions with quotas cascaded by shares, or as the plan attains them."""
    if shares is None:
        return with_targets(run, candidate)
    found = search_plan(
        in_proportion(run.problem, shares), load_formulation("targets"), brief.options, brief.watch
    ).best
    if found is None:
        message = T("no cascade in the rule's proportions: targets follow what the plan attains")
        said.append(Finding(Severity.WARNING, message))
        return with_targets(run, candidate)
    return replace(
        candidate.decisions,
        target=found.decisions.target,
        stretch_target=found.decisions.stretch_target,
    )


def in_proportion(problem: Problem, shares: FloatArray) -> Problem:
    """Return ``problem`` with every quota weighted by shares (targets,), under its own pins."""
    specs = tuple(
        spec.model_copy(update={"method": Method.WEIGHTED, "weight": None})
        for spec in problem.targets
    )
    cells = replace(problem.target_cells, weight=shares)
    return replace(problem, targets=specs, target_cells=cells)
