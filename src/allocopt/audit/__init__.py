"""The audit: everything recomputed from the decisions, without the solver or its models.

It uses the scenario's arrays, the measures' numpy evaluation and the decimal ledger, and
nothing of the optimizer's side.
"""

from allocopt.audit.report import AuditReport
from allocopt.audit.verify import verify_plan, verify_run

__all__ = ["AuditReport", "verify_plan", "verify_run"]
