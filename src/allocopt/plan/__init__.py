"""Plans: what was decided, what follows, how it stands to every line, where it came from."""

from allocopt.plan.plan import Plan, PlanStatus, Provenance

__all__ = ["Plan", "PlanStatus", "Provenance"]
