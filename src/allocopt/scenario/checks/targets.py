"""Targets: quotas that their pins can meet, methods that have what they need."""

from collections.abc import Iterator
from math import fsum

from allocopt.scenario.checks.bounds import check_bounds
from allocopt.scenario.checks.calendar import SUM_TOLERANCE, outside_horizon
from allocopt.scenario.checks.index import Index
from allocopt.scenario.checks.scopes import unknown_members
from allocopt.scenario.pathfinding import PathFinding, error
from allocopt.scenario.quantities import Quantity, QuantityKind
from allocopt.scenario.schema.targets import Method, Pin, TargetSpec
from allocopt.scenario.wording import quantity
from allocopt.text import T


def check_targets(index: Index) -> Iterator[PathFinding]:
    """Check the targets."""
    for target in index.data.targets:
        path = f"targets.{target.id}"
        yield from unknown_members(f"{path}.scope", target.scope, index)
        yield from index.profiles.unknown(f"{path}.profile", [target.profile])
        yield from _kinds(target, path)
        yield from _cumulative(target, path, index)
        yield from _method(target, path, index)
        for pin in target.pins:
            yield from _pin(pin, target, path, index=index)
        yield from _quota(target, path, index)


def _kinds(target: TargetSpec, path: str) -> Iterator[PathFinding]:
    if target.quota.kind not in (QuantityKind.MONEY, QuantityKind.NUMBER):
        yield error(
            f"{path}.quota",
            T("the quota {quota} is neither money nor a count", quota=quantity(target.quota)),
            T('Write money with its unit, such as "46750 万元", or a plain count.'),
        )
    for name, other in (("stretch", target.stretch), ("smallest_step", target.smallest_step)):
        if other is not None and other.kind is not target.quota.kind:
            yield error(
                f"{path}.{name}",
                T(
                    "{found} is not of the kind of the quota {quota}",
                    found=quantity(other),
                    quota=quantity(target.quota),
                ),
                T("Write both with the same unit."),
                f"{path}.quota",
            )
    if target.smallest_step is not None and target.smallest_step.value <= 0:
        yield error(
            f"{path}.smallest_step",
            T("the smallest step is not above zero"),
            T("Write 1, 100 or the like, or leave it out."),
        )


def _quota(target: TargetSpec, path: str, index: Index) -> Iterator[PathFinding]:
    stretch, quota = target.stretch, target.quota
    if stretch is not None and stretch.kind is quota.kind and stretch.value < quota.value:
        yield error(
            f"{path}.stretch",
            T(
                "the stretch {stretch} is below the quota {quota}",
                stretch=quantity(stretch),
                quota=quantity(quota),
            ),
            T("Raise it to the quota at least, or leave it out."),
            f"{path}.quota",
        )
    pinned = _pinned_total(target, index)
    if pinned > quota.value * (1 + 1e-9):
        total = Quantity(pinned, quota.kind)
        yield error(
            f"{path}.quota",
            T(
                "the quota {quota} is below the sum of its pins, {total}",
                quota=quantity(quota),
                total=quantity(total),
            ),
            T("Raise the quota, or lower the pins and floors."),
            f"{path}.pins",
            f"{path}.scope",
            "cells.*",
        )


def _pinned_total(target: TargetSpec, index: Index) -> float:
    """Return the least that pins and floors require together; overlapping ones count once."""
    last = index.data.calendar.periods
    required: list[tuple[frozenset[str], frozenset[int], float]] = []
    for pin in target.pins:
        bound = pin.equals or pin.at_least
        if bound is None or bound.kind is not target.quota.kind:
            continue
        scope = index.cells_in(pin.scope.units, pin.scope.products, pin.scope.channels)
        periods = frozenset(pin.periods or range(1, last + 1))
        required.append((frozenset(cell.id for cell in scope), periods, bound.value))
    counted: list[tuple[frozenset[str], frozenset[int], float]] = []
    for cells, periods, value in sorted(required, key=lambda one: -len(one[0]) * len(one[1])):
        if not any(cells & other and periods & then for other, then, _ in counted):
            counted.append((cells, periods, value))
    return fsum(value for _, _, value in counted)


def _pin(pin: Pin, target: TargetSpec, path: str, *, index: Index) -> Iterator[PathFinding]:
    here = f"{path}.pins.{pin.id}"
    yield from check_bounds(here, pin)
    yield from unknown_members(f"{here}.scope", pin.scope, index)
    yield from outside_horizon(f"{here}.periods", pin.periods, index)
    for name in ("equals", "at_least", "at_most"):
        bound = {"equals": pin.equals, "at_least": pin.at_least, "at_most": pin.at_most}[name]
        if bound is not None and bound.kind is not target.quota.kind:
            yield error(
                f"{here}.{name}",
                T(
                    "{found} is not of the kind of the quota {quota}",
                    found=quantity(bound),
                    quota=quantity(target.quota),
                ),
                T("Write both with the same unit."),
                f"{path}.quota",
            )


def _cumulative(target: TargetSpec, path: str, index: Index) -> Iterator[PathFinding]:
    here = f"{path}.cumulative"
    yield from outside_horizon(here, (floor.period for floor in target.cumulative), index)
    for position, floor in enumerate(target.cumulative[1:], start=1):
        before = target.cumulative[position - 1]
        if floor.period <= before.period or floor.share < before.share:
            yield error(
                f"{here}.{position}",
                T(
                    "cumulative floors do not ascend: period {period} follows {before}",
                    period=floor.period,
                    before=before.period,
                ),
                T("List them by period; a later share is not smaller than an earlier one."),
            )


def _method(target: TargetSpec, path: str, index: Index) -> Iterator[PathFinding]:
    yield from index.weights.unknown(f"{path}.weight", [target.weight])
    if target.method is Method.WEIGHTED and target.weight is None:
        yield error(
            path,
            T("the method 'weighted' needs a factor"),
            T("Add 'weight' with the name of a factor of the cells (weight.NAME)."),
            f"{path}.method",
        )
    if target.method is Method.BUCKETED and not target.buckets:
        yield error(
            path,
            T("the method 'bucketed' needs buckets"),
            T("Add 'buckets' with units and shares."),
            f"{path}.method",
        )
    if target.buckets:
        yield from _buckets(target, path, index)


def _buckets(target: TargetSpec, path: str, index: Index) -> Iterator[PathFinding]:
    total = fsum(bucket.share for bucket in target.buckets)
    if abs(total - 1) > SUM_TOLERANCE:
        yield error(
            f"{path}.buckets",
            T("the shares of the buckets sum to {total}, not to 1", total=f"{total:.8g}"),
            T("Correct the shares."),
        )
    owner: dict[str, str] = {}
    for bucket in target.buckets:
        here = f"{path}.buckets.{bucket.id}.units"
        yield from index.all_units.unknown(here, bucket.units)
        for leaf in {
            leaf for unit in bucket.units for leaf in index.unit_leaves_below.get(unit, ())
        }:
            first = owner.setdefault(leaf, bucket.id)
            if first != bucket.id:
                yield error(
                    here,
                    T("the unit {name} is in the bucket {first} already", name=leaf, first=first),
                    T("Put every unit into one bucket."),
                    "units",
                )
