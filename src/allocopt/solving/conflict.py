"""Which lines and limits clash when no plan keeps them all."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyomo.environ as pyo
from pyomo.core.expr import identify_variables

from allocopt.declare.affine import Affine
from allocopt.declare.goals import GoalRow, declare_goals
from allocopt.declare.pieces import Pieces
from allocopt.declare.rows import PyomoObject, declare_variables
from allocopt.problem.problem import Problem
from allocopt.scenario.schema.limits import LineKind
from allocopt.solving.limits import LIMITS, Limit, limit_of_row
from allocopt.solving.outcome import Outcome, Stop

_SHORT = 1e-6
"""Rows are scaled to coefficients near 1: less than this is the solver's rounding."""
_MOST_PLACES = 5


def conflicting_lines(
    problem: Problem,
    pieces: Pieces,
    build: Callable[[Problem, Pieces], PyomoObject],
    solve: Callable[[PyomoObject, str], Outcome],
) -> tuple[str, ...]:
    """Return the names of hard lines and limits that clash, as far as they can be told.

    Every hard line may fall short, at least shortfall in sum; those that do are then
    enforced, until no plan exists: they are in conflict (elastic filter; Chinneck and
    Dravnieks 1991). Where they clash with no other line, or no plan exists even without
    the lines, the same is done with the limits, one family enforced at a time.

    Parameters
    ----------
    problem : Problem
    pieces : Pieces
    build, solve : callables of the running search
        The model is changed between two solves: each must take it anew.

    Returns
    -------
    tuple of str
        Names of lines, then of limits (`allocopt.solving.limits`), with a place in
        brackets where the limit gives way at few places.
    """
    model = build(problem, pieces)
    hard = {spec.id for spec in problem.lines if spec.kind is LineKind.HARD}
    lines = [row for row in _line_rows(model) if row.index().partition("[")[0] in hard]
    slack = _Slack.declared(model, "line_slack", [(row.index(), row) for row in lines])
    rounds, clash = _filtered(slack, slack.short, lambda: solve(model, "conflict"))
    names = tuple(row.index() for short in rounds for _, row in short)
    if len(rounds) > 1 or not clash:
        return names
    for row in lines:
        if row.index() not in names:
            row.deactivate()
    return names + _clashing_limits(model, lambda: solve(model, "conflict"))


def _line_rows(model: PyomoObject) -> list[PyomoObject]:
    """Return the constraints of `allocopt.declare.lines`, each indexed by its line's name."""
    return [
        row
        for component in model.component_objects(pyo.Constraint, active=True)
        if component.local_name.removeprefix("line_").isdigit()
        for row in component.values()
    ]


Named = tuple[str, PyomoObject]
"""A constraint and the line or limit that it belongs to."""


@dataclass(frozen=True)
class _Slack:
    """Rows that may be missed, at least miss in sum.

    Attributes
    ----------
    rows : sequence of (line or limit, constraint)
    variables : Affine (rows, 2)
        By how much each falls short or is exceeded.
    """

    rows: Sequence[Named]
    variables: Affine

    @classmethod
    def declared(cls, model: PyomoObject, name: str, rows: Sequence[Named]) -> "_Slack":
        labels = [(number, side) for number in range(len(rows)) for side in ("below", "above")]
        slack = declare_variables(model, name, labels, shape=(len(rows), 2), doc="missed rows")
        for number, (_, row) in enumerate(rows):
            below, above = (model.component(name)[number, side] for side in ("below", "above"))
            row.set_value((row.lower, row.body + below - above, row.upper))
        for objective in list(model.component_objects(pyo.Objective)):
            model.del_component(objective)
        declare_goals(model, (GoalRow("conflict", -slack.total(), 0.0, 1.0),))
        return cls(rows, slack)

    def short(self) -> list[Named]:
        """Return the rows that the point in the variables misses."""
        return [row for row, amount in zip(self.rows, self._missed(), strict=True) if amount]

    def worst(self) -> list[Named]:
        """Return the rows of the line or limit that is missed most in sum."""
        total: dict[str, float] = {}
        for (name, _), amount in zip(self.rows, self._missed(), strict=True):
            total[name] = total.get(name, 0.0) + amount
        most = max(total, key=lambda name: total[name], default="")
        return [row for row in self.short() if row[0] == most]

    def _missed(self) -> list[float]:
        missed = self.variables.value().sum(axis=1)
        return [float(amount) if amount > _SHORT else 0.0 for amount in missed]

    def enforce(self, names: Collection[str]) -> None:
        """Let no row of these lines or limits be missed."""
        columns = self.variables.columns.variables
        for number, (name, _) in enumerate(self.rows):
            if name in names:
                for column in self.variables[number].coefficients().indices.tolist():
                    columns[column].setub(0.0)


