"""A large model with whole people, taken apart by units: bound, people, spend.

The people of whom there are few per unit are made whole first: one of them more or less
matters most, and the prices of the model with them in place give a better bound than
those of the relaxed one. The many follow, then who arrives and leaves behind them, then
the whole choices about spend.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from allocopt.arrays import BoolArray, FloatArray, StrArray
from allocopt.declare.outputs import exposed_decisions
from allocopt.declare.rows import PyomoObject, place_of
from allocopt.measures.decisions import Decisions, nonnegative
from allocopt.problem.axes import AxisName
from allocopt.solving.blocks import Split, split_program, unit_of_labels
from allocopt.solving.decompose import Limits, bound_by_prices, improve_in_turn, plan_in_turn
from allocopt.solving.highs import LiveModel
from allocopt.solving.program import Program, RelaxedAnswer, RelaxedProgram, roundable
from allocopt.solving.run import Run
from allocopt.solving.staffing import FLOWS, people_values

_MANY_COLUMNS = 10_000
_MANY_WHOLE = 200
_MANY_UNITS = 4
_NEAR_ENOUGH = 2e-3
"""Where people are whole, a plan near the relaxed one is seldom closer to the bound than this."""
_FEW = 4.0
"""Roles with fewer people per group and period are made whole first."""
_SHARE_OF_GAP = 0.2
"""What all units' programs together may leave open, share of the wanted gap."""
_SHARE_TO_IMPROVE = 0.05
"""The same where whole people are in place."""
_SECONDS_TO_IMPROVE = 10.0
"""Per unit; the plan is there already."""


def worth_taking_apart(run: Run, live: LiveModel) -> bool:
    """Return whether the relaxed model was large, with many whole people in several units.

    Its rows must have prices; they have none after several goals in order.
    """
    if not run.staffs or run.columns < _MANY_COLUMNS or not live.row_prices().size:
        return False
    people = int(run.problem.staff.whole.sum()) * len(run.problem.calendar)
    units = len(set(unit_of_labels(run.problem).values()))
    return people >= _MANY_WHOLE and units >= _MANY_UNITS


def takes_units(run: Run, live: LiveModel) -> bool:
    """Return whether it takes the units to reach the gap: a plan near the relaxed one will not."""
    return run.options.gap < _NEAR_ENOUGH and worth_taking_apart(run, live)


@dataclass(frozen=True)
class ByUnits:
    """A model as arrays, to be taken apart by units.

    Attributes
    ----------
    run : Run
    live : LiveModel
        Solved with its whole numbers relaxed.
    program : Program
    variables : list of Pyomo variables, one per column
    families : StrArray (columns,)
        Name of the component that the variable belongs to.
    labels : StrArray (columns,)
        First part of its index: the row of an axis it belongs to, if any.
    relaxed : RelaxedProgram
    first : RelaxedAnswer
        The relaxed answer that the model holds.
    """

    run: Run
    live: LiveModel
    program: Program
    variables: list[PyomoObject]
    families: StrArray
    labels: StrArray
    relaxed: RelaxedProgram
    first: RelaxedAnswer

    @staticmethod
    def of(run: Run, live: LiveModel) -> "ByUnits":
        """Return the arrays of a model that was solved relaxed."""
        with _counted(run, "build"):
            program, variables = live.arrays()
            places = [place_of(variable) for variable in variables]
            values = np.array([variable.value or 0.0 for variable in variables])
            return ByUnits(
                run=run,
                live=live,
                program=program,
                variables=variables,
                families=np.array([name for name, _ in places]),
                labels=np.array([_first(index) for _, index in places]),
                relaxed=_relaxed(run, program, live.basis()),
                first=RelaxedAnswer(values, live.row_prices(), float("nan")),
            )

    def renewed(self) -> "ByUnits":
        """Return the arrays after the model's pieces were replaced."""
        with _counted(self.run, "build"):
            program, _ = self.live.arrays()
            relaxed = _relaxed(self.run, program, self.relaxed.basis())
            return replace(self, program=program, relaxed=relaxed)

    def split(self, prices: FloatArray) -> Split:
        """Return the program in blocks, with these prices of what units share."""
        return split_program(self.program, self.run.problem, self.labels.tolist(), prices)

    def limits(self, split: Split, share: float, most: float = np.inf) -> Limits:
        """Return limits for each unit's program; together they may leave ``share`` of the gap."""
        run = self.run
        left_open = share * run.options.gap * abs(run.bound) / self.live.goals[0].scale
        return Limits(
            allowance=left_open / len(split.blocks),
            seconds=lambda: min(run.left(), most),
            threads=run.options.threads,
            seed=run.options.seed,
        )

    def held(self, columns: BoolArray, point: FloatArray) -> RelaxedAnswer | None:
        """Return the relaxed answer with some columns as at ``point``."""
        return self.relaxed.solve(columns, point, time_limit=self.run.left())

    def decisions(self, point: FloatArray) -> Decisions:
        """Return a point's decisions."""
        for variable, value in zip(self.variables, point.tolist(), strict=True):
            variable.set_value(value, skip_validation=True)
        return nonnegative(exposed_decisions(self.live.model))

    def point_of(self, people: Decisions) -> tuple[BoolArray, FloatArray]:
        """Return which columns are whole people, and their values."""
        values = people_values(self.run.problem, people)
        places = [place_of(variable) for variable in self.variables]
        held = np.array([place in values for place in places])
        return held, np.array([values.get(place, 0.0) for place in places])

    def of_units(self) -> BoolArray:
        """Return which columns belong to a unit."""
        return np.isin(self.labels, list(unit_of_labels(self.run.problem)))

    def of_groups(self, chosen: BoolArray) -> BoolArray:
        """Return which columns belong to the staff groups ``chosen``."""
        names = self.run.problem.axes[AxisName.GROUPS].labels
        return np.isin(self.labels, [names[g] for g in np.flatnonzero(chosen)])

    def of_few_people(self) -> BoolArray:
        """Return which columns belong to a unit's roles of few people each.

        None where that goes for all roles: then they are planned together.
        """
        staff, posts = self.run.problem.staff, self.families == "posts"
        roles, few = np.array(staff.roles), np.zeros_like(staff.whole)
        for role in set(roles[staff.whole]):
            mine = (roles == role) & staff.whole
            there = self.first.values[posts & self.of_groups(mine)]
            few |= mine & (there.mean() < _FEW)
        chosen = few if (staff.whole & ~few).any() else np.zeros_like(few)
        return self.of_groups(chosen) & self.of_units()


