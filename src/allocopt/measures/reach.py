"""Limits that nothing within the bounds of decisions can reach: proofs without a solver."""

from collections.abc import Iterator, Mapping

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.errors import AllocoptError
from allocopt.measures.catalog import UnitKind
from allocopt.measures.expressions import LinearForm
from allocopt.measures.lines import Line, Sense, compile_lines
from allocopt.measures.ranges import Range, largest_arrivals, measure_ranges
from allocopt.problem import Problem, build_problem
from allocopt.problem.quota import Quota, quotas_of
from allocopt.scenario.pathfinding import PathFinding, error, warning
from allocopt.scenario.schema.limits import LineKind
from allocopt.scenario.schema.scenario import ScenarioSchema
from allocopt.scenario.wording import amount
from allocopt.text import T, Text

_ROUNDING = 1e-7
"""Of the sizes added up: less is no proof."""
_FIELDS = {Sense.AT_LEAST: "at_least", Sense.AT_MOST: "at_most", Sense.EQUAL: "equals"}


def check_reach(schema: ScenarioSchema) -> Iterator[PathFinding]:
    """Yield hard lines, norms and quotas that no plan within its bounds can reach.

    Nothing is said while the parts they speak of are themselves wrong.
    """
    try:
        problem = build_problem(schema)
        lines = compile_lines(problem)
    except (AllocoptError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
        return
    yield from _lines(problem, lines)
    yield from _norms(problem)
    yield from _quotas(problem)


def _lines(problem: Problem, lines: tuple[Line, ...]) -> Iterator[PathFinding]:
    hard = [line for line in lines if line.kind is LineKind.HARD]
    if not hard:
        return
    ranges = measure_ranges(problem)
    for line in hard:
        row = _form_range(problem, line.row(), line, ranges)
        size = max(abs(row.low), abs(row.high), 1.0) if np.isfinite(row.high) else np.inf
        below = row.high < -_ROUNDING * size
        above = line.sense is Sense.EQUAL and row.low > _ROUNDING * max(abs(row.low), 1.0)
        if below or above:
            yield _missed(problem, line, ranges, row)


def _form_range(
    problem: Problem, form: LinearForm, line: Line, ranges: Mapping[str, Range]
) -> "_Ends":
    """Return what a form lies between over the stretch of ``line``.

    Terms of one measure are added up first, so that what cancels is not counted twice.
    """
    weights: dict[str, FloatArray] = {}
    for term in form.terms:
        rows = problem.axes[term.measure.axis].rows(term.selection)
        times = line.stretch.weights(term.measure.over_time, len(problem.calendar))
        part = term.coefficient * rows[:, None] * times
        known = weights.get(term.measure.name)
        weights[term.measure.name] = part if known is None else known + part
    low = high = form.constant
    for name, weight in weights.items():
        values, used = ranges[name], weight != 0
        at, ends = weight[used], (values.low[used], values.high[used])
        low += float(np.minimum(at * ends[0], at * ends[1]).sum())
        high += float(np.maximum(at * ends[0], at * ends[1]).sum())
    return _Ends(low, high)


class _Ends:
    """The two ends of a number's range."""

    def __init__(self, low: float, high: float) -> None:
        self.low = low
        self.high = high


def _missed(problem: Problem, line: Line, ranges: Mapping[str, Range], row: "_Ends") -> PathFinding:
    path = f"lines.{line.spec}.{_FIELDS[line.sense]}"
    hint = T("change the bound, or what stands in its way: bounds of spend, of people, prices")
    if line.expression.denominator is not None:
        short = _shown(problem, line.expression.numerator, -row.high)
        message = T(
            "line {line} cannot be kept: within the bounds of all decisions it is missed by "
            "{short} at least",
            line=line.name,
            short=short,
        )
        return error(path, message, hint)
    left = _form_range(problem, line.expression.numerator, line, ranges)
    form = line.expression.numerator
    values = {
        "line": line.name,
        "low": _shown(problem, form, left.low),
        "high": _shown(problem, form, left.high),
        "bound": _shown(problem, form, line.bound),
    }
    if line.bound > left.high:
        message = T(
            "line {line} asks for {bound}; within the bounds of all decisions no plan reaches "
            "more than {high}",
            **values,
        )
    else:
        message = T(
            "line {line} allows {bound}; within the bounds of all decisions no plan has less "
            "than {low}",
            **values,
        )
    return error(path, message, hint)


def _shown(problem: Problem, form: LinearForm, value: float) -> Text:
    units = form.units()
    if units == {UnitKind.MONEY}:
        return T("{amount}", amount=amount(round(value, 2)))
    if units == {UnitKind.HEADS}:
        return T("{number} people", number=f"{value:,.6g}")
    if units == {UnitKind.VOLUME}:
        return T("{number} {unit}", number=f"{value:,.6g}", unit=problem.volume_unit)
    return T("{number}", number=f"{value:,.6g}")


def _norms(problem: Problem) -> Iterator[PathFinding]:
    """Yield roles whose least heads together are more than hiring can bring in time.

    Moves cancel within a role, and whoever leaves makes it worse:
    ``sum of heads in period t <= heads at the start + all who may have arrived by t``.
    """
    staff = problem.staff
    roles = np.array(staff.roles)
    arrivals = largest_arrivals(staff)
    for role in dict.fromkeys(staff.roles):
        mine = roles == role
        per_period = np.minimum(arrivals[mine].sum(axis=0), staff.max_hires.get(role, np.inf))
        reached = staff.opening[mine].sum() + np.cumsum(per_period)
        needed = float(staff.least[mine].sum())
        late = np.flatnonzero(reached < needed * (1 - _ROUNDING) - _ROUNDING)
        if late.size:
            first = int(late[0])
            yield warning(
                f"roles.{role}",
                T(
                    "the least heads of {role} add up to {needed:g} people, but at most "
                    "{reached:g} can be there in period {period}: {opening:g} at the start and "
                    "who may be hired by then",
                    role=role,
                    needed=needed,
                    reached=float(reached[first]),
                    period=first + 1,
                    opening=float(staff.opening[mine].sum()),
                ),
                T("lower 'least' or 'norm', or raise 'max_hires' or shorten 'lead_time'"),
            )


def _quotas(problem: Problem) -> Iterator[PathFinding]:
    for quota in quotas_of(problem):
        room = _room(problem, quota)
        if room < quota.stretch * (1 - _ROUNDING):
            money = problem.money_unit and quota.spec.quota.kind.value == "money"
            shown = [amount(value) if money else f"{value:,.6g}" for value in (quota.stretch, room)]
            yield warning(
                f"targets.{quota.spec.id}.quota",
                T(
                    "ceilings and growth limits leave room for {room} of the {quota} to be placed",
                    room=shown[1],
                    quota=shown[0],
                ),
                T("raise ceilings or 'max_growth', or lower the quota; the rest stays unplaced"),
            )


def _room(problem: Problem, quota: Quota) -> float:
    """Return the most that ceilings on separate parts, and growth limits, let targets sum to."""
    growth = quota.spec.max_growth
    most = np.full(quota.rows.size, np.inf)
    if growth is not None:
        known = ~np.isnan(quota.last_year)
        most[known] = quota.last_year[known] * (1.0 + growth)
    free = np.ones(quota.rows.size, dtype=np.bool_)
    total = 0.0
    for part in sorted(quota.parts, key=lambda one: one.most):
        inside = np.searchsorted(quota.rows, part.rows)
        whole_year = np.unique(part.periods).size == len(problem.calendar)
        if whole_year and np.isfinite(part.most) and free[inside].all():
            total += min(part.most, float(most[inside].sum()))
            free[inside] = False
    return total + float(most[free].sum())
