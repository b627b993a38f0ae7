"""The optimizer with a part of every budget held back, of ratios of expense too."""

import time
from dataclasses import dataclass, replace

from allocopt.errors import UsageError
from allocopt.findings import Finding, Severity
from allocopt.plan.plan import Plan
from allocopt.problem.problem import Problem
from allocopt.scenario.quantities import Quantity
from allocopt.scenario.schema.limits import LineSpec
from allocopt.solving.answer import answer
from allocopt.solving.candidate import judge_decisions
from allocopt.strategies.bounds import cost_lines
from allocopt.strategies.complete import given_plan
from allocopt.strategies.strategy import Brief
from allocopt.text import T, Text


@dataclass(frozen=True)
class Reserve:
    """See `Strategy`; ``share`` of every budget is held back, between 0 and 1."""

    share: float = 0.05
    name: str = "reserve"
    title: Text = T("Optimized with a reserve")
    about: Text = T("the best plan that leaves a part of every budget unspent, 5 % by default")
    source: str = "docs/strategies.md"

    def __post_init__(self) -> None:
        """Refuse a share out of range.

        Raises
        ------
        UsageError
        """
        if not 0.0 <= self.share < 1.0:
            raise UsageError(
                T("the reserve is {found}, expected is from 0 to below 1", found=self.share)
            )

    def plan(self, brief: Brief) -> Plan:
        """Return the best plan under smaller budgets, judged under those of the scenario.

        Raises
        ------
        ModelError, InfeasibleError, NoPlanInTimeError, SolveError
            See `allocopt.solving.answer.answer`.
        """
        started = time.monotonic()
        held_back = with_reserve(brief.problem, self.share)
        found = answer(
            brief.scenario,
            held_back,
            brief.formulation,
            options=brief.options,
            watch=brief.watch,
        )
        candidate = judge_decisions(
            brief.problem, found.decisions, decides=brief.formulation.decides
        )
        remarks = (*self._said(brief.problem), *found.remarks)
        seconds = time.monotonic() - started
        made_by = replace(brief.formulation, name=f"rule:{self.name}")
        return given_plan(brief, made_by, candidate, remarks=remarks, seconds=seconds)

    def _said(self, problem: Problem) -> tuple[Finding, ...]:
        names = ", ".join(cost_lines(problem))
        if not names:
            return (
                Finding(
                    Severity.NOTE, T("no hard line limits spend or expense: nothing is held back")
                ),
            )
        message = T("{share:.4g} % are held back of {lines}", share=100 * self.share, lines=names)
        return (Finding(Severity.NOTE, message),)


def with_reserve(problem: Problem, share: float) -> Problem:
    """Return ``problem`` with the bound of every line that limits cost smaller by a share."""
    named = cost_lines(problem)
    lines = tuple(_smaller(line, share) if line.id in named else line for line in problem.lines)
    return replace(problem, lines=lines)


def _smaller(line: LineSpec, share: float) -> LineSpec:
    most = line.at_most
    if most is None:
        return line
    return line.model_copy(update={"at_most": Quantity(most.value * (1.0 - share), most.kind)})
