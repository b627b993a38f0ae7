"""Plans nearly as good as a given one, and as different as possible from it and one another.

Modeling to generate alternatives (Brill, Chang and Hopkins, Management Science 28, 1982): a
model leaves things out, so that of plans of nearly the same value another one may suit
better. Each alternative is sought in two places, and the farther one is taken:

1. *far*: on curves nowhere below the true ones, other choices of what runs included; then
   settled on the true curves with these choices;
2. *near*: with the choices of the plan, on curves that touch the true ones at the plan.

People stay as they are where spend is decided. Every answer is judged on the true curves.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.declare.affine import Affine
from allocopt.declare.outputs import exposed_decisions
from allocopt.declare.pieces import Pieces, exact_pieces, inner_pieces
from allocopt.declare.rows import PyomoObject, place_of
from allocopt.measures.algebra import Values
from allocopt.measures.decisions import Decisions, nonnegative
from allocopt.measures.influence import outside_lines
from allocopt.measures.numbers import evaluate
from allocopt.problem.problem import Problem
from allocopt.solving.candidate import Candidate, judge_decisions
from allocopt.solving.catalog import Formulation
from allocopt.solving.commit import firm_choices, off_the_stretch, tightened
from allocopt.solving.farthest import FarPoint, NearBest, nearest_distance
from allocopt.solving.highs import LiveModel
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Watch
from allocopt.solving.placing import follows, with_targets
from allocopt.solving.prices import points_within
from allocopt.solving.program import solve_program
from allocopt.solving.run import Run
from allocopt.solving.staffing import hold_people, people_values, whole_people

_PASSES = 4
_RADIUS = 1e-3
_WORTHWHILE = 0.01
"""A pass more is made while it gains this share of the distance."""
_MARGIN = 0.02
"""Kept of the allowed loss for rounding to cents."""
_LEAST = 1e-6
"""A plan nearer than this share of all that is counted is the same plan."""
_MORE = 1.2
"""Times what whole people cost is asked for beforehand."""
_STARTS, _FEW_STARTS = 6, 1
_SHARE = 0.25
"""Of the seconds left, for one look."""


def position(problem: Problem, decisions: Decisions, *, spends: bool) -> Values:
    """Return what distances are measured in, (things,).

    Spend of each placement over the horizon in the scenario's money unit; where spend is not
    decided, average heads of each group: ``opening + sum_t net[t] (T - t) / T`` with t from 0.

    Parameters
    ----------
    problem : Problem
    decisions : Decisions
        Numbers, or expressions of a model.
    spends : bool
    """
    periods = len(problem.calendar)
    if spends:
        return (decisions.spend @ np.ones((periods, 1)))[..., 0] * (1.0 / problem.money_unit)
    net = (
        decisions.arrivals
        - decisions.releases
        - decisions.departures
        + decisions.moves_in
        - decisions.moves_out
    )
    left = (periods - np.arange(periods)) / periods
    return (net @ left[:, None])[..., 0] + problem.staff.opening


@dataclass(frozen=True)
class _Scene:
    """What alternatives are sought around.

    Attributes
    ----------
    run : Run
    plan : Candidate
    within : float
        Share of the plan's value that may be given up.
    """

    run: Run
    plan: Candidate
    within: float

    @property
    def floor(self) -> float:
        """The least value of an alternative."""
        return self.plan.objective - self.within * abs(self.plan.objective)

    @property
    def wanted(self) -> float:
        """The value asked of models: a little above the floor."""
        return self.floor + _MARGIN * self.within * abs(self.plan.objective)

    def place(self, candidate: Candidate) -> FloatArray:
        """Return a plan's position."""
        found = position(self.run.problem, candidate.decisions, spends=self.run.spends)
        return np.asarray(found, dtype=np.float64)

    def holds(self, candidate: Candidate) -> bool:
        """Return whether a plan is good enough and breaks no more than the plan itself."""
        most = self.plan.broken(self.run.outside)
        return candidate.objective >= self.floor and candidate.broken(self.run.outside) <= most

    def placed(self, candidate: Candidate) -> Candidate:
        """Return a plan with its targets cascaded, where they are decided."""
        if not follows(self.run):
            return candidate
        return self.run.judge(with_targets(self.run, candidate))