@dataclass(frozen=True)
class FewPeople:
    """Whole people of the roles with few of them, in a relaxed answer.

    Attributes
    ----------
    columns : BoolArray (columns,)
        Their heads and departures.
    answer : RelaxedAnswer
    """

    columns: BoolArray
    answer: RelaxedAnswer


def plan_few_people(parts: ByUnits) -> FewPeople:
    """Return the people of whom there are few, planned in turn."""
    kinds = np.isin(parts.families, ("posts", "departures"))
    columns = parts.of_few_people() & kinds
    with _counted(parts.run, "solver"):
        split = parts.split(parts.first.prices).asking(columns)
        limits = parts.limits(split, _SHARE_OF_GAP)
        point = plan_in_turn(split, parts.first.values, limits)
        point = np.where(columns, np.round(point), point)
        answer = parts.held(columns, point)
    return FewPeople(columns, answer or replace(parts.first, values=point))


def bound_by_units(parts: ByUnits, few: FewPeople) -> float:
    """Return what no plan can exceed, 元, by the prices with the few people in place.

    Departures of the few are whole here as in every plan, though not in the model.
    """
    with _counted(parts.run, "solver"):
        split = parts.split(few.answer.prices)
        # Choices about spend that the relaxed answer could make as it stands hardly matter.
        loose = roundable(parts.program, parts.first.values) & (parts.families != "posts")
        hard = (parts.program.whole & ~loose) | few.columns
        limits = parts.limits(split, _SHARE_OF_GAP)
        return bound_by_prices(split.asking(hard), limits) * parts.live.goals[0].scale


def plan_many_people(parts: ByUnits, few: FewPeople) -> Decisions:
    """Return decisions with whole heads of all roles of the units, planned in turn."""
    with _counted(parts.run, "solver"):
        split = parts.split(few.answer.prices)
        posts = (parts.families == "posts") & ~few.columns
        rest = split.holding(few.columns, few.answer.values).asking(posts)
        point = plan_in_turn(rest, few.answer.values, parts.limits(split, _SHARE_OF_GAP))
    return parts.decisions(point)


def improve_people(parts: ByUnits, people: Decisions) -> Decisions:
    """Return whole people improved, each unit in turn.

    A unit may change the heads of its roles with many people, and who arrives, leaves and is
    let go; moves between units and roles of few people stay.
    """
    held, point = parts.point_of(people)
    free = np.isin(parts.families, ("arrivals", "releases", "departures"))
    free |= (parts.families == "posts") & ~parts.of_few_people()
    free &= held & parts.of_units()
    with _counted(parts.run, "solver"):
        before = parts.held(held, point)
        if before is None:
            return people
        split = parts.split(before.prices).holding(held & ~free, point).asking(free)
        limits = parts.limits(split, _SHARE_TO_IMPROVE, _SECONDS_TO_IMPROVE)
        point = improve_in_turn(split, np.where(held, point, before.values), limits)
        point = np.where(held, np.round(point), point)
        after = parts.held(held, point)
    if after is None or after.objective <= before.objective:
        return people
    found, whole = vars(parts.decisions(point)), parts.run.problem.staff.whole[:, None]
    flows = {name: np.where(whole, found[name], vars(people)[name]) for name in FLOWS}
    return replace(people, **flows)


def choose_spend(parts: ByUnits, people: Decisions) -> Decisions | None:
    """Return decisions with the whole choices about spend made in turn, people held.

    None where the model has no answer with these people.
    """
    held, point = parts.point_of(people)
    with _counted(parts.run, "solver"):
        before = parts.held(held, point)
        if before is None:
            return None
        split = parts.split(before.prices).holding(held, point)
        limits = parts.limits(split, _SHARE_TO_IMPROVE)
        point = plan_in_turn(split.asking(parts.program.whole & ~held), before.values, limits)
    return parts.decisions(point)


def _relaxed(run: Run, program: Program, basis: PyomoObject) -> RelaxedProgram:
    return RelaxedProgram(program, basis, threads=run.options.threads, seed=run.options.seed)


@contextmanager
def _counted(run: Run, what: str) -> Iterator[None]:
    """Count the time within as the solver's, or as building."""
    since = time.monotonic()
    try:
        yield
    finally:
        run.seconds[what] += time.monotonic() - since


def _first(index: PyomoObject) -> str:
    return str(index[0] if isinstance(index, tuple) else index)
