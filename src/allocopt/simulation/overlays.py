"""Named stresses: single bad futures, laid over what is expected; nothing is drawn."""

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.measures.lines import Stretch, standing, value_and_size
from allocopt.scenario.schema.uncertainty import Stress, Target
from allocopt.simulation.drivers import Rows, left_to_chance, rows_in
from allocopt.simulation.flows import flows_in
from allocopt.simulation.outcomes import Play, measures_in
from allocopt.simulation.report import StressOutcome
from allocopt.simulation.targets import PLACES, TARGETS
from allocopt.simulation.worlds import POSSIBLE, Numbered, worlds_from


def named_stresses(play: Play) -> tuple[StressOutcome, ...]:
    """Return what the plan comes to in each named stress, people in expectation."""
    return tuple(_outcome(play, stress) for stress in play.problem.uncertainty.stresses)


def _outcome(play: Play, stress: Stress) -> StressOutcome:
    problem = play.problem
    numbers = Numbered(problem, play.unknowns.expected, draws=1)
    touched: list[tuple[Target, Rows]] = []
    for impact in stress.impacts:
        chosen = rows_in(problem.axes[PLACES[impact.target].axis], impact.target, impact.scope)
        rows = Rows(("",), chosen, np.zeros(len(chosen), dtype=np.int64))
        factor = 1.0 if impact.factor is None else impact.factor
        numbers.move(impact.target, rows, _window(stress, len(problem.calendar), factor))
        touched.append((impact.target, rows))
    worlds = worlds_from(numbers, left_to_chance(problem, touched))
    found = measures_in(play, worlds)
    flow_of = flows_in(play.algebra, play.sums, found)
    whole = Stretch(0, len(problem.calendar) - 1, "")
    stands = [standing(problem, line, flow_of) for line in play.lines]
    status = int(worlds.status[0])
    return StressOutcome(
        stress=stress.id,
        impossible="" if status == POSSIBLE else str(TARGETS[status]),
        missed=tuple(
            line.name
            for line, one in zip(play.lines, stands, strict=True)
            if status != POSSIBLE or not bool(np.all(one.met))
        ),
        totals={
            name: float(np.ravel(value_and_size(form, flow_of, whole)[0])[0])
            for name, form in play.measures
        },
    )


def _window(stress: Stress, periods: int, factor: float) -> FloatArray:
    """Return the factor by period as one draw of one label, (1, 1, periods)."""
    t = np.arange(1, periods + 1)
    inside = (t >= stress.first) & (t <= (stress.last or periods))
    return np.where(inside, factor, 1.0)[None, None, :]
