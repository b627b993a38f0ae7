"""Which lines and limits clash when no plan keeps them all."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyomo.environ as pyo
from pyomo.core.expr import identify_variables
from scipy.sparse import csr_array

from allocopt.arrays import BoolArray, FloatArray
from allocopt.declare.pieces import Pieces
from allocopt.declare.rows import PyomoObject
from allocopt.scenario.schema.limits import LineKind
from allocopt.solving.elastic import Elastic
from allocopt.solving.limits import LIMITS, Limit, limit_of_row
from allocopt.solving.outcome import Stop
from allocopt.solving.run import Run

_SHORT = 1e-6
"""Rows are scaled to coefficients near 1: less than this is the solver's rounding."""
_MOST_PLACES = 5


def conflicting_lines(run: Run, pieces: Pieces, *, whole: bool) -> tuple[str, ...]:
    """Return the names of hard lines and limits that clash, as far as they can be told.

    Every hard line may fall short, at least shortfall in sum; those that do are then
    enforced, until no plan exists: they are in conflict (elastic filter; Chinneck and
    Dravnieks 1991). Lines without which the others still clash are left out (deletion
    filter). Where they clash with no other line, or no plan exists even without the lines,
    the same is done with the limits, one family enforced at a time.

    Parameters
    ----------
    run : Run
        Without a plan.
    pieces : Pieces
    whole : bool
        Whether whole numbers are kept whole.

    Returns
    -------
    tuple of str
        Names of lines, then of limits (`allocopt.solving.limits`), with a place in
        brackets where the limit gives way at few places.

    Raises
    ------
    KeyboardInterrupt
    """
    model = run.build(run.problem, pieces)
    hard = {spec.id for spec in run.problem.lines if spec.kind is LineKind.HARD}
    lines = [row for row in _line_rows(model) if row.index().partition("[")[0] in hard]
    slack = _Slack.of(run, model, [(row.index(), row) for row in lines], whole=whole)
    clash = slack.filter(lambda missed: slack.names(np.flatnonzero(missed).tolist()))
    names = slack.names(slack.needed() if clash else slack.found())
    if len(slack.rounds) > 1 or not clash:
        return names
    for row in lines:
        if row.index() not in names:
            row.deactivate()
    return names + _clashing_limits(run, model, whole=whole)


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


