"""The optimizer: the plan of `ao.solve`, for the numbers that the scenario expects."""

from dataclasses import dataclass

from allocopt.plan.plan import Plan
from allocopt.solving.answer import answer
from allocopt.strategies.strategy import Brief
from allocopt.text import T, Text


@dataclass(frozen=True)
class Optimized:
    """See `Strategy`."""

    name: str = "optimized"
    title: Text = T("Optimized")
    about: Text = T("the best plan of the model for expected numbers, with its bound")
    source: str = "docs/models.md"

    def plan(self, brief: Brief) -> Plan:
        """Return the plan of the brief's model.

        Raises
        ------
        ModelError, InfeasibleError, NoPlanInTimeError, SolveError
            See `allocopt.solving.answer.answer`.
        """
        return answer(
            brief.scenario,
            brief.problem,
            brief.formulation,
            options=brief.options,
            watch=brief.watch,
        )
