"""The audit of a run directory or a plan."""

from pathlib import Path

import numpy as np

from allocopt.audit.books import check_books, compare_ledger, recomputed_ledger
from allocopt.audit.claims import Claims, claims_of_plan, claims_of_run, recomputed
from allocopt.audit.compare import (
    check_finite,
    check_status,
    compare_lines,
    compare_measures,
    compare_objective,
)
from allocopt.audit.files import check_files
from allocopt.audit.line_rules import check_lines
from allocopt.audit.people_rules import check_people
from allocopt.audit.report import AuditReport, together
from allocopt.audit.spend_rules import check_spend
from allocopt.audit.target_rules import check_targets
from allocopt.plan.header import naming
from allocopt.plan.plan import Plan
from allocopt.plan.result_files import read_ledger
from allocopt.plan.stored import read_run


def verify_run(folder: str | Path) -> AuditReport:
    """Recompute everything in the run directory ``folder`` from its decisions.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    AuditReport
        Errors where a hard line or a rule is broken, or a stored number is not the
        recomputed one.

    Raises
    ------
    RunError
        With file and line, if the run is missing or cannot be read.
    """
    place = Path(folder)
    stored = read_run(place)
    with naming(place):
        claims = claims_of_run(stored, read_ledger(place, stored.problem))
    return together((_audit(claims), check_files(place, stored.header)))


def verify_plan(plan: Plan) -> AuditReport:
    """Recompute everything in ``plan`` from its decisions; see `verify_run`."""
    return _audit(claims_of_plan(plan))


def _audit(claims: Claims) -> AuditReport:
    # edited decisions may overflow: that is a finding, no reason to stop
    with np.errstate(all="ignore"):
        facts = recomputed(claims)
        parts = [
            compare_measures(claims, facts),
            compare_lines(claims, facts),
            compare_objective(claims, facts),
            check_status(claims),
            check_lines(facts),
            check_spend(facts),
            check_people(facts),
            check_targets(facts),
        ]
        beyond = check_finite(facts)
        if beyond.passed:
            ledger = recomputed_ledger(claims, facts)
            parts += [compare_ledger(claims, ledger), check_books(facts, ledger)]
        return together((*parts, beyond))
