"""What a plan aims at: its objective, what that consists of, and how far it is from the best."""

from collections.abc import Mapping
from dataclasses import dataclass

from allocopt.measures.expressions import LinearForm, parse_expression
from allocopt.measures.lines import Stretch, form_value
from allocopt.plan.kinds import Kind
from allocopt.plan.plan import Plan
from allocopt.plan.wording import objective_kind
from allocopt.problem.axes import Selection
from allocopt.problem.problem import Problem
from allocopt.scenario.schema.limits import Sense
from allocopt.text import Bilingual, T, Text


@dataclass(frozen=True)
class Amount:
    """A named number.

    Attributes
    ----------
    name : Bilingual or Text
    value : float
    kind : Kind
    """

    name: Bilingual | Text
    value: float
    kind: Kind


@dataclass(frozen=True)
class Aim:
    """What the first goal counts, and whether more of it is better."""

    kind: Kind
    maximized: bool


@dataclass(frozen=True)
class Goal:
    """What the plan aims at and how far it came.

    Attributes
    ----------
    expression : str or Text
        As the scenario has it, or what a model of targets alone aims at.
    maximized : bool
        Values below are those of the goal as written; less is better where it is minimized.
    kind : Kind
    value, bound : float
        Penalties included; bound is NaN where not known.
    gap : float
        Share of the value.
    parts : tuple of Amount
        Sum to ``value``: the terms of the goal, then the penalties.
    """

    expression: str | Text
    maximized: bool
    kind: Kind
    value: float
    bound: float
    gap: float
    parts: tuple[Amount, ...]


def goal_of(plan: Plan) -> Goal:
    """Return what the plan aims at, with its breakdown."""
    problem = plan.problem
    aim = aim_of(problem, plan.provenance.decides)
    if aim.kind is Kind.MONTHLY_TARGETS:
        return _placing(plan, aim)
    written = problem.objective.goals[0]
    form = parse_expression(written.expression, problem.axes, Selection()).numerator
    sign = 1.0 if aim.maximized else -1.0
    names = {spec.id: spec.title() for spec in problem.lines}
    penalties = [
        Amount(_penalty_name(problem, part.name, names), sign * part.value, Kind.MONEY)
        for part in plan.parts[1:]
    ]
    return Goal(
        expression=written.expression,
        maximized=aim.maximized,
        kind=aim.kind,
        value=sign * plan.objective,
        bound=sign * plan.bound,
        gap=plan.gap,
        parts=(*_terms(plan, form), *penalties),
    )


def _placing(plan: Plan, aim: Aim) -> Goal:
    """Return the goal of a model that only places targets: as little as possible left over."""
    names = {f"unplaced {spec.id}": spec.title() for spec in plan.problem.targets}
    return Goal(
        expression=T("targets that are not placed"),
        maximized=aim.maximized,
        kind=aim.kind,
        value=0.0 - plan.objective,
        bound=0.0 - plan.bound,
        gap=plan.gap,
        parts=tuple(Amount(names[part.name], 0.0 - part.value, aim.kind) for part in plan.parts),
    )


def aim_of(problem: Problem, decides: tuple[str, ...]) -> Aim:
    """Return what a model aims at: the scenario's first goal, or to place all targets.

    Parameters
    ----------
    problem : Problem
    decides : tuple of str
        What the model decides.
    """
    kind = objective_kind(problem, decides)
    maximize = problem.objective.goals[0].sense is Sense.MAXIMIZE
    return Aim(kind, maximize and kind is not Kind.MONTHLY_TARGETS)


def _terms(plan: Plan, form: LinearForm) -> list[Amount]:
    whole = Stretch(0, len(plan.problem.calendar) - 1, "")
    parts = [
        Amount(
            _with_filter(term.measure.title, term.selection),
            float(form_value(plan.problem, LinearForm((term,)), plan.measures, whole)),
            Kind(str(term.measure.unit)),
        )
        for term in form.terms
    ]
    constant = [Amount(T("constant"), form.constant, Kind.MIXED)] if form.constant else []
    return parts + constant


def _with_filter(title: Bilingual, selection: Selection) -> Bilingual:
    names = [name for _, chosen in selection.names for name in chosen]
    names += [selection.weight] if selection.weight else []
    tail = f" ({', '.join(names)})" if names else ""
    return Bilingual(f"{title.zh}{tail}", f"{title.en}{tail}")


def _penalty_name(problem: Problem, name: str, lines: Mapping[str, Bilingual]) -> Text:
    """Return what a penalty is for; `allocopt.measures.score` names the parts."""
    if name == "unserved":
        return T("demand turned away")
    quotas = {f"target {spec.id}": spec.title() for spec in problem.targets}
    if name in quotas:
        return T("shortfall: {name}", name=quotas[name])
    spec, bracket, rest = name.partition("[")
    title = lines.get(spec, Bilingual(spec, spec))
    return T("shortfall: {name}{place}", name=title, place=f"{bracket}{rest}")
