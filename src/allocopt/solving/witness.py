"""A plan that shows that changes of limits make one possible, however good it is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.declare.outputs import exposed_decisions
from allocopt.declare.pieces import inner_pieces
from allocopt.declare.rows import Place
from allocopt.measures.decisions import Decisions
from allocopt.measures.influence import outside_lines
from allocopt.measures.lines import LineResult, Sense, compile_lines
from allocopt.measures.numbers import evaluate
from allocopt.problem.problem import Problem
from allocopt.scenario.schema.limits import LineKind
from allocopt.solving.candidate import Candidate, judge_decisions
from allocopt.solving.catalog import Formulation
from allocopt.solving.commit import firm_choices, off_the_stretch, tightened
from allocopt.solving.loosened import LooseModel
from allocopt.solving.loosenings import line_path, loosenings
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Watch
from allocopt.solving.repairs import DEAR, Proposal
from allocopt.solving.run import Run
from allocopt.solving.search import any_plan
from allocopt.solving.settle import fix_values, staff_for

_RADII = (0.02, 1e-3, 1e-4)
"""Of the effort range: how near to the last plan the pieces of curves are close."""


@dataclass(frozen=True)
class Witness:
    """A plan, and how much farther limits must move for it.

    Attributes
    ----------
    plan : Candidate
    farther : mapping path of a line's bound -> amount in its own unit, above zero
        Empty where the changes are enough.
    """

    plan: Candidate
    farther: Mapping[str, float]


def witness(
    problem: Problem,
    formulation: Formulation,
    proposal: Proposal,
    *,
    options: SolveOptions,
    watch: Watch,
) -> Witness | None:
    """Return a plan of the changed ``problem``, None where none was found.

    Small models are searched. In large ones the plan is made near the point of the relaxed
    model: choices firm, people whole, and then the lines of the proposal moved as little as
    the true curves allow, other lines only where these alone will not do.

    Raises
    ------
    InfeasibleError
        If a row without variables does not hold.
    KeyboardInterrupt
    """
    if proposal.large:
        outside = tuple(sorted(outside_lines(problem, formulation.decides)))
        return _near(Run(problem, formulation, options, watch, outside), proposal)
    plan = any_plan(problem, formulation, options, watch)
    return None if plan is None else Witness(plan, {})


def moves_freely(proposal: Proposal) -> bool:
    """Return whether all that a proposal moves goes as far as a plan needs by itself.

    Larger amounts would then help no further.
    """
    free = {one.path for one in proposal.lines}
    return proposal.large and all(path in free for path, _ in proposal.values)


def keeps(problem: Problem, formulation: Formulation, decisions: Decisions) -> Candidate | None:
    """Return ``decisions`` as a plan of ``problem``, None where they break a hard line."""
    plan = judge_decisions(problem, decisions, decides=formulation.decides)
    outside = tuple(outside_lines(problem, formulation.decides))
    return None if plan.broken(outside) else plan


@dataclass(frozen=True)
class _Ground:
    """What a plan near a relaxed point is made of.

    Attributes
    ----------
    run : Run
    proposal : Proposal
    whole : mapping place of a variable -> whole number
    paths : mapping (line, sense) -> path of the bound, of the lines that may move farther
    """

    run: Run
    proposal: Proposal
    whole: Mapping[Place, float]
    paths: Mapping[tuple[str, Sense], str]

    def settled(
        self, firm: Problem, effort: FloatArray, radius: float
    ) -> tuple[Candidate, frozenset[str]] | None:
        """Return the plan close to ``effort`` that moves lines least, and which it moves."""
        run, proposal = self.run, self.proposal
        pieces = inner_pieces(firm.placements, effort, points=run.options.points, radius=radius)
        model = run.build(firm, pieces)
        fix_values(model, self.whole)
        known = set(self.paths.values())
        lines = [one for one in loosenings(firm, model, proposal.relaxed) if one.path in known]
        own = np.array([(one.path, one.raised) in proposal.values for one in lines], dtype=np.bool_)
        run.tell("settling")
        loose = LooseModel(run.live(model), lines, whole=True, options=run.options)
        most = np.array([one.most for one in lines])
        moves = loose.solve(np.where(own, 1.0, DEAR), most, time_limit=run.left())
        if moves is None:
            return None
        loose.load(moves)
        moved = np.flatnonzero(own | (moves.amounts > 0)).tolist()
        return run.judge(exposed_decisions(model)), frozenset(lines[k].path for k in moved)

    def path_of(self, result: LineResult) -> str:
        """Return where the bound of a line stands; empty where it may not move."""
        return self.paths.get((result.line.spec, result.line.sense), "")


def _near(run: Run, proposal: Proposal) -> Witness | None:
    relaxed = proposal.relaxed
    firm = firm_choices(run.problem, relaxed.spend)
    placements = firm.placements
    spend = relaxed.spend.clip(placements.lower, placements.upper)
    measures = evaluate(firm, replace(relaxed, spend=spend))
    whole = staff_for(run, firm, measures["demand"]) if run.staffs else {}
    if whole is None:
        return None
    ground = _Ground(run, proposal, whole, _paths(run.problem, proposal))
    effort = off_the_stretch(placements, proposal.pieces, measures["effort"])
    for radius in _RADII:
        settled = ground.settled(firm, effort, radius)
        if settled is None:
            return None
        plan, moved = settled
        hard = [r for r in plan.lines if r.line.kind is LineKind.HARD and not r.met]
        inside = [r for r in hard if r.line.name not in run.outside]
        others = tuple(r for r in inside if ground.path_of(r) not in moved)
        if not others:
            farther: dict[str, float] = {}
            for result in inside:
                path = ground.path_of(result)
                farther[path] = max(farther.get(path, 0.0), -result.slack)
            return Witness(plan, farther)
        effort, firm = plan.measures["effort"], tightened(firm, others)
    return None


def _paths(problem: Problem, proposal: Proposal) -> dict[tuple[str, Sense], str]:
    """Return the bounds of lines that may move; equalities stay where they are put."""
    known = {one.path for one in proposal.lines}
    return {
        (line.spec, line.sense): path
        for line in compile_lines(problem)
        if (path := line_path(line)) in known
    }
