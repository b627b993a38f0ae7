"""The values about people that may give way: hiring limits, norms, heads, spans."""

from collections.abc import Iterator

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.declare.rows import PyomoObject
from allocopt.problem.axes import AxisName
from allocopt.problem.problem import Problem, SpanRule
from allocopt.solving.loosening import Bite, Counted, Loosening, has_place
from allocopt.text import T, Text

_FLOWS = ("posts", "arrivals", "releases", "departures", "moves_in", "moves_out")


def loose_people(problem: Problem, model: PyomoObject, heads: FloatArray) -> Iterator[Loosening]:
    """Yield every value about people that may give way.

    Parameters
    ----------
    problem : Problem
    model : ConcreteModel
        Built from it.
    heads : FloatArray (groups, periods)
        Where spans are taken: moving a span by one loosens its row by the leaders' heads.
    """
    yield from _hiring(problem)
    yield from _norms(problem)
    yield from _heads(problem, model)
    yield from _spans(problem, heads)


def _people(
    path: str, what: Text, value: float, *, raised: bool, bites: Iterator[Bite]
) -> Loosening:
    return Loosening(
        path=path,
        what=what,
        value=value,
        raised=raised,
        counted=Counted.PEOPLE,
        size=max(value, 1.0),
        most=np.inf if raised else value,
        whole=True,
        bites=tuple(bites),
    )


def _hiring(problem: Problem) -> Iterator[Loosening]:
    for role, most in problem.staff.max_hires.items():
        bites = (Bite(f"hiring_limit_{role}", (role, m), 1.0) for m in problem.calendar.labels)
        what = T("the hiring limit of {role} per period", role=role)
        yield _people(f"roles.{role}.max_hires", what, most, raised=True, bites=bites)


def _norms(problem: Problem) -> Iterator[Loosening]:
    """Yield staffing norms: one value for all groups of a role in units of a category."""
    staff, groups = problem.staff, problem.axes[AxisName.GROUPS].labels
    for role, norm in dict.fromkeys(zip(staff.roles, staff.norms, strict=True)):
        if norm:
            numbers = [g for g, r in enumerate(staff.roles) if (r, staff.norms[g]) == (role, norm)]
            rows = [row for g in numbers for row in _least_heads(problem, groups[g])]
            what = T("the staffing norm of {role} in {category} units", role=role, category=norm)
            least = float(staff.least[numbers[0]])
            path = f"roles.{role}.norm.{norm}"
            yield _people(path, what, least, raised=False, bites=iter(rows))


def _least_heads(problem: Problem, group: str) -> Iterator[Bite]:
    for month in problem.calendar.labels:
        yield Bite("least_heads", (group, month), 1.0)
        yield Bite("posts", (group, month), 1.0, on_bound=-1)


def _heads(problem: Problem, model: PyomoObject) -> Iterator[Loosening]:
    staff, months = problem.staff, problem.calendar.labels
    for number, group in enumerate(problem.axes[AxisName.GROUPS].labels):
        least, most = float(staff.least[number]), float(staff.most[number])
        if least > 0 and not staff.norms[number]:
            what = T("the least heads of {group}", group=group)
            lowest = _least_heads(problem, group)
            yield _people(f"staff.{group}.least", what, least, raised=False, bites=lowest)
        if np.isfinite(most):
            places = [(group, month) for month in months]
            rows = [Bite("most_heads", place, 1.0) for place in places]
            for flow in _FLOWS:
                bounds = [Bite(flow, place, 1.0, on_bound=1) for place in places]
                rows += [bite for bite in bounds if _open(model, bite)]
            what = T("the largest heads of {group}", group=group)
            path = f"staff.{group}.most"
            yield _people(path, what, most, raised=True, bites=iter(rows))


def _open(model: PyomoObject, bite: Bite) -> bool:
    return has_place(model, bite) and bool(model.component(bite.constraint)[bite.label].ub)


def _spans(problem: Problem, heads: FloatArray) -> Iterator[Loosening]:
    for rule in problem.staff.spans:
        if rule.at_most is not None:
            yield _span(problem, rule, heads, (f"span_{rule.role}", "at_most", rule.at_most))
        if rule.at_least is not None:
            yield _span(problem, rule, heads, (f"norm_{rule.role}", "at_least", rule.at_least))


def _span(
    problem: Problem, rule: SpanRule, heads: FloatArray, side: tuple[str, str, float]
) -> Loosening:
    name, field, value = side
    names, months = problem.axes[AxisName.GROUPS].labels, problem.calendar.labels
    bites = tuple(
        Bite(name, (names[g], month), float(max(heads[g, t], 1.0)), largest=max(value, 1.0))
        for g in rule.leaders
        for t, month in enumerate(months)
    )
    raised = field == "at_most"
    return Loosening(
        path=f"roles.{rule.role}.span.{field}",
        what=T("the span of {role} over {of}", role=rule.role, of=rule.of),
        value=value,
        raised=raised,
        counted=Counted.NUMBER,
        size=max(value, 1.0),
        most=np.inf if raised else value,
        whole=False,
        bites=bites,
    )
