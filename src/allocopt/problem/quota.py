"""One quota as numbers: its target cells, reference shares, and bounds on parts of them."""

from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray, IntArray
from allocopt.problem.axes import AxisName, Dimension, Selection
from allocopt.problem.problem import Problem
from allocopt.scenario.schema.targets import Method, Pin, TargetSpec


@dataclass(frozen=True)
class Part:
    """A part of a quota with bounds: target cells times periods.

    Attributes
    ----------
    name : str
    rows : IntArray
        Target cells, counted within the whole target axis.
    periods : IntArray
        Periods counted from 0; all of them for a bound on the year.
    least, most : float
        Bounds on the sum; equal for a pin.
    pin : Pin
    """

    name: str
    rows: IntArray
    periods: IntArray
    least: float
    most: float
    pin: Pin


@dataclass(frozen=True)
class Quota:
    """A quota as numbers.

    Attributes
    ----------
    spec : TargetSpec
    rows : IntArray
        Its target cells on the target axis.
    total, stretch : float
        Quota of the base layer and of the stretch layer, in the quota's unit.
    profile : FloatArray (periods,), summing to 1
    reference : FloatArray (rows,)
        Shares of the quota that the method gives; sums to 1.
    potential, last_year : FloatArray (rows,)
        NaN where not given.
    parts : tuple of Part
    step : float
        Targets are whole multiples of it; 0 if any number will do.
    unit : float
        What the solver counts the quota in.
    """

    spec: TargetSpec
    rows: IntArray
    total: float
    stretch: float
    profile: FloatArray
    reference: FloatArray
    potential: FloatArray
    last_year: FloatArray
    parts: tuple[Part, ...]
    step: float
    unit: float


def quotas_of(problem: Problem) -> tuple[Quota, ...]:
    """Return the quotas of ``problem`` as numbers, in file order."""
    return tuple(_quota(problem, spec) for spec in problem.targets)


def _quota(problem: Problem, spec: TargetSpec) -> Quota:
    targets, periods = problem.target_cells, len(problem.calendar)
    rows = np.flatnonzero(np.array(targets.quotas) == spec.id).astype(np.int64)
    total = spec.quota.value
    pledged = total if spec.stretch is None else spec.stretch.value
    even = np.full(periods, 1.0 / periods)
    profile = problem.calendar.profiles[spec.profile] if spec.profile else even
    return Quota(
        spec=spec,
        rows=rows,
        total=total,
        stretch=pledged * (1.0 + spec.over_assignment),
        profile=profile,
        reference=_reference(problem, spec, rows),
        potential=targets.potential[rows],
        last_year=targets.last_year[rows],
        parts=tuple(_part(problem, spec, rows, pin) for pin in spec.pins),
        step=spec.smallest_step.value if spec.smallest_step is not None else 0.0,
        unit=max(total / max(len(rows), 1) / periods, 1e-9),
    )


def _reference(problem: Problem, spec: TargetSpec, rows: IntArray) -> FloatArray:
    """Return the method's shares; last year's, or potential's, guide the optimized method."""
    targets = problem.target_cells
    ones = np.ones(len(rows))
    if spec.method is Method.WEIGHTED:
        raw = targets.weight[rows]
    elif spec.method is Method.POTENTIAL:
        raw = targets.potential[rows]
    elif spec.method is Method.BUCKETED:
        raw = _bucket_shares(problem, spec, rows)
    elif spec.method is Method.OPTIMIZED and not np.isnan(targets.last_year[rows]).any():
        raw = targets.last_year[rows]
    elif spec.method is Method.OPTIMIZED and not np.isnan(targets.potential[rows]).any():
        raw = targets.potential[rows]
    else:
        raw = ones
    return raw / raw.sum() if raw.sum() > 0 else ones / len(rows)


def _bucket_shares(problem: Problem, spec: TargetSpec, rows: IntArray) -> FloatArray:
    """Return each cell's even part of its bucket's share; the first bucket that holds it counts."""
    axis = problem.axes[AxisName.TARGETS]
    shares = np.zeros(len(axis))
    taken = np.zeros(len(axis), dtype=np.bool_)
    mine = np.zeros(len(axis), dtype=np.bool_)
    mine[rows] = True
    for bucket in spec.buckets:
        inside = (axis.rows(Selection.of({Dimension.UNITS: bucket.units})) > 0) & mine & ~taken
        if inside.any():
            shares[inside] = bucket.share / inside.sum()
        taken |= inside
    return shares[rows]


def _part(problem: Problem, spec: TargetSpec, rows: IntArray, pin: Pin) -> Part:
    axis = problem.axes[AxisName.TARGETS]
    selection = Selection.of(
        {
            Dimension.UNITS: pin.scope.units,
            Dimension.PRODUCTS: pin.scope.products if spec.by_product else (),
            Dimension.CHANNELS: pin.scope.channels if spec.by_channel else (),
        }
    )
    inside = np.intersect1d(np.flatnonzero(axis.rows(selection)), rows)
    chosen = [period - 1 for period in pin.periods] or list(range(len(problem.calendar)))
    exact = pin.equals.value if pin.equals is not None else None
    least = pin.at_least.value if pin.at_least is not None else 0.0
    most = pin.at_most.value if pin.at_most is not None else np.inf
    return Part(
        name=pin.id,
        rows=inside.astype(np.int64),
        periods=np.array(chosen, dtype=np.int64),
        least=least if exact is None else exact,
        most=most if exact is None else exact,
        pin=pin,
    )
