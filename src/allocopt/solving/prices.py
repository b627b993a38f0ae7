"""What one more unit of a line is worth at a plan, and what money earns there.

The model of the run is built once more with pieces that touch the curves at the plan, its
whole numbers are fixed as the plan has them, and the linear program that is left is solved
once. Its duals are the prices (see docs/explain.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyomo.environ as pyo
from scipy.sparse import csr_array, diags_array

from allocopt.arrays import FloatArray, IntArray
from allocopt.curves import CurveShape
from allocopt.declare.pieces import Pieces, exact_pieces, inner_pieces
from allocopt.declare.spend import placement_labels
from allocopt.errors import SolveError
from allocopt.measures.decisions import Decisions
from allocopt.measures.lines import Line, Sense, compile_lines, form_value
from allocopt.measures.numbers import evaluate
from allocopt.problem.problem import Placements, Problem
from allocopt.solving.catalog import Formulation
from allocopt.solving.commit import firm_choices, stepped_placements
from allocopt.solving.highs import LiveModel
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Watch, no_watch
from allocopt.solving.staffing import hold_people
from allocopt.text import T

_RADIUS = 1e-4
"""Pieces bend at the plan and this far from it, a share of the effort range."""
_MOST_PIECES = 20_000
_MOST_POINTS = 60
_EFFORT_ROWS = ("define_effort", "effort_in_pieces", "single_level")
_OWN_ROWS = ("largest_rise", "largest_fall")
_TRIALS = 24


@dataclass(frozen=True)
class SpendPrices:
    """What money earns and costs in every placement and period; the goal's unit per 元.

    Attributes
    ----------
    marginal : FloatArray (placements, periods)
        What one more 元 brings on the true curve: its response now and, by carry-over, later,
        each at ``value``. NaN where spend cannot move, and for menus.
    average : FloatArray (placements, periods)
        The best that a 元 of any amount of extra spend brings on average; same gaps.
    price : FloatArray (placements, periods)
        What one more 元 costs: in the goal itself and in the lines it weighs on.
    by_line : mapping line name -> FloatArray (placements, periods)
        Parts of ``price``; the rest is the goal's own cost.
    value : FloatArray (placements, periods)
        What one more unit of response is worth, goal's unit per account; NaN as above.
    """

    marginal: FloatArray
    average: FloatArray
    price: FloatArray
    by_line: Mapping[str, FloatArray]
    value: FloatArray


@dataclass(frozen=True)
class Prices:
    """Prices at a plan.

    Attributes
    ----------
    objective : float
        Value of the linear program, in the goal's unit: what the plan could still reach
        without other whole choices.
    lines : mapping line name -> float
        What the goal gains when the bound is eased by one unit (of the bound: 元, a share
        of 1, people); for an equality, when it is raised. Lines out of the model's reach and
        report-only lines are not in it.
    spend : SpendPrices or None
        None where the model does not decide spend.
    """

    objective: float
    lines: Mapping[str, float]
    spend: SpendPrices | None


def price_plan(
    problem: Problem,
    formulation: Formulation,
    decisions: Decisions,
    *,
    options: SolveOptions,
    watch: Watch = no_watch,
) -> Prices:
    """Return the prices at ``decisions``, from the convex restriction around them.

    Parameters
    ----------
    problem : Problem
    formulation : Formulation
        The model that the decisions are from.
    decisions : Decisions
        Arrays of numbers: spend in 元 per period, people in heads.
    options : SolveOptions
    watch : callable

    Raises
    ------
    SolveError
        If the program around the plan has no solution or no duals.

    Notes
    -----
    Shadow prices are the duals of the restriction (Boyd and Vandenberghe, Convex
    Optimization, 2004, section 5.6). They hold for small changes, and for the whole choices
    of this plan.
    """
    live = _restriction(problem, formulation, decisions, options)
    live.goals = live.goals[:1]
    outcome = live.solve(time_limit=options.time_limit, watch=watch, stage="prices", relaxed=True)
    duals = live.row_prices() if outcome.has_plan else np.array([])
    if not duals.size:
        raise SolveError(T("the program around this plan has no prices: {stop}", stop=outcome.stop))
    measures = evaluate(problem, decisions)
    plan = decisions.spend, measures["effort"]
    worth = duals * live.goals[0].scale
    declared: Mapping[str, tuple[str, float]] = getattr(live.model, "allocopt_lines", {})
    lines = {
        line.name: _eased(problem, line, measures) * _row_worth(live, declared[line.name], worth)
        for line in compile_lines(problem)
        if line.name in declared
    }
    decides = "spend" in formulation.decides and live.column_numbers("spend")
    spend = _spend_prices(problem, live, worth, plan) if decides else None
    return Prices(outcome.objective, lines, spend)


def _restriction(
    problem: Problem, formulation: Formulation, decisions: Decisions, options: SolveOptions
) -> LiveModel:
    """Return the model around the plan with its whole choices made.

    Bounds of spend stay as wide as they are, but for menus: what a placement that is off
    would bring can only be said where its response may move.
    """
    firm = firm_choices(problem, decisions.spend).placements
    stepped = stepped_placements(problem.placements)[:, None]
    placements = replace(
        firm,
        lower=np.where(stepped, firm.lower, problem.placements.lower),
        upper=np.where(stepped, firm.upper, problem.placements.upper),
    )
    wide = replace(problem, placements=placements, change_limits=())
    model = formulation.build(wide, _pieces(problem, formulation, (placements, decisions), options))
    _hold_spend(model, problem, placements, firm)
    hold_people(model, problem, decisions)
    return LiveModel(model, options)


def _pieces(
    problem: Problem,
    formulation: Formulation,
    plan: tuple[Placements, Decisions],
    options: SolveOptions,
) -> Pieces:
    placements, decisions = plan
    if "spend" not in formulation.decides:
        return exact_pieces(placements, placements.current)
    effort = evaluate(problem, decisions)["effort"]
    points = points_within(effort.size, options)
    return inner_pieces(placements, effort, points=points, radius=_RADIUS)


def points_within(curves: int, options: SolveOptions) -> int:
    """Return how many points each of so many curves gets: many, unless it makes a model large."""
    room = _MOST_PIECES // max(curves, 1)
    return max(min(room, _MOST_POINTS), options.points)


def _hold_spend(
    model: pyo.ConcreteModel, problem: Problem, wide: Placements, firm: Placements
) -> None:
    """Fix spend where a whole choice fixes it, and raise its bound where a placement runs."""
    variable = model.component("spend")
    if variable is None:
        return
    unit = float(problem.money_unit)
    ends = zip(
        placement_labels(problem),
        *(v.ravel() for v in (wide.lower, wide.upper, firm.lower, firm.upper)),
        strict=True,
    )
    for label, low, high, least, most in ends:
        if label in variable and (least > low or most < high):
            variable[label].lower, variable[label].upper = least / unit, most / unit


def _eased(problem: Problem, line: Line, measures: Mapping[str, FloatArray]) -> float:
    """Return by how much a line's form grows per unit of its bound.

    The form is ``N - b D >= 0``, or its negative; easing moves it by ``D``, which is 1
    without a denominator. An equality's bound is raised.
    """
    bottom = line.expression.denominator
    size = 1.0 if bottom is None else float(form_value(problem, bottom, measures, line.stretch))
    return -size if line.sense is Sense.EQUAL else size


def _row_worth(live: LiveModel, place: tuple[str, float], worth: FloatArray) -> float:
    """Return what the goal gains when the form of a declared line may fall short by one."""
    name, factor = place
    rows = list(live.row_numbers(name).values())
    return float(-worth[rows].sum() * factor) + 0.0


def _spend_prices(
    problem: Problem, live: LiveModel, worth: FloatArray, plan: tuple[FloatArray, FloatArray]
) -> SpendPrices:
    """Split the reduced cost of every spend variable into what it brings and what it costs."""
    unit, shape = float(problem.money_unit), plan[0].shape
    program, scale = live.arrays()[0], live.goals[0].scale
    columns = np.array([live.column_numbers("spend")[label] for label in placement_labels(problem)])
    passed = program.matrix.copy()
    for name in (*_EFFORT_ROWS, *_OWN_ROWS):
        rows = np.array(list(live.row_numbers(name).values()), dtype=np.int64)
        passed = csr_array(_without(passed, rows))
    price = (passed[:, columns].T @ worth - program.cost[columns] * scale) / unit
    value = _values(problem, live, program.matrix, worth)
    by_line = _by_line(live, (passed, columns), worth / unit, shape)
    marginal, average = _returns(problem.placements, plan, value)
    return SpendPrices(
        marginal=marginal,
        average=average,
        price=price.reshape(shape),
        by_line=by_line,
        value=value,
    )


def _without(matrix: csr_array, rows: IntArray) -> csr_array:
    """Return ``matrix`` with zeros in ``rows``."""
    kept = np.ones(matrix.shape[0])
    kept[rows] = 0.0
    return csr_array(matrix.multiply(kept[:, None]))


def _values(problem: Problem, live: LiveModel, matrix: csr_array, worth: FloatArray) -> FloatArray:
    """Return what a unit of response is worth, (placements, periods); NaN where it is fixed.

    The row is ``s (pieces - response) = 0``: a response that comes for free stands for a
    bound lower by ``s``.
    """
    rows, columns = live.row_numbers("response_in_pieces"), live.column_numbers("response")
    found = [
        -worth[rows[label]] * -matrix[rows[label], columns[label]] if label in rows else np.nan
        for label in placement_labels(problem)
    ]
    return np.array(found, dtype=np.float64).reshape(problem.placements.upper.shape)


def _by_line(
    live: LiveModel, passed: tuple[csr_array, IntArray], worth: FloatArray, shape: tuple[int, ...]
) -> dict[str, FloatArray]:
    """Return what each line takes of a unit of spend, (placements, periods).

    Variables that stand for sums (``define_...``) are replaced by what they sum, as far as
    spend goes into it.
    """
    matrix, columns = passed
    rows, sums = _definitions(live)
    reached = _through_sums(matrix, (rows, sums), columns)
    found = {}
    for name, (component, _) in getattr(live.model, "allocopt_lines", {}).items():
        for row in live.row_numbers(component).values():
            if worth[row] != 0:
                line = matrix[[row]]
                direct = line[:, columns].toarray()[0] + (line[:, sums] @ reached).toarray()[0]
                found[name] = (direct * worth[row]).reshape(shape)
    return found


def _through_sums(
    matrix: csr_array, defined: tuple[IntArray, IntArray], columns: IntArray
) -> csr_array:
    """Return what sums gain per unit of ``columns``, (sums, columns), also sums of sums."""
    rows, sums = defined
    if not rows.size:
        return csr_array((0, columns.size))
    own = csr_array(matrix[rows])
    kept = own.tocsc()[:, sums].diagonal()
    inverse = diags_array(-1.0 / kept)
    onto = csr_array(inverse @ own[:, sums])
    onto.setdiag(0.0)
    onto.eliminate_zeros()
    step = reached = csr_array(inverse @ own[:, columns])
    while step.nnz:
        step = csr_array(onto @ step)
        step.eliminate_zeros()
        reached = csr_array(reached + step)
    return reached


def _definitions(live: LiveModel) -> tuple[IntArray, IntArray]:
    """Return the rows that define a variable as a sum, and the columns of these variables."""
    rows: list[int] = []
    columns: list[int] = []
    for constraint in live.model.component_objects(pyo.Constraint):
        name = constraint.local_name
        if not name.startswith("define_") or name in _EFFORT_ROWS:
            continue
        column_of = live.column_numbers(name.removeprefix("define_"))
        for label, row in live.row_numbers(name).items():
            if label in column_of:
                rows.append(row)
                columns.append(column_of[label])
    return np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64)


def _returns(
    placements: Placements, plan: tuple[FloatArray, FloatArray], value: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return marginal and best average return of spend, (placements, periods).

    marginal[a, s] = sum_t value[a, t] f_a'(effort[a, t]) reach[a, t - s]
    average[a, s]  = max_x sum_t value[a, t] (f_a(effort[a, t] + x reach[a, t - s]) - f_a) / x

    with ``reach[k] = carry_over ** k``, and 1 where the placement acts on the horizon; x is
    tried up to the upper bound, and from the minimum on where spend is below it.
    """
    (spend, effort), bank = plan, placements.curves
    reach = reach_of(placements)
    with np.errstate(invalid="ignore"):
        slope = np.where(value == 0, 0.0, value * bank.marginal(effort))
        parts = slope[:, None, :] * reach
    marginal = np.where(reach > 0, parts, 0.0).sum(axis=2)
    least = np.where(spend < placements.minimum, placements.minimum - spend, 0.0)
    most = np.maximum(placements.upper - spend, least)
    average, base = np.where(least > 0, -np.inf, marginal), bank.value(effort)
    for s in range(spend.shape[1]):
        for share in np.linspace(0.0, 1.0, _TRIALS):
            extra = least[:, s] + share * (most - least)[:, s]
            gain = value * (bank.value(effort + extra[:, None] * reach[:, s]) - base)
            per_unit = gain.sum(axis=1) / np.where(extra > 0, extra, np.inf)
            average[:, s] = np.where(extra > 0, np.fmax(average[:, s], per_unit), average[:, s])
    moving = ~np.isnan(value) & (bank.shape() != CurveShape.STEPPED)[:, None]
    return np.where(moving, marginal, np.nan), np.where(moving, average, np.nan)


def reach_of(placements: Placements) -> FloatArray:
    """Return what a 元 of period s adds to the effort of period t, (placements, s, t)."""
    periods = placements.upper.shape[1]
    lag = np.arange(periods)[None, :] - np.arange(periods)[:, None]
    shares = np.where(lag >= 0, placements.carry_over[:, None, None] ** np.maximum(lag, 0), 0.0)
    return np.where(placements.on_horizon[:, None, None], 1.0, shares)
