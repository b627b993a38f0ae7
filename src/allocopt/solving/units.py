"""A large model with whole numbers, solved unit by unit: bound and plan."""

import time

import numpy as np

from allocopt.declare.outputs import exposed_decisions
from allocopt.declare.rows import PyomoObject
from allocopt.measures.decisions import Decisions, nonnegative
from allocopt.solving.blocks import split_program, unit_of_labels
from allocopt.solving.decompose import Limits, bound_by_prices, plan_in_turn
from allocopt.solving.highs import LiveModel
from allocopt.solving.outcome import Stop
from allocopt.solving.run import Run

_MANY_COLUMNS = 10_000
_MANY_WHOLE = 200
_MANY_UNITS = 4
_SHARE_OF_GAP = 0.2
"""What all units' programs together may leave open, share of the wanted gap."""


def worth_taking_apart(run: Run) -> bool:
    """Return whether the relaxed model was large, with many whole people in several units."""
    if not (run.staffs and run.prices):
        return False
    people = int(run.problem.staff.whole.sum()) * len(run.problem.calendar)
    units = len(set(unit_of_labels(run.problem).values()))
    return len(run.values) >= _MANY_COLUMNS and people >= _MANY_WHOLE and units >= _MANY_UNITS


def solve_by_units(run: Run, live: LiveModel, stage: str) -> tuple[Stop, Decisions | None]:
    """Bound the model by the prices of its relaxation and plan its units in turn.

    Returns
    -------
    Why it ended, and the decisions found: whole per unit, near what units share; None after
    an interrupt.
    """
    since = time.monotonic()
    program, variables, names = live.arrays()
    scale = live.goals[0].scale
    prices = np.array([run.prices.get(name, 0.0) for name in names])
    split = split_program(program, run.problem, [_label(one) for one in variables], prices)
    run.seconds["build"] += time.monotonic() - since
    limits = Limits(
        allowance=_SHARE_OF_GAP * run.options.gap * abs(run.bound) / scale / len(split.blocks),
        seconds=run.left,
        threads=run.options.threads,
        seed=run.options.seed,
    )
    start = np.array([run.values.get(variable.name, 0.0) for variable in variables])
    since = time.monotonic()
    try:
        run.tell(stage)
        bound = bound_by_prices(split, limits)
        run.lower_bound_to(bound * scale)
        run.tell(stage)
        point = plan_in_turn(split, start, limits)
    except KeyboardInterrupt:
        return Stop.INTERRUPTED, None
    finally:
        run.seconds["solver"] += time.monotonic() - since
    for variable, value in zip(variables, point.tolist(), strict=True):
        variable.set_value(value, skip_validation=True)
    decisions = nonnegative(exposed_decisions(live.model))
    return (Stop.TIME_LIMIT if run.left() <= 0 else Stop.OTHER_LIMIT), decisions


def _label(variable: PyomoObject) -> PyomoObject:
    """Return the first part of a variable's index: the label of the row it belongs to."""
    index = variable.index()
    return index[0] if isinstance(index, tuple) else index
