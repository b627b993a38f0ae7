"""From a plan to others of nearly the same value."""

import math
from dataclasses import replace

from allocopt.errors import UsageError
from allocopt.findings import Finding, Severity
from allocopt.plan.plan import Plan
from allocopt.report.alternatives import Alternatives, compare_alternatives
from allocopt.solving.alternatives import alternative_plans
from allocopt.solving.answer import plan_of
from allocopt.solving.candidate import Candidate
from allocopt.solving.catalog import Formulation
from allocopt.solving.outcome import Stop, Watch, no_watch
from allocopt.solving.run import relative_gap
from allocopt.solving.search import Search
from allocopt.text import T
from allocopt.workflow.explaining import formulation_of, kept_options

_MOST = 20


def alternatives(
    plan: Plan,
    count: int = 3,
    *,
    within: float = 0.01,
    time_limit: float = 600.0,
    model: str | None = None,
    watch: Watch = no_watch,
) -> Alternatives:
    """Return plans worth nearly as much as ``plan``, and as different as could be found.

    Parameters
    ----------
    plan : Plan
    count : int
    within : float
        Share of the plan's value that may be given up.
    time_limit : float
        Seconds for all of them.
    model : str or None
        Path of the model file, where the plan is not of a bundled model.
    watch : callable

    Raises
    ------
    UsageError
        If an option is out of range, the plan's model is not at hand, or it decides neither
        spend nor people.
    """
    if not 1 <= count <= _MOST:
        raise UsageError(
            T("alternatives: {found}, allowed is 1 to {most}", found=count, most=_MOST)
        )
    if not 0.0 < within < 1.0:
        raise UsageError(
            T("within is {found}, a share between 0 and 1 is expected, such as 0.01", found=within)
        )
    if not {"spend", "people"} & set(plan.provenance.decides):
        raise UsageError(
            T(
                "a model of targets alone has no alternatives: its method says what every target "
                "is to be; change the method, ceilings or pins instead"
            )
        )
    formulation = formulation_of(plan, model)
    options = replace(kept_options(plan), time_limit=time_limit)
    found = alternative_plans(
        plan.problem,
        formulation,
        plan.decisions,
        count=count,
        within=within,
        options=options,
        watch=watch,
    )
    others = tuple(_as_plan(plan, formulation, one, within) for one in found)
    return compare_alternatives(plan, others, within=within, wanted=count)


def _as_plan(plan: Plan, formulation: Formulation, best: Candidate, within: float) -> Plan:
    """Return a candidate as a plan of the same model, with the bound that is proven there."""
    options = kept_options(plan)
    proven = math.isfinite(plan.bound) and relative_gap(plan.bound, best) <= options.gap
    search = Search(
        stop=Stop.GAP_REACHED if proven else Stop.ALTERNATIVE,
        best=best,
        bound=plan.bound,
        rounds=0,
        outside=tuple(sorted(plan.outside)),
        outcomes=(),
        seconds={},
    )
    made = plan_of(plan.scenario, plan.problem, formulation, found=search, options=options)
    note = Finding(
        Severity.NOTE,
        T(
            "an alternative to a plan of {model}, allowed to be worth {within:.3g} % less",
            model=plan.provenance.model,
            within=within * 100.0,
        ),
    )
    return replace(made, remarks=(note, *made.remarks))
