"""From a plan to its explanation: the model it came from, built again around it."""

from dataclasses import replace

from allocopt.errors import UsageError
from allocopt.plan.plan import Plan, PlanStatus
from allocopt.report.explain import Explanation, explain_plan
from allocopt.solving.catalog import Formulation, bundled_models, load_formulation
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Watch, no_watch
from allocopt.solving.prices import price_plan
from allocopt.text import T

_SECONDS = 600.0


def explain(plan: Plan, model: str | None = None, *, watch: Watch = no_watch) -> Explanation:
    """Return why ``plan`` is as it is: prices of lines, and why each placement got its money.

    Parameters
    ----------
    plan : Plan
    model : str or None
        Path of the model file, where the plan is not of a bundled model.
    watch : callable

    Raises
    ------
    UsageError
        If the plan's model is not at hand, or is not the file that the plan was made with;
        if the plan decides neither spend nor people.
    SolveError
        If the program around the plan has no prices.
    """
    if plan.provenance.decides == ("targets",):
        raise UsageError(T("a model of targets alone has no prices: no line weighs on its goal"))
    formulation = formulation_of(plan, model)
    options = replace(kept_options(plan), time_limit=_SECONDS)
    prices = price_plan(plan.problem, formulation, plan.decisions, options=options, watch=watch)
    return explain_plan(plan, prices)


def kept_options(plan: Plan) -> SolveOptions:
    """Return the options that ``plan`` was made with; usual ones where they are not known."""
    kept, usual = plan.provenance.options, SolveOptions()
    return SolveOptions(
        gap=float(kept.get("gap", usual.gap)),
        time_limit=float(kept.get("time_limit", usual.time_limit)),
        threads=int(kept.get("threads", usual.threads)),
        seed=int(kept.get("seed", usual.seed)),
        points=int(kept.get("points", usual.points)),
        rounds=int(kept.get("rounds", usual.rounds)),
    )


def formulation_of(plan: Plan, model: str | None = None) -> Formulation:
    """Return the model that ``plan`` was made with.

    Parameters
    ----------
    plan : Plan
    model : str or None
        Path of the model file, where the plan is not of a bundled model.

    Raises
    ------
    UsageError
        If the plan was made by a rule, or the model is not at hand, or is not the file that the
        plan was made with.
    """
    name = plan.provenance.model
    if plan.status is PlanStatus.GIVEN:
        raise UsageError(T("the plan was made by a rule: there is no model to explain it by"))
    if model is None and name not in bundled_models():
        raise UsageError(
            T("the plan is of a model file, {model}.py; give its path with --model", model=name)
        )
    formulation = load_formulation(model or name)
    if formulation.sha256 != plan.provenance.model_sha256:
        raise UsageError(
            T(
                "the model {model} is not the one that the plan was made with: "
                "the SHA-256 of its file differs",
                model=name,
            )
        )
    return formulation