def alternative_plans(
    problem: Problem,
    formulation: Formulation,
    decisions: Decisions,
    *,
    count: int,
    within: float,
    options: SolveOptions,
    watch: Watch,
) -> tuple[Candidate, ...]:
    """Return up to ``count`` plans worth at least ``1 - within`` of the plan, one by one.

    Each is as far as could be found from the nearest of the plan and the ones before.

    Parameters
    ----------
    problem : Problem
    formulation : Formulation
        The model that the decisions are from; it decides spend or people.
    decisions : Decisions
        Of the plan, as numbers.
    count : int
    within : float
        Share of the plan's value.
    options : SolveOptions
        The time limit is for all of them.
    watch : callable
    """
    outside = tuple(sorted(outside_lines(problem, formulation.decides)))
    run = Run(problem, formulation, options, watch, outside)
    plan = judge_decisions(problem, decisions, decides=formulation.decides)
    scene = _Scene(run, plan, within)
    looks = _looks(scene)
    found: list[Candidate] = []
    for number in range(count):
        if run.left() <= 0:
            break
        run.tell(f"alternative {number + 1}")
        others = np.stack([scene.place(one) for one in (plan, *found)])
        best = _farthest(scene, looks, others)
        if best is None:
            break
        found.append(best)
    return tuple(found)


@dataclass(frozen=True)
class _Look:
    """A model around the plan, as a program whose points reach a value.

    Attributes
    ----------
    live : LiveModel
    variables : list of Pyomo variables, one per column
    near : NearBest
    pieces : Pieces
    """

    live: LiveModel
    variables: list[PyomoObject]
    near: NearBest
    pieces: Pieces

    def decisions(self, point: FarPoint) -> Decisions:
        """Return a point's decisions."""
        for variable, value in zip(self.variables, point.values.tolist(), strict=True):
            variable.set_value(value, skip_validation=True)
        return nonnegative(exposed_decisions(self.live.model))


def _looks(scene: _Scene) -> tuple[_Look | None, _Look]:
    """Return the far look, None where no spend is decided, and the near one."""
    run, plan = scene.run, scene.plan
    if not run.spends:
        pieces = exact_pieces(run.problem.placements, run.problem.placements.current)
        return None, _with_start(scene, _look(scene, run.problem, pieces))
    run.efforts.append(plan.measures["effort"])
    far = _look(scene, run.problem, run.outer())
    firm = firm_choices(run.problem, plan.decisions.spend)
    return far, _look(scene, firm, _inner(run, firm, plan.measures["effort"]))


def _inner(run: Run, firm: Problem, effort: FloatArray) -> Pieces:
    points = points_within(effort.size, run.options)
    return inner_pieces(firm.placements, effort, points=points, radius=_RADIUS)


def _with_start(scene: _Scene, look: _Look) -> _Look:
    """Return the look with the plan itself as a point to start from: its people, best beside them.

    A search for whole numbers seldom finds a first point above the floor of its own accord.
    """
    values = people_values(scene.run.problem, scene.plan.decisions)
    program = look.live.arrays()[0]
    places = [place_of(variable) for variable in look.variables]
    columns = np.array([k for k, place in enumerate(places) if place in values], dtype=np.int64)
    held = program.held(columns, np.array([values[places[k]] for k in columns]))
    answer = solve_program(
        held, allowance=0.0, time_limit=max(scene.run.left(), 1.0), seed=scene.run.options.seed
    )
    if answer.values is not None:
        look.near.remember(answer.values)
    return look


def _look(scene: _Scene, problem: Problem, pieces: Pieces) -> _Look:
    """Return a model; where spend is decided, people are held and choices made or relaxed."""
    run = scene.run
    model = run.build(problem, pieces)
    if run.spends:
        hold_people(model, problem, scene.plan.decisions)
    live = run.live(model)
    program, variables = live.arrays()
    if run.spends:
        program = replace(program, whole=np.zeros_like(program.whole))
    where = position(problem, model.allocopt_decisions, spends=run.spends)
    assert isinstance(where, Affine)
    own = {id(variable): column for column, variable in enumerate(where.columns.variables)}
    order = [own[id(variable)] for variable in variables]
    sums = where.coefficients().tocsc()[:, order].tocsr()
    near = NearBest(program, sums, where.constant, run.options)
    near.require(scene.wanted / live.goals[0].scale)
    return _Look(live, variables, near, pieces)


