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
from allocopt.solving.witness import Witness, keeps, moves_freely, witness
from allocopt.waysout import Change, WayOut
from allocopt.workflow.changes import change_of
from allocopt.workflow.inputs import changed

_LARGER = ((1.0, 0.0), (1.02, 1e-3), (1.1, 5e-3), (1.4, 0.02), (2.5, 0.05))
"""Factors on the smallest amounts and shares of the value added to them, tried in turn until a
plan is found: an amount may be small beside what whole people and true curves take."""
_ENOUGH = 3
_ROOM = 1.05
"""Factor on what the lines of a plan move: at the very amount a search may not find it."""

Move = tuple[Loosening, float]
"""A value, and how far it moves in its own unit."""
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
            if self.left() <= 0 or (changes and moves_freely(proposal)):
                break
            moves = [
                (one, min(amount * factor + share * one.size * (not one.exact), one.most))
                for one, amount in proposal.moves
            ]
            changes = self._changes(proposal, moves)
            seen = self._witness(changes, proposal, number)
            plan = None if seen is None else seen.plan
            if seen is not None and seen.farther:
                moves = _moved(proposal, changes, seen)
                changes = self._changes(proposal, moves)
                plan = self._kept(changes, seen)
            if plan is not None:
                least = [amount for _, amount in proposal.moves]
                pairs = zip(moves[: len(least)], least, strict=True)
                return WayOut(changes, max(to / by for (_, to), by in pairs), plan.objective)
        return changes

    def _changes(self, proposal: Proposal, moves: Sequence[Move]) -> tuple[Change, ...]:
        """Return moves, those of the proposal first, as changes of the scenario."""
        least = [amount for _, amount in proposal.moves] + [0.0] * len(moves)
        return tuple(
            replace(change_of(self.scenario, self.problem, move), least=amount)
            for move, amount in zip(moves, least, strict=False)
        )

    def _witness(
        self, changes: tuple[Change, ...], proposal: Proposal, number: int
    ) -> Witness | None:
        """Return a plan of the changed scenario that the judge finds not broken."""

        def watch(seen: Progress) -> None:
            self.watch(replace(seen, stage=f"way {number}"))

        problem = self._changed(changes)
        if problem is None:
            return None
        try:
            return witness(
                problem, self.formulation, proposal, options=self._options(), watch=watch
            )
        except InfeasibleError:
            return None

    def _kept(self, changes: tuple[Change, ...], seen: Witness) -> Candidate | None:
        """Return the plan that was seen as one of the scenario with ``changes``, if it is one."""
        problem = self._changed(changes)
        decisions = seen.plan.decisions
        return None if problem is None else keeps(problem, self.formulation, decisions)

    def _changed(self, changes: tuple[Change, ...]) -> Problem | None:
        settings = tuple(text for change in changes for text in change.overrides)
        try:
            return build_problem(changed(self.scenario, settings).data)
        except ScenarioError:
            return None


def _moved(proposal: Proposal, changes: tuple[Change, ...], seen: Witness) -> list[Move]:
    """Return how far values must move in all for the plan that was seen, other lines last."""
    so_far = {change.path: abs(change.after - change.before) for change in changes}
    own = [one for one, _ in proposal.moves]
    others = [one for one in proposal.lines if one.path in seen.farther.keys() - so_far.keys()]
    amounts = [
        so_far.get(one.path, 0.0) + seen.farther.get(one.path, 0.0) for one in (*own, *others)
    ]
    return [
        (one, min(amount * (_ROOM if one.path in seen.farther else 1.0), one.most))
        for one, amount in zip((*own, *others), amounts, strict=True)
    ]


def _contains(way: WayOut, known: WayOut) -> bool:
    """Return whether ``way`` makes every change of one that is known, or a larger one."""
    by = {(one.path, one.after > one.before): abs(one.after - one.before) for one in way.changes}
    return all(
        by.get((one.path, one.after > one.before), 0.0) >= abs(one.after - one.before)
        for one in known.changes
    )


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
                if not any(_contains(way, known) for known in found):
                    found.append(way)
            elif trial.left() > 0:
                dropped.append(way)
            if len(found) == _ENOUGH:
                break
            if trial.left() <= 0:
                cut_short = True
                break
    except (KeyboardInterrupt, AllocoptError):
        cut_short = True
    return WaysOut(tuple(found), tuple(dropped), cut_short or trial.left() <= 0)
