"""What a reader must know of a plan, beside its numbers."""

from collections.abc import Iterator

from allocopt.findings import Finding, Severity
from allocopt.plan.reach import reach_hints
from allocopt.problem.problem import Problem
from allocopt.problem.quota import Quota, quotas_of
from allocopt.scenario.quantities import QuantityKind
from allocopt.solving.candidate import Candidate
from allocopt.text import T, Text

_WORTH_SAYING = 1e-6


def remarks_on(
    problem: Problem, plan: Candidate, *, outside: tuple[str, ...], decides: tuple[str, ...]
) -> tuple[Finding, ...]:
    """Return lines out of reach, quota that was not placed and demand turned away.

    Parameters
    ----------
    problem : Problem
    plan : Candidate
    outside : tuple of str
        Lines that no decision moves.
    decides : tuple of str
        What is decided: spend, people, targets.
    """
    remarks = [*_out_of_reach(problem, plan, outside)]
    if "targets" in decides:
        remarks.extend(_unplaced(problem, plan))
    turned_away = float(plan.measures["unserved"].sum())
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
