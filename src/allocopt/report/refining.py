"""Where a frontier is to be looked at next, and what its points say of one another."""

from dataclasses import replace
from itertools import pairwise

from allocopt.report.frontier import FrontierPoint, PointState
from allocopt.scenario.knob import Easing

_BEYOND = 0.25
"""Between a value with a plan and one without: how much of the neighboring step is unknown."""


def reconciled(points: tuple[FrontierPoint, ...], easing: Easing) -> tuple[FrontierPoint, ...]:
    """Return points with what their neighbors prove.

    A plan of a tighter value keeps every limit of a looser one, and is worth no less there; a
    bound of a looser value holds for a tighter one.

    Parameters
    ----------
    points : tuple of FrontierPoint
        Ascending, each as it was solved.
    easing : Easing
        Nothing is said where it is not known.
    """
    if easing is Easing.UNKNOWN:
        return points
    outward = sorted(points, key=lambda point: easing * point.value)
    kept: list[FrontierPoint] = []
    best: FrontierPoint | None = None
    for point in outward:
        now = point if best is None else _better(best, point)
        kept.append(now)
        best = now if now.plan is not None else best
    bound = float("inf")
    for number in reversed(range(len(kept))):
        if kept[number].plan is not None:
            bound = min(bound, kept[number].bound)  # NaN, not known, is never kept
            kept[number] = replace(kept[number], bound=bound)
    return tuple(sorted(kept, key=lambda point: point.value))


def _better(tighter: FrontierPoint, point: FrontierPoint) -> FrontierPoint:
    """Return ``point`` with the plan of a tighter value where that is worth more."""
    if point.plan is not None and point.objective >= tighter.objective:
        return point
    source = tighter.taken_from if tighter.taken_from == tighter.taken_from else tighter.value
    return replace(
        point,
        state=PointState.LIMIT if point.plan is None else point.state,
        objective=tighter.objective,
        shown=tighter.shown,
        plan=tighter.plan,
        taken_from=source,
    )


def next_value(points: tuple[FrontierPoint, ...]) -> float | None:
    """Return the middle of the interval in which the frontier is known least; None without any.

    Parameters
    ----------
    points : tuple of FrontierPoint
        Ascending.

    Notes
    -----
    A curve that bends one way lies, between two points, in the triangle of their chord and
    the lines on from the chords beside it; its height says how much is unknown. Where that
    is less than the distance of value and bound at the ends, another point would not show
    it: such intervals come after all others.
    """
    chances = [
        (_height(points, number), -right.value + left.value, number)
        for number, (left, right) in enumerate(pairwise(points))
        if left.plan is not None or right.plan is not None
    ]
    if not chances:
        return None
    _, _, number = max(chances, key=lambda one: (one[0], -one[1]))
    return (points[number].value + points[number + 1].value) / 2.0


def _slope(points: tuple[FrontierPoint, ...], number: int) -> float | None:
    """Return the slope between two neighbors, None where one has no plan or there is none."""
    if not 0 <= number < len(points) - 1:
        return None
    left, right = points[number], points[number + 1]
    if left.plan is None or right.plan is None:
        return None
    return (right.objective - left.objective) / (right.value - left.value)


def _height(points: tuple[FrontierPoint, ...], number: int) -> float:
    """Return how far the frontier may be from the chord of interval ``number``; 0 if unseen."""
    left, right = points[number], points[number + 1]
    width = right.value - left.value
    before, chord, after = (_slope(points, number + step) for step in (-1, 0, 1))
    if chord is None:
        beside = before if before is not None else after
        return _BEYOND * abs(beside or 0.0) * width
    if before is None and after is None:
        return 0.0
    # at an end the bend is taken to go on as it is
    before = 2.0 * chord - after if before is None and after is not None else before
    after = 2.0 * chord - before if after is None and before is not None else after
    assert before is not None
    assert after is not None
    first, second = before - chord, chord - after
    if first * second >= 0:
        height = abs(first * second) / max(abs(first + second), 1e-300)
    else:
        height = max(abs(first), abs(second)) / 4
    blur = max(point.bound - point.objective for point in (left, right))
    seen = not height * width <= blur
    return height * width if seen else 0.0
