"""An explanation as plain values, the form that ``--json`` prints."""

from collections.abc import Mapping

from allocopt.audit.report import AuditReport
from allocopt.cli.session import Session
from allocopt.plan.plan import Plan
from allocopt.plan.wording import line_unit_sign, objective_unit
from allocopt.report.displaced import Use
from allocopt.report.explain import LineWorth, PeriodReason, PlacementReason
from allocopt.report.explain_text import Teller


def record(session: Session, plan: Plan, teller: Teller, audit: AuditReport) -> dict[str, object]:
    """Return all of an explanation; amounts in base units, 元 and shares of 1.

    Parameters
    ----------
    session : Session
    plan : Plan
    teller : Teller
    audit : AuditReport
    """
    explanation, language = teller.explanation, session.language
    unit = objective_unit(plan.problem, plan.provenance.decides)
    balance = explanation.balance
    return {
        "explained": True,
        "counted_in": {"zh": unit.zh, "en": unit.en},
        "lines": [_line(session, plan, teller, line) for line in explanation.lines],
        "placements": [_placement(session, teller, row) for row in explanation.placements],
        "balance": {
            "compared": balance.compared,
            "largest_relative_difference": balance.largest,
            "mean_relative_difference": balance.mean,
        },
        "findings": [finding.as_record(language) for finding in audit.findings],
    }


def _line(session: Session, plan: Plan, teller: Teller, row: LineWorth) -> Mapping[str, object]:
    line = row.result.line
    return {
        "name": line.name,
        "kind": str(line.kind),
        "lhs": row.result.lhs,
        "rhs": row.result.rhs,
        "slack": row.result.slack,
        "unit": line_unit_sign(plan.problem, line),
        "price": row.price,
        "step": row.step,
        "worth": row.worth,
        "sentence": teller.line(row).render(session.language),
    }


def _placement(session: Session, teller: Teller, row: PlacementReason) -> Mapping[str, object]:
    displaced = teller.displaced(row)
    return {
        "id": row.id,
        "spend": row.spend,
        "response": row.response,
        "marginal_return": row.marginal,
        "best_average_return": row.average,
        "price": row.price,
        "reason": str(row.reason),
        "share_of_periods": row.share,
        "line": row.line,
        "sentence": teller.reason(row).render(session.language),
        "elsewhere": _use(row.elsewhere),
        "source": _use(row.source),
        "displaced": None if displaced is None else displaced.render(session.language),
        "periods": [_period(one) for one in row.periods],
    }


def _use(use: Use | None) -> Mapping[str, object] | None:
    if use is None:
        return None
    return {"placement": use.id, "period": use.period, "return": use.brings}


def _period(row: PeriodReason) -> Mapping[str, object]:
    return {
        "period": row.period,
        "spend": row.spend,
        "response": row.response,
        "marginal_return": row.marginal,
        "price": row.price,
        "reason": str(row.reason),
        "line": row.line,
    }