def _filtered(
    slack: _Slack, giving_way: Callable[[], list[Named]], solve: Callable[[], Outcome]
) -> tuple[list[list[Named]], bool]:
    """Return the rows that give way round by round, and whether they clash in the end.

    The lines or limits of ``giving_way`` are enforced after each round; it ends when nothing
    is left that may give way.
    """
    rounds: list[list[Named]] = []
    outcome = solve()
    while outcome.has_plan:
        short = giving_way()
        if not short:
            return rounds, False
        rounds.append(short)
        slack.enforce({name for name, _ in short})
        outcome = solve()
    return rounds, outcome.stop is Stop.INFEASIBLE


def _clashing_limits(model: PyomoObject, solve: Callable[[], Outcome]) -> tuple[str, ...]:
    """Return the limits that clash, with the places where they give way.

    Bounds on the pieces of response curves are many and give way only together: they are
    dropped as a whole once the other limits are known.
    """
    rows = [
        (limit.name, row)
        for limit in LIMITS
        if not limit.pieces
        for row in (*_rows_of(model, limit), *_bounds_as_rows(model, limit))
    ]
    slack = _Slack.declared(model, "limit_slack", rows)
    rounds, clash = _filtered(slack, slack.worst, solve)
    found = [one for short in rounds for one in short]
    names = [name for limit in LIMITS for name in _with_places(limit, found)]
    whole = [limit for limit in LIMITS if limit.pieces and _drop(model, limit)]
    if clash and whole and solve().has_plan:
        names = [limit.name for limit in whole] + names
    return tuple(names)


def _rows_of(model: PyomoObject, limit: Limit) -> list[PyomoObject]:
    return [
        row
        for component in model.component_objects(pyo.Constraint, active=True)
        if limit_of_row(component.local_name) is limit
        for row in component.values()
    ]


def _bounds_as_rows(model: PyomoObject, limit: Limit) -> Iterator[PyomoObject]:
    """Free the variables of a limit from zero up; yield rows that say what the bounds said."""
    for name in limit.bounds:
        variables = model.component(name)
        if variables is None:
            continue
        bounds = {
            (number, side): (variable, bound)
            for number, variable in enumerate(variables.values())
            for side, bound in (("least", variable.lb or None), ("most", variable.ub))
            if bound is not None and not limit.restated
        }
        for variable in variables.values():
            variable.setlb(min(variable.lb or 0.0, 0.0))
            variable.setub(None)
        yield from _declared(model, f"bounds_of_{name}", bounds)


def _declared(
    model: PyomoObject, name: str, bounds: Mapping[tuple[int, str], tuple[PyomoObject, float]]
) -> list[PyomoObject]:
    def row(_: PyomoObject, number: int, side: str) -> PyomoObject:
        variable, bound = bounds[number, side]
        return (bound, variable, None) if side == "least" else (None, variable, bound)

    constraint = pyo.Constraint(list(bounds), rule=row)
    model.add_component(name, constraint)
    return list(constraint.values())


def _drop(model: PyomoObject, limit: Limit) -> bool:
    """Take a limit out of the model: rows, bounds and those of pieces; whether it is there."""
    rows = _rows_of(model, limit)
    for row in rows:
        row.deactivate()
    components = [model.component(name) for name in (*limit.bounds, *limit.pieces)]
    present = [component for component in components if component is not None]
    for component in present:
        for variable in component.values():
            floor = None if component.local_name in limit.pieces else min(variable.lb or 0.0, 0.0)
            variable.setlb(floor)
            variable.setub(None)
    return bool(rows or present)


def _with_places(limit: Limit, found: Sequence[Named]) -> list[str]:
    """Return the name of a limit once per place where it gives way, if these are few."""
    rows = [row for name, row in found if name == limit.name]
    places = dict.fromkeys(place for row in rows if (place := _place(row)))
    if not limit.has_places or not 0 < len(places) <= _MOST_PLACES:
        return [limit.name] if rows else []
    return [f"{limit.name}[{place}]" for place in places]


def _place(row: PyomoObject) -> str:
    """Return the group, placement, role or target that a constraint speaks of."""
    label = row.index()
    if row.parent_component().local_name.startswith("bounds_of_"):
        label = next(iter(identify_variables(row.body))).index()
    return str(label[0] if isinstance(label, tuple) else label)
