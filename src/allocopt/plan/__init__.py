"""Plans: what was decided, what follows, how it stands to every line, where it came from.

Names are imported when they are first used, so that listing runs need not wait for numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from allocopt.plan.plan import Plan, PlanStatus, Provenance

__all__ = ["Plan", "PlanStatus", "Provenance"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Import a name of `allocopt.plan.plan` when it is first asked for."""
    if name in __all__:
        return vars(import_module("allocopt.plan.plan"))[name]
    message = f"module 'allocopt.plan' has no attribute {name!r}"
    raise AttributeError(message)