@dataclass
class _Slack:
    """Rows that may be missed, at least miss in sum.

    Attributes
    ----------
    run : Run
    rows : sequence of (line or limit, constraint)
    sizes : csr_array (rows, columns)
        What the sides of each row are made of, above zero.
    elastic : Elastic
        With two moves per row: by how much it falls short, by how much it is exceeded.
    rounds : list of list of int
        Numbers of the rows that gave way, round by round.
    shares : dict name -> float
        By how much of its two sides a line or limit was missed, at most.
    """

    run: Run
    rows: Sequence[Named]
    sizes: csr_array
    elastic: Elastic
    rounds: list[list[int]] = field(default_factory=list)
    shares: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, run: Run, model: PyomoObject, rows: Sequence[Named], *, whole: bool) -> "_Slack":
        live = run.live(model)
        own = live.rows_of([row for _, row in rows])
        at = np.repeat(own, 2)
        sides = np.tile([1.0, -1.0], len(rows))
        program = live.arrays()[0]
        by = csr_array((sides, (at, np.arange(at.size))), shape=(program.row_lower.size, at.size))
        steps = np.zeros(at.size, dtype=np.bool_)
        sizes = csr_array(abs(program.matrix[own]))
        return cls(
            run, rows, sizes, Elastic(program, by, steps=steps, whole=whole, options=run.options)
        )

    def filter(self, chosen: Callable[[FloatArray], Collection[str]]) -> bool:
        """Enforce what is ``chosen`` of the rows that give way, until nothing more may.

        Return whether what is enforced then clashes.
        """
        enforced: set[str] = set()
        missed = self._missed(enforced=enforced)
        while not isinstance(missed, Stop):
            names = chosen(missed)
            short = [i for i in np.flatnonzero(missed).tolist() if self.rows[i][0] in names]
            if not short:
                return False
            self.rounds.append(short)
            enforced |= set(names)
            missed = self._missed(enforced=enforced)
        return missed is Stop.INFEASIBLE

    def found(self) -> list[int]:
        """Return the rows that gave way, in that order."""
        return [number for short in self.rounds for number in short]

    def needed(self) -> list[int]:
        """Return the rows that gave way without those of names that the clash does not need.

        A name is not needed where the others still clash without it (deletion filter); those
        that were missed by the smallest share are tried first, so that what is farthest from
        possible is named.
        """
        kept = list(dict.fromkeys(self._group(number) for number in self.found()))
        for group in sorted(kept, key=lambda name: self.shares[name]):
            if len(kept) == 1:
                break
            others = [one for one in kept if one != group]
            counted = np.array([_group_of(name) in others for name, _ in self.rows])
            missed = self._missed(counted=counted)
            if not isinstance(missed, Stop) and (missed > 0).any():
                kept = others
        return [number for number in self.found() if self._group(number) in kept]

    def possible(self, enforced: Collection[str]) -> bool:
        """Return whether a point keeps the rows of these names."""
        return not isinstance(self._missed(enforced=enforced), Stop)

    def names(self, numbers: Sequence[int]) -> tuple[str, ...]:
        """Return the names of rows, each once."""
        return tuple(dict.fromkeys(self.rows[number][0] for number in numbers))

    def _group(self, number: int) -> str:
        return _group_of(self.rows[number][0])

    def _missed(
        self, *, enforced: Collection[str] = (), counted: BoolArray | None = None
    ) -> FloatArray | Stop:
        """Return by how much each row is missed, at least miss in sum of those ``counted``.

        Without the others where only some are counted; (rows,).
        """
        self.run.tell("conflict")
        held = np.array([name in enforced for name, _ in self.rows], dtype=np.bool_)
        prices = np.ones(held.size) if counted is None else counted.astype(np.float64)
        found = self.elastic.solve(
            np.repeat(prices, 2),
            np.repeat(np.where(held, 0.0, np.inf), 2),
            time_limit=self.run.left(),
        )
        if isinstance(found, Stop):
            return found
        missed = found.moves.reshape(-1, 2).sum(axis=1) * (prices > 0)
        missed = np.where(missed > _SHORT, missed, 0.0)
        self._note(missed / np.maximum(self.sizes @ np.abs(found.values) + missed, _SHORT))
        return missed

    def _note(self, shares: FloatArray) -> None:
        for number in np.flatnonzero(shares).tolist():
            group = self._group(number)
            self.shares[group] = max(self.shares.get(group, 0.0), float(shares[number]))


def _group_of(name: str) -> str:
    """Return the line or limit of ``name``, without the period or place in brackets."""
    return name.partition("[")[0]


def _clashing_limits(run: Run, model: PyomoObject, *, whole: bool) -> tuple[str, ...]:
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
    slack = _Slack.of(run, model, rows, whole=whole)
    clash = slack.filter(lambda missed: _worst(rows, missed))
    enforced = slack.names(slack.found())
    found = [rows[number] for number in (slack.needed() if clash else slack.found())]
    names = [name for limit in LIMITS for name in _with_places(limit, found)]
    lifted = [limit for limit in LIMITS if limit.pieces and _drop(model, limit)]
    if clash and lifted and _Slack.of(run, model, rows, whole=whole).possible(enforced):
        names = [limit.name for limit in lifted] + names
    return tuple(names)


def _worst(rows: Sequence[Named], missed: FloatArray) -> tuple[str, ...]:
    """Return the limit that is missed most in sum."""
    total: dict[str, float] = {}
    for (name, _), amount in zip(rows, missed.tolist(), strict=True):
        total[name] = total.get(name, 0.0) + amount
    return (max(total, key=lambda name: total[name]),) if total else ()


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
