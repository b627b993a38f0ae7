"""One number of a scenario varied, every point solved with its proof."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from allocopt.errors import InfeasibleError, NoPlanInTimeError, SolveError, UsageError
from allocopt.measures.expressions import parse_expression
from allocopt.measures.lines import Sense, Stretch, compile_lines, form_value
from allocopt.plan.kinds import Kind
from allocopt.plan.plan import Plan, PlanStatus
from allocopt.plan.wording import expression_kind
from allocopt.problem.axes import Selection
from allocopt.problem.problem import Problem
from allocopt.report.frontier import FrontierPoint, PointState, ScenarioFrontier, Shown
from allocopt.report.goal import aim_of
from allocopt.report.refining import next_value, reconciled
from allocopt.scenario.knob import Easing, Knob, knob_of, value_of
from allocopt.scenario.quantities import QuantityKind
from allocopt.scenario.scenario import Scenario
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Progress, Stop, Watch, no_watch
from allocopt.solving.prices import price_plan
from allocopt.text import T
from allocopt.workflow.explaining import formulation_of
from allocopt.workflow.inputs import changed
from allocopt.workflow.plans import prepare, solve

_MOST = 200
_AT_FIRST = 0.6
"""Share of the points that stand on an even grid; the others go where it bends."""
_KINDS = {QuantityKind.MONEY: Kind.MONEY, QuantityKind.SHARE: Kind.SHARE}


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Sweep:
    """What is asked of a frontier.

    Attributes
    ----------
    path : str
        The number that varies, such as ``lines.budget.at_most``.
    values : tuple of float or str
        As written; bare numbers count in the unit the number is written in. Two are the ends
        of an even grid, more are the grid itself.
    points : int
        How many points in all; what the grid leaves over goes where the frontier bends.
    model : str
    shown : tuple of str
        Expressions of measures to report at every point.
    prices : bool
        Whether to compute the shadow price of the line by duals at every plan.
    """

    path: str
    values: tuple[float | str, ...]
    points: int
    model: str = "joint"
    shown: tuple[str, ...] = ()
    prices: bool = False


def frontier(
    scenario: Scenario,
    sweep: Sweep,
    *,
    options: SolveOptions | None = None,
    watch: Watch = no_watch,
    stopped: Callable[[], bool] = _never,
) -> ScenarioFrontier:
    """Return the best plan's value along one number of ``scenario``.

    Parameters
    ----------
    scenario : Scenario
    sweep : Sweep
    options : SolveOptions or None
        For each point.
    watch : callable
        Gets a `Progress` now and then, its stage ``point k/n``.
    stopped : callable
        Whether to end with the points so far, asked after each of them.

    Raises
    ------
    UsageError
        If the path leads to no number, or a value or an expression is wrong.
    ScenarioError
        If a value of the grid contradicts the scenario.
    ModelError, SolveError
        See `allocopt.solving.answer.answer`; a value without a plan is a point, no error.
    """
    started = time.monotonic()
    knob = knob_of(scenario, sweep.path, sweep.values)
    grid = _grid(knob, sweep)
    for value in (min(grid), max(grid)):
        at_value(scenario, knob, value)
    task = prepare(scenario, sweep.model)
    shown = tuple(_shown(task.problem, text) for text in sweep.shown)
    walk = _Walk(scenario, sweep, knob, shown, options or SolveOptions(), watch)
    points, whole = _walked(walk, grid, stopped)
    return ScenarioFrontier(
        knob=knob,
        kind=_KINDS.get(knob.kind, Kind.MIXED),
        aim=aim_of(task.problem, task.formulation.decides),
        shown=shown,
        points=points,
        interrupted=not whole,
        seconds=time.monotonic() - started,
    )


def at_value(scenario: Scenario, knob: Knob, value: float) -> Scenario:
    """Return the scenario with the number set to ``value``, in base units.

    Raises
    ------
    ScenarioError
        If it contradicts the rest.
    """
    return changed(scenario, (knob.override(value),))


def _grid(knob: Knob, sweep: Sweep) -> list[float]:
    """Return the values to be solved at first, the loosest first."""
    if not 3 <= sweep.points <= _MOST:
        raise UsageError(
            T("points: {found}, allowed is 3 to {most}", found=sweep.points, most=_MOST)
        )
    ends = [value_of(knob, value) for value in sweep.values]
    if not all(map(math.isfinite, ends)):
        raise UsageError(T("{path}: finite numbers were expected", path=knob.path))
    low, high = min(ends), max(ends)
    if len(ends) < 2 or low == high:
        raise UsageError(T("{path}: two different values are needed at least", path=knob.path))
    values = np.unique(ends)
    if len(ends) == 2:
        values = np.linspace(low, high, max(3, math.ceil(_AT_FIRST * sweep.points)))
    return sorted(values.tolist(), key=lambda value: -(knob.easing or Easing.DOWN) * value)


def _shown(problem: Problem, text: str) -> Shown:
    expression = parse_expression(text, problem.axes, Selection())
    return Shown(text, expression_kind(expression))


@dataclass(frozen=True)
class _Walk:
    """What is needed to solve a point."""

    scenario: Scenario
    sweep: Sweep
    knob: Knob
    shown: tuple[Shown, ...]
    options: SolveOptions
    watch: Watch

    def point(self, value: float, number: int) -> FrontierPoint:
        """Return what is known at ``value``; ``number`` is for the progress display."""
        started = time.monotonic()
        stage = f"point {number}/{self.sweep.points}"

        def watch(progress: Progress) -> None:
            self.watch(replace(progress, stage=stage))

        try:
            plan = self._plan(value, watch)
        except NoPlanInTimeError:
            return FrontierPoint(value, PointState.NO_PLAN, seconds=time.monotonic() - started)
        except InfeasibleError as error:
            return FrontierPoint(
                value,
                PointState.INFEASIBLE,
                conflict=error.conflict,
                seconds=time.monotonic() - started,
            )
        proven = plan.status is PlanStatus.PROVEN
        return FrontierPoint(
            value=value,
            state=PointState.PROVEN if proven else PointState.LIMIT,
            objective=plan.objective,
            bound=plan.bound,
            shown=tuple(_value(plan, one.expression) for one in self.shown),
            price=self._price(plan) if self.sweep.prices else math.nan,
            plan=plan,
            seconds=time.monotonic() - started,
        )

    def _plan(self, value: float, watch: Watch) -> Plan:
        """Return the plan at ``value``: the one place where points are solved."""
        changed = at_value(self.scenario, self.knob, value)
        return solve(changed, self.sweep.model, options=self.options, watch=watch)

    def _price(self, plan: Plan) -> float:
        """Return the shadow price of the bound that varies; NaN where there is none."""
        try:
            return bound_price(plan, self.knob, self.options)
        except SolveError:  # a plan without room to move has no prices
            return math.nan


def bound_price(plan: Plan, knob: Knob, options: SolveOptions) -> float:
    """Return what the goal gains per unit by which a bound rises, by the duals at ``plan``.

    Parameters
    ----------
    plan : Plan
    knob : Knob
    options : SolveOptions

    Returns
    -------
    float
        The goal's unit per base unit of the bound; NaN where the number is no line's bound.
    """
    if (
        knob.line is None
        or knob.easing is Easing.UNKNOWN
        or plan.provenance.decides == ("targets",)
    ):
        return math.nan
    formulation = formulation_of(plan)
    prices = price_plan(plan.problem, formulation, plan.decisions, options=options).lines
    sense = Sense.AT_MOST if knob.easing is Easing.UP else Sense.AT_LEAST
    lines = [
        line
        for line in compile_lines(plan.problem)
        if (line.spec, line.sense) == (knob.line, sense)
    ]
    return knob.easing * math.fsum(prices.get(line.name, 0.0) for line in lines)


def _value(plan: Plan, text: str) -> float:
    """Return an expression of measures over the horizon."""
    problem = plan.problem
    expression = parse_expression(text, problem.axes, Selection())
    whole = Stretch(0, len(problem.calendar) - 1, "")
    top = float(form_value(problem, expression.numerator, plan.measures, whole))
    if expression.denominator is None:
        return top
    bottom = float(form_value(problem, expression.denominator, plan.measures, whole))
    return top / bottom if bottom else math.nan


def _walked(
    walk: _Walk, grid: Sequence[float], stopped: Callable[[], bool]
) -> tuple[tuple[FrontierPoint, ...], bool]:
    """Return the points solved, ascending, and whether they are all that were asked for.

    Raises
    ------
    KeyboardInterrupt
        If it came before the first point was solved.
    """
    solved: list[FrontierPoint] = []
    known: tuple[FrontierPoint, ...] = ()
    rest = range(max(walk.sweep.points - len(grid), 0))
    wanted: chain[float | None] = chain(grid, (None for _ in rest))
    for number, value in enumerate(wanted, start=1):
        at = next_value(known) if value is None else value
        if at is None:
            break
        try:
            point = walk.point(at, number)
        except KeyboardInterrupt:
            if not solved:
                raise
            return known, False
        ended = stopped() or (point.plan is not None and point.plan.stop == Stop.INTERRUPTED)
        if not (ended and point.plan is None):
            solved.append(point)
            known = reconciled(tuple(sorted(solved, key=lambda one: one.value)), walk.knob.easing)
        if ended:
            return _or_interrupted(known), False
    return known, True


def _or_interrupted(known: tuple[FrontierPoint, ...]) -> tuple[FrontierPoint, ...]:
    if not known:
        raise KeyboardInterrupt
    return known