def _farthest(
    scene: _Scene, looks: tuple[_Look | None, _Look], others: FloatArray
) -> Candidate | None:
    """Return the plan found that is farthest from ``others``; None if there is none."""
    far, near = looks
    if far is None:
        found = [_staffed(scene, near, others)]
    else:
        found = [_settled(scene, far, _from_starts(scene.run, far, others), others)]
        if not near.near.large or found[0] is None:
            found.append(_kept(scene, near, others))
    least = _LEAST * float(np.abs(others[0]).sum())
    apart = [(nearest_distance(scene.place(one), others), one) for one in found if one is not None]
    for distance, candidate in sorted(apart, key=lambda pair: -pair[0]):
        placed = scene.placed(candidate)
        if distance > least and scene.holds(placed):
            return placed
    return None


def _from_starts(run: Run, look: _Look, others: FloatArray) -> FarPoint | None:
    """Return the farthest of the points that several starts lead to."""
    count = _STARTS if run.spends and not look.near.large else _FEW_STARTS
    until = time.monotonic() + _SHARE * run.left()
    best: FarPoint | None = None
    for start in _starts(others, count, run.options.seed):
        left = until - time.monotonic()
        if left <= 0:
            break
        found = look.near.farthest(others, start, time_limit=left)
        if found is not None and (best is None or found.distance > best.distance):
            best = found
    return best


def _starts(others: FloatArray, count: int, seed: int) -> Iterator[FloatArray]:
    """Yield where to start from: opposite to the last alternative, at random, at nothing."""
    plan, rng = others[0], np.random.default_rng(seed)
    starts = [2.0 * plan - others[-1]] if len(others) > 1 else []
    while len(starts) < count:
        starts.append(plan + rng.normal(size=plan.size) * max(float(plan.mean()), 1.0))
    yield from starts
    if count > _FEW_STARTS:
        yield np.zeros_like(plan)


def _staffed(scene: _Scene, look: _Look, others: FloatArray) -> Candidate | None:
    """Return a plan of people in whole flows; what whole flows cost is asked for beforehand."""
    run, wanted, problem = scene.run, scene.wanted, scene.run.problem
    for _ in range(_PASSES):
        look.near.require(wanted / look.live.goals[0].scale)
        point = _from_starts(run, look, others)
        if point is None:
            return None
        decisions = look.decisions(point)
        heads = evaluate(run.problem, decisions)["heads"]
        candidate = run.judge(whole_people(run.problem, decisions, heads, run.solve_people))
        if scene.holds(candidate):
            return candidate
        wanted += _MORE * max(scene.floor - candidate.objective, 0.0)
        if candidate.broken(run.outside):
            problem = tightened(problem, candidate.lines)
            look = _with_start(scene, _look(scene, problem, look.pieces))
    return None


def _kept(scene: _Scene, look: _Look, others: FloatArray) -> Candidate | None:
    """Return the plan of a near look's point, settled anew where rounding missed something."""
    point = _from_starts(scene.run, look, others)
    if point is None:
        return None
    candidate = scene.run.judge(look.decisions(point))
    return candidate if scene.holds(candidate) else _settled(scene, look, point, others)


def _settled(
    scene: _Scene, look: _Look, point: FarPoint | None, others: FloatArray
) -> Candidate | None:
    """Return a plan on the true curves with the choices of a look's point, far from the others.

    The pieces touch the curves where the last pass ended; what rounding missed is asked for
    with a little more. None where no pass gives a plan that is good enough.
    """
    run = scene.run
    if point is None:
        return None
    relaxed = look.decisions(point)
    wanted = firm_choices(run.problem, relaxed.spend)
    spend = relaxed.spend.clip(wanted.placements.lower, wanted.placements.upper)
    effort = evaluate(wanted, replace(relaxed, spend=spend))["effort"]
    effort = off_the_stretch(wanted.placements, look.pieces, effort)
    best, reached, place = None, 0.0, point.place
    for _ in range(_PASSES):
        own = _look(scene, wanted, _inner(run, wanted, effort))
        found = own.near.farthest(others, place, time_limit=_SHARE * run.left())
        if found is None:
            break
        candidate = run.judge(own.decisions(found))
        distance = nearest_distance(scene.place(candidate), others)
        gained = distance - reached
        if scene.holds(candidate) and gained > 0:
            best, reached = candidate, distance
        elif candidate.broken(run.outside):
            wanted = tightened(wanted, candidate.lines)
        if best is not None and (own.near.large or gained <= _WORTHWHILE * reached):
            break
        effort, place = candidate.measures["effort"], found.place
    return best
