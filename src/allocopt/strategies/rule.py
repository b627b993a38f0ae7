"""Rules: strategies that decide the spend and how quotas are shared, and leave the rest to all."""

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from allocopt.arrays import FloatArray
from allocopt.findings import Finding
from allocopt.plan.plan import Plan
from allocopt.problem.problem import Problem
from allocopt.strategies.complete import completed
from allocopt.strategies.strategy import Brief
from allocopt.text import Text


@dataclass(frozen=True, eq=False)
class Choice:
    """What a rule decides.

    Attributes
    ----------
    spend : FloatArray (placements, periods), 元
    target_shares : FloatArray (targets,) or None
        In what proportion each quota is cascaded; None for targets that follow what the plan is
        expected to attain.
    remarks : tuple of Finding
        What the rule had to assume.
    """

    spend: FloatArray
    target_shares: FloatArray | None = None
    remarks: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A strategy made of one function; see `Strategy` for the other attributes.

    Attributes
    ----------
    name : str
    title, about : Text
    source : str
    decide : callable from Problem to Choice
    """

    name: str
    title: Text
    about: Text
    source: str
    decide: Callable[[Problem], Choice]

    def plan(self, brief: Brief) -> Plan:
        """Return the rule's plan; people follow the demand that its spend brings."""
        source = Path(inspect.getfile(self.decide)).read_bytes()
        made_by = replace(
            brief.formulation,
            name=f"rule:{self.name}",
            sha256=hashlib.sha256(source).hexdigest(),
        )
        choice = self.decide(brief.problem)
        return completed(
            brief,
            made_by,
            spend=choice.spend,
            target_shares=choice.target_shares,
            remarks=choice.remarks,
        )
