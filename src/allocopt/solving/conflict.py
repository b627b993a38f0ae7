"""Which lines and limits clash when no plan keeps them all."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyomo.environ as pyo

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
    the lines, the limits are dropped one family after the other; those without which a
    plan exists are in conflict too (deletion filter, same source).

    Parameters
    ----------
    problem : Problem
    pieces : Pieces
    build, solve : callables of the running search

    Returns
    -------
    tuple of str
        Names of lines, then of limits (`allocopt.solving.limits`), with a place in
        brackets where the limit gives way at few places.
    """
    model = build(problem, pieces)
    hard = {spec.id for spec in problem.lines if spec.kind is LineKind.HARD}
    lines = [row for row in _line_rows(model) if row.index().partition("[")[0] in hard]
    slack = _Slack.declared(model, "line_slack", lines)
    rounds, clash = _filtered(slack, lambda: solve(model, "conflict"))
    given_way = [row for short in rounds for row in short]
    names = tuple(row.index() for row in given_way)
    if len(rounds) > 1 or not clash:
        return names
    enforced = {id(row) for row in given_way}
    for row in lines:
        if id(row) not in enforced:
            row.deactivate()
    needed = _needed(model, lambda: solve(model, "conflict"))
    return names + _with_places(model, needed, lambda: solve(model, "conflict"))


def _line_rows(model: PyomoObject) -> list[PyomoObject]:
    """Return the constraints of `allocopt.declare.lines`, each indexed by its line's name."""
    return [
        row
        for component in _constraints(model)
        if component.local_name.removeprefix("line_").isdigit()
        for row in component.values()
    ]


def _constraints(model: PyomoObject) -> list[PyomoObject]:
    return list(model.component_objects(pyo.Constraint, active=True))


@dataclass(frozen=True)
class _Slack:
    """Rows that may be missed, at least miss in sum.

    Attributes
    ----------
    rows : constraints
    variables : Affine (rows, 2)
        By how much each falls short or is exceeded.
    """

    rows: Sequence[PyomoObject]
    variables: Affine

    @classmethod
    def declared(cls, model: PyomoObject, name: str, rows: Sequence[PyomoObject]) -> "_Slack":
        labels = [(number, side) for number in range(len(rows)) for side in ("below", "above")]
        slack = declare_variables(model, name, labels, shape=(len(rows), 2), doc="missed rows")
        for number, row in enumerate(rows):
            below, above = (model.component(name)[number, side] for side in ("below", "above"))
            row.set_value((row.lower, row.body + below - above, row.upper))
        for objective in list(model.component_objects(pyo.Objective)):
            model.del_component(objective)
        declare_goals(model, (GoalRow("conflict", -slack.total(), 0.0, 1.0),))
        return cls(rows, slack)

    def short(self) -> list[PyomoObject]:
        """Return the rows that the point in the variables misses."""
        missed = self.variables.value().sum(axis=1)
        return [row for row, amount in zip(self.rows, missed, strict=True) if amount > _SHORT]

    def enforce(self, rows: Sequence[PyomoObject]) -> None:
        """Let ``rows`` no longer be missed."""
        chosen = {id(row) for row in rows}
        columns = self.variables.columns.variables
        for number, row in enumerate(self.rows):
            if id(row) in chosen:
                for column in self.variables[number].coefficients().indices.tolist():
                    columns[column].setub(0.0)


def _filtered(slack: _Slack, solve: Callable[[], Outcome]) -> tuple[list[list[PyomoObject]], bool]:
    """Return the rows that give way round by round, and whether they clash in the end.

    Rows of earlier rounds are enforced; it ends when nothing is left that may give way.
    """
    rounds: list[list[PyomoObject]] = []
    outcome = solve()
    while outcome.has_plan:
        short = slack.short()
        if not short:
            return rounds, False
        rounds.append(short)
        slack.enforce(short)
        outcome = solve()
    return rounds, outcome.stop is Stop.INFEASIBLE


def _needed(model: PyomoObject, solve: Callable[[], Outcome]) -> list[Limit]:
    """Return limits that clash: without any of them the rest can be kept."""
    needed = []
    for limit in LIMITS:
        dropped = _Dropped.of(model, limit)
        if not dropped.any:
            continue
        outcome = solve()
        if outcome.has_plan:
            dropped.restore()
            needed.append(limit)
        elif outcome.stop is not Stop.INFEASIBLE:
            return []
    return needed


@dataclass(frozen=True)
class _Dropped:
    """A limit taken out of a model, and what it takes to put it back."""

    rows: tuple[PyomoObject, ...]
    bounds: tuple[tuple[PyomoObject, float | None, float | None], ...]

    @classmethod
    def of(cls, model: PyomoObject, limit: Limit) -> "_Dropped":
        rows = tuple(_rows_of(model, limit))
        for row in rows:
            row.deactivate()
        return cls(rows, tuple(_free(model, limit)))

    @property
    def any(self) -> bool:
        return bool(self.rows or self.bounds)

    def restore(self) -> None:
        for row in self.rows:
            row.activate()
        for variable, lower, upper in self.bounds:
            variable.setlb(lower)
            variable.setub(upper)


def _rows_of(model: PyomoObject, limit: Limit) -> Iterator[PyomoObject]:
    for component in _constraints(model):
        if limit_of_row(component.local_name) is limit:
            yield from component.values()


def _free(model: PyomoObject, limit: Limit) -> list[tuple[PyomoObject, float | None, float | None]]:
    """Free the variables of a limit, from zero up or altogether; return their old bounds."""
    freed = []
    for name in (*limit.bounds, *limit.pieces):
        component = model.component(name)
        for variable in component.values() if component is not None else ():
            lower, upper = variable.lb, variable.ub
            freed.append((variable, lower, upper))
            variable.setlb(None if name in limit.pieces or lower is None else min(lower, 0.0))
            variable.setub(None)
    return freed


def _with_places(
    model: PyomoObject, needed: Sequence[Limit], solve: Callable[[], Outcome]
) -> tuple[str, ...]:
    """Return the names of ``needed`` with the places where they must give way."""
    rows = [row for limit in needed if limit.has_places for row in _rows_of(model, limit)]
    for limit in needed:
        if limit.restated:
            _free(model, limit)
    slack = _Slack.declared(model, "limit_slack", rows)
    short = slack.short() if rows and solve().has_plan else []
    names: list[str] = []
    for limit in needed:
        mine = [row for row in short if limit_of_row(row.parent_component().local_name) is limit]
        places = dict.fromkeys(_place(row) for row in mine)
        few = 0 < len(places) <= _MOST_PLACES
        names.extend([f"{limit.name}[{place}]" for place in places] if few else [limit.name])
    return tuple(names)


def _place(row: PyomoObject) -> str:
    label = row.index()
    return str(label[0] if isinstance(label, tuple) else label)
