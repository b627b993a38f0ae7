"""Ways out of an infeasible scenario, each verified by a plan of the changed scenario."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from allocopt.errors import AllocoptError, InfeasibleError, ScenarioError
from allocopt.problem import build_problem
from allocopt.problem.problem import Problem
from allocopt.scenario.scenario import Scenario
from allocopt.solving.candidate import Candidate
from allocopt.solving.catalog import Formulation
from allocopt.solving.loosening import Loosening
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Progress, Watch
from allocopt.solving.repairs import Proposal, proposals
from allocopt.solving.search import any_plan
from allocopt.waysout import Change, WayOut
from allocopt.workflow.changes import change_of
from allocopt.workflow.inputs import changed

_LARGER = ((1.0, 0.0), (1.02, 1e-3), (1.1, 5e-3), (1.4, 0.02), (2.5, 0.05))
"""Factors on the smallest amounts and shares of the value added to them, tried in turn until a
plan is found: an amount may be small beside what whole people and true curves take."""
_LOOSE = 0.2
"""Gap of a plan that only shows that there is one."""


@dataclass(frozen=True)
class WaysOut:
    """What was found.

    Attributes
    ----------
    ways : tuple of WayOut
        Verified.
    dropped : tuple of tuple of Change
        No plan was found with these, even enlarged.
    cut_short : bool
        Whether time ran out, or someone interrupted, before all were tried.
    """

    ways: tuple[WayOut, ...]
    dropped: tuple[tuple[Change, ...], ...]
    cut_short: bool


@dataclass
class _Trial:
    """One scenario whose ways out are looked for, within a limit of time."""

    scenario: Scenario
    problem: Problem
    formulation: Formulation
    options: SolveOptions
    watch: Watch
    ends: float

    def left(self) -> float:
        return self.ends - time.monotonic()

    def _options(self) -> SolveOptions:
        return replace(
            self.options,
            gap=max(self.options.gap, _LOOSE),
            time_limit=max(self.left(), 0.1),
            rounds=1,
        )

    def proposals(self) -> Iterator[Proposal]:
        yield from proposals(self.problem, self.formulation, self._options(), self.watch)

    def verified(self, proposal: Proposal, number: int) -> WayOut | tuple[Change, ...]:
        """Return the way out with the least enlargement that gives a plan, or what failed."""
        changes: tuple[Change, ...] = ()
        for factor, share in _LARGER:
            if self.left() <= 0:
                break
            moves = [
                (one, min(amount * factor + share * one.size * (not one.exact), one.most))
                for one, amount in proposal.moves
            ]
            changes = self._changes(proposal, moves)
            plan = self._plan(changes, number)
            if plan is not None:
                least = [amount for _, amount in proposal.moves]
                pairs = zip(moves, least, strict=True)
                return WayOut(changes, max(to / by for (_, to), by in pairs), plan.objective)
        return changes

    def _changes(
        self, proposal: Proposal, moves: Sequence[tuple[Loosening, float]]
    ) -> tuple[Change, ...]:
        loosest: dict[str, Change] = {}
        for move, (_, amount) in zip(moves, proposal.moves, strict=True):
            change = change_of(self.scenario, self.problem, move)
            known = loosest.get(change.path)
            if known is None or abs(change.after - change.before) > abs(known.after - known.before):
                loosest[change.path] = replace(change, least=amount)
        return tuple(loosest.values())

    def _plan(self, changes: tuple[Change, ...], number: int) -> Candidate | None:
        """Return a plan of the changed scenario that the judge finds not broken."""

        def watch(seen: Progress) -> None:
            self.watch(replace(seen, stage=f"way {number}"))

        settings = tuple(text for change in changes for text in change.overrides)
        try:
            problem = build_problem(changed(self.scenario, settings).data)
            return any_plan(problem, self.formulation, self._options(), watch)
        except (InfeasibleError, ScenarioError):
            return None


def ways_out(
    scenario: Scenario,
    problem: Problem,
    formulation: Formulation,
    *,
    options: SolveOptions,
    watch: Watch,
    seconds: float,
) -> WaysOut:
    """Return different smallest changes that make a plan possible, each verified by a plan.

    Parameters
    ----------
    scenario : Scenario
        Without a plan that keeps every hard line.
    problem : Problem
    formulation : Formulation
    options : SolveOptions
    watch : callable
    seconds : float
        For all of it.
    """
    trial = _Trial(
        scenario, problem, formulation, options, watch, time.monotonic() + max(seconds, 0.0)
    )
    found: list[WayOut] = []
    dropped: list[tuple[Change, ...]] = []
    cut_short = False
    try:
        for number, proposal in enumerate(trial.proposals(), start=1):
            way = trial.verified(proposal, number)
            if isinstance(way, WayOut):
                found.append(way)
            elif trial.left() > 0:
                dropped.append(way)
            if trial.left() <= 0:
                cut_short = True
                break
    except (KeyboardInterrupt, AllocoptError):
        cut_short = True
    return WaysOut(tuple(found), tuple(dropped), cut_short or trial.left() <= 0)
